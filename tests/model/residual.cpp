// Residual: its names, weights and plan, and that no step of a plan overwrites what is still read.
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

// One row with all weights of both paths, the layers' before the shortcut's.
constexpr auto net = Sequential{Input<9, 8, 3>{},
                                Conv2D<5, 3, ReLU>{},
                                Residual{Conv2D<8, 3, strides<2>, padding::same, ReLU>{}, name<"block">{},
                                         shortcut{Conv2D<8, 1, strides<2>>{}}, Conv2D<8, 3, padding::same>{}},
                                ReLU{},
                                GlobalMaxPooling2D<>{},
                                Dense<4>{}};
static_assert(net.size() == 5);
static_assert(net.output_shape() == shape{4});
static_assert(shapes_of<std::remove_const_t<decltype(net)>>[2] == shape{4, 3, 8});
static_assert(net.weights().size() == 10);
static_assert(net.weights()[2].name == "block/conv2d/kernel" &&
              net.weights()[2].parameter.extents == shape{3, 3, 5, 8});
static_assert(net.weights()[4].name == "block/conv2d_1/kernel" &&
              net.weights()[4].parameter.extents == shape{3, 3, 8, 8});
static_assert(net.weights()[6].name == "block/conv2d_2/kernel" &&
              net.weights()[6].parameter.extents == shape{1, 1, 5, 8});
static_assert(net.get_layer<"block">().type == "Residual");
static_assert(net.get_layer<"block">().get_layer<"conv2d_2">().type == "Conv2D");
constexpr auto table = net.summary();
static_assert(table.view().find("block (Residual)             (None, 4, 3, 8)           1000") !=
              std::string_view::npos);

// The sum counts one FLOP a value.
static_assert(Sequential{Input<7>{}, Residual<Linear>{}}.flops() == 7);
static_assert(Sequential{Input<7>{}, Residual<Dense<5>, shortcut<Dense<5, no_bias>>>{}}.flops() == 75 + 70 + 5);

// Frozen as a whole, on one path, and no longer.
constexpr auto both = Sequential{Input<4>{}, Residual<Dense<3>, shortcut<Dense<3, frozen>>>{}};
static_assert(both.trainable_parameter_count() == 15 && both.non_trainable_parameter_count() == 15);
static_assert(freeze<"residual">(both).trainable_parameter_count() == 0);
static_assert(freeze(both).trainable_parameter_count() == 0);
static_assert(unfreeze(both).trainable_parameter_count() == 30);
static_assert(unfreeze<"residual">(both).trainable_parameter_count() == 30);
static_assert(Sequential{Input<4>{}, Residual<frozen, Dense<4>>{}, Dense<1>{}}.trainable_parameter_count() == 5);

// Layers on either path, and deeper, by their paths.
constexpr auto trained = [](const auto& some) {
    std::array<char, 32> result{};
    for (std::size_t i = 0; i < some.weights().size(); ++i) result[i] = some.weights()[i].trainable ? 't' : 'f';
    return result;
};
static_assert(std::string_view(trained(freeze<"block/conv2d_2">(net)).data()) == "ttttttfftt");
static_assert(std::string_view(trained(freeze<"dense", "block/conv2d", "block/conv2d_2">(net)).data()) == "ttffttffff");
static_assert(std::is_same_v<decltype(unfreeze<"block/conv2d_1">(freeze<"block/conv2d_1">(net))),
                             std::remove_const_t<decltype(net)>>);
static_assert(std::is_same_v<decltype(unfreeze(freeze<"block/conv2d_2">(net))), std::remove_const_t<decltype(net)>>);
static_assert(freeze<"block/conv2d_2">(net).non_trainable_parameter_count() == 48);
constexpr auto partly = freeze<"block/conv2d_2">(net).summary();
static_assert(partly.view().find("Non-trainable params: 48\n") != std::string_view::npos);
static_assert(freeze<"conv2d_1">(net.get_layer<"block">()).get_layer<"conv2d_1">().type == "Conv2D");
// A named layer is trained even where all of its block is frozen; the rest stays frozen.
static_assert(std::string_view(trained(unfreeze<"block/conv2d_1">(freeze(net))).data()) == "ffffttffff");
static_assert(std::string_view(trained(unfreeze<"block/conv2d", "dense">(freeze<"block">(net))).data()) ==
              "ttttfffftt");
static_assert(std::string_view(trained(freeze<"block/conv2d_1">(unfreeze<"block">(freeze(net)))).data()) ==
              "ffttffttff");
constexpr auto staged =
    Sequential{Input<4>{}, Dense<4>{},
               Sequential{name<"stage">{}, Dense<4>{}, Residual<Sequential<Dense<4>, Dense<4>>, shortcut<Dense<4>>>{}},
               Dense<1>{}};
static_assert(std::string_view(trained(freeze<"stage/residual/sequential/dense_1">(staged)).data()) == "ttttttfftttt");
static_assert(std::string_view(trained(freeze<"stage/residual/dense", "stage/dense">(staged)).data()) ==
              "ttffttttfftt");
static_assert(std::string_view(trained(unfreeze<"stage/residual/sequential/dense">(freeze<"stage">(staged))).data()) ==
              "ttffttfffftt");

// The step whose output both paths read neither fuses one of the readers nor lets it overwrite the value.
constexpr auto branching =
    Sequential{Input<8>{}, Dense<9>{}, Dropout<0.5>{}, Residual<ReLU, Dense<9>>{}, Tanh{}, Dense<3>{}};
constexpr auto plan = branching.plan();
constexpr auto& steps = plan.steps;
/// Where input number k of a step lies.
constexpr std::size_t offset_of(std::size_t step, std::size_t k = 0) {
    return plan.inputs[steps[step].first_input + k].offset;
}
static_assert(branching.plan().step_count == 5);
static_assert(steps[0].fused.count == 0 && offset_of(1) == steps[0].output.offset);
static_assert(steps[1].output.offset != offset_of(1));
// The sum fuses the next activation, and overwrites a value without further readers.
static_assert(steps[3].input_count == 2 && steps[3].fused.count == 1 && offset_of(3, 1) == steps[0].output.offset);
static_assert(steps[3].output.offset == offset_of(3) || steps[3].output.offset == offset_of(3, 1));
// Three maps live at once: what is added later, what is read and what is written.
constexpr auto deep = Sequential{Input<64>{}, Dense<64>{}, Residual<Dense<64>, Dense<64>, Dense<64>>{}, Dense<1>{}};
static_assert(deep.arena_bytes() == 3 * 64 * sizeof(float));
static_assert(Sequential{Input<64>{}, Dense<64>{}, Dense<64>{}, Dense<64>{}, Dense<1>{}}.arena_bytes() ==
              2 * 64 * sizeof(float));
// A path that is a view of the other's memory is not copied.
constexpr auto views =
    Sequential{Input<4>{}, Dense<6>{}, Residual<Reshape<shape{2, 3}>, ReLU, Flatten<>>{}, Dense<2>{}};
static_assert(views.plan().step_count == 4);

// A chain of single readers still fuses within a path.
static_assert(Sequential{Input<9, 9, 2>{}, Residual<Conv2D<2, 3, padding::same>, ReLU, Dropout<0.1>, Dense<2>>{}}
                  .plan()
                  .steps[0]
                  .fused.count == 1);

// In constant evaluation.
constexpr auto bound =
    Sequential{Input<2>{}, Residual<Dense<2, ReLU>>{}, ReLU{}}.bind(std::array{1.0f, -1.0f, 2.0f, 0.5f, 0.0f, 1.0f});
static_assert(bound(Tensor<float, 1, 2>(std::array{1.0f, -2.0f}))(0, 0) == 1.0f);
static_assert(bound(Tensor<float, 1, 2>(std::array{2.0f, 1.0f}))(0, 0) == 6.0f);

/// Runs a plan on numbers of values instead of values: what a step reads must be what the graph says it reads.
template <class Net, std::size_t Tile>
void check_plan(Net, const std::string& name) {
    INFO(name << ", " << Tile << " samples");
    constexpr const auto& plan = plan_of<Net, float, Tile>;
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr auto traits = detail::traits_of<float>(flat_layers_of<Net>{}, nodes);
    constexpr const auto& is_alias = detail::aliases_of<Net, detail::schedule::inference>;
    constexpr std::size_t garbage = nodes.size() + 1;
    std::vector<std::size_t> arena(plan.arena_size, garbage);
    const auto source = [&](std::size_t value) {
        while (value > 0 && is_alias[value - 1]) value = detail::value_read<Net>(value - 1);
        return value;
    };
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        for (std::size_t i = 0; i < traits[step.layer].scratch; ++i) arena.at(step.scratch + i) = garbage;
        for (std::size_t k = 0; k < nodes[step.layer].input_count; ++k) {
            const std::size_t value = source(detail::value_read<Net>(step.layer, k));
            const plan_operand& operand = plan.inputs[step.first_input + k];
            REQUIRE((operand.at == location::input) == (value == 0));
            if (value == 0) continue;
            for (std::size_t i = 0; i < Tile * nodes[value - 1].out.size(); ++i)
                REQUIRE(arena.at(operand.offset + i) == value);
        }
        REQUIRE((step.output.at == location::output) == (s + 1 == plan.step_count));
        if (step.output.at == location::output) break;
        for (std::size_t i = 0; i < Tile * nodes[step.last()].out.size(); ++i) {
            const std::size_t at = step.output.offset + i;
            REQUIRE((at < step.scratch || at >= step.scratch + traits[step.layer].scratch));
            arena.at(at) = step.last() + 1;
        }
    }
}

}  // namespace

#define GOLDEN_CASE(name, ...)                                            \
    check_plan<std::remove_const_t<decltype(__VA_ARGS__)>, 1>({}, #name); \
    check_plan<std::remove_const_t<decltype(__VA_ARGS__)>, 3>({}, #name);

TEST_CASE("no step of a plan overwrites a value that a later step reads") {
#include GOLDEN_RESIDUAL
#include GOLDEN_BRANCHING
#include GOLDEN_NETS
}

TEST_CASE("a Residual of a model is called and read as a layer") {
    const auto model = net.build({.seed = 3});
    const auto x = ones<2, 9, 8, 3>();
    const auto all = model.features()(x);
    const auto block = model.get_layer<"block">();
    REQUIRE(block.weights().size() == 6);
    REQUIRE(block.weights()[4].to_vector() == model.weights()[6].to_vector());
    const auto y = block(std::get<0>(all));
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(y.data()[i] == std::get<1>(all).data()[i]);
    const auto front = model.features<"block">()(x);
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(front.data()[i] == y.data()[i]);
    const auto whole = model(x);
    for (std::size_t i = 0; i < whole.size(); ++i) REQUIRE(whole.data()[i] == std::get<4>(all).data()[i]);
}

TEST_CASE("the layers of a Residual are called, read and written by their names") {
    auto model = net.build({.seed = 3});
    const auto x = ones<2, 9, 8, 3>();
    const auto before = model.get_layer<"conv2d">()(x);
    const auto block = model.get_layer<"block">();
    const auto first = block.get_layer<"conv2d">();
    const auto second = block.get_layer<"conv2d_1">();
    const auto side = block.get_layer<"conv2d_2">();
    STATIC_REQUIRE(side.name() == "conv2d_2" && side.input_shape() == shape{7, 6, 5});
    REQUIRE(first.kernel().to_vector() == model.weights()[2].to_vector());
    REQUIRE(second.bias().to_vector() == model.weights()[5].to_vector());
    REQUIRE(side.kernel().to_vector() == model.weights()[6].to_vector());
    const auto y = block(before), main = second(first(before)), other = side(before);
    for (std::size_t i = 0; i < y.size(); ++i)
        REQUIRE(std::fabs(y.data()[i] - main.data()[i] - other.data()[i]) <= 1e-5f);

    const std::vector<float> bias(8, 2.0f);
    side.bias().assign(bias);
    second.kernel().assign(std::vector<float>(3 * 3 * 8 * 8, 0.0f));
    REQUIRE(model.weights()[7].to_vector() == bias);
    const auto after = model.get_layer<"block">()(before);
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(std::fabs(after.data()[i] - other.data()[i] - 2.0f) <= 1e-5f);

    const auto deeper = Sequential{Input<4>{}, Residual<Sequential<Dense<4>, Residual<Tanh, Dense<4>>>>{}}.build();
    REQUIRE(deeper.get_layer<"residual">()
                .get_layer<"sequential">()
                .get_layer<"residual">()
                .get_layer<"dense">()
                .kernel()
                .to_vector() == deeper.weights()[2].to_vector());
}

TEST_CASE("a Residual keeps its weights when the model grows, shrinks or is frozen") {
    const auto model = net.build({.seed = 3});
    const auto x = ones<1, 9, 8, 3>();
    const auto y = model(x);
    const auto frozen_model = freeze<"block">(model);
    REQUIRE(frozen_model.trainable_parameter_count() == model.parameter_count() - 1000);
    const auto part = freeze<"block/conv2d">(model);
    REQUIRE(part.trainable_parameter_count() == model.parameter_count() - 368);
    REQUIRE((!part.weights()[2].trainable() && part.weights()[4].trainable() && part.weights()[6].trainable()));
    REQUIRE(part.get_layer<"block">().get_layer<"conv2d">().kernel().to_vector() == model.weights()[2].to_vector());
    REQUIRE(part(x).data()[0] == y.data()[0]);
    const auto same = frozen_model(x), back = model.add(Dense<2>{}).pop()(x);
    for (std::size_t i = 0; i < y.size(); ++i) {
        REQUIRE(same.data()[i] == y.data()[i]);
        REQUIRE(back.data()[i] == y.data()[i]);
    }
}
