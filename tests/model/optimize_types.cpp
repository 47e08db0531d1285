// The net that optimize makes: its type, its names, its summary.
#include <array>
#include <string_view>
#include <type_traits>

#include <strata/strata.hpp>

#include "folding_layers.hpp"

namespace {

using namespace strata;

/// Whether optimize makes Net to be Wanted, and of that nothing else.
template <class Net, class Wanted>
constexpr bool becomes(Net net, Wanted wanted) {
    return std::is_same_v<decltype(optimize(net)), Wanted> && std::is_same_v<decltype(optimize(wanted)), Wanted>;
}
template <class Net>
constexpr bool stays(Net net) {
    return becomes(net, net);
}

using input = Input<9, 9, 3>;

// BatchNormalization

static_assert(becomes(Sequential{input{}, Conv2D<8, 3, no_bias, padding::same>{}, BatchNormalization<>{}, ReLU{}},
                      Sequential{input{}, Conv2D<8, 3, padding::same, ReLU>{}}));
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, BatchNormalization<>{}, Dense<2>{}},
                      Sequential{Input<4>{}, Dense<3>{}, Dense<2>{}}));
static_assert(becomes(Sequential{Input<9, 4>{}, Conv1D<3, 2>{}, BatchNormalization<no_scale>{}},
                      Sequential{Input<9, 4>{}, Conv1D<3, 2>{}}));
static_assert(becomes(Sequential{input{}, DepthwiseConv2D<3, no_bias>{}, BatchNormalization<no_center>{}},
                      Sequential{input{}, DepthwiseConv2D<3>{}}));
static_assert(becomes(Sequential{Input<9, 3>{}, DepthwiseConv1D<3>{}, BatchNormalization<>{}},
                      Sequential{Input<9, 3>{}, DepthwiseConv1D<3>{}}));
static_assert(becomes(Sequential{input{}, SeparableConv2D<8, 3, no_bias>{}, BatchNormalization<>{}},
                      Sequential{input{}, SeparableConv2D<8, 3>{}}));
static_assert(becomes(Sequential{Input<9, 3>{}, SeparableConv1D<8, 3, no_bias>{}, BatchNormalization<>{}},
                      Sequential{Input<9, 3>{}, SeparableConv1D<8, 3>{}}));
static_assert(becomes(Sequential{input{}, Conv2DTranspose<8, 3, no_bias>{}, BatchNormalization<>{}},
                      Sequential{input{}, Conv2DTranspose<8, 3>{}}));
static_assert(becomes(Sequential{Input<9, 3>{}, Conv1DTranspose<8, 3, no_bias>{}, BatchNormalization<>{}, ELU{}},
                      Sequential{Input<9, 3>{}, Conv1DTranspose<8, 3, ELU>{}}));
// Two of them, after a Dropout.
static_assert(becomes(Sequential{Input<4>{}, Dense<3, no_bias>{}, Dropout<0.5>{}, BatchNormalization<>{}, Linear{},
                                 BatchNormalization<>{}, Tanh{}},
                      Sequential{Input<4>{}, Dense<3, Tanh>{}}));
// Never where an activation, a pooling or another shape stands between, nor where there is no layer before it.
static_assert(stays(Sequential{Input<4>{}, Dense<3, ReLU>{}, BatchNormalization<>{}}));
static_assert(stays(Sequential{input{}, Conv2D<8, 3>{}, MaxPooling2D<2>{}, BatchNormalization<>{}}));
static_assert(stays(Sequential{input{}, Conv2D<8, 3>{}, Flatten<>{}, BatchNormalization<>{}}));
static_assert(stays(Sequential{input{}, BatchNormalization<>{}, Conv2D<8, 3>{}}));
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, ReLU{}, BatchNormalization<>{}},
                      Sequential{Input<4>{}, Dense<3, ReLU>{}, BatchNormalization<>{}}));
// Frozen layers stay frozen; options that only training reads stay too.
static_assert(becomes(Sequential{Input<4>{}, Dense<3, frozen, kernel_regularizer<L2<0.1>>, no_bias>{},
                                 BatchNormalization<>{}},
                      Sequential{Input<4>{}, Dense<3, frozen, kernel_regularizer<L2<0.1>>>{}}));
static_assert(becomes(freeze_all_but_last(Sequential{Input<4>{}, Dense<3>{}, BatchNormalization<>{}, ReLU{},
                                                     Dense<1>{}}),
                      Sequential{Input<4>{}, Dense<3, frozen, ReLU>{}, Dense<1>{}}));

// Nested models and Residual

// At the head of a nested model, which stays a layer, with its name.
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{},
                                 Sequential{name<"block">{}, BatchNormalization<>{}, ReLU{}, Dense<2>{}}},
                      Sequential{Input<4>{}, Dense<3, ReLU>{}, Sequential{name<"block">{}, Dense<2>{}}}));
static_assert(becomes(Sequential{Input<4>{}, Sequential{Dense<3>{}}, BatchNormalization<>{}},
                      Sequential{Input<4>{}, Sequential{Dense<3>{}}}));
// A nested model without layers is none.
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, Sequential{BatchNormalization<>{}, Dropout<0.5>{}}},
                      Sequential{Input<4>{}, Dense<3>{}}));
// On both paths of a Residual, never into what both read.
static_assert(becomes(
    Sequential{input{}, Conv2D<8, 3>{},
               Residual{BatchNormalization<>{}, ReLU{}, Conv2D<4, 1, no_bias>{}, BatchNormalization<>{},
                        shortcut{Conv2D<4, 1>{}, BatchNormalization<>{}}, name<"block">{}},
               BatchNormalization<>{}, ReLU{}},
    Sequential{input{}, Conv2D<8, 3>{},
               Residual{BatchNormalization<>{}, ReLU{}, Conv2D<4, 1>{}, shortcut{Conv2D<4, 1>{}}, name<"block">{}},
               BatchNormalization<>{}, ReLU{}}));
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, Dropout<0.5>{}, Residual{BatchNormalization<>{}, ReLU{}}},
                      Sequential{Input<4>{}, Dense<3>{}, Residual{BatchNormalization<>{}, ReLU{}}}));
static_assert(becomes(Residual{Dense<4>{}, BatchNormalization<>{}, shortcut{Dropout<0.1>{}}}, Residual{Dense<4>{}}));
static_assert(becomes(Sequential{Input<4>{}, Residual{shortcut{Dense<4>{}, Tanh{}}, Dense<4>{}, Dropout<0.1>{}}},
                      Sequential{Input<4>{}, Residual{shortcut{Dense<4, Tanh>{}}, Dense<4>{}}}));
// A path of identities alone keeps one: no Residual is without layers.
static_assert(becomes(Sequential{Input<4>{}, Residual{Dropout<0.1>{}, Linear{}}, Dense<1>{}},
                      Sequential{Input<4>{}, Residual{Dropout<0.1>{}}, Dense<1>{}}));
static_assert(becomes(Residual{Sequential{GaussianNoise<0.1>{}, Dropout<0.1>{}}},
                      Residual{Sequential{GaussianNoise<0.1>{}}}));

// Activations

static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, Softmax{}}, Sequential{Input<4>{}, Dense<3, Softmax>{}}));
static_assert(becomes(Sequential{Input<4>{}, Dense<3, Linear>{}, LeakyReLU<0.1>{}},
                      Sequential{Input<4>{}, Dense<3, LeakyReLU<0.1>>{}}));
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, Activation<GELU, name<"act">>{}},
                      Sequential{Input<4>{}, Dense<3, GELU>{}}));
static_assert(becomes(Sequential{Input<9, 3>{}, SeparableConv1D<8, 3>{}, ELU{}},
                      Sequential{Input<9, 3>{}, SeparableConv1D<8, 3, ELU>{}}));
static_assert(stays(Sequential{Input<4>{}, Dense<3, ReLU>{}, Tanh{}}));
static_assert(stays(Sequential{input{}, MaxPooling2D<2>{}, ReLU{}}));
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, ReLU{}, Sigmoid{}},
                      Sequential{Input<4>{}, Dense<3, ReLU>{}, Sigmoid{}}));
// A function that can be trained through.
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, Elementwise<squared, name<"square">>{}},
                      Sequential{Input<4>{}, Dense<3, Elementwise<squared>>{}}));
static_assert(stays(Sequential{Input<4>{}, Dense<3>{}, Elementwise<cubed>{}}));
// PReLU has weights.
static_assert(stays(Sequential{Input<4>{}, Dense<3>{}, PReLU<>{}}));

// Identities

static_assert(becomes(Sequential{Input<9, 4>{}, SpatialDropout1D<0.1>{}, GaussianNoise<0.1>{}, GaussianDropout<0.1>{},
                                 AlphaDropout<0.1>{}, Activation<Linear>{}, Flatten<>{}, Dropout<0.5>{}},
                      Sequential{Input<9, 4>{}, Flatten<>{}}));
static_assert(becomes(Sequential{name<"noise">{}, Input<4>{}, Dropout<0.5>{}},
                      Sequential{name<"noise">{}, Input<4>{}}));
// The input is still stated where the layer that stated it is gone.
static_assert(becomes(Sequential{Dropout<0.1, input_shape<4, 3>>{}, Dense<2>{}},
                      Sequential{Input<4, 3>{}, Dense<2>{}}));
static_assert(becomes(Sequential{Sequential{Dropout<0.1, input_shape<4>>{}}, Dense<2>{}},
                      Sequential{Input<4>{}, Dense<2>{}}));

// Rescaling

static_assert(becomes(Sequential{input{}, Rescaling<0.5>{}, Rescaling<4.0, 1.0>{}, Dropout<0.1>{},
                                 Rescaling<0.25, -1.0>{}, Conv2D<2, 3>{}},
                      Sequential{input{}, Rescaling<0.5, -0.75>{}, Conv2D<2, 3>{}}));
// After a layer with weights it is a map of channels as any other.
static_assert(becomes(Sequential{Input<4>{}, Dense<3, no_bias>{}, Rescaling<2.0>{}},
                      Sequential{Input<4>{}, Dense<3>{}}));
// Too large for a product.
static_assert(stays(Sequential{Input<4>{}, Rescaling<1e200>{}, Rescaling<1e200>{}}));

// Borders of zeros

using image = Input<8, 9, 3>;
static_assert(becomes(Sequential{image{}, ZeroPadding2D<1>{}, Conv2D<4, 3>{}, BatchNormalization<>{}, ReLU{}},
                      Sequential{image{}, Conv2D<4, 3, padding::same, ReLU>{}}));
static_assert(becomes(Sequential{image{}, ZeroPadding2D<border{2, 2, 1, 1}>{},
                                 Conv2D<4, window{5, 3}, padding::valid>{}},
                      Sequential{image{}, Conv2D<4, window{5, 3}, padding::same>{}}));
static_assert(becomes(Sequential{image{}, ZeroPadding2D<2>{}, Dropout<0.1>{}, DepthwiseConv2D<3, dilation<2>>{}},
                      Sequential{image{}, DepthwiseConv2D<3, dilation<2>, padding::same>{}}));
// With strides the sizes decide: `same` adds one row after 8 rows, and one column on both sides of 9 columns.
static_assert(becomes(Sequential{image{}, ZeroPadding2D<border{0, 1, 1, 1}>{}, SeparableConv2D<4, 3, strides<2>>{}},
                      Sequential{image{}, SeparableConv2D<4, 3, strides<2>, padding::same>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, SeparableConv2D<4, 3, strides<2>>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<border{0, 1, 0, 1}>{}, Conv2D<4, 3, strides<2>>{}}));
// A row that no window sees: 8 + 2 rows in windows of 4 by 4; `same` needs none.
static_assert(becomes(Sequential{Input<8, 8, 3>{}, ZeroPadding2D<border{0, 2, 0, 0}>{}, Conv2D<4, 4, strides<4>>{}},
                      Sequential{Input<8, 8, 3>{}, Conv2D<4, 4, strides<4>, padding::same>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<2>{}, Conv2D<4, 3>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, Conv2D<4, 3, padding::same>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, MaxPooling2D<3>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, ReLU{}, Conv2D<4, 3>{}}));
static_assert(becomes(Sequential{ZeroPadding2D<1, input_shape<8, 9, 3>>{}, Conv2D<4, 3>{}},
                      Sequential{image{}, Conv2D<4, 3, padding::same>{}}));
static_assert(becomes(Sequential{Input<9, 3>{}, ZeroPadding1D<ends{2, 0}>{}, Conv1D<4, 3>{}},
                      Sequential{Input<9, 3>{}, Conv1D<4, 3, padding::causal>{}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, Conv2DTranspose<4, 3>{}}));
static_assert(becomes(Sequential{Input<9, 3>{}, ZeroPadding1D<1>{}, DepthwiseConv1D<3>{}},
                      Sequential{Input<9, 3>{}, DepthwiseConv1D<3, padding::same>{}}));
static_assert(stays(Sequential{Input<9, 3>{}, ZeroPadding1D<ends{2, 0}>{}, SeparableConv1D<4, 3>{}}));
// A nested model may say what its input is; a border that two layers read is nobody's.
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, Sequential{Input<10, 11, 3>{}, Conv2D<4, 3>{}}}));
static_assert(stays(Sequential{image{}, ZeroPadding2D<1>{}, Residual{Conv2D<3, 3>{}, shortcut{Conv2D<3, 3>{}}}}));
static_assert(becomes(Sequential{image{}, Residual{ZeroPadding2D<1>{}, Conv2D<3, 3>{}}},
                      Sequential{image{}, Residual{Conv2D<3, 3, padding::same>{}}}));

// Nets that are not built, layers, models

static_assert(becomes(Sequential{Dense<3>{}, BatchNormalization<>{}, Residual{Dense<3>{}, ReLU{}}},
                      Sequential{Dense<3>{}, Residual{Dense<3, ReLU>{}}}));
static_assert(stays(Sequential{ZeroPadding2D<1>{}, Conv2D<4, 3>{}}));  // `same` depends on the size
static_assert(stays(Dense<3>{}) && stays(Sequential<>{}) && stays(Sequential<Input<3>>{}));
static_assert(stays(Sequential<memory::smallest, Input<4>, Dense<3>>{}));
using with_noise = Sequential<Input<4>, Dense<3>, Dropout<0.5>>;
static_assert(std::is_same_v<decltype(optimize(Model<with_noise>())), Model<Sequential<Input<4>, Dense<3>>>>);
static_assert(
    std::is_same_v<decltype(optimize(Model<with_noise, double>())), Model<Sequential<Input<4>, Dense<3>>, double>>);

// Own layers

static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, Gains<>{}, Softsquare{}},
                      Sequential{Input<4>{}, Dense<3, Softsquare>{}}));
static_assert(becomes(Sequential{Input<4>{}, Twofold<no_bias>{}, BatchNormalization<>{}, ReLU{}},
                      Sequential{Input<4>{}, Twofold<ReLU>{}}));

// Names and the summary

// The remaining layers keep their names: the second normalization, and the second ReLU.
constexpr auto named = optimize(Sequential{input{}, Conv2D<4, 3>{}, BatchNormalization<>{}, ReLU{}, MaxPooling2D<2>{},
                                           BatchNormalization<>{}, ReLU{}, BatchNormalization<>{}, Conv2D<5, 3>{},
                                           Sequential{Dropout<0.1>{}}, Sequential{Dense<2>{}}});
static_assert(
    std::is_same_v<
        decltype(named),
        const Sequential<input, Conv2D<4, 3, ReLU>, MaxPooling2D<2>, BatchNormalization<name<"batch_normalization_1">>,
                         named_layer<ReLU, name<"re_lu_1">>, BatchNormalization<name<"batch_normalization_2">>,
                         Conv2D<5, 3>, Sequential<name<"sequential_1">, Dense<2>>>>);
static_assert(stays(named));
// A layer that is named so takes part as before.
static_assert(becomes(Sequential{Input<4>{}, Dense<3>{}, named_layer<ReLU, name<"r">>{}},
                      Sequential{Input<4>{}, Dense<3, ReLU>{}}));

constexpr auto folded =
    optimize(Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, no_bias, name<"stem">>{}, BatchNormalization<>{}, ReLU{},
                        Flatten<>{}, Dropout<0.5>{}, Dense<10>{}, Softmax{}});
constexpr auto table = folded.summary();
static_assert(table.view() ==
              "Model: \"sequential\"\n"
              "_________________________________________________________________\n"
              "Layer (type)                 Output Shape              Param #   \n"
              "=================================================================\n"
              "stem (Conv2D)                (None, 26, 26, 8)         80        \n"
              "_________________________________________________________________\n"
              "flatten (Flatten)            (None, 5408)              0         \n"
              "_________________________________________________________________\n"
              "dense (Dense)                (None, 10)                54090     \n"
              "=================================================================\n"
              "Total params: 54,170\n"
              "Trainable params: 54,170\n"
              "Non-trainable params: 0\n"
              "_________________________________________________________________\n");

// In constant evaluation

// gamma 2, beta 1, mean 3, variance 0 with epsilon 1: 2 (x - 3) + 1.
constexpr auto normalized =
    optimize(Sequential{Input<1>{}, Dense<1, no_bias>{}, BatchNormalization<epsilon<1.0>>{}, ReLU{}}.bind(
        std::array{5.0f, 2.0f, 1.0f, 3.0f, 0.0f}));
static_assert(normalized.size() == 1 && normalized.weights()[0][0] == 10.0f && normalized.weights()[1][0] == -5.0f);
static_assert(normalized(Tensor<float, 1, 1>(std::array{2.0f}))(0, 0) == 15.0f);

// approximate, with options of every kind

template <class Net, class Wanted>
constexpr bool approximately = std::is_same_v<approximate<Net>, Wanted> && std::is_same_v<approximate<Wanted>, Wanted>;

static_assert(
    approximately<Sequential<input, Conv2D<3, 3, Tanh>, Conv2D<2, window{1, 2}, Sigmoid>, MaxPooling2D<2>, Tanh>,
                  Sequential<input, Conv2D<3, 3, ApproximateTanh>, Conv2D<2, window{1, 2}, ApproximateSigmoid>,
                             MaxPooling2D<2>, ApproximateTanh>>);
static_assert(
    approximately<Sequential<Input<9, 3>, Residual<Conv1D<3, 3, padding::same, Tanh>>, Dense<3, SiLU>,
                             TimeDistributed<Dense<3, Tanh>>, SimpleRNN<4>>,
                  Sequential<Input<9, 3>, Residual<Conv1D<3, 3, padding::same, ApproximateTanh>>, Dense<3, SiLU>,
                             TimeDistributed<Dense<3, ApproximateTanh>>, SimpleRNN<4, ApproximateTanh>>>);
static_assert(
    approximately<
        Sequential<Input<9, 3>, LSTM<4, return_sequences>, Bidirectional<GRU<4, ReLU>>>,
        Sequential<Input<9, 3>, LSTM<4, return_sequences, ApproximateTanh, recurrent_activation<ApproximateSigmoid>>,
                   Bidirectional<GRU<4, ReLU, recurrent_activation<ApproximateSigmoid>>>>>);

}  // namespace
