// The gradients of layers on two paths against central differences in double, and that threads do not change them.
#include <cstddef>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

using namespace strata;

TEST_CASE("gradients of two paths equal central differences") {
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, Residual<Dense<4, Tanh>, Dense<6>>{}, Dense<3>{}});
    check<in_tiles>(Sequential{Input<5>{}, Dense<6>{}, Residual<Dense<4, Tanh>, Dense<7>, shortcut<Dense<7>>>{}, Tanh{},
                               Dense<3>{}},
                    131);
    check(Sequential{Input<5>{}, Dense<6>{}, Residual<Tanh>{}, Residual<Linear>{}, GELU{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Residual<SiLU, shortcut<Tanh>>{}, Dense<3>{}});
    check(Sequential{Input<5>{}, Dense<6>{},
                     Residual<Residual<Residual<Dense<6, Tanh>>, Tanh>, shortcut<Residual<Tanh>>>{}, Dense<3>{}});
    check(Sequential{Input<6>{}, Dense<6>{}, Residual<Reshape<shape{3, 2}>, Dense<2, Tanh>, Flatten<>, Dropout<0.0>>{},
                     Dense<3>{}});
}

TEST_CASE("gradients of convolutions on two paths equal central differences") {
    check(Sequential{Input<6, 7, 3>{}, Residual<Conv2D<5, 3, padding::same, Tanh>, Conv2D<3, 3, padding::same>>{},
                     Tanh{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<7, 6, 2>{}, Conv2D<3, 2>{},
                     Residual<Conv2D<4, 3, padding::same>, MaxPooling2D<3, strides<2>, padding::same>,
                              shortcut<Conv2D<4, 1, strides<2>, padding::same>>>{},
                     Conv2D<3, 2, Tanh>{}, Conv2D<2, 1>{}});
}

TEST_CASE("gradients beside frozen paths equal central differences") {
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, Residual<frozen, Dense<6, Tanh>>{}, Dense<3>{}});
    check(Sequential{Input<5>{}, Residual<Dense<6, Tanh, frozen>, shortcut<Dense<6>>>{}, Dense<3, Tanh>{}});
    check(Sequential{Input<5>{}, Residual<Dense<6, Tanh>, shortcut<Dense<6, frozen>>>{}, Dense<3, Tanh>{}});
    check(Sequential{Input<5>{}, Dense<5, frozen>{}, Residual<Tanh>{}, Residual<Dense<5, frozen>, Dense<5>>{}, Tanh{}});
}

TEST_CASE("layers below the first that learns are one inference, forks and all") {
    constexpr auto net = Sequential{Input<5>{}, Residual<frozen, Dense<5>>{}, Residual<Tanh>{}, Dense<3>{}};
    static_assert(training_plan_of<std::remove_const_t<decltype(net)>, float>.first_layer == 4);
    static_assert(training_plan_of<std::remove_const_t<decltype(net)>, float>.step_count == 1);
    // Where layers learn on one path alone, the value that both paths read keeps its gradient.
    constexpr auto side = Sequential{Input<5>{}, Dense<5, frozen>{}, Residual<Dense<5, frozen>, Dense<5>>{}};
    static_assert(training_plan_of<std::remove_const_t<decltype(side)>, float>.first_layer == 1);
}

TEST_CASE("two paths train to the same bits with any number of threads") {
    constexpr auto net = Sequential{Input<6, 5, 2>{},
                                    Conv2D<4, 3, padding::same>{},
                                    Residual<Conv2D<4, 3, padding::same>, Residual<Tanh>>{},
                                    ReLU{},
                                    Flatten<>{},
                                    Residual<Dense<9, Tanh>, shortcut<Dense<9>>>{},
                                    Dense<3>{}};
    const auto one = trained_weights(net, 1);
    REQUIRE(one == trained_weights(net, 2));
    REQUIRE(one == trained_weights(net, 3));
}
