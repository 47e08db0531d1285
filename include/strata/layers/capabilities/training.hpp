// training: the backward pass, and what a layer may do otherwise than forward while it is trained.
//
// A layer without weights that passes gradients on writes
//
//   template <shape In, class Fused, class T> static void backward(const backward_context<T>& s)
//       this thread's samples: s.dx from s.dy, where s.dx is not null
//
// A layer with trained weights also writes
//
//   template <shape In, class Fused, class T> static void weight_gradients(const backward_context<T>& s, thread_slice
//   part)
//       this thread's part of the gradients of the weights, over all samples of a tile; called after backward of all of
//       them. Cut the weights, not the samples: then a sum has the same order for any number of threads
//
// Where the backward pass needs more than x and y, training has a forward call of its own:
//
//   template <shape In, class Fused, class T> static constexpr std::size_t saved_size()
//       elements of s.saved that a sample keeps from train_forward to weight_gradients
//   template <shape In, class Fused, class T> static void train_forward(const forward_context<T>& s)
//       s.count samples; without it forward is called for each
//
// Where the gradient of the input reads the weights in another order, both of
//
//   template <shape In, class T> static constexpr std::size_t backward_packed_size()
//   template <shape In, class T> static void pack_for_backward(const T* const* weights, T* packed, thread_slice part)
//       made once a batch, read at s.backward_weights
//
// Where backward or weight_gradients need scratch,
//
//   template <shape In, class Fused, class T> static constexpr std::size_t gradient_scratch(std::size_t samples)
//       elements for tiles of that many samples; train_forward may use them too
//
// A layer without `backward` is refused only where something before it is trained.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/capabilities/properties.hpp>
#include <strata/layers/context.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_saved_size = requires { Layer::template saved_size<shape{}, fused<>, float>(); };
template <class Layer>
concept has_backward_packed_size = requires { Layer::template backward_packed_size<shape{}, float>(); };
template <class Layer>
concept has_pack_for_backward = requires(const float* const* weights, float* packed, thread_slice part) {
    Layer::template pack_for_backward<shape{}>(weights, packed, part);
};
template <class Layer>
concept has_gradient_scratch = requires { Layer::template gradient_scratch<shape{}, fused<>, float>(std::size_t{}); };

constexpr std::size_t no_gradient_scratch(std::size_t) { return 0; }

}  // namespace detail

/// A layer that gives the gradient of its input.
template <class Layer>
concept has_backward = requires(const backward_context<float>& s) { Layer::template backward<shape{}, fused<>>(s); };

/// A layer that gives the gradients of its weights.
template <class Layer>
concept has_weight_gradients = requires(const backward_context<float>& s, thread_slice part) {
    Layer::template weight_gradients<shape{}, fused<>>(s, part);
};

/// A layer through which layers before it can be trained.
template <class Layer>
concept differentiable_layer =
    has_backward<Layer> || view_layer<Layer> || (identity_at_inference<Layer> && !random_layer<Layer>);

/// A layer with a forward call of its own for training.
template <class Layer>
concept has_train_forward =
    requires(const forward_context<float>& s) { Layer::template train_forward<shape{}, fused<>>(s); };

template <class Layer>
concept packs_for_backward = detail::has_backward_packed_size<Layer> && detail::has_pack_for_backward<Layer>;

// The sizes of any layer.

template <class Layer, shape In, class Fused, class T>
inline constexpr std::size_t saved_size_of = 0;
template <class Layer, shape In, class Fused, class T>
    requires detail::has_saved_size<Layer>
inline constexpr std::size_t saved_size_of<Layer, In, Fused, T> = Layer::template saved_size<In, Fused, T>();

template <class Layer, shape In, class T>
inline constexpr std::size_t backward_packed_size_of = 0;
template <packs_for_backward Layer, shape In, class T>
inline constexpr std::size_t backward_packed_size_of<Layer, In, T> = Layer::template backward_packed_size<In, T>();

template <class Layer, shape In, class Fused, class T>
inline constexpr std::size_t (*gradient_scratch_of)(std::size_t samples) = &detail::no_gradient_scratch;
template <detail::has_gradient_scratch Layer, shape In, class Fused, class T>
inline constexpr std::size_t (*gradient_scratch_of<Layer, In, Fused, T>)(std::size_t samples) =
    &Layer::template gradient_scratch<In, Fused, T>;

/// The forward call of any layer that is trained.
template <class Layer, shape In, class Fused, class T>
void forward_in_training(const forward_context<T>& s) {
    if constexpr (has_train_forward<Layer>) {
        Layer::template train_forward<In, Fused>(s);
    } else {
        const std::size_t out = Layer::output(In).size();
        for (std::size_t n = 0; n < s.count; ++n)
            Layer::template forward<In, 1, Fused>(forward_context<T>{
                .x = s.x + n * In.size(), .weights = s.weights, .y = s.y + n * out, .scratch = s.scratch});
    }
}

}  // namespace strata::inline STRATA_ISA
