// Nets of hundreds of layers compile with the compilers' own limits, and are right.
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include <strata/infer.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

template <class Input, class... Block>
struct repeated {
    template <std::size_t>
    static type_list<Block...> block();
    template <class... Items>
    static Sequential<Input, Items...> made_of(type_list<Items...>);
    template <std::size_t... I>
    static auto times(std::index_sequence<I...>) -> decltype(made_of(concat_types<decltype(block<I>())...>{}));
};

/// Times blocks in a row, against one block that runs Times times with the weights of each.
template <class Input, class... Block>
struct tower {
    using one = Sequential<Input, Block...>;
    template <std::size_t Times>
    using of = decltype(repeated<Input, Block...>::times(std::make_index_sequence<Times>{}));

    template <std::size_t Times>
    static void check() {
        const auto model = of<Times>::build({.seed = 1});
        auto block = one::build();
        constexpr std::size_t size = one::input_shape().size();
        std::array<float, size> x{}, y{}, expected{};
        for (std::size_t i = 0; i < size; ++i) x[i] = static_cast<float>(i % 7) - 3.0f;
        auto workspace = model.workspace();
        model.infer(x, y, workspace);
        auto block_workspace = block.workspace();
        for (std::size_t t = 0; t < Times; ++t) {
            for (std::size_t i = 0; i < block.weights().size(); ++i)
                block.weights()[i].assign(model.weights()[t * block.weights().size() + i].to_vector());
            block.infer(x, expected, block_workspace);
            x = expected;
        }
        float largest = 0.0f;
        for (const float value : expected) largest = std::fmax(largest, std::fabs(value));
        REQUIRE(largest > 0.0f);
        for (std::size_t i = 0; i < size; ++i) REQUIRE(std::fabs(y[i] - expected[i]) <= 1e-3f * largest);
    }
};

}  // namespace

TEST_CASE("a net of 200 dense layers, activations and normalizations compiles and is right") {
    using blocks = tower<Input<8>, Dense<8>, Activation<Tanh>, LayerNormalization<>, Dense<8, ReLU>>;
    using net = blocks::of<50>;
    STATIC_REQUIRE(net::size() == 200);
    STATIC_REQUIRE(net::parameter_count() == 50 * (72 + 16 + 72));
    STATIC_REQUIRE(net::weights().back().name == "dense_99/bias");
    static constexpr auto table = net::summary();
    STATIC_REQUIRE(table.view().find("layer_normalization_49") != std::string_view::npos);
    blocks::check<50>();
}

TEST_CASE("a net of 300 convolutions compiles and is right") {
    using blocks = tower<Input<8, 8, 4>, Conv2D<4, 3, padding::same>>;
    STATIC_REQUIRE(blocks::of<300>::output_shape() == shape{8, 8, 4});
    STATIC_REQUIRE(blocks::of<300>::parameter_count() == 300 * (3 * 3 * 4 * 4 + 4));
    blocks::check<300>();
}
