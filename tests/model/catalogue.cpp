// Layers that move values, normalise them, look them up or map each by itself: as constants, in streams, and in a
// convolution's epilogue.
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

struct half {
    static constexpr bool is_monotone = true;
    constexpr auto operator()(auto x) const { return x * 0.5f; }
};

constexpr auto net = Sequential{Input<2, 3, 2>{},
                                Permute<axes{2, 1, 3}>{},
                                ZeroPadding2D<border{1, 0, 0, 1}>{},
                                UpSampling2D<2, interpolation::bilinear>{},
                                Cropping2D<1>{},
                                LayerNormalization<>{},
                                GroupNormalization<2>{},
                                PReLU<shared_axes<1, 2>>{},
                                RMSNormalization<>{},
                                Rescaling<2.0, -1.0>{},
                                Elementwise<half>{},
                                Normalization<>{},
                                UnitNormalization<>{}};
constexpr auto weights = [] {
    std::array<float, net.parameter_count()> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.4f + 0.1f * static_cast<float>(i);
    return values;
}();
constexpr auto sample = [] {
    Tensor<float, 1, 2, 3, 2> x;
    for (std::size_t i = 0; i < 12; ++i) x[i] = static_cast<float>(i * i % 7) - 2.5f;
    return x;
}();
constexpr auto bound = net.bind(weights);
constexpr auto constant = bound(sample);

constexpr auto sentence =
    Sequential{Input<3>{},  Embedding<4, 2>{}, ZeroPadding1D<1>{}, UpSampling1D<2>{}, Cropping1D<ends{3, 2}>{},
               Flatten<>{}, RepeatVector<2>{}};
constexpr auto words = sentence.bind(std::array{0.0f, 1.0f, 10.0f, 11.0f, 20.0f, 21.0f, 30.0f, 31.0f})(
    Tensor<float, 1, 3>(std::array{2.0f, 0.0f, 3.0f}));
static_assert(words(0, 0, 0) == 20.0f && words(0, 0, 2) == 0.0f && words(0, 1, 1) == 21.0f);
static_assert(decltype(words)::shape() == shape{1, 2, 10});

}  // namespace

TEST_CASE("layers give as constants what they give at run time") {
    const auto at_run_time = net.bind(weights);
    volatile float first = sample[0];
    auto x = sample;
    x[0] = first;
    const auto y = at_run_time(x);
    REQUIRE(y.size() == constant.size());
    float largest = 0.0f;
    for (std::size_t i = 0; i < y.size(); ++i) {
        CAPTURE(i);
        largest = std::max(largest, std::fabs(constant[i]));
        REQUIRE(std::fabs(y[i] - constant[i]) <= 1e-5f);
    }
    REQUIRE(largest > 0.1f);
}

TEST_CASE("layers that take each step by itself give in a stream what they give of the whole sequence") {
    constexpr auto sequence = Sequential{Input<9, 3, 2>{},
                                         Permute<axes{1, 3, 2}>{},
                                         Dense<5>{},
                                         LayerNormalization<>{},
                                         PReLU<shared_axes<1>>{},
                                         Rescaling<2.0, -1.0>{},
                                         Dense<4>{},
                                         RMSNormalization<>{},
                                         Normalization<>{},
                                         Elementwise<half>{},
                                         UnitNormalization<>{},
                                         Rescaling<2.0, 2.0>{},
                                         Embedding<5, 3>{}};
    auto model = sequence.build({.seed = 3});
    std::vector<float> x(9 * 6);
    random_engine engine(4);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1, 1));
    const auto whole = model.predict(x);
    auto stream = model.stream();
    constexpr std::size_t out = decltype(stream)::output_size;
    REQUIRE(out == 2 * 4 * 3);
    for (std::size_t step = 0; step < 9; ++step) {
        std::array<float, out> y{};
        stream.step(std::span<const float>(x).subspan(step * 6, 6), y);
        for (std::size_t i = 0; i < out; ++i) REQUIRE(y[i] == whole[step * out + i]);
    }
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
