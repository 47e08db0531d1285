// recurrent_packing: packs the weights of a recurrent layer for recurrent_step.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Rows [begin, end) of the packed recurrent kernel. Row k of vector v begins at offset + (k - begin) row_step +
/// v vector_step.
struct packed_row_group {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t offset = 0;
    std::size_t row_step = 0;
    std::size_t vector_step = 0;

    constexpr std::size_t offset_of(std::size_t k, std::size_t v) const {
        return offset + (k - begin) * row_step + v * vector_step;
    }
};

/// The most gates, sums and groups of rows of a recurrent_step.
inline constexpr std::size_t most_gates = 4, most_row_groups = 3;
using packed_row_groups = std::array<packed_row_group, most_row_groups>;

/// The sizes and the layout of the packed weights of a recurrent_step, as numbers: layers of any size share the code
/// that packs. `lanes` lanes of a vector hold the weights of as many units. Weights of gate g are multiplied by
/// scale[g]; its block of the kernel is added to sum input_sum[g].
struct packed_recurrent_layout {
    std::size_t features = 0;
    std::size_t units = 0;
    std::size_t gates = 0;
    std::size_t sums = 0;
    std::size_t lanes = 0;
    std::size_t vectors = 0;
    panels kernel{};
    std::size_t bias_offset = 0;
    packed_row_groups groups{};
    std::array<double, most_gates> scale{};
    std::array<std::size_t, most_gates> input_sum{};
};

/// The layout of Step, a recurrent_step of `Units` units of T.
template <class Step, std::size_t Units, class T>
inline constexpr packed_recurrent_layout packed_layout = [] {
    packed_recurrent_layout result{.features = Step::kernel.rows,
                                   .units = Units,
                                   .gates = Step::gates,
                                   .sums = Step::sums,
                                   .lanes = Step::L,
                                   .vectors = Step::vectors,
                                   .kernel = Step::kernel,
                                   .bias_offset = Step::bias_offset,
                                   .groups = Step::groups};
    for (std::size_t g = 0; g < Step::gates; ++g) {
        result.scale[g] = Step::cell::template scale<T>(g);
        result.input_sum[g] = Step::cell::input_sum(g);
    }
    return result;
}();

/// to = scale times n values of x.
template <class T>
constexpr void copy_scaled(std::size_t n, T scale, const T* x, T* to) {
    std::size_t i = 0;
    if (!std::is_constant_evaluated())
        for (; i + lanes<T> <= n; i += lanes<T>) store<T>(to + i, broadcast(scale) * load(x + i));
    for (; i < n; ++i) to[i] = scale * x[i];
}

/// Packs rows [rows.begin, rows.end) of `matrix` for gate g of the units of vector v: each row of `to` (lanes), which
/// lie to_step elements apart, is scale times its values in `from`. Lanes after the last unit become zero. A vector of
/// units lies in one panel or in two that follow each other.
template <class T>
constexpr void pack_recurrent_rows(const packed_recurrent_layout& layout, std::size_t v, std::size_t g,
                                   const panels& matrix, item_range rows, const T* from, T* to, std::size_t to_step) {
    const T scale = static_cast<T>(layout.scale[g]);
    const std::size_t unit = v * layout.lanes, column = g * layout.units + unit;
    const std::size_t used = std::min(layout.lanes, layout.units - unit);
    const std::size_t panel = column / matrix.width, within = column % matrix.width;
    const std::size_t first = std::min(used, matrix.width - within);
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
        T* const lanes_of_row = to + (row - rows.begin) * to_step;
        const T* x = from + (panel * matrix.rows + row) * matrix.width + within;
        copy_scaled(first, scale, x, lanes_of_row);
        if (first < used)
            copy_scaled(used - first, scale, x + matrix.rows * matrix.width - within, lanes_of_row + first);
        for (std::size_t lane = used; lane < layout.lanes; ++lane) lanes_of_row[lane] = T(0);
    }
}

/// Packs weights in the layout that recurrent_step describes. Writes this thread's share: of the rows of both kernels;
/// the first thread writes the biases. Lanes that are not used become zero.
template <class T>
constexpr void pack_recurrent_weights(const packed_recurrent_layout& layout, const recurrent_weights<T>& from, T* to,
                                      thread_slice part) {
    const std::size_t L = layout.lanes, gates = layout.gates, columns = gates * layout.units;
    const panels by_input{.rows = layout.features, .columns = columns, .width = panel_width<T>(columns)};
    const panels by_output{.rows = layout.units, .columns = columns, .width = by_input.width};
    const item_range rows = part.of(layout.features), units = part.of(layout.units);
    for (std::size_t v = 0; v < layout.vectors; ++v)
        for (std::size_t g = 0; g < gates; ++g) {
            if (rows.size() > 0)
                pack_recurrent_rows(layout, v, g, by_input, rows, from.kernel,
                                    to + layout.kernel.offset(rows.begin, (v * gates + g) * L), layout.kernel.width);
            for (const packed_row_group& at : layout.groups) {
                const item_range mine{std::max(units.begin, at.begin), std::min(units.end, at.end)};
                if (mine.begin < mine.end)
                    pack_recurrent_rows(layout, v, g, by_output, mine, from.recurrent_kernel,
                                        to + at.offset_of(mine.begin, v) + g * L, at.row_step);
            }
        }
    if (part.index != 0) return;
    for (std::size_t v = 0; v < layout.vectors; ++v)
        for (std::size_t g = 0; g < gates; ++g)
            for (std::size_t lane = 0; lane < L; ++lane) {
                if (!std::is_constant_evaluated()) STRATA_KEEP_LOOP(to);
                const std::size_t unit = v * L + lane, column = g * layout.units + unit;
                const bool is_used = unit < layout.units;
                const T scale = static_cast<T>(layout.scale[g]);
                T* sums = to + layout.bias_offset + v * layout.sums * L + lane;
                const T input = is_used && from.bias != nullptr ? scale * from.bias[column] : T(0);
                const T recurrent =
                    is_used && from.recurrent_bias != nullptr ? scale * from.recurrent_bias[column] : T(0);
                sums[layout.input_sum[g] * L] = input;
                if (layout.input_sum[g] == g) sums[g * L] += recurrent;
                else sums[g * L] = recurrent;
            }
}

}  // namespace strata::inline STRATA_ISA::kernels
