// activation: functors on one value, on vectors and scalars alike.
#pragma once

#include <cmath>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/constexpr_math.hpp>
#include <strata/kernels/math.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

/// f(x) = x.
struct linear {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return x;
    }
};
/// max(x, 0); NaN stays NaN: it is the second operand, which the machine's maximum gives back.
struct relu {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return larger(V(0), x);
    }
};
/// min(max(x, 0), 6).
struct relu6 {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return smaller(V(6), larger(V(0), x));
    }
};
/// x where x > 0, else Slope x.
template <double Slope>
struct leaky_relu {
    static constexpr bool is_monotone = Slope >= 0;
    template <class V>
    static constexpr V apply(V x) {
        return choose(x > V(0), x, x * V(scalar_of<V>(Slope)));
    }
};
/// x where x > 0, else exp(x) - 1.
struct elu {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return choose(x > V(0), x, expm1(smaller(V(0), x)));
    }
};
/// Klambauer et al. 2017: scale x, or scale alpha (exp(x) - 1).
struct selu {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        constexpr auto scale = scalar_of<V>(1.0507009873554805), alpha = scalar_of<V>(1.6732632423543772);
        return V(scale) * choose(x > V(0), x, V(alpha) * expm1(smaller(V(0), x)));
    }
};
/// x (1 + erf(x / sqrt 2)) / 2.
struct gelu {
    static constexpr bool is_monotone = false;
    template <class V>
    static constexpr V apply(V x) {
        return V(scalar_of<V>(0.5)) * x * (V(1) + erf(x * V(scalar_of<V>(0.70710678118654752))));
    }
};
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
struct gelu_tanh {
    static constexpr bool is_monotone = false;
    template <class V>
    static constexpr V apply(V x) {
        const V cubic = x + V(scalar_of<V>(0.044715)) * x * x * x;
        return V(scalar_of<V>(0.5)) * x * (V(1) + tanh_of(V(scalar_of<V>(0.79788456080286536)) * cubic));
    }
};
/// 1 / (1 + exp(-x)).
struct sigmoid {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return V(1) / (V(1) + exp(V(0) - x));
    }
};
/// x sigmoid(x).
struct silu {
    static constexpr bool is_monotone = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * sigmoid::apply(x);
    }
};
/// relu6(x + 3) / 6.
struct hard_sigmoid {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return relu6::apply(x + V(3)) / V(6);
    }
};
/// x hard_sigmoid(x).
struct hard_silu {
    static constexpr bool is_monotone = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * hard_sigmoid::apply(x);
    }
};
/// tanh(x).
struct tanh {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return tanh_of(x);
    }
};
/// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)).
struct softplus {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return larger(V(0), x) + log1p(exp(V(0) - magnitude(x)));
    }
};
/// x tanh(softplus(x)).
struct mish {
    static constexpr bool is_monotone = false;
    template <class V>
    static constexpr V apply(V x) {
        return x * tanh_of(softplus::apply(x));
    }
};
/// x / (1 + |x|).
struct softsign {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return x / (V(1) + magnitude(x));
    }
};
/// exp(x).
struct exponential {
    static constexpr bool is_monotone = true;
    template <class V>
    static constexpr V apply(V x) {
        return exp(x);
    }
};

}  // namespace STRATA_ISA
}  // namespace strata::kernels
