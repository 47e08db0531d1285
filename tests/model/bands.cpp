// Chains over bands of rows: the same results as layer by layer, with less memory.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
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

namespace {

// The identity block of a ResNet: its last convolution and the Add are one chain, which reads the block's input whole.
using identity_block = Residual<Conv2D<8, 1, ReLU>, Conv2D<8, 3, padding::same, ReLU>, Conv2D<12, 1>>;
constexpr auto resnet_block = Sequential{Input<21, 18, 12>{}, identity_block{}, ReLU{}, Conv2D<4, 3>{}};
constexpr auto resnet_plan = in_bands(resnet_block).plan();
static_assert(resnet_plan.step_count == 5 && resnet_plan.chains[0].length == 5);
// A squeeze-and-excitation block over a map of 512 KB: the Multiply begins a chain, which reads the gate whole.
constexpr auto excitation_block = Sequential{
    Input<64, 64, 32>{}, Conv2D<32, 1, ReLU>{},
    Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<4, ReLU>, Dense<32, Sigmoid>>>{}, Conv2D<4, 3>{}};
static_assert(excitation_block.plan().step_count == 6 && excitation_block.plan().chains[4].length == 2);

using identity_of_64 = Residual<Conv2D<32, 1, ReLU>, Conv2D<32, 3, padding::same, ReLU>, Conv2D<64, 1>>;

// The same in constant evaluation.
constexpr auto merging_maps = Sequential{memory::smallest{}, Input<20, 8, 1>{}, Residual<Conv2D<1, 3, padding::same>>{},
                                         Concatenate<branch<>, branch<Conv2D<1, 1>>>{}, Conv2D<1, 2>{}};
static_assert(merging_maps.plan().chains[0].length > 1);
constexpr auto merging_kernel = [] {
    std::array<float, 9 + 1 + 1 + 1 + 8 + 1> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 7) - 3.0f;
    return values;
}();
constexpr auto merging_input = [] {
    std::array<float, 160> x{};
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 5) - 2.0f;
    return x;
}();
constexpr auto merging_output = [] {
    constexpr auto model = merging_maps.bind(merging_kernel);
    std::array<float, merging_maps.output_shape().size()> y{};
    auto workspace = model.workspace();
    model.infer(merging_input, y, workspace);
    return y;
}();

}  // namespace

TEST_CASE("a chain with merges in constant evaluation gives what it gives at run time") {
    const auto model = merging_maps.bind(merging_kernel);
    auto workspace = model.workspace();
    std::array<float, merging_maps.output_shape().size()> y{};
    model.infer(merging_input, y, workspace);
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(merging_output[i]));
}

/// The output of a net, inferred in bands, against that of a tile of two samples, which has no bands.
template <class Net>
void compare_with_tile(Net) {
    using tile = detail::forward_executor<Net, float, 2>;
    constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
    const auto model = Net::build({.seed = 12});
    std::vector<float> x(2 * in), y(out), expected(2 * out);
    aligned_array<float> arena(tile::plan.arena_size);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * 7919) % 257) / 128.0f - 1.0f;
    tile::run(x.data(), model.parameters(), expected.data(), arena.data());
    auto workspace = model.workspace();
    for (std::size_t n = 0; n < 2; ++n) {
        model.infer(std::span(x).subspan(n * in, in), y, workspace);
        CHECK(std::equal(y.begin(), y.end(), expected.begin() + static_cast<std::ptrdiff_t>(n * out)));
    }
}

TEST_CASE("merges in bands give what whole maps give") {
    compare(resnet_block);
    compare_with_tile(excitation_block);
    CHECK(in_bands(resnet_block).arena_bytes() * 2 < resnet_block.arena_bytes());
    compare(Sequential{Input<21, 18, 12>{}, Conv2D<6, 3, padding::same>{},  // the projection comes before the Add
                       Residual<Conv2D<8, 3, padding::same, ReLU>, Conv2D<8, 1>, shortcut<Conv2D<8, 1>>>{},
                       MaxPooling2D<2>{}, Conv2D<3, 3>{}});
    compare(Sequential{Input<19, 7, 3>{},
                       Concatenate<branch<Conv2D<5, 3, padding::same>>, branch<>,
                                   branch<Conv2D<4, 1>, Conv2D<9, 3, padding::same, Tanh>>>{},
                       Conv2D<6, 3, strides<2>>{}, Conv2D<2, 2>{}});
    compare(Sequential{Input<30, 11, 4>{},  // three operands, the last one inside the chain
                       Average<branch<Conv2D<8, 1>>, branch<Conv2D<8, 3, padding::same>>,
                               branch<Conv2D<4, 3, padding::same>, Conv2D<8, 3, padding::same>>>{},
                       Conv2D<4, 3>{}});
    compare(Sequential{
        Input<16, 12, 4>{},  // a merge reads another one
        Add<branch<Conv2D<4, 3, padding::same>, Multiply<branch<Conv2D<4, 1, Tanh>>, branch<Conv2D<4, 1, Sigmoid>>>>,
            branch<>>{},
        Conv2D<4, 3>{}});
}

TEST_CASE("a merge whose operand is the same for all rows gives in bands what whole maps give") {
    // The operand inside the chain has one row: the chain ends before the merge.
    compare(Sequential{Input<14, 6, 5>{},
                       Multiply<branch<>, branch<MaxPooling2D<window{14, 1}>, Conv2D<5, 1, Sigmoid>>>{},
                       Conv2D<3, 3>{}});
    compare(Sequential{Input<14, 6, 5>{}, Add<branch<GlobalAveragePooling2D<>>, branch<Conv2D<5, 3, padding::same>>>{},
                       Conv2D<3, 3>{}});
    compare(Sequential{Input<14, 6, 5>{}, Multiply<branch<>, branch<Conv2D<1, 1, Sigmoid>>>{}, Conv2D<3, 3>{}});
}

TEST_CASE("threads share chains with merges by rows and give the same") {
    // Large enough that threads share it: 2 maps of 56 KB a row.
    constexpr auto net = Sequential{Input<56, 56, 64>{}, identity_of_64{}, Conv2D<64, 3>{}};
    STATIC_REQUIRE(net.plan().chains[0].length > 1);
    const auto model = net.build({.seed = 3});
    std::vector<float> x(net.input_shape().size()), expected(net.output_shape().size()), y(expected.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * 7919) % 257) / 128.0f - 1.0f;
    auto workspace = model.workspace();
    model.infer(x, expected, workspace);
    for (const std::size_t threads : {2u, 3u}) {
        auto shared = model.workspace({.threads = threads});
        model.infer(x, y, shared);
        CHECK(y == expected);
    }
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
