// Branching layers: names, shapes, weights and plans; threads, streams, optimize, freeze and layers by name.
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

template <class Net>
using type_of = std::remove_const_t<Net>;

// As values and as types; weights in the order of the branches.
constexpr auto net = Sequential{Input<6, 5, 3>{},
                                Concatenate{branch{Conv2D<4, 3, padding::same, ReLU>{}, Conv2D<2, 1>{}}, branch{},
                                            name<"both">{}, branch{Conv2D<4, 1>{}}},
                                GlobalAveragePooling2D<>{}, Dense<2>{}};
static_assert(std::is_same_v<type_at<0, layers_of<type_of<decltype(net)>>>,
                             Concatenate<branch<Conv2D<4, 3, padding::same, ReLU>, Conv2D<2, 1>>, branch<>,
                                         name<"both">, branch<Conv2D<4, 1>>>>);
static_assert(shapes_of<type_of<decltype(net)>>[1] == shape{6, 5, 9});
static_assert(net.weights()[0].name == "both/conv2d/kernel" && net.weights()[2].name == "both/conv2d_1/kernel");
static_assert(net.weights()[4].name == "both/conv2d_2/kernel" &&
              net.weights()[4].parameter.extents == shape{1, 1, 3, 4});
static_assert(net.get_layer<"both">().type == "Concatenate");
static_assert(net.get_layer<"both">().get_layer<"conv2d_1">().type == "Conv2D");
constexpr auto table = net.summary();
static_assert(table.view().find("both (Concatenate)           (None, 6, 5, 9)           138") !=
              std::string_view::npos);
static_assert(Sequential{Input<4>{}, Add<branch<>, branch<>>{}}.get_layer<"add">().type == "Add");

// Shapes broadcast as numpy's, also of another rank.
template <class Layer>
constexpr shape merged(Layer, const shape& in) {
    return Layer::output(in);
}
static_assert(merged(Multiply<branch<>, branch<GlobalAveragePooling2D<>>>{}, {6, 5, 3}) == shape{6, 5, 3});
static_assert(merged(Multiply<branch<Dense<1>>, branch<>>{}, {6, 3}) == shape{6, 3});
static_assert(merged(Add<branch<Dense<1>>, branch<GlobalMaxPooling1D<>, Reshape<shape{1, 3}>>>{}, {6, 3}) ==
              shape{6, 3});
static_assert(!Add<branch<Dense<2>>, branch<>>::check({6, 3}).ok);
static_assert(Concatenate<branch<Dense<2>>, branch<>>::check({6, 3}).ok);
static_assert(!Concatenate<branch<GlobalMaxPooling1D<>>, branch<>>::check({6, 3}).ok);

// FLOPs: those of the branches, and one for each value that is merged with another.
static_assert(Sequential{Input<7>{}, Add<branch<>, branch<>, branch<>>{}}.flops() == 14);
static_assert(Sequential{Input<7>{}, Concatenate<branch<Dense<5>>, branch<>>{}}.flops() == 75);

// An activation after a merge runs in its epilogue; a merge may lie where an operand does that nobody reads later.
static_assert(Sequential{Input<5>{}, Dense<9>{}, Multiply<branch<Tanh>, branch<Sigmoid>>{}, ReLU{}, Dense<2>{}}
                  .plan()
                  .step_count == 5);

// In constant evaluation.
constexpr auto bound =
    Sequential{Input<2>{}, Concatenate<branch<Dense<1>>, branch<>>{}}.bind(std::array{2.0f, 3.0f, 1.0f});
static_assert(bound(Tensor<float, 1, 2>(std::array{1.0f, -2.0f}))(0, 0) == -3.0f);
static_assert(bound(Tensor<float, 1, 2>(std::array{1.0f, -2.0f}))(0, 2) == -2.0f);
constexpr auto product =
    Sequential{Input<2, 2>{}, Multiply<branch<>, branch<GlobalMaxPooling1D<>>>{}}.bind(std::array<float, 0>{});
static_assert(product(Tensor<float, 1, 2, 2>(std::array{1.0f, 2.0f, 3.0f, 4.0f}))(0, 1, 0) == 9.0f);

// Frozen as a whole, on one branch, by a path.
static_assert(freeze<"both">(net).trainable_parameter_count() == net.parameter_count() - 138);
static_assert(freeze<"both/conv2d_2">(net).trainable_parameter_count() == net.parameter_count() - 16);
static_assert(
    std::is_same_v<decltype(unfreeze<"both/conv2d_2">(freeze<"both/conv2d_2">(net))), type_of<decltype(net)>>);
static_assert(unfreeze(freeze(net)).trainable_parameter_count() == net.parameter_count());

// Folded inside branches; an empty branch stays one.
constexpr auto with_norms =
    Sequential{Input<6, 5, 3>{},
               Concatenate<branch<Conv2D<4, 3, no_bias>, BatchNormalization<>, ReLU>,
                           branch<Dropout<0.5>, Cropping2D<1>>, branch<Conv2D<2, 3>>>{},
               Multiply<branch<Dropout<0.5>>, branch<GlobalAveragePooling2D<>, Dense<9, Sigmoid>>>{}, Flatten<>{}};
static_assert(
    std::is_same_v<
        decltype(optimize(with_norms))::item_list,
        type_list<Input<6, 5, 3>, Concatenate<branch<Conv2D<4, 3, ReLU>>, branch<Cropping2D<1>>, branch<Conv2D<2, 3>>>,
                  Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<9, Sigmoid>>>, Flatten<>>>);

template <class Model>
std::vector<float> outputs(const Model& model, std::span<const float> x) {
    return model.predict(x);
}

std::vector<float> wave(std::size_t count) {
    std::vector<float> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = std::sin(static_cast<float>(i) * 0.7f);
    return x;
}

}  // namespace

TEST_CASE("optimize folds the layers of branches without changing what they give") {
    const auto model = with_norms.build({.seed = 4});
    const auto smaller = optimize(model);
    const auto x = wave(5 * 90);
    const auto y = outputs_of(model, x), z = outputs_of(smaller, x);
    REQUIRE(y.size() == z.size());
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(std::fabs(y[i] - z[i]) <= 1e-5f);
}

TEST_CASE("threads merge large maps to the same bits as one") {
    constexpr auto large =
        Sequential{Input<64, 64, 8>{},
                   Concatenate<branch<Conv2D<24, 3, padding::same, ReLU>>, branch<Conv2D<8, 1>>, branch<>>{},
                   Add<branch<Conv2D<40, 1>>, branch<>, branch<Tanh>>{},
                   ReLU{},
                   Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<40, Sigmoid>>>{},
                   Maximum<branch<>, branch<Tanh>>{},
                   GlobalMaxPooling2D<>{}};
    const auto model = large.build({.seed = 4});
    const auto x = wave(64 * 64 * 8);
    std::vector<float> one(40), many(40);
    auto alone = model.workspace();
    model.infer(std::span<const float>(x), std::span(one), alone);
    for (const std::size_t count : {2u, 3u}) {
        auto shared = model.workspace({.threads = count});
        model.infer(std::span<const float>(x), std::span(many), shared);
        REQUIRE(one == many);
    }
}

TEST_CASE("branching layers are streamed step by step") {
    constexpr auto gated = Sequential{Input<40, 3>{}, Conv1D<8, 2, padding::causal>{},
                                      Residual<Multiply<branch<Conv1D<8, 2, dilation<4>, padding::causal, Tanh>>,
                                                        branch<Conv1D<8, 2, dilation<4>, padding::causal, Sigmoid>>>,
                                               Conv1D<8, 1>>{},
                                      Concatenate<branch<GRU<5, return_sequences>>, branch<>, branch<Dense<1>>>{},
                                      Average<branch<Dense<4>>, branch<Dense<4, Tanh>>>{}};
    auto model = gated.build({.seed = 4});
    const auto x = wave(40 * 3);
    const auto whole = outputs_of(model, x);
    auto stream = model.stream();
    STATIC_REQUIRE(stream.output_size == 4);
    std::vector<float> y(4);
    for (std::size_t t = 0; t < 40; ++t) {
        stream.step(std::span<const float>(x).subspan(3 * t, 3), y);
        for (std::size_t c = 0; c < 4; ++c) REQUIRE(std::fabs(y[c] - whole[4 * t + c]) <= 1e-5f);
    }
    // A path over all steps beside one that goes step by step has no value at a step.
    constexpr auto mixed = Sequential{Input<40, 3>{}, Multiply<branch<>, branch<GRU<3>>>{}};
    STATIC_REQUIRE(!stream_check<type_of<decltype(mixed)>, float>::value.ok);
}

TEST_CASE("the layers of branches are called, read and written by their names") {
    auto model = net.build({.seed = 3});
    const auto x = ones<2, 6, 5, 3>();
    const auto both = model.get_layer<"both">();
    const auto first = both.get_layer<"conv2d">();
    const auto second = both.get_layer<"conv2d_1">();
    const auto side = both.get_layer<"conv2d_2">();
    STATIC_REQUIRE(second.input_shape() == shape{6, 5, 4} && side.input_shape() == shape{6, 5, 3});
    REQUIRE(side.kernel().to_vector() == model.weights()[4].to_vector());
    const auto y = both(x);
    const auto a = second(first(x));
    const auto c = side(x);
    for (std::size_t h = 0; h < 6; ++h) {
        for (std::size_t k = 0; k < 2; ++k) REQUIRE(y(1, h, 2, k) == a(1, h, 2, k));
        for (std::size_t k = 0; k < 3; ++k) REQUIRE(y(1, h, 2, 2 + k) == x(1, h, 2, k));
        for (std::size_t k = 0; k < 4; ++k) REQUIRE(y(1, h, 2, 5 + k) == c(1, h, 2, k));
    }
    side.kernel().assign(std::vector<float>(12, 0.0f));
    side.bias().assign(std::vector<float>(4, 2.5f));
    REQUIRE(model.get_layer<"both">()(x)(0, 0, 0, 8) == 2.5f);
    REQUIRE(std::get<0>(model.features()(x))(0, 0, 0, 8) == 2.5f);
}
