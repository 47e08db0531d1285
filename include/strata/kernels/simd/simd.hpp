// simd: vectors of float and double over xsimd: loads, stores, broadcasts, multiply-adds, reductions. xsimd.hpp alone
// includes xsimd. Where STRATA_SCALAR is defined, a vector has one lane. The folder holds everything that
// kernels need of the instruction set, and the register tile that they share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/neon.hpp>
#include <strata/kernels/simd/scalar.hpp>
#include <strata/kernels/simd/wasm.hpp>
#include <strata/kernels/simd/xsimd.hpp>

namespace strata::inline STRATA_ISA::kernels {

#if defined(STRATA_SCALAR)
/// The widest vector of T that the target has.
template <class T>
using simd = scalar_batch<T>;
#elif defined(STRATA_NEON)
template <class T>
using simd = std::conditional_t<has_neon<T>, xsimd::batch<T, exact_neon>, scalar_batch<T>>;
#else
template <class T>
using simd = xsimd::batch<T>;
#endif

/// Lanes of a vector of T.
template <class T>
inline constexpr std::size_t lanes = simd<T>::size;

template <class T>
STRATA_INLINE simd<T> load(const T* p) {
    return simd<T>::load_unaligned(p);
}
/// As `load`, for a vector that is used many times. GCC would otherwise load it again for each use.
template <class T>
STRATA_INLINE simd<T> load_once(const T* p) {
    simd<T> v = load(p);
    if constexpr (lanes<T> > 1) STRATA_KEEP_VECTOR(v.data);
    return v;
}
template <class T>
STRATA_INLINE void store(T* p, simd<T> v) {
    v.store_unaligned(p);
}
template <class T>
STRATA_INLINE simd<T> broadcast(T x) {
    return simd<T>(x);
}

#if !defined(STRATA_SCALAR)

/// a b + c. Rounded once where the target has fused multiply-adds.
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> multiply_add(const xsimd::batch<T, A>& a, const xsimd::batch<T, A>& b,
                                              const xsimd::batch<T, A>& c) {
    [[maybe_unused]] constexpr bool is_float = std::is_same_v<T, float>;
    [[maybe_unused]] constexpr std::size_t bytes = sizeof(xsimd::batch<T, A>);
    // xsimd 8.1 has a separate multiplication and addition for AVX-512 and for vectors narrower than the target's. GCC
    // contracts them, Clang does not.
#if defined(__AVX512F__)
    if constexpr (bytes == 64 && is_float) return _mm512_fmadd_ps(a, b, c);
    if constexpr (bytes == 64 && !is_float) return _mm512_fmadd_pd(a, b, c);
#endif
#if defined(STRATA_HAS_FMA)
    if constexpr (bytes == 32 && is_float) return _mm256_fmadd_ps(a, b, c);
    if constexpr (bytes == 32 && !is_float) return _mm256_fmadd_pd(a, b, c);
    if constexpr (bytes == 16 && is_float) return _mm_fmadd_ps(a, b, c);
    if constexpr (bytes == 16 && !is_float) return _mm_fmadd_pd(a, b, c);
#endif
    return xsimd::fma(a, b, c);
}
/// Rounded as IEEE 754 says.
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> sqrt(const xsimd::batch<T, A>& x) {
#if defined(STRATA_NEON)
    return exact_sqrt(x);
#else
    return xsimd::sqrt(x);
#endif
}

/// Whether a lane is subnormal. False where the thread treats subnormal operands as zero.
template <class T, class A>
STRATA_INLINE bool any_subnormal(const xsimd::batch<T, A>& v) {
#if defined(__AVX512DQ__) && defined(__AVX512VL__)
    constexpr std::size_t bytes = sizeof(v);
    constexpr bool is_float = std::is_same_v<T, float>;
    constexpr int denormal = 0x20;
    if constexpr (bytes == 64 && is_float) return _mm512_fpclass_ps_mask(v, denormal) != 0;
    if constexpr (bytes == 64 && !is_float) return _mm512_fpclass_pd_mask(v, denormal) != 0;
    if constexpr (bytes == 32 && is_float) return _mm256_fpclass_ps_mask(v, denormal) != 0;
    if constexpr (bytes == 32 && !is_float) return _mm256_fpclass_pd_mask(v, denormal) != 0;
    if constexpr (bytes == 16 && is_float) return _mm_fpclass_ps_mask(v, denormal) != 0;
    if constexpr (bytes == 16 && !is_float) return _mm_fpclass_pd_mask(v, denormal) != 0;
#endif
    const auto size = xsimd::abs(v);
    return xsimd::any((size < xsimd::batch<T, A>(std::numeric_limits<T>::min())) & (size > xsimd::batch<T, A>(T(0))));
}
template <class T, class A>
STRATA_INLINE T lane_sum(const xsimd::batch<T, A>& v) {
#if XSIMD_VERSION_MAJOR == 8
    return xsimd::hadd(v);
#else
    return xsimd::reduce_add(v);
#endif
}
template <class T, class A>
STRATA_INLINE T lane_max(const xsimd::batch<T, A>& v) {
    alignas(64) T lanes[xsimd::batch<T, A>::size];
    v.store_aligned(lanes);
    for (std::size_t width = xsimd::batch<T, A>::size / 2; width > 0; width /= 2)
        for (std::size_t i = 0; i < width; ++i) lanes[i] = lanes[i + width] > lanes[i] ? lanes[i + width] : lanes[i];
    return lanes[0];
}

#endif

#if defined(STRATA_SCALAR) || defined(STRATA_NEON) || defined(STRATA_WASM)
template <class T, std::size_t Count>
using simd_for = simd<T>;  // there is one width
#else
namespace detail {
template <class T, std::size_t Count>
constexpr auto narrowest() {
    if constexpr (Count >= simd<T>::size) return simd<T>{};
    else if constexpr (Count < 16 / sizeof(T)) return narrowest<T, 16 / sizeof(T)>();
    else if constexpr (std::is_void_v<xsimd::make_sized_batch_t<T, Count>>) return narrowest<T, Count + 1>();
    else return xsimd::make_sized_batch_t<T, Count>{};
}
}  // namespace detail

/// The narrowest vector of T on the target with at least Count lanes. The widest vector where none has that many.
template <class T, std::size_t Count>
using simd_for = decltype(detail::narrowest<T, Count>());
#endif

/// The first Count elements at p; zeros in the lanes after them. Nothing past them is read. The vector is assembled in
/// registers: one wide load of data that several narrow stores have just written would wait for the store buffer.
template <class V, std::size_t Count, class T>
STRATA_INLINE V load_exactly(const T* p) {
    if constexpr (V::size == 1) {
        return V(*p);
    } else if constexpr (Count == V::size) {
        return V::load_unaligned(p);
    } else {
        return [&]<std::size_t... I>(std::index_sequence<I...>)
                   STRATA_INLINE_CALL { return V{(I < Count ? p[I] : T(0))...}; }(std::make_index_sequence<V::size>{});
    }
}
/// Writes the first Count lanes to p. Nothing past them is written.
template <std::size_t Count, class V, class T>
STRATA_INLINE void store_exactly(T* p, const V& v) {
    if constexpr (Count == V::size) {
        v.store_unaligned(p);
    } else {
        alignas(64) T elements[V::size];
        v.store_aligned(elements);
        for (std::size_t i = 0; i < Count; ++i) p[i] = elements[i];
    }
}

/// Whether `multiply_add` is known to round once.
#if (defined(STRATA_HAS_FMA) || defined(__AVX512F__) || defined(STRATA_HAS_NEON64)) && !defined(STRATA_SCALAR)
inline constexpr bool has_fused_multiply_add = true;
#else
inline constexpr bool has_fused_multiply_add = false;
#endif

/// Whether a multiply-add takes a factor from any lane of a register: multiply_add_lane.
#if defined(STRATA_NEON) && defined(STRATA_HAS_NEON64)
inline constexpr bool has_lane_products = true;
#else
inline constexpr bool has_lane_products = false;
#endif

/// Number of vector registers of the target.
#if defined(__AVX512F__) || defined(STRATA_HAS_NEON64)
inline constexpr std::size_t vector_registers = 32;
#else
inline constexpr std::size_t vector_registers = 16;
#endif

/// The first n elements at p, 0 < n <= lanes; zeros in the lanes after them. Nothing past them is read.
template <class T>
STRATA_INLINE simd<T> load_partial(const T* p, std::size_t n) {
    if (n >= lanes<T>) return load(p);
#if defined(__AVX512F__) && !defined(STRATA_SCALAR)
    if constexpr (std::is_same_v<T, float>) return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1u), p);
    else return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1u), p);
#else
#if defined(STRATA_NEON)
    if constexpr (std::is_same_v<T, float>) return load_first(p, n);
#endif
    alignas(64) T buffer[lanes<T>]{};
    for (std::size_t i = 0; i < n; ++i) buffer[i] = p[i];
    return load(buffer);
#endif
}

/// Writes the first n lanes to p, 0 < n <= lanes. Nothing past them is written.
template <class T>
STRATA_INLINE void store_partial(T* p, simd<T> v, std::size_t n) {
    if (n >= lanes<T>) return store<T>(p, v);
#if defined(__AVX512F__) && !defined(STRATA_SCALAR)
    if constexpr (std::is_same_v<T, float>) _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1u), v);
    else _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << n) - 1u), v);
#else
#if defined(STRATA_NEON)
    if constexpr (std::is_same_v<T, float>) return store_first(p, v, n);
#endif
    alignas(64) T buffer[lanes<T>];
    store<T>(buffer, v);
    for (std::size_t i = 0; i < n; ++i) p[i] = buffer[i];
#endif
}

}  // namespace strata::inline STRATA_ISA::kernels
