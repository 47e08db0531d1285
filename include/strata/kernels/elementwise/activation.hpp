// activation: activation functions and their derivatives as function objects, for vectors and scalars.
#pragma once

#include <cmath>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/constexpr_math.hpp>
#include <strata/kernels/simd/min_max.hpp>

namespace strata::inline STRATA_ISA::kernels {

// apply(x) is f(x). derivative(v) is f'(x), where v is the output f(x) if derives_from_output holds, and else x. At a
// kink it is the value of Keras' backends, e.g. 0 for relu at 0. is_monotone: f never decreases. ULP: the largest error
// of the vector version, in units in the last place.

/// f(x) = x.
struct linear {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return x;
    }
    template <class V>
    static constexpr V derivative(V) {
        return V(1);
    }
};
/// max(x, 0). NaN stays NaN: `max` returns its second operand where one is NaN.
struct relu {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return max(V(0), x);
    }
    template <class V>
    static constexpr V derivative(V v) {
        return select(v > V(0), V(1), V(0));
    }
};
/// min(max(x, 0), 6).
struct relu6 {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return min(V(6), max(V(0), x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return select(v > V(0), select(v < V(6), V(1), V(0)), V(0));
    }
};
/// x where x > 0, else Slope x. The derivative at 0 is 1, as in Keras on JAX. With a slope of 0 the derivative needs x:
/// the output is 0 for an input of 0 and for negative ones.
template <double Slope>
struct leaky_relu {
    static constexpr bool is_monotone = Slope >= 0;
    static constexpr bool derives_from_output = Slope > 0;
    template <class V>
    static constexpr V apply(V x) {
        return select(x > V(0), x, x * V(scalar_of<V>(Slope)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return select(v < V(0), V(scalar_of<V>(Slope)), V(1));
    }
};
/// x where x > 0, else exp(x) - 1. 2.5 ULP.
struct elu {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return select(x > V(0), x, bounded_expm1(min(V(0), x)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return select(v > V(0), V(1), v + V(1));
    }
};
/// scale x where x > 0, else scale alpha (exp(x) - 1). 4 ULP. Klambauer et al. 2017.
struct selu {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        constexpr auto scale = scalar_of<V>(1.0507009873554805), alpha = scalar_of<V>(1.6732632423543772);
        return V(scale) * select(x > V(0), x, V(alpha) * bounded_expm1(min(V(0), x)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        constexpr auto scale = scalar_of<V>(1.0507009873554805), both = scalar_of<V>(1.7580993408473766);
        return select(v > V(0), V(scale), v + V(both));
    }
};
/// 1 / (1 + exp(-x)). 2.5 ULP. Computed from exp(-|x|): nothing overflows, and small results keep their digits.
struct sigmoid {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        const V e = exp_minus_abs(x);
        return select(x < V(0), e, V(1)) / (V(1) + e);
    }
    template <class V>
    static constexpr V derivative(V v) {
        return v * (V(1) - v);
    }
};
/// x sigmoid(x). 4 ULP where exp(x) is not subnormal.
struct silu {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        const V e = exp_minus_abs(x);
        return x * (select(x < V(0), e, V(1)) / (V(1) + e));
    }
    template <class V>
    static constexpr V derivative(V v) {
        // s + x s (1 - s) with s = sigmoid(x). upper is sigmoid(|x|), lower is sigmoid(-|x|).
        const V e = exp_minus_abs(v), upper = V(1) / (V(1) + e), lower = e * upper;
        return select(v < V(0), lower, upper) + v * lower * upper;
    }
};
/// x (1 + erf(x / sqrt 2)) / 2. 6.5 ULP, also for large negative x. Computed as max(x, 0) minus |x| times the tail of
/// the normal distribution.
struct gelu {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        const auto tail = normal_beyond(x);
        return max(V(0), x) - tail.distance * tail.probability;
    }
    template <class V>
    static constexpr V derivative(V v) {
        const auto tail = normal_beyond(v);
        const V product = tail.distance * tail.exponential * V(scalar_of<V>(0.39894228040143268)),
                rest = tail.probability - product;
        return select(v < V(0), rest, V(1) - rest);
    }
};
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, computed as x times a sigmoid. 4 ULP; for negative x up to twice
/// the sigmoid's argument more, because the exponential multiplies the argument's rounding error.
struct gelu_tanh {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * sigmoid::apply(inner(x, x * x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        // x is clamped to 30, where the derivative has reached its limit: the cube could overflow.
        const V x = max(V(-30), min(V(30), v)), square = x * x;
        const V e = exp_minus_abs(inner(x, square)), upper = V(1) / (V(1) + e), lower = e * upper;
        const V slope = multiply_add(square, V(scalar_of<V>(6 * root * cube)), V(scalar_of<V>(2 * root)));
        return select(x < V(0), lower, upper) + x * slope * (lower * upper);
    }

private:
    static constexpr double root = 0.79788456080286536, cube = 0.044715;

    template <class V>
    static constexpr V inner(V x, V square) {
        return x * multiply_add(square, V(scalar_of<V>(2 * root * cube)), V(scalar_of<V>(2 * root)));
    }
};
/// relu6(x + 3) / 6.
struct hard_sigmoid {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return relu6::apply(x + V(3)) / V(6);
    }
    template <class V>
    static constexpr V derivative(V v) {
        return select(v > V(0), select(v < V(1), V(scalar_of<V>(1.0 / 6.0)), V(0)), V(0));
    }
};
/// x hard_sigmoid(x).
struct hard_silu {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * rounded(hard_sigmoid::apply(x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return hard_sigmoid::apply(v) + v * hard_sigmoid::derivative(hard_sigmoid::apply(v));
    }
};
/// tanh(x).
struct tanh {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return tanh_of(x);
    }
    template <class V>
    static constexpr V derivative(V v) {
        return V(1) - v * v;
    }
};
/// tanh(x) with an error below 2e-4; see kernels/math/hyperbolic.hpp.
struct approximate_tanh {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return kernels::approximate_tanh_of(x);
    }
    /// That of tanh, from the approximate output.
    template <class V>
    static constexpr V derivative(V v) {
        return V(1) - v * v;
    }
};
/// 1 / (1 + exp(-x)) with an error below 1e-4, computed as (1 + tanh(x / 2)) / 2.
struct approximate_sigmoid {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        constexpr auto half = scalar_of<V>(0.5);
        return multiply_add(V(half), kernels::approximate_tanh_of(V(V(half) * x)), V(half));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return v * (V(1) - v);
    }
};
/// log(1 + exp(x)), computed as max(x, 0) + log1p(exp(-|x|)). 4 ULP.
struct softplus {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return max(V(0), x) + bounded_log1p(exp_minus_abs(x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return V(0) - bounded_expm1(V(0) - v);
    }
};
/// x tanh(softplus(x)), computed as x n / (n + 2) with n = e^x (e^x + 2). 4.5 ULP where exp(x) is not subnormal.
struct mish {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        const V e = bounded_exp(min(V(end), x)), n = e * (e + V(2));
        return x * rounded(n / (n + V(2)));  // x n may overflow
    }
    template <class V>
    static constexpr V derivative(V v) {
        const V x = min(V(end), v), e = bounded_exp(x), n = e * (e + V(2)), inverse = V(1) / (n + V(2));
        return inverse * (n + x * (V(4) * e * (e + V(1)) * inverse));
    }

private:
    static constexpr int end = 25;  // beyond it the fraction is 1
};
/// x / (1 + |x|).
struct softsign {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return x / (V(1) + abs(x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        const V rest = V(1) - abs(v);
        return rest * rest;
    }
};
/// exp(x).
struct exponential {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return exp(x);
    }
    template <class V>
    static constexpr V derivative(V v) {
        return v;
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
