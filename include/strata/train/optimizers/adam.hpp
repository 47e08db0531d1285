// Adam: moving averages of the gradient and of its square.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// m and v are the moving averages of g and g^2; in step n w -= rate sqrt(1 - beta_2^n) / (1 - beta_1^n) m / (sqrt(v) +
/// epsilon); with amsgrad the largest v so far instead of v. Keras: `Adam`. Kingma and Ba 2014; Reddi et al. 2018.
/// Slots: m, v, the largest v.
struct Adam {
    rate learning_rate = 0.001;
    double beta_1 = 0.9, beta_2 = 0.999;
    double epsilon = 1e-7;
    bool amsgrad = false;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Adam";
    static constexpr std::size_t max_slots = 3;
    static constexpr std::size_t min_slots = 2;

    void validate() const {
        validate_options(*this);
        argument_check{type}.fraction("beta_1", beta_1);
        argument_check{type}.fraction("beta_2", beta_2);
        argument_check{type}.not_negative("epsilon", epsilon);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("beta_1", beta_1);
        visit("beta_2", beta_2);
        visit("epsilon", epsilon);
        visit("amsgrad", amsgrad);
    }
    std::size_t slots() const { return amsgrad ? 3 : 2; }

    template <class T>
    struct step {
        T rate, toward_gradient, toward_square, epsilon;
        bool amsgrad;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t number, double&) const {
        const double n = static_cast<double>(number);
        const double corrected = rate * std::sqrt(1.0 - std::pow(beta_2, n)) / (1.0 - std::pow(beta_1, n));
        return {static_cast<T>(corrected), static_cast<T>(1.0 - beta_1), static_cast<T>(1.0 - beta_2),
                static_cast<T>(epsilon), amsgrad};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& m = slot[0];
        V& v = slot[1];
        m = kernels::multiply_add(g - m, V(s.toward_gradient), m);
        v = kernels::multiply_add(g * g - v, V(s.toward_square), v);
        if (s.amsgrad) slot[2] = kernels::max(slot[2], v);
        return w - V(s.rate) * m / (kernels::square_root(s.amsgrad ? slot[2] : v) + V(s.epsilon));
    }
};

}  // namespace strata::inline STRATA_ISA
