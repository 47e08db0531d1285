// WaveNet against plain loops over its weights by name: whole sequences, steps and blocks.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

/// One array as plain loops read it.
struct plain_array {
    std::size_t channels, outputs, head_taps;
    std::vector<std::size_t> kernels, dilations;
    bool is_gated, has_head_bias;
    std::function<double(double)> function;
};

using rows = std::vector<std::vector<double>>;  // [channel][frame]

/// The sum of a causal convolution at a frame; the weights are (tap, in, out).
double convolved(const rows& x, const std::vector<double>& w, std::size_t begin, std::size_t taps, std::size_t dilation,
                 std::size_t outputs, std::size_t o, std::size_t frame) {
    double sum = 0.0;
    for (std::size_t k = 0; k < taps; ++k) {
        const std::size_t back = (taps - 1 - k) * dilation;
        if (frame < back) continue;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += w[begin + (k * x.size() + i) * outputs + o] * x[i][frame - back];
    }
    return sum;
}

template <class Model>
std::vector<double> plain(const Model& model, const std::vector<plain_array>& arrays, const std::vector<float>& input,
                          std::size_t inputs) {
    std::map<std::string, std::vector<double>> weights;
    for (const auto& weight : model.weights()) {
        const std::string name(weight.name());
        const auto values = weight.to_vector();
        weights[name.substr(name.find('/') + 1)] = {values.begin(), values.end()};
    }
    const std::size_t frames = input.size() / inputs;
    rows condition(inputs, std::vector<double>(frames));
    for (std::size_t f = 0; f < frames; ++f)
        for (std::size_t c = 0; c < inputs; ++c) condition[c][f] = input[f * inputs + c];
    rows x = condition, head;
    for (std::size_t a = 0; a < arrays.size(); ++a) {
        const plain_array& s = arrays[a];
        const auto named = [&](const char* name) { return weights.at("array_" + std::to_string(a) + "/" + name); };
        const auto kernel = named("kernel"), bias = named("bias"), mixin = named("mixin"), head_kernel = named("head");
        const auto pointwise = named("pointwise"), pointwise_bias = named("pointwise_bias");
        const std::size_t gates = s.channels * (s.is_gated ? 2 : 1);
        rows sum = a == 0 ? rows(s.channels, std::vector<double>(frames)) : head;
        rows now(s.channels, std::vector<double>(frames));
        for (std::size_t c = 0; c < s.channels; ++c)
            for (std::size_t f = 0; f < frames; ++f)
                now[c][f] = convolved(x, named("rechannel"), 0, 1, 1, s.channels, c, f);
        std::size_t tap = 0;
        for (std::size_t layer = 0; layer < s.dilations.size(); tap += s.kernels[layer++]) {
            rows z(gates, std::vector<double>(frames)), activation(s.channels, std::vector<double>(frames));
            for (std::size_t o = 0; o < gates; ++o)
                for (std::size_t f = 0; f < frames; ++f) {
                    z[o][f] = bias[layer * gates + o] + convolved(now, kernel, tap * s.channels * gates,
                                                                  s.kernels[layer], s.dilations[layer], gates, o, f);
                    for (std::size_t c = 0; c < inputs; ++c)
                        z[o][f] += mixin[(layer * inputs + c) * gates + o] * condition[c][f];
                }
            for (std::size_t c = 0; c < s.channels; ++c)
                for (std::size_t f = 0; f < frames; ++f) {
                    activation[c][f] = s.function(z[c][f]);
                    if (s.is_gated) activation[c][f] /= 1.0 + std::exp(-z[c + s.channels][f]);
                    sum[c][f] += activation[c][f];
                }
            rows next = now;
            for (std::size_t c = 0; c < s.channels; ++c)
                for (std::size_t f = 0; f < frames; ++f)
                    next[c][f] +=
                        pointwise_bias[layer * s.channels + c] +
                        convolved(activation, pointwise, layer * s.channels * s.channels, 1, 1, s.channels, c, f);
            now = next;
        }
        head.assign(s.outputs, std::vector<double>(frames));
        for (std::size_t o = 0; o < s.outputs; ++o)
            for (std::size_t f = 0; f < frames; ++f)
                head[o][f] = convolved(sum, head_kernel, 0, s.head_taps, 1, s.outputs, o, f) +
                             (s.has_head_bias ? named("head_bias")[o] : 0.0);
        x = now;
    }
    std::vector<double> y;
    for (std::size_t f = 0; f < frames; ++f)
        for (const auto& row : head) y.push_back(weights.at("head_scale")[0] * row[f]);
    return y;
}

/// A sequence, steps and blocks of every kind, against plain loops; steps and blocks bit for bit.
template <class Net>
void compare(Net, const std::vector<plain_array>& arrays, double tolerance = 2e-6) {
    constexpr std::size_t frames = Net::input_shape()[0], inputs = Net::input_shape()[1];
    constexpr std::size_t outputs = Net::output_shape()[1];
    auto model = Net{}.build({.seed = 7});
    model.weights().back().write(0, 0.75f);
    std::vector<float> x(frames * inputs);
    random_engine engine(3);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
    const std::vector<double> expected = plain(model, arrays, x, inputs);
    const std::vector<float> whole = outputs_of(model, x);
    double largest = 0.0, difference = 0.0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        largest = std::max(largest, std::fabs(expected[i]));
        const double here = std::fabs(expected[i] - static_cast<double>(whole[i]));
        if (!(here <= difference)) difference = here;
    }
    REQUIRE(largest > 0.05);
    REQUIRE(difference <= tolerance * std::max(largest, 1.0));

    auto stream = model.stream();
    std::vector<float> steps(frames * outputs), blocks(frames * outputs);
    for (std::size_t f = 0; f < frames; ++f)
        stream.step(std::span(x).subspan(f * inputs).template first<inputs>(),
                    std::span(steps).subspan(f * outputs).template first<outputs>());
    REQUIRE(steps == whole);
    stream.reset();
    for (std::size_t f = 0, turn = 0; f < frames; ++turn) {
        constexpr std::size_t sizes[] = {1, 63, 64, 65, 5, 16, 130, 17, 2};
        const std::size_t n = std::min(sizes[turn % std::size(sizes)], frames - f);
        stream.process(std::span(x).subspan(f * inputs), std::span(blocks).subspan(f * outputs), n);
        f += n;
    }
    REQUIRE(blocks == whole);
}

double leaky(double v) { return v > 0 ? v : 0.01 * v; }

}  // namespace

TEST_CASE("a WaveNet gives what plain loops give, whole, in steps and in blocks") {
    const auto tanh = [](double v) { return std::tanh(v); };
    compare(Sequential<Input<300, 1>, WaveNet<wavenet_array<3, 1, dilations<1, 2>>>>{},
            {{3, 1, 1, {3, 3}, {1, 2}, false, false, tanh}});
    compare(Sequential<Input<700, 1>, WaveNet<wavenet_array<16, 8, dilations<1, 2, 70>>,
                                              wavenet_array<8, 1, dilations<1, 128>, head_bias>>>{},
            {{16, 8, 1, {3, 3, 3}, {1, 2, 70}, false, false, tanh}, {8, 1, 1, {3, 3}, {1, 128}, false, true, tanh}});
    compare(Sequential<Input<900, 1>, WaveNet<wavenet_array<9, 2, dilations<1, 13, 41>, kernel_sizes<6, 15, 2>,
                                                            LeakyReLU<0.01>, head_bias, head_kernel<16>>>>{},
            {{9, 2, 16, {6, 15, 2}, {1, 13, 41}, false, true, leaky}});
    compare(Sequential<Input<200, 3>, WaveNet<wavenet_array<5, 4, dilations<1, 7>, gated>,
                                              wavenet_array<4, 3, dilations<2>, gated, head_kernel<3>>>>{},
            {{5, 4, 1, {3, 3}, {1, 7}, true, false, tanh}, {4, 3, 3, {3}, {2}, true, false, tanh}});
}

TEST_CASE("a WaveNet with approximate activations is near the exact one") {
    const auto tanh = [](double v) { return std::tanh(v); };
    using net = approximate<Sequential<
        Input<400, 1>, WaveNet<wavenet_array<16, 8, dilations<1, 2, 70>>, wavenet_array<8, 1, dilations<1>, gated>>>>;
    static_assert(
        std::is_same_v<net,
                       Sequential<Input<400, 1>, WaveNet<wavenet_array<16, 8, dilations<1, 2, 70>, ApproximateTanh>,
                                                         wavenet_array<8, 1, dilations<1>, gated, ApproximateTanh>>>>);
    compare(net{}, {{16, 8, 1, {3, 3, 3}, {1, 2, 70}, false, false, tanh}, {8, 1, 1, {3}, {1}, true, false, tanh}},
            1e-3);
}

TEST_CASE("a stream of a WaveNet knows its receptive field") {
    using net = Sequential<Input<64, 1>, WaveNet<wavenet_array<4, 2, dilations<1, 2, 4>, kernel_sizes<2, 3, 4>>,
                                                 wavenet_array<2, 1, dilations<8>, head_kernel<5>>>>;
    static_assert(stream_properties<net>::receptive_field == 1 + 1 + 4 + 12 + 16 + 4);
    static_assert(stream_properties<net>::latency == 0);
    static_assert(net::parameter_count() == 4 + 9 * 4 * 4 + 3 * (4 + 4 + 16 + 4) + 4 * 2 +  // the first array
                                                8 + 3 * 2 * 2 + (2 + 2 + 4 + 2) + 5 * 2 + 1);
    // An impulse is heard for as long, and no longer.
    auto model = net{}.build({.seed = 2});
    auto with = model.stream(), without = model.stream();
    constexpr std::size_t field = stream_properties<net>::receptive_field;
    bool differs_at_last = false, differs_after = false;
    for (std::size_t i = 0; i < field + 40; ++i) {
        std::array<float, 1> x{i == 0 ? 1.0f : 0.0f}, zero{}, a{}, b{};
        with.step(x, a);
        without.step(zero, b);
        if (i == field - 1) differs_at_last = a != b;
        if (i >= field) differs_after = differs_after || a != b;
    }
    REQUIRE(differs_at_last);
    REQUIRE_FALSE(differs_after);
}
