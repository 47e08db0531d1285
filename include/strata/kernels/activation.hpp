// activation: functors on one value and their derivatives, on vectors and scalars alike.
#pragma once

#include <cmath>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/constexpr_math.hpp>
#include <strata/kernels/math.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

// `derivative` takes the output f(x) where `derives_from_output`, else x. At a kink it is what Keras' backends give: 0
// for relu at 0.

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
/// max(x, 0); NaN stays NaN: it is the second operand, which the machine's maximum gives back.
struct relu {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return larger(V(0), x);
    }
    template <class V>
    static constexpr V derivative(V v) {
        return choose(v > V(0), V(1), V(0));
    }
};
/// min(max(x, 0), 6).
struct relu6 {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return smaller(V(6), larger(V(0), x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return choose(v > V(0), choose(v < V(6), V(1), V(0)), V(0));
    }
};
/// x where x > 0, else Slope x.
template <double Slope>
struct leaky_relu {
    static constexpr bool is_monotone = Slope >= 0;
    static constexpr bool derives_from_output = Slope >= 0;
    template <class V>
    static constexpr V apply(V x) {
        return choose(x > V(0), x, x * V(scalar_of<V>(Slope)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return choose(v > V(0), V(1), V(scalar_of<V>(Slope)));
    }
};
/// x where x > 0, else exp(x) - 1.
struct elu {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return choose(x > V(0), x, expm1(smaller(V(0), x)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return choose(v > V(0), V(1), v + V(1));
    }
};
/// Klambauer et al. 2017: scale x, or scale alpha (exp(x) - 1).
struct selu {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        constexpr auto scale = scalar_of<V>(1.0507009873554805), alpha = scalar_of<V>(1.6732632423543772);
        return V(scale) * choose(x > V(0), x, V(alpha) * expm1(smaller(V(0), x)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        constexpr auto scale = scalar_of<V>(1.0507009873554805), both = scalar_of<V>(1.7580993408473766);
        return choose(v > V(0), V(scale), v + V(both));
    }
};
/// x (1 + erf(x / sqrt 2)) / 2.
struct gelu {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return V(scalar_of<V>(0.5)) * x * (V(1) + erf(x * V(scalar_of<V>(0.70710678118654752))));
    }
    template <class V>
    static constexpr V derivative(V v) {
        const V density = V(scalar_of<V>(0.39894228040143268)) * exp(V(scalar_of<V>(-0.5)) * v * v);
        return V(scalar_of<V>(0.5)) * (V(1) + erf(v * V(scalar_of<V>(0.70710678118654752)))) + v * density;
    }
};
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
struct gelu_tanh {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        const V cubic = x + V(scalar_of<V>(0.044715)) * x * x * x;
        return V(scalar_of<V>(0.5)) * x * (V(1) + tanh_of(V(scalar_of<V>(0.79788456080286536)) * cubic));
    }
    template <class V>
    static constexpr V derivative(V v) {
        constexpr auto root = scalar_of<V>(0.79788456080286536), cube = scalar_of<V>(0.044715);
        const V t = tanh_of(V(root) * (v + V(cube) * v * v * v));
        const V slope = V(root) * (V(1) + V(3) * V(cube) * v * v);
        return V(scalar_of<V>(0.5)) * (V(1) + t + v * (V(1) - t * t) * slope);
    }
};
/// 1 / (1 + exp(-x)).
struct sigmoid {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return V(1) / (V(1) + exp(V(0) - x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return v * (V(1) - v);
    }
};
/// x sigmoid(x).
struct silu {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * sigmoid::apply(x);
    }
    template <class V>
    static constexpr V derivative(V v) {
        const V s = sigmoid::apply(v);
        return s * (V(1) + v * (V(1) - s));
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
        return choose(v > V(0), choose(v < V(1), V(scalar_of<V>(1.0 / 6.0)), V(0)), V(0));
    }
};
/// x hard_sigmoid(x).
struct hard_silu {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * hard_sigmoid::apply(x);
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
/// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)).
struct softplus {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return larger(V(0), x) + log1p(exp(V(0) - magnitude(x)));
    }
    template <class V>
    static constexpr V derivative(V v) {
        return V(0) - expm1(V(0) - v);
    }
};
/// x tanh(softplus(x)).
struct mish {
    static constexpr bool is_monotone = false;
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * tanh_of(softplus::apply(x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        const V t = tanh_of(softplus::apply(v));
        return t + v * (V(1) - t * t) * sigmoid::apply(v);
    }
};
/// x / (1 + |x|).
struct softsign {
    static constexpr bool is_monotone = true;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return x / (V(1) + magnitude(x));
    }
    template <class V>
    static constexpr V derivative(V v) {
        const V rest = V(1) - magnitude(v);
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

}  // namespace STRATA_ISA
}  // namespace strata::kernels
