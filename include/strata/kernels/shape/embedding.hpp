// embedding: rows of a table by their indices, and the gradient of the table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/gradient_arguments.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// x truncated to a row index; `rows` where there is no such row: where x is at most -1, at least `rows`, or NaN.
template <class T>
constexpr std::size_t row_number(T x, std::size_t rows) {
    return !internal::is_nan(x) && x > T(-1) && x < static_cast<T>(rows)
               ? std::min(static_cast<std::size_t>(x > 0 ? x : T(0)), rows)
               : rows;
}

/// y (count, dimension) = the rows of table (rows, dimension) with the indices x (count). A row that does not exist
/// gives NaN. Nothing outside the table is read.
template <class T>
constexpr void take_rows(std::size_t count, std::size_t rows, std::size_t dimension, const T* x, const T* table, T* y) {
    for (std::size_t i = 0; i < count; ++i, y += dimension) {
        const std::size_t row = row_number(x[i], rows);
        if (row < rows) std::copy_n(table + row * dimension, dimension, y);
        else std::fill_n(y, dimension, internal::not_a_number<T>);
    }
}

/// dtable (rows, dimension) = or += dy (count, dimension), each row at its index in x (count). Writes this thread's
/// share. Threads share the columns where there are many, so that the work is even for all x, and else the rows. Each
/// row is added to in the order of x.
template <class T>
void add_to_rows(std::size_t count, std::size_t rows, std::size_t dimension, const T* x, const T* dy,
                 gradient_sum<T> dtable, thread_slice part) {
    constexpr std::size_t L = lanes<T>;
    const bool by_columns = dimension >= 2 * L * part.count;
    const item_range mine = by_columns ? item_range{0, rows} : part.of(rows);
    const item_range columns = by_columns ? part.of(dimension, L) : item_range{0, dimension};
    if (dtable.overwrite && by_columns)
        for (std::size_t row = 0; row < rows; ++row)
            std::fill_n(dtable.values + row * dimension + columns.begin, columns.size(), T(0));
    else if (dtable.overwrite)
        std::fill(dtable.values + mine.begin * dimension, dtable.values + mine.end * dimension, T(0));
    for (std::size_t i = 0; i < count; ++i, dy += dimension) {
        const std::size_t row = row_number(x[i], rows);
        if (row < mine.begin || row >= mine.end) continue;
        T* to = dtable.values + row * dimension;
        for (std::size_t c = columns.begin; c < columns.end; c += L) {
            const std::size_t n = std::min(L, columns.end - c);
            store_partial<T>(to + c, load_partial(to + c, n) + load_partial(dy + c, n), n);
        }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
