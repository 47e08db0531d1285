// Streams of nets with a latency or with strides: outputs of the whole sequence, when they are known, in steps and in
// blocks.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

constexpr std::size_t steps = 120;

std::vector<float> signal(std::size_t count) {
    std::vector<float> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(std::sin(1.7 * static_cast<double>(i * i % 97)));
    return x;
}

/// The outputs of a stream, step by step. An output must come at step latency + m stride.
template <class Stream>
std::vector<float> by_steps(Stream& stream, const std::vector<float>& x) {
    std::vector<float> y;
    for (std::size_t t = 0; t < steps; ++t) {
        std::array<float, Stream::output_size> out{};
        const bool is_made = stream.step(std::span(x).subspan(t * Stream::input_size, Stream::input_size), out);
        REQUIRE(is_made == (t >= Stream::latency && (t - Stream::latency) % Stream::stride == 0));
        if (is_made) y.insert(y.end(), out.begin(), out.end());
    }
    return y;
}
template <class Stream>
std::vector<float> by_blocks(Stream& stream, const std::vector<float>& x, std::size_t size) {
    std::vector<float> y(steps * Stream::output_size);
    std::size_t made = 0;
    unsigned state = 99;
    for (std::size_t done = 0, n = 0; done < steps; done += n) {
        state = state * 1664525u + 1013904223u;
        n = std::min(size > 0 ? size : (state >> 16) % 50, steps - done);
        const std::size_t outputs = stream.process(std::span(x).subspan(done * Stream::input_size),
                                                   std::span(y).subspan(made * Stream::output_size), n);
        REQUIRE(outputs <= Stream::most_outputs(n));
        made += outputs;
    }
    y.resize(made * Stream::output_size);
    return y;
}
bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Steps and blocks against each other and against the whole sequence, of which the last outputs may be missing: those
/// that need inputs after the last one.
template <class Net>
void compare(Net) {
    INFO(__PRETTY_FUNCTION__);
    const auto model = Net::build({.seed = 5});
    auto stream = model.stream();
    using facts = decltype(stream);
    const std::vector<float> x = signal(steps * facts::input_size), whole = outputs_of(model, x);
    const std::vector<float> expected = by_steps(stream, x);
    REQUIRE(!expected.empty());
    if (Net::output_shape().rank() > 1) {
        REQUIRE(expected.size() <= whole.size());
        REQUIRE(expected.size() + (facts::latency + 1) * facts::output_size >= whole.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CAPTURE(i);
            REQUIRE(std::fabs(expected[i] - whole[i]) <= 2e-6f);
        }
    } else {
        for (std::size_t i = 0; i < whole.size(); ++i)
            REQUIRE(std::fabs(expected[expected.size() - whole.size() + i] - whole[i]) <= 2e-6f);
    }
    for (const std::size_t size : {0u, 1u, 2u, 3u, 5u, 8u, 17u, 64u, 120u}) {
        CAPTURE(size);
        stream.reset();
        REQUIRE(same_bits(by_blocks(stream, x, size), expected));
    }
    stream.prewarm(7);
    stream.reset();
    auto copy = stream;
    REQUIRE(same_bits(by_steps(copy, x), expected));
}

template <int Features, class... Layers>
using net = Sequential<Input<static_cast<int>(steps), Features>, Layers...>;
template <class Net>
using stream_of = decltype(Net::stream());

}  // namespace

TEST_CASE("strided convolutions are streamed: one output every k steps") {
    compare(net<2, Conv1D<4, 3, strides<2>, padding::causal, Tanh>, Dense<3>>{});
    compare(net<4, Conv1D<6, 3, groups<2>, strides<2>, padding::causal>, Conv1D<4, 5, groups<2>, padding::same>>{});
    compare(net<1, Conv1D<5, 4, strides<3>>, Conv1D<2, 2, strides<2>, padding::causal>, GRU<3, return_sequences>>{});
    using facts = stream_of<net<1, Conv1D<5, 4, strides<3>>, Conv1D<2, 2, strides<2>, padding::causal>>>;
    static_assert(facts::latency == 3 && facts::stride == 6 && facts::receptive_field == 7);
    static_assert(facts::most_outputs(0) == 0 && facts::most_outputs(1) == 1 && facts::most_outputs(13) == 3);
}

TEST_CASE("pooling is streamed") {
    compare(net<3, Conv1D<4, 3, padding::causal, ReLU>, MaxPooling1D<2>, LSTM<5, return_sequences>, Dense<2>>{});
    compare(net<2, AveragePooling1D<3, strides<2>>, Dense<2>>{});
    compare(net<2, MaxPooling1D<4, strides<1>>>{});
    compare(net<2, Conv1D<4, 4>, AveragePooling1D<2>, GRU<5>, Dense<1>>{});
    using facts = stream_of<net<2, MaxPooling1D<4>, AveragePooling1D<2>>>;
    static_assert(facts::latency == 7 && facts::stride == 8 && facts::receptive_field == 8);
}

TEST_CASE("padding::same is a latency") {
    compare(net<2, Conv1D<5, 5, padding::same>, Conv1D<3, 4, dilation<2>, padding::same, Tanh>, Dense<2>>{});
    compare(net<17, Conv1D<33, 2, padding::same>, Conv1D<1, 7, padding::same>>{});
    using facts = stream_of<net<2, Conv1D<5, 5, padding::same>, Conv1D<3, 4, dilation<2>, padding::same>>>;
    static_assert(facts::latency == 2 + 3 && facts::stride == 1 && facts::receptive_field == 11);
}

TEST_CASE("the stream of docs/streams.md has its latency and its stride") {
    const std::array in{1.0f};
    std::array<float, 8> out{};
    std::size_t used = 0;
    const auto use = [&](const auto&) { ++used; };
    // [latency]
    auto model = Sequential{Input<any, 1>{}, Conv1D<8, 5, padding::same>{}, MaxPooling1D<1, strides<4>>{}}.build();
    auto stream = model.stream();  // latency 2, stride 4
    if (stream.step(in, out)) use(out);
    // [/latency]
    static_assert(decltype(stream)::latency == 2 && decltype(stream)::stride == 4);
    CHECK(used == 0);
    for (int step = 1; step < 7; ++step)
        if (stream.step(in, out)) use(out);
    CHECK(used == 2);  // steps 2 and 6
}

TEST_CASE("a merge waits for its latest path") {
    compare(net<3, Residual<Conv1D<3, 5, padding::same, ReLU>, Conv1D<3, 3, dilation<4>, padding::same>>, ReLU,
                Dense<2>>{});
    compare(net<2,
                Residual<Conv1D<4, 3, strides<2>, padding::causal>, Conv1D<4, 5, padding::same>,
                         shortcut<Conv1D<4, 1, strides<2>>>>,
                MaxPooling1D<2>>{});
    compare(net<2, Residual<MaxPooling1D<2>, shortcut<Conv1D<2, 1, strides<2>>>>>{});
    compare(net<2, Residual<Conv1D<2, 3, padding::same>, Residual<Conv1D<2, 61, padding::same>>>,
                LSTM<3, return_sequences>>{});
    using facts = stream_of<net<2, Residual<Conv1D<2, 3, padding::same>, Residual<Conv1D<2, 61, padding::same>>>>>;
    static_assert(facts::latency == 31 && facts::stride == 1);
}
