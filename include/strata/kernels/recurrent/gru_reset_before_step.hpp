// gru_reset_before_step: one time step of a GRU whose reset gate multiplies the last output before the recurrent
// product.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/recurrent/gru_reset_before_cell.hpp>
#include <strata/kernels/recurrent/recurrent.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/kernels/recurrent/recurrent_gates.hpp>
#include <strata/kernels/recurrent/recurrent_packing.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A time step for one sequence, in two passes over vectors of units. The first computes the update and reset gates,
/// the second the candidates, whose products need the reset outputs of all units. The members that other cells have too
/// mean the same as in the primary template.
template <class Activation, class Recurrent, std::size_t Features, std::size_t Units, class T>
struct recurrent_step<gru_reset_before_cell<Activation, Recurrent>, Features, Units, T> {
    using cell = gru_reset_before_cell<Activation, Recurrent>;
    static constexpr std::size_t L = recurrent_lanes<T>(Units);
    using V = simd_for<T, L>;
    static constexpr std::size_t gates = cell::gates;
    static constexpr std::size_t sums = cell::sums;
    static constexpr std::size_t vectors = (Units + L - 1) / L;
    static constexpr std::size_t padded = vectors * L;
    static constexpr std::size_t columns = gates * padded;

    // Packed weights: the kernel (Features, columns) in panels, columns in the order [vector][gate][lane]; biases
    // [vector][gate][lane]; the recurrent kernel [vector][Units][gate][lane].
    static constexpr panels kernel{.rows = Features, .columns = columns, .width = panel_width<T>(columns)};
    static constexpr std::size_t bias_offset = kernel.stored();
    static constexpr std::size_t recurrent_offset = bias_offset + (columns + 15) / 16 * 16;
    static constexpr std::size_t packed_size = recurrent_offset + Units * columns;
    static constexpr packed_row_groups groups{{{0, Units, recurrent_offset, gates* L, Units* gates* L}}};
    static constexpr std::size_t row_offset(std::size_t k, std::size_t v) {
        return recurrent_offset + (v * Units + k) * gates * L;
    }

    // The state: the outputs h. Then values of a step that the next step overwrites: reset h, update gates, and sums of
    // the candidates without the recurrent product.
    static constexpr std::size_t reset_offset = padded;
    static constexpr std::size_t update_offset = 2 * padded;
    static constexpr std::size_t candidate_offset = 3 * padded;
    static constexpr std::size_t state_size = 4 * padded;
    static std::size_t output_offset(const T*) { return 0; }

    static constexpr void pack_weights(const recurrent_weights<T>& from, T* to, thread_slice part) {
        pack_recurrent_weights(packed_layout<recurrent_step, Units, T>, from, to, part);
    }

    /// One step. The arguments are those of the primary template.
    template <recurrent_input Input>
    static void run(const T* x, const T* packed, T* state, T* y) {
        for (std::size_t v = 0; v < vectors; ++v) {
            V z[gates];
            begin<Input>(v, x, packed, z);
            add_rows_to_gates<Units, gates, item_range{.begin = 0, .end = 2}>(state, packed + row_offset(0, v), z);
            const V h = load_exactly<V, L>(state + v * L);
            store_exactly<L>(state + reset_offset + v * L, without_negligible(cell::template reset_output<T>(z[1], h)));
            store_exactly<L>(state + update_offset + v * L, cell::template scaled_update<T>(z[0]));
            store_exactly<L>(state + candidate_offset + v * L, z[2]);
        }
        for (std::size_t v = 0; v < vectors; ++v) {
            V z[gates];
            z[2] = load_exactly<V, L>(state + candidate_offset + v * L);
            add_rows_to_gates<Units, gates, item_range{.begin = 2, .end = 3}>(state + reset_offset,
                                                                              packed + row_offset(0, v), z);
            const V h = load_exactly<V, L>(state + v * L), update = load_exactly<V, L>(state + update_offset + v * L);
            const V out = without_negligible(cell::template scaled_output<T>(update, z[2], h));
            store_exactly<L>(state + v * L, out);
            if (y == nullptr) continue;
            if (Units % L == 0 || v + 1 < vectors) store_exactly<L>(y + v * L, out);
            else store_exactly<Units - (vectors - 1) * L>(y + v * L, out);
        }
    }

private:
    /// Starts the sums of vector v: biases and the products of the inputs.
    template <recurrent_input Input>
    static STRATA_INLINE void begin(std::size_t v, const T* x, const T* packed, V (&z)[gates]) {
        const std::size_t column = v * gates * L;
        STRATA_UNROLL
        for (std::size_t g = 0; g < gates; ++g) {
            const T* from = Input == recurrent_input::sums ? x : packed + bias_offset;
            z[g] = load_exactly<V, L>(from + column + g * L);
            if constexpr (Input == recurrent_input::products) z[g] = z[g] + load_exactly<V, L>(x + column + g * L);
        }
        if constexpr (Input == recurrent_input::values)
            for (std::size_t f = 0; f < Features; ++f) {
                const V factor(x[f]);
                STRATA_UNROLL
                for (std::size_t g = 0; g < gates; ++g)
                    z[g] = multiply_add(factor, load_exactly<V, L>(packed + kernel.offset(f, column + g * L)), z[g]);
            }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
