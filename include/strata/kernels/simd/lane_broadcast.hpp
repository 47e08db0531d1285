// lane_broadcast: broadcasts of single lanes and elements, permutations and masks of lanes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Lane l of the result is lane Lanes[l] of the argument.
template <auto Lanes, class T>
STRATA_INLINE scalar_batch<T> permute(scalar_batch<T> a) {
    return a;
}
#if !defined(STRATA_SCALAR)
/// Lane Lanes[l] in lane l.
template <auto Lanes, class T, class A>
STRATA_INLINE xsimd::batch<T, A> permute(const xsimd::batch<T, A>& v) {
    using V = xsimd::batch<T, A>;
#if defined(STRATA_SHUFFLE)
    const typename V::register_type all = v;
    return [&]<std::size_t... I>(std::index_sequence<I...>) STRATA_INLINE_CALL {
        return V(STRATA_SHUFFLE(all, static_cast<int>(Lanes[I])...));
    }(std::make_index_sequence<V::size>{});
#else
    alignas(64) T from[V::size], to[V::size];
    v.store_aligned(from);
    for (std::size_t i = 0; i < V::size; ++i) to[i] = from[static_cast<std::size_t>(Lanes[i])];
    return V::load_aligned(to);
#endif
}
#endif

/// Lane 0 of the result is the sum of the first Count lanes, a power of two; the others are unspecified. The upper half
/// is added to the lower half until one lane is left, so that vectors of every width have the same sums.
template <std::size_t Count, class V>
STRATA_INLINE V sum_of_halves(const V& v) {
#if defined(__AVX512DQ__) && !defined(STRATA_SCALAR)
    if constexpr (std::is_same_v<typename V::value_type, float> && sizeof(V) == 64) {
        using half = simd_for<float, 8>;
        half lower = _mm512_castps512_ps256(v);
        if constexpr (Count == 16) lower = lower + half(_mm512_extractf32x8_ps(v, 1));
        return _mm512_castps256_ps512(sum_of_halves<std::min<std::size_t>(Count, 8)>(lower));
    }
#endif
#if defined(__AVX__) && !defined(STRATA_SCALAR)
    if constexpr (std::is_same_v<typename V::value_type, float> && sizeof(V) == 32) {
        using half = simd_for<float, 4>;
        half lower = _mm256_castps256_ps128(v);
        if constexpr (Count == 8) lower = lower + half(_mm256_extractf128_ps(v, 1));
        return _mm256_castps128_ps256(sum_of_halves<std::min<std::size_t>(Count, 4)>(lower));
    }
#endif
    if constexpr (Count < 2) {
        return v;
    } else {
        constexpr auto upper = [] {
            std::array<std::size_t, V::size> from{};
            for (std::size_t l = 0; l < V::size; ++l) from[l] = l ^ (Count / 2);
            return from;
        }();
        return sum_of_halves<Count / 2>(v + permute<upper>(v));
    }
}

/// The first Count lanes of v; zeros in the lanes after them.
template <std::size_t Count, class V>
STRATA_INLINE V keep_lanes(const V& v) {
    if constexpr (Count >= V::size) {
        return v;
    } else {
        using T = typename V::value_type;
        alignas(64) static constexpr auto numbers = [] {
            std::array<T, V::size> all{};
            for (std::size_t i = 0; i < V::size; ++i) all[i] = static_cast<T>(i);
            return all;
        }();
        return select(V::load_aligned(numbers.data()) < V(static_cast<T>(Count)), v, V(T(0)));
    }
}

/// Broadcasts single lanes of a vector. The general version goes through memory.
template <class V>
class lane_source {
public:
    STRATA_INLINE explicit lane_source(const V& v) { store_exactly<V::size>(elements_, v); }
    template <std::size_t Lane>
    STRATA_INLINE V broadcast() const {
        return V(elements_[Lane]);
    }

private:
    alignas(64) typename V::value_type elements_[V::size];
};
#if !defined(STRATA_SCALAR) && defined(STRATA_HAS_SSE2)
/// In registers: one shuffle a broadcast.
template <class V>
    requires(std::is_same_v<typename V::value_type, float> && sizeof(V) == 16)
class lane_source<V> {
public:
    STRATA_INLINE explicit lane_source(const V& v) : all_(v) {}
    template <std::size_t Lane>
    STRATA_INLINE V broadcast() const {
        return _mm_shuffle_ps(all_, all_, Lane * 0x55);
    }

private:
    __m128 all_;
};
#endif
#if !defined(STRATA_SCALAR) && defined(__AVX__)
/// In registers: each half of v is copied to both halves of a vector, from which one shuffle broadcasts.
template <class V>
    requires(std::is_same_v<typename V::value_type, float> && sizeof(V) == 32)
class lane_source<V> {
public:
    STRATA_INLINE explicit lane_source(const V& v)
        : low_(_mm256_permute2f128_ps(v, v, 0x00)), high_(_mm256_permute2f128_ps(v, v, 0x11)) {}
    template <std::size_t Lane>
    STRATA_INLINE V broadcast() const {
        return _mm256_permute_ps(Lane < 4 ? low_ : high_, Lane % 4 * 0x55);
    }

private:
    __m256 low_, high_;
};
#endif

#if defined(STRATA_NEON)
/// In registers: compilers make the broadcast part of the multiply-add that uses it.
template <class V>
    requires(std::is_same_v<typename V::value_type, float> && sizeof(V) == 16)
class lane_source<V> {
public:
    STRATA_INLINE explicit lane_source(const V& v) : all_(v) {}
    template <std::size_t Lane>
    STRATA_INLINE V broadcast() const {
#if defined(STRATA_HAS_NEON64)
        return vdupq_laneq_f32(all_, Lane);
#else
        return vdupq_n_f32(vgetq_lane_f32(all_, Lane));
#endif
    }

private:
    float32x4_t all_;
};
#endif

/// Broadcasts of the four elements at p to all lanes of a V. The general version loads each by itself.
template <class V>
class four_elements {
public:
    using element = typename V::value_type;
    STRATA_INLINE explicit four_elements(const element* p) : p_(p) {}
    template <std::size_t I>
    STRATA_INLINE V broadcast() const {
        return V(p_[I]);
    }

private:
    const element* p_;
};
#if !defined(STRATA_SCALAR) && defined(__AVX__)
/// One load instead of four; the broadcasts are shuffles. Faster where loads are the bottleneck.
template <class V>
    requires(std::is_same_v<typename V::value_type, float> && sizeof(V) >= 32)
class four_elements<V> {
public:
    STRATA_INLINE explicit four_elements(const float* p) : four_(in_each_quarter(_mm_loadu_ps(p))) {
        STRATA_KEEP_VECTOR(four_);
    }
    template <std::size_t I>
    STRATA_INLINE V broadcast() const {
#if defined(__AVX512F__)
        if constexpr (sizeof(V) == 64) return _mm512_permute_ps(four_, I * 0x55);
#endif
        if constexpr (sizeof(V) == 32) return _mm256_permute_ps(four_, I * 0x55);
    }

private:
    static STRATA_INLINE auto in_each_quarter(__m128 v) {
#if defined(__AVX512F__)
        if constexpr (sizeof(V) == 64) return _mm512_broadcast_f32x4(v);
#endif
        if constexpr (sizeof(V) == 32) return _mm256_insertf128_ps(_mm256_castps128_ps256(v), v, 1);
    }

    typename V::register_type four_;
};
#endif

}  // namespace strata::inline STRATA_ISA::kernels
