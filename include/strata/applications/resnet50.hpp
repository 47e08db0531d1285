// ResNet50: residual bottlenecks of three convolutions.
#pragma once

#include <strata/applications/options.hpp>
#include <strata/core/config.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/activation.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/batch_normalization.hpp>
#include <strata/layers/conv2d.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/global_pooling2d.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/padding.hpp>
#include <strata/layers/pooling2d.hpp>

namespace strata::inline STRATA_ISA::applications {

namespace resnet_blocks {

template <fixed_string Name>
using normalization = BatchNormalization<epsilon<1.001e-5>, name<Name>>;

template <fixed_string Name, int Filters, int Kernel, class... Options>
using convolution = type_list<Conv2D<Filters, Kernel, name<Name + "_conv">, Options...>, normalization<Name + "_bn">>;

template <fixed_string Name>
using relu = type_list<Activation<ReLU, name<Name>>>;

/// The main path of a bottleneck. Strides are those of its first convolution.
template <fixed_string Name, int Filters, int Strides>
using path = concat_types<convolution<Name + "_1", Filters, 1, strides<Strides>>, relu<Name + "_1_relu">,
                          convolution<Name + "_2", Filters, 3, padding::same>, relu<Name + "_2_relu">,
                          convolution<Name + "_3", 4 * Filters, 1>>;

/// The first bottleneck of a stack. The shortcut is the first term of the sum, as in Keras.
template <fixed_string Name, int Filters, int Strides>
using first = concat_types<
    residual<type_list<name<Name>, shortcut<Conv2D<4 * Filters, 1, strides<Strides>, name<Name + "_0_conv">>,
                                            normalization<Name + "_0_bn">>>,
             path<Name, Filters, Strides>>,
    relu<Name + "_out">>;

/// A bottleneck after the first one of a stack.
template <fixed_string Name, int Filters>
using further = concat_types<residual<type_list<name<Name>>, path<Name, Filters, 1>>, relu<Name + "_out">>;

template <fixed_string Prefix>
using body = concat_types<
    type_list<ZeroPadding2D<3, name<Prefix + "conv1_pad">>>, convolution<Prefix + "conv1", 64, 7, strides<2>>,
    relu<Prefix + "conv1_relu">,
    type_list<ZeroPadding2D<1, name<Prefix + "pool1_pad">>, MaxPooling2D<3, strides<2>, name<Prefix + "pool1_pool">>>,
    first<Prefix + "conv2_block1", 64, 1>, further<Prefix + "conv2_block2", 64>, further<Prefix + "conv2_block3", 64>,
    first<Prefix + "conv3_block1", 128, 2>, further<Prefix + "conv3_block2", 128>,
    further<Prefix + "conv3_block3", 128>, further<Prefix + "conv3_block4", 128>,
    first<Prefix + "conv4_block1", 256, 2>, further<Prefix + "conv4_block2", 256>,
    further<Prefix + "conv4_block3", 256>, further<Prefix + "conv4_block4", 256>, further<Prefix + "conv4_block5", 256>,
    further<Prefix + "conv4_block6", 256>, first<Prefix + "conv5_block1", 512, 2>,
    further<Prefix + "conv5_block2", 512>, further<Prefix + "conv5_block3", 512>>;

}  // namespace resnet_blocks

/// (height, width, channels) -> (classes). With no_top the output is the features: (2048) after a pooling, else (height
/// / 32, width / 32, 2048), rounded up. Height and width are at least 32. Keras: `applications.ResNet50`. He et al.
/// 2015.
template <int Height = 224, int Width = Height, int Channels = 3, class... Options>
struct ResNet50
    : application<ResNet50<Height, Width, Channels, Options...>, "resnet50", Height, Width, Channels, Options...> {
    static constexpr int smallest = 32;
    using top = type_list<GlobalAveragePooling2D<name<"avg_pool">>,
                          Dense<ResNet50::class_count, typename ResNet50::head_activation, name<"predictions">>>;
    using item_list = concat_types<type_list<Input<Height, Width, Channels>>, resnet_blocks::body<ResNet50::prefix>,
                                   typename end_of<typename ResNet50::given, top, true>::type>;
};

}  // namespace strata::inline STRATA_ISA::applications
