// trained_activation: the activation inside a layer when the layer is trained.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>

namespace strata::inline STRATA_ISA {

/// The activation of a layer that is trained. Where its derivative needs its input, the layer keeps that input among
/// its saved activations.
template <class Activation>
struct trained_activation {
    static constexpr bool keeps_input = false;
    using in_kernel = kernels::linear;

    /// Applies the activation to y (rows, columns) in place.
    template <std::size_t Columns, class T>
    static void finish(std::size_t rows, const T*, T* y) {
        for (std::size_t r = 0; r < rows; ++r, y += Columns) Activation::template apply_rows<1, Columns>(y, y);
    }
    template <std::size_t Columns, class T>
    static void through(std::size_t rows, const T* y, const T*, T* dy) {
        Activation::template rows_gradient<Columns>(rows, y, dy, dy);
    }
};

template <class Activation>
    requires requires { typename Activation::function; }
struct trained_activation<Activation> {
    using function = typename Activation::function;
    static constexpr bool keeps_input = !function::derives_from_output;
    using in_kernel = std::conditional_t<keeps_input, kernels::linear, function>;

    /// Makes y (rows, columns) from the kept input, where the kernel did not apply the activation.
    template <std::size_t Columns, class T>
    static void finish(std::size_t rows, const T* input, T* y) {
        if constexpr (keeps_input) kernels::elementwise<function>(rows * Columns, input, y);
    }
    /// Turns dy, the gradient of the activation's output, into the gradient of its input.
    template <std::size_t Columns, class T>
    static void through(std::size_t rows, const T* y, const T* input, T* dy) {
        if constexpr (!std::is_same_v<function, kernels::linear>)
            kernels::elementwise_gradient<function>(rows * Columns, keeps_input ? input : y, dy, dy);
    }
};

}  // namespace strata::inline STRATA_ISA
