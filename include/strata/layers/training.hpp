// training: what a layer sees of a training step, forward and backward.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/random.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>

namespace strata::inline STRATA_ISA {

/// The forward pass of `count` samples that follow each other. x, y and saved begin at the first of them; weights are
/// in the kernels' layout; scratch is this thread's.
template <class T>
struct training_pass {
    std::size_t count = 0;
    const T* x = nullptr;
    T* y = nullptr;
    T* saved = nullptr;
    const T* const* weights = nullptr;
    T* scratch = nullptr;
    random_stream random{};
    T* shared = nullptr;             // of all samples, where the layer needs a whole batch
    std::size_t stride = 1;          // of x and saved, in samples: combine reads every stride-th one
    T* const* statistics = nullptr;  // its weights that are not trained, for `combine` to write; null for the others
};

/// The backward pass of `count` samples. dy and saved may be overwritten, dx (null where nothing below learns) is
/// overwritten, parameter gradients are in the layout of the weights: overwritten by the first tile of a batch, added
/// to by the others. `backward_weights` is what `pack_for_backward` made of the weights, where dx is not null. What
/// What backward writes to the saved activations, accumulate finds there. Behind the last element of dy
/// kernels::gradient_slack elements may be read.
template <class T>
struct gradient_pass {
    std::size_t count = 0;
    const T* x = nullptr;
    const T* y = nullptr;
    T* saved = nullptr;
    T* dy = nullptr;
    T* dx = nullptr;
    const T* const* weights = nullptr;
    const T* backward_weights = nullptr;
    T* const* gradients = nullptr;
    bool first = true;
    T* scratch = nullptr;
    random_stream random{};
    T* shared = nullptr;
    std::size_t stride = 1;  // of x, dy and saved, in samples: combine_gradient reads every stride-th one
};

/// An activation inside a layer, when training: where its derivative needs its input, that is kept on the layer's
/// saved.
template <class Activation>
struct trained_activation {
    static constexpr bool keeps_input = false;
    using in_kernel = kernels::linear;

    /// y (rows, columns) is in place: the layer's linear output becomes its activated one.
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

    /// y (rows, columns) from the kept input, where the kernel did not do it.
    template <std::size_t Columns, class T>
    static void finish(std::size_t rows, const T* input, T* y) {
        if constexpr (keeps_input) kernels::elementwise<function>(rows * Columns, input, y);
    }
    /// dy becomes the gradient in front of the activation.
    template <std::size_t Columns, class T>
    static void through(std::size_t rows, const T* y, const T* input, T* dy) {
        if constexpr (!std::is_same_v<function, kernels::linear>)
            kernels::elementwise_gradient<function>(rows * Columns, keeps_input ? input : y, static_cast<const T*>(dy),
                                                    dy);
    }
};

}  // namespace strata::inline STRATA_ISA
