// scalar: a vector of one lane, with the operations that kernels need of vectors. It is the vector of every type where
// STRATA_SCALAR is defined, and of double on 32-bit Arm, whose NEON has none.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A vector of one lane.
template <class T>
struct scalar_batch {
    using value_type = T;
    static constexpr std::size_t size = 1;
    T value{};  // GCC does not see that tiles write before they read

    scalar_batch() = default;
    STRATA_INLINE scalar_batch(T x) : value(x) {}
    static STRATA_INLINE scalar_batch load_unaligned(const T* p) { return *p; }
    static STRATA_INLINE scalar_batch load_aligned(const T* p) { return *p; }
    STRATA_INLINE void store_unaligned(T* p) const { *p = value; }
    STRATA_INLINE void store_aligned(T* p) const { *p = value; }
    friend STRATA_INLINE scalar_batch operator+(scalar_batch a, scalar_batch b) { return a.value + b.value; }
    friend STRATA_INLINE scalar_batch operator-(scalar_batch a, scalar_batch b) { return a.value - b.value; }
    friend STRATA_INLINE scalar_batch operator*(scalar_batch a, scalar_batch b) { return a.value * b.value; }
    friend STRATA_INLINE scalar_batch operator/(scalar_batch a, scalar_batch b) { return a.value / b.value; }
    friend STRATA_INLINE scalar_batch operator-(scalar_batch a) { return -a.value; }
    friend STRATA_INLINE bool operator<(scalar_batch a, scalar_batch b) { return a.value < b.value; }
    friend STRATA_INLINE bool operator<=(scalar_batch a, scalar_batch b) { return a.value <= b.value; }
    friend STRATA_INLINE bool operator>(scalar_batch a, scalar_batch b) { return a.value > b.value; }
    friend STRATA_INLINE bool operator>=(scalar_batch a, scalar_batch b) { return a.value >= b.value; }
    friend STRATA_INLINE bool operator==(scalar_batch a, scalar_batch b) { return a.value == b.value; }
    friend STRATA_INLINE bool operator!=(scalar_batch a, scalar_batch b) { return a.value != b.value; }
};

template <class T>
STRATA_INLINE scalar_batch<T> multiply_add(scalar_batch<T> a, scalar_batch<T> b, scalar_batch<T> c) {
    // One rounding wherever the processor has it: left to itself, a compiler fuses some of these and not others.
#if defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
    return std::fma(a.value, b.value, c.value);
#else
    return a.value * b.value + c.value;
#endif
}
template <class T>
STRATA_INLINE scalar_batch<T> sqrt(scalar_batch<T> a) {
    return std::sqrt(a.value);
}
template <class T>
STRATA_INLINE bool any_subnormal(scalar_batch<T> a) {
    return a.value != T(0) && std::fabs(a.value) < std::numeric_limits<T>::min();
}
template <class T>
STRATA_INLINE T lane_sum(scalar_batch<T> a) {
    return a.value;
}
template <class T>
STRATA_INLINE T lane_max(scalar_batch<T> a) {
    return a.value;
}

}  // namespace strata::inline STRATA_ISA::kernels
