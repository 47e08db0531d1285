// recurrent_gates: the products of a recurrent kernel for some gates of a cell.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Adds the products of h (Rows) and the weights w [row][gate][lane] to the sums of a range of gates. Each sum has four
/// independent chains: row k goes to chain k % 4.
template <std::size_t Rows, std::size_t AllGates, item_range Gates, class V, class T>
STRATA_INLINE void add_rows_to_gates(const T* h, const T* w, V* sums) {
    if constexpr (Gates.size() > 0) {
        constexpr std::size_t L = V::size, count = Gates.size(), chains = 4, block = 16, row = AllGates * L;
        V chain[chains][count];
        STRATA_UNROLL
        for (std::size_t c = 0; c < chains; ++c) {
            STRATA_UNROLL
            for (std::size_t g = 0; g < count; ++g) chain[c][g] = c == 0 ? sums[Gates.begin + g] : V(T(0));
        }
        const auto add = [&](std::size_t k) STRATA_INLINE_CALL {
            const V factor(h[k]);
            STRATA_UNROLL
            for (std::size_t g = 0; g < count; ++g) {
                V& sum = chain[k % chains][g];
                sum = multiply_add(factor, load_exactly<V, L>(w + k * row + (Gates.begin + g) * L), sum);
            }
        };
        for (std::size_t b = 0; b < Rows / block; ++b, w += block * row, h += block) {
            STRATA_KEEP_LOOP(w);
            STRATA_UNROLL
            for (std::size_t k = 0; k < block; ++k) add(k);
        }
        STRATA_UNROLL
        for (std::size_t k = 0; k < Rows % block; ++k) add(k);
        STRATA_UNROLL
        for (std::size_t g = 0; g < count; ++g)
            sums[Gates.begin + g] = (chain[0][g] + chain[2][g]) + (chain[1][g] + chain[3][g]);
    }
}

/// Adds the products of Count consecutive rows to the sums of one vector: row k to chain k % Chains, of which `own` is
/// chain 0.
template <std::size_t Count, std::size_t Sums, std::size_t Chains, std::size_t Gates, class V, class T>
STRATA_INLINE void add_rows_to_vector(const T* value, const T* w, V (&own)[Sums], V (&more)[Chains][Gates]) {
    constexpr std::size_t L = V::size;
    STRATA_UNROLL
    for (std::size_t k = 0; k < Count; ++k) {
        const V factor(value[k]);
        STRATA_UNROLL
        for (std::size_t g = 0; g < Gates; ++g) {
            V& sum = k % Chains == 0 ? own[g] : more[k % Chains][g];
            sum = multiply_add(factor, load_exactly<V, L>(w + (k * Gates + g) * L), sum);
        }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
