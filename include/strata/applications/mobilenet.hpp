// MobileNet: alternating depthwise and pointwise convolutions.
#pragma once

#include <strata/applications/options.hpp>
#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/activation.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/batch_normalization.hpp>
#include <strata/layers/conv2d.hpp>
#include <strata/layers/depthwise_conv2d.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/layers/global_pooling2d.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/padding.hpp>
#include <strata/layers/reshape.hpp>

namespace strata::inline STRATA_ISA::applications {

namespace mobilenet_blocks {

template <fixed_string Name>
using normalized = type_list<BatchNormalization<name<Name + "_bn">>, Activation<ReLU6, name<Name + "_relu">>>;

/// Block Id: a depthwise and a pointwise convolution.
template <fixed_string Prefix, fixed_string Id, int Filters>
using block = concat_types<type_list<DepthwiseConv2D<3, padding::same, no_bias, name<Prefix + "conv_dw_" + Id>>>,
                           normalized<Prefix + "conv_dw_" + Id>,
                           type_list<Conv2D<Filters, 1, padding::same, no_bias, name<Prefix + "conv_pw_" + Id>>>,
                           normalized<Prefix + "conv_pw_" + Id>>;

/// Block Id with strides of 2, which halve height and width.
template <fixed_string Prefix, fixed_string Id, int Filters>
using halving = concat_types<type_list<ZeroPadding2D<border{0, 1, 0, 1}, name<Prefix + "conv_pad_" + Id>>,
                                       DepthwiseConv2D<3, strides<2>, no_bias, name<Prefix + "conv_dw_" + Id>>>,
                             normalized<Prefix + "conv_dw_" + Id>,
                             type_list<Conv2D<Filters, 1, padding::same, no_bias, name<Prefix + "conv_pw_" + Id>>>,
                             normalized<Prefix + "conv_pw_" + Id>>;

template <fixed_string Prefix>
using body =
    concat_types<type_list<Conv2D<32, 3, strides<2>, padding::same, no_bias, name<Prefix + "conv1">>>,
                 normalized<Prefix + "conv1">, block<Prefix, "1", 64>, halving<Prefix, "2", 128>,
                 block<Prefix, "3", 128>, halving<Prefix, "4", 256>, block<Prefix, "5", 256>, halving<Prefix, "6", 512>,
                 block<Prefix, "7", 512>, block<Prefix, "8", 512>, block<Prefix, "9", 512>, block<Prefix, "10", 512>,
                 block<Prefix, "11", 512>, halving<Prefix, "12", 1024>, block<Prefix, "13", 1024>>;

}  // namespace mobilenet_blocks

/// (height, width, channels) -> (classes). With no_top the output is the features: (1024) after a pooling, else (height
/// / 32, width / 32, 1024), rounded up. Height and width are at least 32. Keras: `applications.MobileNet` with alpha 1
/// and depth_multiplier 1. Howard et al. 2017.
template <int Height = 224, int Width = Height, int Channels = 3, class... Options>
struct MobileNet
    : application<MobileNet<Height, Width, Channels, Options...>, "mobilenet", Height, Width, Channels, Options...> {
    static constexpr int smallest = 32;
    // Keras' pooling keeps the axes of size 1. This pooling drops them, and reshape_1 restores them, as in older
    // versions of Keras.
    using top =
        type_list<GlobalAveragePooling2D<>, Reshape<shape{1, 1, 1024}, name<"reshape_1">>,
                  Dropout<1e-3, name<"dropout">>, Conv2D<MobileNet::class_count, 1, padding::same, name<"conv_preds">>,
                  Reshape<shape{MobileNet::class_count}, name<"reshape_2">>,
                  Activation<typename MobileNet::head_activation, name<"predictions">>>;
    using item_list = concat_types<type_list<Input<Height, Width, Channels>>, mobilenet_blocks::body<MobileNet::prefix>,
                                   typename end_of<typename MobileNet::given, top, false>::type>;
};

}  // namespace strata::inline STRATA_ISA::applications
