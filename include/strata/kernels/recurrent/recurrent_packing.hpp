// recurrent_packing: packs the weights of a recurrent layer for recurrent_step.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A lane of the packed weights: lane `lane` of vector `vector` holds the weights of one unit, for gate `gate`. They
/// are in column `column` of Keras' kernels and are multiplied by `scale`. Lanes after the last unit are not used.
template <class T>
struct packed_lane {
    std::size_t vector = 0;
    std::size_t gate = 0;
    std::size_t lane = 0;
    std::size_t column = 0;
    bool is_used = false;
    T scale{};
};

/// Calls use(lane) for each lane of one row of the packed weights `to`.
template <class Step, class Cell, std::size_t Units, class T, class Use>
constexpr void for_each_packed_lane(T* to, Use use) {
    for (std::size_t v = 0; v < Step::vectors; ++v)
        for (std::size_t g = 0; g < Step::gates; ++g)
            for (std::size_t lane = 0; lane < Step::L; ++lane) {
                // Not vectorised: GCC 12 at -O3 would read a whole vector where one of its values is used.
                if (!std::is_constant_evaluated()) STRATA_KEEP_LOOP(to);
                const std::size_t unit = v * Step::L + lane;
                use(packed_lane<T>{.vector = v,
                                   .gate = g,
                                   .lane = lane,
                                   .column = g * Units + unit,
                                   .is_used = unit < Units,
                                   .scale = static_cast<T>(Cell::template scale<T>(g))});
            }
}

/// Packs weights for Step, a recurrent_step of Cell, in the layout that recurrent_step describes. Writes this thread's
/// share: of the rows of both kernels; the first thread writes the biases. Lanes that are not used become zero.
template <class Step, class Cell, std::size_t Features, std::size_t Units, class T>
constexpr void pack_recurrent_weights(const recurrent_weights<T>& from, T* to, thread_slice part) {
    constexpr std::size_t L = Step::L, gates = Step::gates, columns = gates * Units, width = panel_width<T>(columns);
    constexpr panels by_input{.rows = Features, .columns = columns, .width = width};
    constexpr panels by_output{.rows = Units, .columns = columns, .width = width};
    const auto for_each_lane = [&](auto use) { for_each_packed_lane<Step, Cell, Units>(to, use); };
    const item_range rows = part.of(Features);
    for (std::size_t r = rows.begin; r < rows.end; ++r)
        for_each_lane([&](const packed_lane<T>& p) {
            const std::size_t column = (p.vector * gates + p.gate) * L + p.lane;
            to[Step::kernel.offset(r, column)] = p.is_used ? p.scale * from.kernel[by_input.offset(r, p.column)] : T(0);
        });
    const item_range units = part.of(Units);
    for (std::size_t k = units.begin; k < units.end; ++k)
        for_each_lane([&](const packed_lane<T>& p) {
            to[Step::row_offset(k, p.vector) + p.gate * L + p.lane] =
                p.is_used ? p.scale * from.recurrent_kernel[by_output.offset(k, p.column)] : T(0);
        });
    if (part.index == 0)
        for_each_lane([&](const packed_lane<T>& p) {
            T* sums = to + Step::bias_offset + p.vector * Step::sums * L + p.lane;
            const T input = p.is_used && from.bias != nullptr ? p.scale * from.bias[p.column] : T(0);
            const T recurrent =
                p.is_used && from.recurrent_bias != nullptr ? p.scale * from.recurrent_bias[p.column] : T(0);
            sums[Cell::input_sum(p.gate) * L] = input;
            if (Cell::input_sum(p.gate) == p.gate) sums[p.gate * L] += recurrent;
            else sums[p.gate * L] = recurrent;
        });
}

}  // namespace strata::inline STRATA_ISA::kernels
