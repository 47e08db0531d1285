// wasm: WebAssembly's vectors of 16 bytes (simd128), as the part of xsimd's interface that kernels use: xsimd 8 has
// none for them. Inside this namespace the name xsimd means these.
#pragma once

#include <strata/core/config.hpp>

#if defined(STRATA_WASM)

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <wasm_simd128.h>

namespace strata::inline STRATA_ISA::kernels {

/// Comparisons of min_max.hpp have one instruction each here, as in xsimd 8.
inline constexpr int XSIMD_VERSION_MAJOR = 8;

namespace xsimd {

struct simd128 {};

/// The result of a comparison: all bits of a lane are set where it holds.
template <class T, class A = simd128>
struct batch_bool {
    using lane = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
    using register_type STRATA_VECTOR_OF_16_BYTES = lane;
    register_type data;

    friend STRATA_INLINE batch_bool operator&(const batch_bool& a, const batch_bool& b) { return {a.data & b.data}; }
    friend STRATA_INLINE batch_bool operator|(const batch_bool& a, const batch_bool& b) { return {a.data | b.data}; }
    friend STRATA_INLINE batch_bool operator&&(const batch_bool& a, const batch_bool& b) { return a & b; }
    friend STRATA_INLINE batch_bool operator||(const batch_bool& a, const batch_bool& b) { return a | b; }
    friend STRATA_INLINE batch_bool operator!(const batch_bool& a) { return {~a.data}; }
    friend STRATA_INLINE batch_bool operator~(const batch_bool& a) { return {~a.data}; }
};

/// 16 bytes of T: float, double, or an integer as wide as one of them.
template <class T, class A = simd128>
struct batch {
    using value_type = T;
    using arch_type = A;
    using register_type STRATA_VECTOR_OF_16_BYTES = T;
    using bits = typename batch_bool<T, A>::register_type;
    static constexpr std::size_t size = 16 / sizeof(T);
    register_type data;

    batch() = default;
    STRATA_INLINE batch(T x) : data(x - register_type{}) {}  // a sum with +0 would lose the sign of -0
    STRATA_INLINE batch(register_type v) : data(v) {}
    template <class... Lanes>
        requires(sizeof...(Lanes) + 2 == size && (std::same_as<Lanes, T> && ...))
    STRATA_INLINE batch(T first, T second, Lanes... others) : data{first, second, others...} {}
    STRATA_INLINE operator register_type() const { return data; }

    static STRATA_INLINE batch load_unaligned(const T* p) { return std::bit_cast<register_type>(wasm_v128_load(p)); }
    static STRATA_INLINE batch load_aligned(const T* p) { return load_unaligned(p); }
    STRATA_INLINE void store_unaligned(T* p) const { wasm_v128_store(p, std::bit_cast<v128_t>(data)); }
    STRATA_INLINE void store_aligned(T* p) const { store_unaligned(p); }

    STRATA_INLINE batch& operator+=(const batch& b) { return *this = *this + b; }
    STRATA_INLINE batch& operator-=(const batch& b) { return *this = *this - b; }
    STRATA_INLINE batch& operator*=(const batch& b) { return *this = *this * b; }
    STRATA_INLINE batch& operator/=(const batch& b) { return *this = *this / b; }

    friend STRATA_INLINE batch operator+(const batch& a, const batch& b) { return a.data + b.data; }
    friend STRATA_INLINE batch operator-(const batch& a, const batch& b) { return a.data - b.data; }
    friend STRATA_INLINE batch operator*(const batch& a, const batch& b) { return a.data * b.data; }
    friend STRATA_INLINE batch operator/(const batch& a, const batch& b) { return a.data / b.data; }
    friend STRATA_INLINE batch operator-(const batch& a) { return -a.data; }
    friend STRATA_INLINE batch operator&(const batch& a, const batch& b) { return of(bits_of(a) & bits_of(b)); }
    friend STRATA_INLINE batch operator|(const batch& a, const batch& b) { return of(bits_of(a) | bits_of(b)); }
    friend STRATA_INLINE batch operator<<(const batch& a, int n) { return a.data << static_cast<T>(n); }
    friend STRATA_INLINE batch operator>>(const batch& a, int n) { return a.data >> static_cast<T>(n); }
    friend STRATA_INLINE batch_bool<T, A> operator<(const batch& a, const batch& b) { return {a.data < b.data}; }
    friend STRATA_INLINE batch_bool<T, A> operator<=(const batch& a, const batch& b) { return {a.data <= b.data}; }
    friend STRATA_INLINE batch_bool<T, A> operator>(const batch& a, const batch& b) { return {a.data > b.data}; }
    friend STRATA_INLINE batch_bool<T, A> operator>=(const batch& a, const batch& b) { return {a.data >= b.data}; }
    friend STRATA_INLINE batch_bool<T, A> operator==(const batch& a, const batch& b) { return {a.data == b.data}; }
    friend STRATA_INLINE batch_bool<T, A> operator!=(const batch& a, const batch& b) { return {a.data != b.data}; }

    static STRATA_INLINE bits bits_of(const batch& a) { return std::bit_cast<bits>(a.data); }
    static STRATA_INLINE batch of(bits v) { return std::bit_cast<register_type>(v); }
};

/// void where no vector has exactly N lanes.
template <class T, std::size_t N>
using make_sized_batch_t = std::conditional_t<N * sizeof(T) == 16, batch<T>, void>;

/// Calls an instruction of floats or one of doubles.
template <class T, class A, class Float, class Double, class... More>
STRATA_INLINE batch<T, A> call(Float of_float, Double of_double, const batch<T, A>& a, const More&... more) {
    const auto v = [](const batch<T, A>& x) STRATA_INLINE_CALL { return std::bit_cast<v128_t>(x.data); };
    using result = typename batch<T, A>::register_type;
    if constexpr (std::same_as<T, float>) return std::bit_cast<result>(of_float(v(a), v(more)...));
    else return std::bit_cast<result>(of_double(v(a), v(more)...));
}
template <class T, class A>
STRATA_INLINE batch<T, A> sqrt(const batch<T, A>& a) {
    return call(wasm_f32x4_sqrt, wasm_f64x2_sqrt, a);
}
template <class T, class A>
STRATA_INLINE batch<T, A> abs(const batch<T, A>& a) {
    return call(wasm_f32x4_abs, wasm_f64x2_abs, a);
}
template <class T, class A>
STRATA_INLINE batch<T, A> nearbyint(const batch<T, A>& a) {
    return call(wasm_f32x4_nearest, wasm_f64x2_nearest, a);
}
/// a > b ? a : b in each lane.
template <class T, class A>
STRATA_INLINE batch<T, A> max(const batch<T, A>& a, const batch<T, A>& b) {
    return call(wasm_f32x4_pmax, wasm_f64x2_pmax, b, a);
}
/// a < b ? a : b in each lane.
template <class T, class A>
STRATA_INLINE batch<T, A> min(const batch<T, A>& a, const batch<T, A>& b) {
    return call(wasm_f32x4_pmin, wasm_f64x2_pmin, b, a);
}
/// a b + c, rounded twice: simd128 has no fused multiply-add.
template <class T, class A>
STRATA_INLINE batch<T, A> fma(const batch<T, A>& a, const batch<T, A>& b, const batch<T, A>& c) {
    return a * b + c;
}
template <class T, class A>
STRATA_INLINE batch<T, A> select(const batch_bool<T, A>& mask, const batch<T, A>& a, const batch<T, A>& b) {
    using B = batch<T, A>;
    return B::of((mask.data & B::bits_of(a)) | (~mask.data & B::bits_of(b)));
}
template <class T, class A>
STRATA_INLINE bool any(const batch_bool<T, A>& mask) {
    return wasm_v128_any_true(std::bit_cast<v128_t>(mask.data));
}
template <class T, class A>
STRATA_INLINE T reduce_add(const batch<T, A>& v) {
    if constexpr (batch<T, A>::size == 2) return v.data[0] + v.data[1];
    else return (v.data[0] + v.data[2]) + (v.data[1] + v.data[3]);
}
/// The lanes, which are integers within the range of the type, as integers.
template <class A>
STRATA_INLINE batch<std::int32_t, A> to_int(const batch<float, A>& v) {
    using result = typename batch<std::int32_t, A>::register_type;
    return std::bit_cast<result>(wasm_i32x4_trunc_sat_f32x4(std::bit_cast<v128_t>(v.data)));
}
/// x 2^n for n from -126 to 127.
template <class A>
STRATA_INLINE batch<float, A> ldexp(const batch<float, A>& x, const batch<std::int32_t, A>& n) {
    using result = typename batch<float, A>::register_type;
    constexpr int bias = 127, mantissa = 23;
    return x * batch<float, A>(std::bit_cast<result>(((n + bias) << mantissa).data));
}
/// Lane by lane: no kernel depends on the speed of these.
template <class T, class A>
inline batch<T, A> sin(batch<T, A> x) {
    for (std::size_t i = 0; i < batch<T, A>::size; ++i) x.data[i] = std::sin(x.data[i]);
    return x;
}
template <class T, class A>
inline batch<T, A> cos(batch<T, A> x) {
    for (std::size_t i = 0; i < batch<T, A>::size; ++i) x.data[i] = std::cos(x.data[i]);
    return x;
}

}  // namespace xsimd

}  // namespace strata::inline STRATA_ISA::kernels

namespace strata::inline STRATA_ISA {
namespace xsimd = kernels::xsimd;
}  // namespace strata::inline STRATA_ISA

#endif
