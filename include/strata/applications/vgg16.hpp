// VGG16: thirteen convolutions in five blocks.
#pragma once

#include <strata/applications/options.hpp>
#include <strata/core/config.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/conv2d.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/flatten.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/pooling2d.hpp>

namespace strata::inline STRATA_ISA::applications {

namespace vgg_blocks {

template <fixed_string Name, int Filters>
using convolution = Conv2D<Filters, 3, padding::same, ReLU, name<Name>>;

template <fixed_string Name>
using pool = MaxPooling2D<2, name<Name + "_pool">>;

template <fixed_string Name, int Filters>
using two = type_list<convolution<Name + "_conv1", Filters>, convolution<Name + "_conv2", Filters>, pool<Name>>;

template <fixed_string Name, int Filters>
using three = type_list<convolution<Name + "_conv1", Filters>, convolution<Name + "_conv2", Filters>,
                        convolution<Name + "_conv3", Filters>, pool<Name>>;

template <fixed_string Prefix>
using body = concat_types<two<Prefix + "block1", 64>, two<Prefix + "block2", 128>, three<Prefix + "block3", 256>,
                          three<Prefix + "block4", 512>, three<Prefix + "block5", 512>>;

}  // namespace vgg_blocks

/// (height, width, channels) -> (classes). With no_top the output is the features: (512) after a pooling, else (height
/// / 32, width / 32, 512), rounded down. Height and width are at least 32. Keras: `applications.VGG16`. Simonyan and
/// Zisserman 2014.
template <int Height = 224, int Width = Height, int Channels = 3, class... Options>
struct VGG16 : application<VGG16<Height, Width, Channels, Options...>, "vgg16", Height, Width, Channels, Options...> {
    static constexpr int smallest = 32;
    using top = type_list<Flatten<name<"flatten">>, Dense<4096, ReLU, name<"fc1">>, Dense<4096, ReLU, name<"fc2">>,
                          Dense<VGG16::class_count, typename VGG16::head_activation, name<"predictions">>>;
    using item_list = concat_types<type_list<Input<Height, Width, Channels>>, vgg_blocks::body<VGG16::prefix>,
                                   typename end_of<typename VGG16::given, top, false>::type>;
};

}  // namespace strata::inline STRATA_ISA::applications
