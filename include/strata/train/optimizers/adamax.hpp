// Adamax: Adam with a decaying maximum of gradients instead of the mean square.
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

/// m is the moving average of g; u = max(beta_2 u, |g|); in step n w -= rate / (1 - beta_1^n) m / (u + epsilon). Keras:
/// `Adamax`. Kingma and Ba 2014. Slots: m, u.
struct Adamax {
    rate learning_rate = 0.001;
    double beta_1 = 0.9, beta_2 = 0.999;
    double epsilon = 1e-7;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Adamax";
    static constexpr std::size_t max_slots = 2;

    void validate() const {
        validate_options(*this);
        argument_check{type}.fraction("beta_1", beta_1);
        argument_check{type}.within_one("beta_2", beta_2);
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
        T rate, toward_gradient, beta_2, epsilon;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t number, double&) const {
        const double corrected = rate / (1.0 - std::pow(beta_1, static_cast<double>(number)));
        return {static_cast<T>(corrected), static_cast<T>(1.0 - beta_1), static_cast<T>(beta_2),
                static_cast<T>(epsilon)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& m = slot[0];
        V& u = slot[1];
        m = kernels::multiply_add(g - m, V(s.toward_gradient), m);
        u = kernels::max(V(s.beta_2) * u, kernels::abs(g));
        return w - V(s.rate) * m / (u + V(s.epsilon));
    }
};

}  // namespace strata::inline STRATA_ISA
