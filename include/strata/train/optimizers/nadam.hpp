// Nadam: Adam with Nesterov's momentum.
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

/// Adam with the momentum of the next step in the numerator: u' m / (1 - u_1 ... u_n u') + (1 - u_n) g / (1 - u_1 ...
/// u_n) in step n, where u_n = beta_1 (1 - 0.96^n / 2), u' = u_(n+1). `memory` is the product of all u so far. Keras:
/// `Nadam`. Dozat 2016. Slots: m, v.
struct Nadam {
    rate learning_rate = 0.001;
    double beta_1 = 0.9, beta_2 = 0.999;
    double epsilon = 1e-7;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Nadam";
    static constexpr std::size_t max_slots = 2;

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
    }

    template <class T>
    struct step {
        T momentum_rate, gradient_rate, toward_gradient, toward_square, square_scale, epsilon;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t number, double& memory) const {
        const double n = static_cast<double>(number);
        const double now = beta_1 * (1.0 - 0.5 * std::pow(0.96, n));
        const double next = beta_1 * (1.0 - 0.5 * std::pow(0.96, n + 1.0));
        memory *= now;
        return {static_cast<T>(rate * next / (1.0 - memory * next)),
                static_cast<T>(rate * (1.0 - now) / (1.0 - memory)),
                static_cast<T>(1.0 - beta_1),
                static_cast<T>(1.0 - beta_2),
                static_cast<T>(1.0 / (1.0 - std::pow(beta_2, n))),
                static_cast<T>(epsilon)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& m = slot[0];
        V& v = slot[1];
        m = kernels::multiply_add(g - m, V(s.toward_gradient), m);
        v = kernels::multiply_add(g * g - v, V(s.toward_square), v);
        const V ahead = kernels::multiply_add(V(s.momentum_rate), m, V(s.gradient_rate) * g);
        return w - ahead / (kernels::square_root(v * V(s.square_scale)) + V(s.epsilon));
    }
};

}  // namespace strata::inline STRATA_ISA
