// The gradients of recurrent layers and of what wraps them, through all steps, against central differences.
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

using namespace strata;

namespace {

template <template <int, class...> class Layer>
void check_layer() {
    check(Sequential<Input<4, 3>, Layer<5>, Dense<2>>{});
    check(Sequential<Input<5, 2>, Dense<3, Tanh>, Layer<9, return_sequences>, Dense<2>>{});
    check(Sequential<Input<4, 2>, Layer<6, return_sequences>, Layer<3>>{});
    check(Sequential<Input<4, 3>, Dense<4, Tanh>, Layer<6, go_backwards, return_sequences>, Layer<2>>{});
    check(Sequential<Input<5, 3>, Dense<4, Tanh>, Layer<17, go_backwards, no_bias>, Dense<2>>{});
    check(Sequential<Input<1, 3>, Dense<4, Tanh>, Layer<6>, Dense<2>>{});
    check(Sequential<Input<3, 3>, Dense<4, Tanh>, Layer<6, frozen>, Dense<2>>{});
    check(Sequential<Input<3, 2>, Layer<40>, Dense<2>>{}, 7);
    check(Sequential<Input<3, 3>, Dense<4, Tanh>, Layer<6, GELU>, Dense<2>>{});
    check(Sequential<Input<3, 3>, Dense<4, Tanh>, Layer<6, Softplus, return_sequences>>{});
    check<in_tiles>(Sequential<Input<2, 2>, Layer<3>, Dense<2>>{}, 131);  // more than a tile
}

}  // namespace

TEST_CASE("gradients of LSTM through time equal central differences") {
    check_layer<LSTM>();
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, LSTM<6, recurrent_activation<SiLU>>{}, Dense<2>{}});
}

TEST_CASE("gradients of GRU through time equal central differences") {
    check_layer<GRU>();
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, GRU<6, recurrent_activation<SiLU>>{}, Dense<2>{}});
}

TEST_CASE("gradients of SimpleRNN through time equal central differences") { check_layer<SimpleRNN>(); }

TEST_CASE("gradients of both directions equal central differences, however they are merged") {
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, Bidirectional<LSTM<5>>{}, Dense<2>{}});
    check(Sequential{Input<4, 3>{}, Bidirectional<LSTM<5, return_sequences>>{}, GRU<3>{}});
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, Bidirectional<GRU<5, return_sequences>, merge::sum>{},
                     SimpleRNN<3>{}});
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, Bidirectional<GRU<5>, merge::mul>{}, Dense<2>{}});
    check(
        Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, Bidirectional<GRU<5, return_sequences>, merge::mul>{}, Dense<2>{}});
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{},
                     Bidirectional<SimpleRNN<5, no_bias, return_sequences>, merge::ave>{}, Dense<2>{}});
    check(Sequential{Input<4, 3>{}, Dense<4, Tanh>{}, Bidirectional<LSTM<5, frozen>>{}, Dense<2>{}});
}

TEST_CASE("gradients of layers on each time step equal central differences") {
    check(Sequential{Input<4, 3>{}, TimeDistributed<Dense<5, Tanh>>{}, TimeDistributed<Dense<2>>{}});
    check(Sequential{Input<3, 5, 6, 2>{}, TimeDistributed<Conv2D<3, 2, Tanh>>{}, TimeDistributed<MaxPooling2D<2>>{},
                     TimeDistributed<Flatten<>>{}, GRU<4>{}});
    check(Sequential{Input<3, 4, 2>{}, TimeDistributed<LSTM<3>>{}, LSTM<2>{}});
    check(Sequential{Input<3, 4, 5>{}, Dense<6, Tanh>{}, TimeDistributed<LayerNormalization<>>{},
                     TimeDistributed<PReLU<>>{}, TimeDistributed<GlobalAveragePooling1D<>>{}, Dense<2>{}});
    check(Sequential{Input<3, 4, 3>{}, TimeDistributed<DepthwiseConv1D<2>>{}, TimeDistributed<Bidirectional<GRU<2>>>{},
                     Dense<2>{}});
    check(Sequential{Input<3, 4, 3>{}, Dense<4, no_bias>{}, TimeDistributed<BatchNormalization<>>{}, Tanh{},
                     TimeDistributed<GlobalMaxPooling1D<>>{}, Dense<2>{}});
}

namespace {

/// A function of scalars alone, and so without a derivative.
struct negated {
    constexpr float operator()(float x) const { return -x; }
};
static_assert(!differentiable_layer<TimeDistributed<Elementwise<negated>>>);
static_assert(differentiable_layer<TimeDistributed<Dense<2>>>);

}  // namespace
