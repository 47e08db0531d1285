// carried_state: layers whose samples continue those of the batch before (recurrent layers with `stateful`).
//
// A layer writes
//
//   template <shape In> static constexpr std::size_t carried_size()
//       elements that a sample hands on to the same sample of the next batch; 0: none
//
// forward and train_forward then find them at s.carried, zero before the first batch, and leave there those for the
// next batch. s.carried is null where every sample begins at zero. Those of sample n of a call begin at n
// s.carried_stride.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_carried_size = requires { Layer::template carried_size<shape{}>(); };

}  // namespace detail

/// The elements that a sample of any layer hands on to the next batch.
template <class Layer, shape In>
inline constexpr std::size_t carried_size_of = 0;
template <detail::has_carried_size Layer, shape In>
inline constexpr std::size_t carried_size_of<Layer, In> = Layer::template carried_size<In>();

}  // namespace strata::inline STRATA_ISA
