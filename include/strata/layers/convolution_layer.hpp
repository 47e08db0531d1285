// convolution_layer: the base of the convolutions over images: options, checks, epilogue and hooks for optimize.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
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

}  // namespace strata::inline STRATA_ISA
