// Layers that move values, normalise them, look them up or map each by itself: as constants, in streams, and in a
// convolution's epilogue.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

struct half {
    static constexpr bool is_monotone = true;
    constexpr auto operator()(auto x) const { return x * 0.5f; }
};

/// Weights and inputs that are neither zero nor all alike.
template <class Net>
constexpr auto weights_of = [] {
    std::array<float, Net::parameter_count()> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.4f + 0.1f * static_cast<float>(i);
    return values;
}();
template <class Net>
constexpr auto sample_of = [] {
    tensor_of<float, batch_shape(1, Net::input_shape())> x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * i % 7) - 2.5f;
    return x;
}();
template <class Net>
constexpr auto bound_of = Net::bind(weights_of<Net>);
template <class Net>
constexpr auto constant_of = bound_of<Net>(sample_of<Net>);

void compare(std::span<const float> y, std::span<const float> constant) {
    REQUIRE(y.size() == constant.size());
    float largest = 0.0f;
    for (std::size_t i = 0; i < y.size(); ++i) {
        CAPTURE(i);
        REQUIRE(std::isnan(y[i]) == std::isnan(constant[i]));  // where an index names no word
        if (std::isnan(y[i])) continue;
        largest = std::max(largest, std::fabs(constant[i]));
        REQUIRE(std::fabs(y[i] - constant[i]) <= 1e-5f);
    }
    REQUIRE(largest > 0.1f);
}

template <class Net>
void check_constant(Net) {
    INFO(__PRETTY_FUNCTION__);
    volatile float first = sample_of<Net>[0];
    auto x = sample_of<Net>;
    x[0] = first;
    const auto y = Net::bind(weights_of<Net>)(x);
    compare({y.data(), y.size()}, {constant_of<Net>.data(), constant_of<Net>.size()});
}

template <class Net>
void check_stream(Net net) {
    INFO(__PRETTY_FUNCTION__);
    const auto model = net.build({.seed = 3});
    std::vector<float> x(Net::input_shape().size());
    random_engine engine(4);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1, 1));
    const auto whole = outputs_of(model, x);
    auto stream = model.stream();
    constexpr std::size_t steps = Net::input_shape()[0], in = Net::input_shape().size() / steps;
    constexpr std::size_t out = decltype(stream)::output_size;
    REQUIRE(whole.size() == steps * out);
    for (std::size_t step = 0; step < steps; ++step) {
        std::array<float, out> y{};
        stream.step(std::span<const float>(x).subspan(step * in).template first<in>(), y);
        for (std::size_t i = 0; i < out; ++i) REQUIRE(y[i] == whole[step * out + i]);
    }
}

constexpr auto sentence =
    Sequential{Input<3>{},  Embedding<4, 2>{}, ZeroPadding1D<1>{}, UpSampling1D<2>{}, Cropping1D<ends{3, 2}>{},
               Flatten<>{}, RepeatVector<2>{}};
constexpr auto words = sentence.bind(std::array{0.0f, 1.0f, 10.0f, 11.0f, 20.0f, 21.0f, 30.0f, 31.0f})(
    Tensor<float, 1, 3>(std::array{2.0f, 0.0f, 3.0f}));
static_assert(words(0, 0, 0) == 20.0f && words(0, 0, 2) == 0.0f && words(0, 1, 1) == 21.0f);
static_assert(decltype(words)::shape() == shape{1, 2, 10});

}  // namespace

TEST_CASE("layers give as constants what they give at run time") {
    check_constant(Sequential{Input<2, 3, 2>{}, Elementwise<half>{}});
#define LAYER_EXAMPLE(...) check_constant(__VA_ARGS__);
#include "../layers/layers.inc"
}

TEST_CASE("a net of many layers gives as a constant what it gives at run time") {
    check_constant(Sequential{Input<2, 3, 2>{}, Permute<axes{2, 1, 3}>{}, ZeroPadding2D<border{1, 0, 0, 1}>{},
                              UpSampling2D<2, interpolation::bilinear>{}, Cropping2D<1>{}, LayerNormalization<>{},
                              PReLU<shared_axes<1, 2>>{}, RMSNormalization<>{}, Rescaling<2.0, -1.0>{},
                              Elementwise<half>{}, Normalization<>{}, UnitNormalization<>{}});
}

TEST_CASE("layers that take each step by itself give in a stream what they give of the whole sequence") {
    check_stream(Sequential{Input<9, 3>{}, Dense<4>{}, Elementwise<half>{}, Dense<2>{}});
#define LAYER_STREAM(...) check_stream(__VA_ARGS__);
#include "../layers/layers.inc"
}

TEST_CASE("a user's function and a rescaling run in the epilogue of the layer before them") {
    constexpr auto fused = Sequential{Input<8, 8, 2>{},  Conv2D<4, 3>{}, Elementwise<half>{},
                                      MaxPooling2D<2>{}, Dense<3>{},     Rescaling<0.5>{}};
    static_assert(fused.plan().step_count == 2);
    const auto model = fused.build({.seed = 2});
    std::vector<float> x(128);
    random_engine engine(4);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1, 1));
    // Layer by layer there is no epilogue.
    Tensor<float, 1, 8, 8, 2> batch;
    std::copy(x.begin(), x.end(), batch.begin());
    const auto last = std::get<3>(model.features()(batch));
    const auto y = model.predict(x);
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(std::fabs(y[i] - 0.5f * last[i]) <= 1e-6f);
    const auto pooled = std::get<2>(model.features()(batch));
    const auto linear = std::get<0>(model.features()(batch));
    REQUIRE(std::fabs(pooled[0] - 0.5f * std::max({linear[0], linear[4], linear[24], linear[28]})) <= 1e-6f);
}

namespace {

/// The values of a function at -0.5, 0.5 and 4, on vectors.
template <class F>
std::array<float, 3> at_three_points() {
    std::array<float, 3> y{};
    const auto model = Sequential{Input<3>{}, Elementwise<F>{}}.build();
    const auto values = model.predict(std::vector{-0.5f, 0.5f, 4.0f});
    std::copy(values.begin(), values.end(), y.begin());
    return y;
}

}  // namespace

TEST_CASE("functions of values are those of the standard library") {
    const auto compare = [](const std::array<float, 3>& y, double (*function)(double), bool takes_negative) {
        const std::array x{-0.5, 0.5, 4.0};
        for (std::size_t i = 0; i < 3; ++i) {
            const double expected = function(x[i]);
            CAPTURE(x[i], y[i], expected);
            if (i == 0 && !takes_negative) REQUIRE(y[i] != y[i]);
            // Two roundings and an exponential of a float.
            else REQUIRE(std::fabs(double{y[i]} - expected) <= 1e-6 * std::fabs(expected));
        }
    };
    compare(at_three_points<functions::square_root>(), [](double x) { return std::sqrt(x); }, false);
    compare(at_three_points<functions::logarithm>(), [](double x) { return std::log(x); }, false);
    compare(at_three_points<functions::absolute>(), [](double x) { return std::fabs(x); }, true);
    compare(at_three_points<functions::square>(), [](double x) { return x * x; }, true);
    compare(at_three_points<functions::reciprocal>(), [](double x) { return 1.0 / x; }, true);
    compare(at_three_points<functions::power<3.0>>(), [](double x) { return x * x * x; }, true);
    compare(at_three_points<functions::power<-2.5>>(), [](double x) { return std::pow(x, -2.5); }, false);
    compare(at_three_points<functions::power<0.3>>(), [](double x) { return std::pow(x, 0.3); }, false);
    REQUIRE(at_three_points<functions::clip<-0.25, 1.0>>() == std::array{-0.25f, 0.5f, 1.0f});
    static_assert(functions::power<-0.5>{}(16.0) == 0.25 && functions::clip<0.0, 6.0>{}(7.0) == 6.0);
}

TEST_CASE("pads of a pooling are read by no maximum and no mean") {
    constexpr std::size_t height = 7, width = 6, channels = 3, top = 1, left = 2;
    const auto largest = Sequential{Input<7, 6, 3>{}, MaxPooling2D<3, strides<2>, pads<1, 0, 2, 1>>{}}.build();
    const auto mean = Sequential{Input<7, 6, 3>{}, AveragePooling2D<3, strides<2>, pads<1, 0, 2, 1>>{}}.build();
    static_assert(decltype(largest)::output_shape() == shape{3, 4, 3});
    std::vector<float> x(height * width * channels);
    random_engine engine(7);
    // Negative values: a pad that is read as 0 would be the largest.
    for (float& value : x) value = static_cast<float>(engine.uniform(-2, -1));
    const auto y = largest.predict(x), z = mean.predict(x);
    for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t row = 2 * (i / (4 * channels)), column = 2 * (i / channels % 4);
        float most = -3, sum = 0, count = 0;
        for (std::size_t r = row; r < row + 3; ++r)
            for (std::size_t c = column; c < column + 3; ++c) {
                if (r < top || r >= height + top || c < left || c >= width + left) continue;
                const float value = x[((r - top) * width + c - left) * channels + i % channels];
                most = std::max(most, value);
                sum += value;
                ++count;
            }
        REQUIRE(y[i] == most);
        REQUIRE(std::fabs(z[i] - sum / count) <= 1e-6f);
    }
    const auto steps = Sequential{Input<4, 1>{}, MaxPooling1D<3, pads<2, 0>, strides<1>>{}}.build();
    REQUIRE(steps.predict(std::vector{-1.0f, -3.0f, -2.0f, -4.0f}) == std::vector{-1.0f, -1.0f, -1.0f, -2.0f});
}
