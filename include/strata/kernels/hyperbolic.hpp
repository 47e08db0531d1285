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

/// tanh x = t / (t + 2) with t = e^(2 |x|) - 1, which near 0 is not the difference of two ones: 3 ULP.
template <class V>
STRATA_INLINE V tanh(const V& x) {
    constexpr auto one = scalar_of<V>(std::is_same_v<typename V::value_type, float> ? 10 : 20);  // there it is 1
    const V positive = smaller(V(one), magnitude(x)), twice = positive + positive;
    // What one step of the reduction loses of e^(2 |x|) grows as |x|, and the slope of tanh falls faster.
    using log_of_two = natural_log_of_two<typename V::value_type>;
    const V n = nearest_multiple(twice, log_of_two::inverse);
    const V rest = detail::exponential_minus_one(multiply_add(n, V(-log_of_two::value), twice));
    const V power = power_of_two(n);
    const V t = multiply_add(power, rest, power - V(1));
    return with_sign_of(t / (t + V(2)), x);
}

}  // namespace vector_math
}  // namespace STRATA_ISA
}  // namespace strata::kernels
