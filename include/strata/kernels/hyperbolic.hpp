// hyperbolic: tanh of vectors.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/arithmetic.hpp>
#include <strata/kernels/exponential.hpp>
#include <strata/kernels/float_bits.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {
namespace vector_math {

/// tanh x = t / (t + 2) with t = e^(2 |x|) - 1, which near 0 is not the difference of two ones.
template <class V>
STRATA_INLINE V tanh(const V& x) {
    constexpr auto one = scalar_of<V>(std::is_same_v<typename V::value_type, float> ? 10 : 20);  // there it is 1
    const V positive = smaller(V(one), magnitude(x));
    const auto parts = detail::split_exponential(positive + positive);
    const V power = power_of_two(parts.exponent);
    const V t = multiply_add(power, parts.rest, power - V(1));
    return with_sign_of(t / (t + V(2)), x);
}

}  // namespace vector_math
}  // namespace STRATA_ISA
}  // namespace strata::kernels
