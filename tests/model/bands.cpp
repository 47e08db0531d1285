// Chains over bands of rows: the same results as layer by layer, with less memory.
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/infer.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

template <class... Items>
constexpr auto in_bands(Sequential<Items...>) {
    return Sequential<memory::smallest, Items...>{};
}

/// The outputs of a net and of the same net in the smallest bands, with the same weights and input.
template <class Net>
void compare(Net) {
    using small = decltype(in_bands(Net{}));
    const auto whole = Net::build({.seed = 11});
    const auto banded = whole.template as<small>();
    std::vector<float> x(Net::input_shape().size()), expected(Net::output_shape().size()), y(expected.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * 7919) % 257) / 128.0f - 1.0f;
    auto arena = whole.workspace();
    auto small_arena = banded.workspace();
    whole.infer(x, expected, arena);
    banded.infer(x, y, small_arena);
    CHECK(y == expected);
    CHECK(small::arena_bytes() <= Net::arena_bytes());
    CHECK(banded.predict(x) == expected);
}

constexpr auto guide = Sequential{Input<250, 250, 3>{},  Conv2D<32, 5, strides<2>, ReLU>{},
                                  Conv2D<32, 3, ReLU>{}, MaxPooling2D<3>{},
                                  Conv2D<32, 3, ReLU>{}, Conv2D<32, 3, ReLU>{},
                                  MaxPooling2D<3>{},     Conv2D<32, 3, ReLU>{},
                                  Conv2D<32, 3, ReLU>{}, MaxPooling2D<2>{}};
static_assert(guide.arena_bytes() < 800'000);
static_assert(in_bands(Sequential{Input<250, 250, 3>{}, Conv2D<32, 5, strides<2>, ReLU>{},
                                  Conv2D<32, 3, algorithm::direct, ReLU>{}, MaxPooling2D<3>{},
                                  Conv2D<32, 3, algorithm::direct, ReLU>{}, Conv2D<32, 3, algorithm::direct, ReLU>{},
                                  MaxPooling2D<3>{}})
                  .arena_bytes() < 400'000);
static_assert(guide.plan().chains[0].length == 3 && guide.plan().chains[1].length == 0);
static_assert(guide.plan().chains[3].length == 1);

constexpr auto maps = Sequential{memory::smallest{}, Input<7, 5, 1>{}, Conv2D<2, 3, padding::same, ReLU>{},
                                 MaxPooling2D<2, padding::same>{}, Conv2D<3, 2>{}};
constexpr auto kernel = [] {
    std::array<float, 18 + 2 + 24 + 3> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 7) - 3.0f;
    return values;
}();
constexpr auto constant_output = [] {
    constexpr auto model = maps.bind(kernel);
    std::array<float, 35> x{};
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 5) - 2.0f;
    std::array<float, maps.output_shape().size()> y{};
    auto workspace = model.workspace();
    model.infer(x, y, workspace);
    return y;
}();

}  // namespace

TEST_CASE("bands of rows give what whole maps give: the guide's net") { compare(guide); }

TEST_CASE("the smallest bands take less memory than whole maps") {
    constexpr auto net = Sequential{Input<64, 64, 1>{}, Conv2D<8, 3, ReLU>{}, Conv2D<8, 3, ReLU>{}, MaxPooling2D<2>{}};
    STATIC_REQUIRE(in_bands(net).arena_bytes() * 3 < net.arena_bytes());
}

TEST_CASE("bands of rows give what whole maps give: padding, strides, dilation, odd sizes") {
    compare(Sequential{Input<19, 13, 3>{}, Conv2D<5, 3, padding::same, ReLU>{},
                       Conv2D<4, 3, strides<2>, padding::same>{}, AveragePooling2D<3, strides<1>, padding::same>{},
                       Conv2D<3, 2>{}});
    compare(Sequential{Input<23, 9, 2>{}, Conv2D<6, {5, 1}, Tanh>{}, MaxPooling2D<{3, 2}, strides<2, 1>>{},
                       Conv2D<4, 3, dilation<2, 1>, padding::same>{}, Conv2D<7, 1, Softmax>{}});
    compare(
        Sequential{Input<9, 9, 1>{}, Conv2D<3, 3, strides<3>, padding::same>{}, Conv2D<2, {4, 1}, padding::same>{}});
    compare(Sequential{Input<17, 17, 2>{}, Conv2D<4, 1>{}, MaxPooling2D<1, strides<3>>{}, Conv2D<3, 2>{}});
}

TEST_CASE("bands of rows give what whole maps give: Winograd's tiles inside a chain") {
    compare(Sequential{Input<37, 34, 16>{}, Conv2D<16, 3, padding::same, ReLU>{}, Conv2D<16, 3, ReLU>{},
                       MaxPooling2D<3>{}, Conv2D<32, 3, padding::same>{}, Conv2D<32, 3, algorithm::direct>{}});
    compare(Sequential{Input<30, 30, 32>{}, Conv2D<32, 3>{}, Conv2D<32, 3, padding::same, ReLU>{},
                       MaxPooling2D<2, padding::same>{}, Flatten<>{}, Dense<4>{}});
}

TEST_CASE("a map that two layers read is whole: a residual after a convolution in bands") {
    compare(Sequential{Input<96, 96, 3>{}, Conv2D<32, 3, padding::same, ReLU>{},
                       Residual<DepthwiseConv2D<3, padding::same>>{}, MaxPooling2D<4>{}});
}

TEST_CASE("a chain in constant evaluation gives what it gives at run time") {
    std::array<float, 35> x{};
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 5) - 2.0f;
    const auto model = maps.bind(kernel);
    auto workspace = model.workspace();
    std::array<float, maps.output_shape().size()> y{};
    model.infer(x, y, workspace);
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(constant_output[i]));
}

TEST_CASE("bands of rows give what whole maps give: depthwise and separable convolutions") {
    compare(Sequential{Input<19, 13, 3>{}, DepthwiseConv2D<3, padding::same, depth_multiplier<2>, ReLU>{},
                       SeparableConv2D<9, 3, padding::same, Tanh>{}, MaxPooling2D<3, strides<2>, padding::same>{},
                       SeparableConv2D<5, 3, strides<2>, Softmax>{}});
    compare(Sequential{Input<16, 9, 20>{}, DepthwiseConv2D<{3, 2}, dilation<2, 1>, padding::same>{}, ReLU{},
                       DepthwiseConv2D<3, strides<2>>{}, SeparableConv2D<40, 2>{}, Conv2D<3, 2>{}});
}
