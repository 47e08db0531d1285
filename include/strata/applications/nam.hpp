// nam: the nets of Neural Amp Modeler, by the names of its trainer.
#pragma once

#include <utility>

#include <strata/core/config.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/conv1d.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/lstm.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/recurrent_option.hpp>
#include <strata/layers/wavenet.hpp>
#include <strata/model/sequential.hpp>

namespace strata::inline STRATA_ISA::nam {

namespace detail {

using long_dilations = dilations<1, 2, 4, 8, 16, 32, 64, 128, 256, 512>;
using short_dilations = dilations<1, 2, 4, 8, 16, 32, 64>;
using mixed_dilations = dilations<128, 256, 512, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512>;

template <int Channels, class First, class Second>
using a1 = Sequential<Input<any, 1>, WaveNet<wavenet_array<Channels, Channels / 2, First>,
                                             wavenet_array<Channels / 2, 1, Second, head_bias>>>;

template <int Channels>
using a2 = Sequential<
    Input<any, 1>,
    WaveNet<wavenet_array<
        Channels, 1, dilations<1, 3, 7, 17, 41, 101, 239, 1, 3, 7, 17, 41, 101, 239, 1, 13, 1, 3, 7, 17, 41, 101, 239>,
        kernel_sizes<6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 15, 15, 6, 6, 6, 6, 6, 6, 6>, LeakyReLU<0.01>, head_bias,
        head_kernel<16>>>>;

template <int Hidden, class Indices>
struct lstm;
template <int Hidden, std::size_t... Layer>
struct lstm<Hidden, std::index_sequence<Layer...>> {
    template <std::size_t>
    using one = strata::LSTM<Hidden, return_sequences>;
    using type = Sequential<Input<any, 1>, one<Layer>..., Dense<1>>;
};

template <int Channels, class Dilations, class Activation>
struct conv_net;
template <int Channels, int... Steps, class Activation>
struct conv_net<Channels, dilations<Steps...>, Activation> {
    using type =
        Sequential<Input<any, 1>, Conv1D<Channels, 2, dilation<Steps>, padding::causal, Activation>..., Dense<1>>;
};

}  // namespace detail

/// One channel of sound in, one out, (steps, 1) -> (steps, 1). A1: two arrays of dilated convolutions with Tanh.
using A1Standard = detail::a1<16, detail::long_dilations, detail::long_dilations>;
using A1Lite = detail::a1<12, detail::short_dilations, detail::mixed_dilations>;
using A1Feather = detail::a1<8, detail::short_dilations, detail::mixed_dilations>;
using A1Nano = detail::a1<4, detail::short_dilations, detail::mixed_dilations>;
/// A2: one array of 23 layers with LeakyReLU. A file holds both, the lite one as submodel 0, the full one as 1.
using A2Full = detail::a2<8>;
using A2Lite = detail::a2<3>;
/// Layers of LSTM and a Dense.
template <int Hidden, std::size_t Layers = 1>
using LSTM = typename detail::lstm<Hidden, std::make_index_sequence<Layers>>::type;
/// Causal convolutions of two taps, one for each dilation, and a Dense.
template <int Channels, class Dilations, class Activation = Tanh>
using ConvNet = typename detail::conv_net<Channels, Dilations, Activation>::type;
/// One causal convolution: an impulse response of Taps samples.
template <int Taps>
using Linear = Sequential<Input<any, 1>, Conv1D<1, Taps, padding::causal>>;

}  // namespace strata::inline STRATA_ISA::nam
