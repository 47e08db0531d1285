// neon: Arm's vectors of 16 bytes. xsimd's division and square root of float are estimates there, wrong by some units
// in the last place, and by more near the limits of the type. Here both are rounded as IEEE 754 says; `/` is so
// everywhere, in a program's own functors too.
#pragma once

#include <cmath>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/xsimd.hpp>

#if defined(STRATA_NEON)

namespace strata::inline STRATA_ISA::kernels {

#if defined(STRATA_HAS_NEON64)
using neon_base = xsimd::neon64;
#else
using neon_base = xsimd::neon;
#endif
/// xsimd's architecture by a name of its own, so that its division can be another one.
struct exact_neon : neon_base {};

/// Whether there are vectors of T. 32-bit Arm has none of double.
#if defined(STRATA_HAS_NEON64)
template <class T>
inline constexpr bool has_neon = true;
#else
template <class T>
inline constexpr bool has_neon = sizeof(T) == 4;
#endif

}  // namespace strata::inline STRATA_ISA::kernels

namespace xsimd {

namespace types {
XSIMD_DECLARE_SIMD_REGISTER_ALIAS(strata::kernels::exact_neon, strata::kernels::neon_base);
template <class T>
struct get_bool_simd_register<T, strata::kernels::exact_neon>
    : detail::neon_bool_simd_register<T, strata::kernels::exact_neon> {};
}  // namespace types

template <>
STRATA_INLINE batch<float, strata::kernels::exact_neon>& batch<float, strata::kernels::exact_neon>::operator/=(
    const batch& other) noexcept {
#if defined(STRATA_HAS_NEON64)
    data = vdivq_f32(data, other.data);
#else
    // 32-bit Arm divides numbers, not vectors.
    for (int i = 0; i < 4; ++i) data[i] /= other.data[i];
#endif
    return *this;
}

}  // namespace xsimd

namespace strata::inline STRATA_ISA::kernels {

/// The square root of each lane, rounded as IEEE 754 says.
STRATA_INLINE xsimd::batch<float, exact_neon> exact_sqrt(xsimd::batch<float, exact_neon> x) {
#if defined(STRATA_HAS_NEON64)
    return vsqrtq_f32(x);
#else
    for (int i = 0; i < 4; ++i) x.data[i] = std::sqrt(x.data[i]);
    return x;
#endif
}
#if defined(STRATA_HAS_NEON64)
STRATA_INLINE xsimd::batch<double, exact_neon> exact_sqrt(xsimd::batch<double, exact_neon> x) { return vsqrtq_f64(x); }
#endif

}  // namespace strata::inline STRATA_ISA::kernels

#endif
