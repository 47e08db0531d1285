// neon: Arm's vectors of 16 bytes. xsimd's division and square root of float are estimates there, wrong by some units
// in the last place, and by more near the limits of the type. Here both are rounded as IEEE 754 says; `/` is so
// everywhere, in a program's own functors too.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

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

#if defined(STRATA_HAS_NEON64)
// xsimd 8.1 names its own architecture where it broadcasts.
template <>
STRATA_INLINE batch<float, strata::kernels::exact_neon>::batch(float x) noexcept
    : types::simd_register<float, strata::kernels::exact_neon>(vdupq_n_f32(x)) {}
template <>
STRATA_INLINE batch<std::int32_t, strata::kernels::exact_neon>::batch(std::int32_t x) noexcept
    : types::simd_register<std::int32_t, strata::kernels::exact_neon>(vdupq_n_s32(x)) {}
template <>
STRATA_INLINE batch<std::uint32_t, strata::kernels::exact_neon>::batch(std::uint32_t x) noexcept
    : types::simd_register<std::uint32_t, strata::kernels::exact_neon>(vdupq_n_u32(x)) {}
template <>
STRATA_INLINE batch<std::int64_t, strata::kernels::exact_neon>::batch(std::int64_t x) noexcept
    : types::simd_register<std::int64_t, strata::kernels::exact_neon>(vdupq_n_s64(x)) {}
template <>
STRATA_INLINE batch<std::uint64_t, strata::kernels::exact_neon>::batch(std::uint64_t x) noexcept
    : types::simd_register<std::uint64_t, strata::kernels::exact_neon>(vdupq_n_u64(x)) {}
#endif

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

/// a[Lane] b + c, rounded once: one instruction, and no register for the broadcast.
template <std::size_t Lane>
STRATA_INLINE xsimd::batch<float, exact_neon> multiply_add_lane(const xsimd::batch<float, exact_neon>& a,
                                                                const xsimd::batch<float, exact_neon>& b,
                                                                const xsimd::batch<float, exact_neon>& c) {
    return vfmaq_laneq_f32(c, b, a, Lane);
}
template <std::size_t Lane>
STRATA_INLINE xsimd::batch<double, exact_neon> multiply_add_lane(const xsimd::batch<double, exact_neon>& a,
                                                                 const xsimd::batch<double, exact_neon>& b,
                                                                 const xsimd::batch<double, exact_neon>& c) {
    return vfmaq_laneq_f64(c, b, a, Lane);
}
#endif

/// The first n elements at p, 0 < n < 4; zeros in the lanes after them. Through registers: GCC and Clang call memcpy
/// for a copy of n elements.
STRATA_INLINE xsimd::batch<float, exact_neon> load_first(const float* p, std::size_t n) {
    float32x4_t v = vdupq_n_f32(0.0f);
    v = vld1q_lane_f32(p, v, 0);
    if (n > 1) v = vld1q_lane_f32(p + 1, v, 1);
    if (n > 2) v = vld1q_lane_f32(p + 2, v, 2);
    return v;
}
/// Writes the first n lanes to p, 0 < n < 4.
STRATA_INLINE void store_first(float* p, const xsimd::batch<float, exact_neon>& v, std::size_t n) {
    vst1q_lane_f32(p, v, 0);
    if (n > 1) vst1q_lane_f32(p + 1, v, 1);
    if (n > 2) vst1q_lane_f32(p + 2, v, 2);
}

}  // namespace strata::inline STRATA_ISA::kernels

#endif
