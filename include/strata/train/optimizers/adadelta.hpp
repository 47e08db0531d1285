// Adadelta: steps scaled by the moving average of the squares of earlier steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// a is the moving average of g^2; d = sqrt(b + epsilon) / sqrt(a + epsilon) g; b is the moving average of d^2; w -=
/// rate d. Keras: `Adadelta`. Zeiler 2012. Slots: a, b.
struct Adadelta {
    rate learning_rate = 0.001;
    double rho = 0.95;
    double epsilon = 1e-7;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Adadelta";
    static constexpr std::size_t max_slots = 2;

    void validate() const {
        validate_options(*this);
        argument_check{type}.within_one("rho", rho);
        argument_check{type}.not_negative("epsilon", epsilon);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("rho", rho);
        visit("epsilon", epsilon);
    }

    template <class T>
    struct step {
        T rate, rho, toward, epsilon;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(rate), static_cast<T>(rho), static_cast<T>(1.0 - rho), static_cast<T>(epsilon)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& a = slot[0];
        V& b = slot[1];
        a = kernels::multiply_add(V(s.rho), a, V(s.toward) * g * g);
        const V d = kernels::square_root(b + V(s.epsilon)) * g / kernels::square_root(a + V(s.epsilon));
        b = kernels::multiply_add(V(s.rho), b, V(s.toward) * d * d);
        return w - V(s.rate) * d;
    }
};

}  // namespace strata::inline STRATA_ISA
