// whole_batch: layers whose samples depend on each other while they are trained (BatchNormalization).
//
// Use it where the output of one sample needs statistics of the batch. A batch is then never cut into tiles, and the
// layer runs in phases with a barrier of all threads after each. Write all of
//
//   template <shape In, class T> static constexpr std::size_t shared_size()
//       elements of s.shared, which all samples share from collect to batch_backward
//
//   collect<In, Fused>(forward_context)                          this thread's samples
//   combine<In, Fused>(forward_context, thread_slice)            this thread's part of the whole batch
//   batch_forward<In, Fused>(forward_context)                    this thread's samples
//   collect_gradient<In, Fused>(backward_context)                this thread's samples
//   combine_gradient<In, Fused>(backward_context, thread_slice)  this thread's part: the gradients of the weights
//   batch_backward<In, Fused>(backward_context)                  this thread's samples, where dx is wanted
//
// each `template <shape In, class Fused, class T> static void`. A frozen layer is trained as any other: by forward and
// backward.
//
// TimeDistributed takes each time step as a batch of its own, of which the samples lie s.stride apart. A layer whose
// combine and combine_gradient keep to s.stride says so: `static constexpr bool takes_strided_batches = true`.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/context.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_shared_size = requires { Layer::template shared_size<shape{}, float>(); };
template <class Layer>
concept has_collect = requires(const forward_context<float>& s) { Layer::template collect<shape{}, fused<>>(s); };
template <class Layer>
concept has_combine = requires(const forward_context<float>& s, thread_slice part) {
    Layer::template combine<shape{}, fused<>>(s, part);
};
template <class Layer>
concept has_batch_forward =
    requires(const forward_context<float>& s) { Layer::template batch_forward<shape{}, fused<>>(s); };
template <class Layer>
concept has_collect_gradient =
    requires(const backward_context<float>& s) { Layer::template collect_gradient<shape{}, fused<>>(s); };
template <class Layer>
concept has_combine_gradient = requires(const backward_context<float>& s, thread_slice part) {
    Layer::template combine_gradient<shape{}, fused<>>(s, part);
};
template <class Layer>
concept has_batch_backward =
    requires(const backward_context<float>& s) { Layer::template batch_backward<shape{}, fused<>>(s); };

}  // namespace detail

template <class Layer>
concept needs_whole_batch =
    detail::has_shared_size<Layer> && detail::has_collect<Layer> && detail::has_combine<Layer> &&
    detail::has_batch_forward<Layer> && detail::has_collect_gradient<Layer> && detail::has_combine_gradient<Layer> &&
    detail::has_batch_backward<Layer>;

template <class Layer>
concept takes_strided_batches = requires { requires Layer::takes_strided_batches; };

}  // namespace strata::inline STRATA_ISA
