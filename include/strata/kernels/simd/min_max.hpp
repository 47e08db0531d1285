// min_max: max, min, abs and select for vectors and scalars.
#pragma once

#include <cmath>
#include <concepts>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

// Function objects, not functions: argument-dependent lookup would find xsimd's functions of these names too, whose
// treatment of NaN differs between versions.

/// max(a, b): the larger value. Where b is NaN: NaN. Where a is NaN: b, but NaN of Arm's vectors.
struct max_function {
    template <std::floating_point T>
    constexpr T operator()(T a, T b) const {
        return a > b ? a : b;
    }
    template <class T>
    STRATA_INLINE scalar_batch<T> operator()(scalar_batch<T> a, scalar_batch<T> b) const {
        return a.value > b.value ? a : b;
    }
#if !defined(STRATA_SCALAR)
    /// xsimd 8 compiles to the machine's maximum. That of x86 gives b where a is NaN, that of Arm NaN.
    template <class T, class A>
    STRATA_INLINE xsimd::batch<T, A> operator()(const xsimd::batch<T, A>& a, const xsimd::batch<T, A>& b) const {
        if constexpr (XSIMD_VERSION_MAJOR == 8) return xsimd::max(a, b);
        else return xsimd::select(a > b, a, b);
    }
#endif
};
inline constexpr max_function max{};

/// min(a, b): the smaller value. Where b is NaN: NaN. Where a is NaN: b, but NaN of Arm's vectors.
struct min_function {
    template <std::floating_point T>
    constexpr T operator()(T a, T b) const {
        return a < b ? a : b;
    }
    template <class T>
    STRATA_INLINE scalar_batch<T> operator()(scalar_batch<T> a, scalar_batch<T> b) const {
        return a.value < b.value ? a : b;
    }
#if !defined(STRATA_SCALAR)
    template <class T, class A>
    STRATA_INLINE xsimd::batch<T, A> operator()(const xsimd::batch<T, A>& a, const xsimd::batch<T, A>& b) const {
        if constexpr (XSIMD_VERSION_MAJOR == 8) return xsimd::min(a, b);
        else return xsimd::select(a < b, a, b);
    }
#endif
};
inline constexpr min_function min{};

/// abs(x): the magnitude. NaN stays NaN.
struct abs_function {
    template <std::floating_point T>
    constexpr T operator()(T x) const {
        return x < 0 ? -x : x;
    }
    template <class T>
    STRATA_INLINE scalar_batch<T> operator()(scalar_batch<T> x) const {
        return std::fabs(x.value);
    }
#if !defined(STRATA_SCALAR)
    template <class T, class A>
    STRATA_INLINE xsimd::batch<T, A> operator()(const xsimd::batch<T, A>& x) const {
        return xsimd::abs(x);
    }
#endif
};
inline constexpr abs_function abs{};

/// select(mask, a, b): a where the mask holds, else b.
struct select_function {
    template <std::floating_point T>
    constexpr T operator()(bool mask, T a, T b) const {
        return mask ? a : b;
    }
    template <class T>
    STRATA_INLINE scalar_batch<T> operator()(bool mask, scalar_batch<T> a, scalar_batch<T> b) const {
        return mask ? a : b;
    }
#if !defined(STRATA_SCALAR)
    template <class M, class T, class A>
    STRATA_INLINE xsimd::batch<T, A> operator()(const M& mask, const xsimd::batch<T, A>& a,
                                                const xsimd::batch<T, A>& b) const {
        return xsimd::select(mask, a, b);
    }
#endif
};
inline constexpr select_function select{};

}  // namespace strata::inline STRATA_ISA::kernels
