// convolution_layer: the base of the convolutions over images: options, checks, epilogue and hooks for optimize.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// The options of Conv2D, with groups or without.
inline constexpr std::array options_of_conv2d{activation_kind,
                                              strides<1>::kind,
                                              padding::valid::kind,
                                              dilation<1>::kind,
                                              groups<1>::kind,
                                              algorithm::direct::kind,
                                              no_bias::kind,
                                              kernel_initializer<Zeros>::kind,
                                              bias_initializer<Zeros>::kind,
                                              kernel_regularizer<L1<>>::kind,
                                              bias_regularizer<L1<>>::kind};

/// Operations for each output of a convolution of `depth` products, without the activation.
constexpr std::size_t flops_each(std::size_t depth, bool has_bias) { return 2 * depth + (has_bias ? 1 : 0); }

/// The base of a convolution Self, whose weights are perhaps other kernels, then `kernel`, then perhaps `bias`.
template <class Self, window Kernel, class... Options>
struct convolution_layer : layer<Self, Options...> {
    using options = option_list<Options...>;
    using activation = typename options::template get<Linear>;
    static constexpr window_options windows = window_options_of<options>(Kernel, window{1});
    static constexpr bool has_bias = !options::template has<no_bias>;

    /// An elementwise activation after a linear convolution.
    template <shape In, class... Next>
    static constexpr bool fuses() {
        return identity_at_inference<activation> && is_one_elementwise<Next...>;
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    static constexpr bool is_linear = identity_at_inference<activation>;
    static constexpr void absorb(const shape& in, const channel_affine& map, double* const* weights) {
        absorb_into_kernel(Self::parameters(in), "kernel", 1, map, weights);
    }

protected:
    /// The activation in training: of an epilogue, or the layer's own.
    template <class Fused>
    using trained = trained_activation<typename final_activation<Fused, activation>::type>;
};

/// The base of a convolution whose window moves over the input: the window gives the output's height and width. Self
/// gives `output_channels(in)`.
template <class Self, window Kernel, class... Options>
struct window_convolution : convolution_layer<Self, Kernel, Options...> {
    using base = convolution_layer<Self, Kernel, Options...>;
    using base::windows;

    static constexpr shape output(const shape& in) {
        return {windows.height(in).output, windows.width(in).output, Self::output_channels(in)};
    }
    static constexpr padding_mode padding_for(const shape& in, const border& edges) {
        return padding_of_windows(windows, in, edges);
    }

protected:
    /// Places of the window on one sample.
    template <class Geometry>
    static constexpr std::size_t pixels(const Geometry& g) {
        return g.height.output * g.width.output;
    }
};

/// The base of a convolution that begins with a convolution of each channel by itself.
template <class Self, window Kernel, class... Options>
struct depthwise_convolution : window_convolution<Self, Kernel, Options...> {
    using base = window_convolution<Self, Kernel, Options...>;
    using base::windows;
    using typename base::options;

    static constexpr kernels::depthwise_geometry geometry(const shape& in) {
        return {.height = windows.height(in),
                .width = windows.width(in),
                .channels = in[2],
                .multiplier = static_cast<std::size_t>(options::template get<depth_multiplier<1>>::value)};
    }
    template <shape In, class Fused>
    static constexpr row_window rows() {
        return depthwise_row_window<geometry(In)>();
    }
};

}  // namespace strata::inline STRATA_ISA
