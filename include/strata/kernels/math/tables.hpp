// tables: a value of 32 for each lane of a vector of 16 floats, by one instruction of AVX-512.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Tables of 32 values each.
template <std::size_t Count>
struct tables_of_32 {
    alignas(64) float values[Count][32]{};
};

#if defined(STRATA_HAS_TABLES)
/// values[i] for each lane, where i is the last five bits of the lane's index.
STRATA_INLINE __m512 value_of_32(const float (&values)[32], __m512i index) {
    return _mm512_permutex2var_ps(_mm512_load_ps(values), index, _mm512_load_ps(values + 16));
}
#endif

}  // namespace strata::inline STRATA_ISA::kernels
