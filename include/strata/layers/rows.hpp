// rows: layers that make some rows of their output from some rows of their input, so that chains of them run
// depth-first over bands of rows, and threads share a map.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>

namespace strata::inline STRATA_ISA {

/// How rows (the first axis) of a step's output depend on rows of its input: row o reads `span` rows from
/// o stride - before on, those that exist. Rows are made from multiples of `row_multiple` on; where they may begin
/// anywhere, that many together take less time. A span of 0: it is not made by rows.
struct row_window {
    std::size_t span = 0;
    std::size_t stride = 1;
    std::size_t before = 0;
    std::size_t row_multiple = 1;
    bool begins_anywhere = false;

    /// Threads split the rows at multiples of it.
    constexpr std::size_t split_multiple() const { return begins_anywhere ? 1 : row_multiple; }
    /// The input rows, of `count`, that some output rows read.
    constexpr item_range needs(item_range out, std::size_t count) const {
        const std::size_t begin = out.begin * stride, end = (out.end - 1) * stride + span;
        return {.begin = std::min(begin > before ? begin - before : 0, count),
                .end = std::min(end > before ? end - before : 0, count)};
    }
};

/// Output rows `out` of one sample: x begins at input row in_begin, y at row out.begin; weights are in the kernels'
/// layout.
template <class T>
struct row_pass {
    const T* x = nullptr;
    std::size_t in_begin = 0;
    const T* const* weights = nullptr;
    T* y = nullptr;
    item_range out{};
    T* scratch = nullptr;
};

}  // namespace strata::inline STRATA_ISA
