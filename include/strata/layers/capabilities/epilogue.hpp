// epilogue: layers that run at the end of another layer's kernel, before the result goes to memory.
//
// Use it where the kernel can apply a function to its results while they are in registers. Write
//
//   template <shape In, class... Next> static constexpr bool fuses()      whether forward can run the layers Next
//
// and apply them in every function that has `Fused` among its template arguments: Fused is fused<Next...>, or fused<>.
// final_activation and activation_function give what the kernel needs.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/kernels/elementwise/activation.hpp>

namespace strata::inline STRATA_ISA {

/// The layers that run in a layer's epilogue, in order.
template <class... Next>
struct fused {};

template <class Layer>
concept fuses_layers = requires { Layer::template fuses<shape{}>(); };

/// A layer that maps each value by itself: `function` is its functor.
template <class Layer>
concept elementwise_layer = requires { typename Layer::function; };

/// Whether Next is one elementwise layer.
template <class... Next>
inline constexpr bool is_one_elementwise = sizeof...(Next) == 1 && (elementwise_layer<Next> && ...);

/// The activation that a layer runs: the first layer in its epilogue, else its own.
template <class Fused, class Own>
struct final_activation;
template <class... Next, class Own>
struct final_activation<fused<Next...>, Own> {
    using type = type_at<0, type_list<Next..., Own>>;
};

/// The functor of an activation that a kernel can run in its epilogue. A row-wise activation (Softmax) runs after the
/// kernel: finish_rows in layers/softmax.hpp.
template <class Activation>
struct activation_function {
    using type = kernels::linear;
};
template <elementwise_layer Activation>
struct activation_function<Activation> {
    using type = typename Activation::function;
};

}  // namespace strata::inline STRATA_ISA
