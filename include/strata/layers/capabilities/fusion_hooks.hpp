// fusion_hooks: members by which optimize merges a layer with its neighbours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/weights.hpp>

namespace strata::inline STRATA_ISA {

// Use them where a layer can take another one into its weights or options, or can become a part of its neighbour. Each
// member is independent of the others. Weights come in Keras' order.
//
//   template <class... Others> using with_options      the same layer with other options
//                                                      (layers of one type then share their code whatever their names)
//   static constexpr bool is_linear                    no activation follows its weights
//   absorb(in, map, weights)                           applies the map of its output to its weights, which have a bias
//   affine(in, weights, scale, shift)                  the factor and the shift of each channel at inference
//   using activation_option                            an option that does the same
//   static constexpr border zero_edges                 the zeros that it puts around its input
//   padding_for(in, edges)                             its padding that puts these zeros around `in`; valid: none does
//   scale, offset, template <double, double> using with_line      the same for all values, and the layer with others

/// A map of each channel, the last axis: x scale + shift.
struct channel_affine {
    std::span<const double> scale;
    std::span<const double> shift;
};

/// A layer that can have other options.
template <class Layer>
concept layer_with_options = layer_descriptor<Layer> && requires { typename Layer::template with_options<>; };

namespace detail {

template <class Layer, class Options>
struct with_option_list;
template <class Layer, class... Options>
struct with_option_list<Layer, option_list<Options...>> {
    using type = typename Layer::template with_options<Options...>;
};

/// A layer without its name, which computes the same: layers that differ in their names alone share its code. Not a
/// struct that has a layer as its base, which may compute something else.
template <class Layer>
struct unnamed_layer {
    using type = Layer;
};
template <class Layer>
    requires(Layer::options::template has<name<"">> && layer_with_options<Layer> &&
             std::is_same_v<typename with_option_list<Layer, typename Layer::options>::type, Layer>)
struct unnamed_layer<Layer> : with_option_list<Layer, typename Layer::options::template without<name<"">>> {};

}  // namespace detail

/// A layer that can take an affine map of its output's channels into its weights.
template <class Layer>
concept absorbs_affine =
    layer_with_options<Layer> && Layer::is_linear &&
    requires(const shape& in, const channel_affine& map, double* const* weights) { Layer::absorb(in, map, weights); };

/// A layer that is an affine map of each channel when it infers.
template <class Layer>
concept affine_layer = layer_descriptor<Layer> && requires(const shape& in, const double* const* weights,
                                                           double* line) { Layer::affine(in, weights, line, line); };

/// A layer that can have an activation and has none.
template <class Layer>
concept takes_activation = layer_with_options<Layer> && Layer::is_linear &&
                           std::find(Layer::takes.begin(), Layer::takes.end(), activation_kind) != Layer::takes.end();

/// A layer that can be an option of the layer before it.
template <class Layer>
concept layer_as_option =
    layer_descriptor<Layer> && requires { requires Layer::activation_option::kind == activation_kind; };

/// A layer that puts zeros around its input.
template <class Layer>
concept adds_border = layer_descriptor<Layer> && requires {
    { Layer::zero_edges } -> std::convertible_to<border>;
};

/// A layer that can put zeros around its input itself.
template <class Layer>
concept takes_border = layer_with_options<Layer> && requires(const shape& in, const border& edges) {
    { Layer::padding_for(in, edges) } -> std::same_as<padding_mode>;
};

/// An affine map that is the same for all values.
template <class Layer>
concept constant_affine_layer = layer_descriptor<Layer> && requires {
    { Layer::scale } -> std::convertible_to<double>;
    { Layer::offset } -> std::convertible_to<double>;
    typename Layer::template with_line<1.0, 0.0>;
};

namespace detail {

template <class Layer, class Options>
struct given_options;
template <class Layer, class... Options>
struct given_options<Layer, option_list<Options...>> {
    using type = typename Layer::template with_options<Options...>;
};

template <padding_mode Mode>
struct padding_option {
    using type = padding::valid;
};
template <>
struct padding_option<padding_mode::same> {
    using type = padding::same;
};
template <>
struct padding_option<padding_mode::causal> {
    using type = padding::causal;
};

}  // namespace detail

/// A layer with one option more, in the place of the one of that kind.
template <class Layer, class Option>
using with_option =
    typename detail::given_options<Layer,
                                   typename Layer::options::template without<Option>::template with<Option>>::type;
/// The layer with a bias, which can hold an affine map.
template <class Layer>
using with_affine = typename detail::given_options<Layer, typename Layer::options::template without<no_bias>>::type;
/// A layer with another padding.
template <class Layer, padding_mode Mode>
using with_padding = with_option<Layer, typename detail::padding_option<Mode>::type>;

/// `absorb` of a layer with a bias and a kernel called `name`, which holds `inner` elements of each channel in turn.
constexpr void absorb_into_kernel(const parameter_table& table, std::string_view name, std::size_t inner,
                                  const channel_affine& map, double* const* weights) {
    const std::size_t channels = map.scale.size(), place = detail::find_weight(table, name);
    double *kernel = weights[place], *bias = weights[detail::find_weight(table, "bias")];
    for (std::size_t i = 0; i < table[place].extents.size(); ++i) kernel[i] *= map.scale[i / inner % channels];
    for (std::size_t c = 0; c < channels; ++c) bias[c] = bias[c] * map.scale[c] + map.shift[c];
}

/// `padding_for` of a layer with windows over images: the padding with which its windows see what they see, without
/// one, in the image with `edges` around. Zeros at the end that no window sees do not count.
constexpr padding_mode padding_of_windows(const window_options& windows, const shape& in, const border& edges,
                                          padding_mode mode = padding_mode::same) {
    if (windows.mode != padding_mode::valid || edges.is_negative()) return padding_mode::valid;
    const auto equals = [](const sliding_axis& padded, const sliding_axis& bordered, int before) {
        return padded.before == static_cast<std::size_t>(before) && padded.output == bordered.output;
    };
    window_options other = windows;
    other.mode = mode;
    const shape bordered{in[0] + static_cast<std::size_t>(edges.top + edges.bottom),
                         in[1] + static_cast<std::size_t>(edges.left + edges.right), in[2]};
    return equals(other.height(in), windows.height(bordered), edges.top) &&
                   equals(other.width(in), windows.width(bordered), edges.left)
               ? mode
               : padding_mode::valid;
}

}  // namespace strata::inline STRATA_ISA
