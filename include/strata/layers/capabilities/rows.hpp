// rows: layers that make some rows of their output from some rows of their input.
//
// Use it where a row (an index of the first axis) of the output depends on a few rows of the input. Chains of such
// layers run depth-first over bands of rows, so that the maps between them are never whole, and threads share a map.
// Write
//
//   template <shape In, class Fused> static constexpr row_window rows()
//       which rows of the input a row of the output reads; {}: for this input the layer is not made by rows
//   template <shape In, class Fused, class T> static void forward_rows(const forward_context<T>& s)
//       output rows s.range of one sample: s.x begins at input row s.first_row, s.y at output row s.range.begin
//
// and, where forward_rows needs scratch,
//
//   template <shape In, class Fused, class T> static constexpr std::size_t row_scratch(std::size_t rows)
//       elements for that many output rows
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/context.hpp>

namespace strata::inline STRATA_ISA {

/// Output row o reads `span` input rows from o stride - before on, those that exist. A call makes rows from a multiple
/// of `row_multiple` on. Where a call may begin at any row (begins_anywhere), multiples only take less time. A span of
/// 0: the layer is not made by rows.
struct row_window {
    std::size_t span = 0;
    std::size_t stride = 1;
    std::size_t before = 0;
    std::size_t row_multiple = 1;
    bool begins_anywhere = false;

    /// Threads split the rows at multiples of this.
    constexpr std::size_t split_multiple() const { return begins_anywhere ? 1 : row_multiple; }
    /// The input rows, of `count`, that these output rows read.
    constexpr item_range needs(item_range out, std::size_t count) const {
        const std::size_t begin = out.begin * stride, end = (out.end - 1) * stride + span;
        return {.begin = std::min(begin > before ? begin - before : 0, count),
                .end = std::min(end > before ? end - before : 0, count)};
    }
};

namespace detail {

template <class Layer>
concept has_rows = requires { Layer::template rows<shape{}, fused<>>(); };
template <class Layer>
concept has_forward_rows =
    requires(const forward_context<float>& s) { Layer::template forward_rows<shape{}, fused<>>(s); };
template <class Layer>
concept has_row_scratch = requires { Layer::template row_scratch<shape{}, fused<>, float>(std::size_t{}); };

constexpr std::size_t no_row_scratch(std::size_t) { return 0; }

}  // namespace detail

template <class Layer>
concept works_by_rows = detail::has_rows<Layer> && detail::has_forward_rows<Layer>;

/// The row_scratch of any layer that works by rows.
template <class Layer, shape In, class Fused, class T>
inline constexpr std::size_t (*row_scratch_of)(std::size_t rows) = &detail::no_row_scratch;
template <detail::has_row_scratch Layer, shape In, class Fused, class T>
inline constexpr std::size_t (*row_scratch_of<Layer, In, Fused, T>)(std::size_t rows) =
    &Layer::template row_scratch<In, Fused, T>;

}  // namespace strata::inline STRATA_ISA
