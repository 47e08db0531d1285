// Xception: depthwise separable convolutions in residual blocks.
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
#include <strata/layers/pooling2d.hpp>
#include <strata/layers/separable_conv2d.hpp>

namespace strata::inline STRATA_ISA::applications {

namespace xception_blocks {

template <fixed_string Name>
using relu = type_list<Activation<ReLU, name<Name>>>;

template <fixed_string Name, int Filters, class... Options>
using convolution = type_list<Conv2D<Filters, 3, no_bias, name<Name>, Options...>,
                              BatchNormalization<name<Name + "_bn">>, Activation<ReLU, name<Name + "_act">>>;

template <fixed_string Name, int Filters>
using separable =
    type_list<SeparableConv2D<Filters, 3, padding::same, no_bias, name<Name>>, BatchNormalization<name<Name + "_bn">>>;

/// A residual block that halves height and width: by a max pooling in its main path and by a convolution with strides
/// of 2 in its shortcut.
template <fixed_string Name, int Filters, class... Lists>
using halving =
    residual<type_list<name<Name>>, Lists...,
             type_list<MaxPooling2D<3, strides<2>, padding::same, name<Name + "_pool">>,
                       shortcut<Conv2D<Filters, 1, strides<2>, padding::same, no_bias>, BatchNormalization<>>>>;

/// A halving block of two separable convolutions, each after an activation.
template <fixed_string Name, int Filters, int Last = Filters>
using entry = halving<Name, Last, relu<Name + "_sepconv1_act">, separable<Name + "_sepconv1", Filters>,
                      relu<Name + "_sepconv2_act">, separable<Name + "_sepconv2", Last>>;

/// A residual block of three separable convolutions that keeps the shape.
template <fixed_string Name>
using middle = residual<type_list<name<Name>>, relu<Name + "_sepconv1_act">, separable<Name + "_sepconv1", 728>,
                        relu<Name + "_sepconv2_act">, separable<Name + "_sepconv2", 728>, relu<Name + "_sepconv3_act">,
                        separable<Name + "_sepconv3", 728>>;

template <fixed_string Prefix>
using body =
    concat_types<convolution<Prefix + "block1_conv1", 32, strides<2>>, convolution<Prefix + "block1_conv2", 64>,
                 halving<Prefix + "block2", 128, separable<Prefix + "block2_sepconv1", 128>,
                         relu<Prefix + "block2_sepconv2_act">, separable<Prefix + "block2_sepconv2", 128>>,
                 entry<Prefix + "block3", 256>, entry<Prefix + "block4", 728>, middle<Prefix + "block5">,
                 middle<Prefix + "block6">, middle<Prefix + "block7">, middle<Prefix + "block8">,
                 middle<Prefix + "block9">, middle<Prefix + "block10">, middle<Prefix + "block11">,
                 middle<Prefix + "block12">, entry<Prefix + "block13", 728, 1024>,
                 separable<Prefix + "block14_sepconv1", 1536>, relu<Prefix + "block14_sepconv1_act">,
                 separable<Prefix + "block14_sepconv2", 2048>, relu<Prefix + "block14_sepconv2_act">>;

}  // namespace xception_blocks

/// (height, width, channels) -> (classes). With no_top the output is the features: (2048) after a pooling, else (height
/// / 32, width / 32, 2048), rounded up. Height and width are at least 71. Keras: `applications.Xception`. Chollet 2017.
template <int Height = 299, int Width = Height, int Channels = 3, class... Options>
struct Xception
    : application<Xception<Height, Width, Channels, Options...>, "xception", Height, Width, Channels, Options...> {
    static constexpr int smallest = 71;
    using top = type_list<GlobalAveragePooling2D<name<"avg_pool">>,
                          Dense<Xception::class_count, typename Xception::head_activation, name<"predictions">>>;
    using item_list = concat_types<type_list<Input<Height, Width, Channels>>, xception_blocks::body<Xception::prefix>,
                                   typename end_of<typename Xception::given, top, false>::type>;
};

}  // namespace strata::inline STRATA_ISA::applications
