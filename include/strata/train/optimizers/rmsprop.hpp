// RMSprop: gradients over the root of the moving average of their square.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// v is the moving average of g^2; m = momentum m + rate g / sqrt(v + epsilon), w -= m. With centered the square of the
/// average gradient is subtracted from v. Keras: `RMSprop`. Hinton 2012. Slots: v, then m with a momentum, then the
/// average gradient with centered.
struct RMSprop {
    rate learning_rate = 0.001;
    double rho = 0.9;
    double momentum = 0.0;
    double epsilon = 1e-7;
    bool centered = false;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "RMSprop";
    static constexpr std::size_t max_slots = 3;
    static constexpr std::size_t min_slots = 1;

    void validate() const {
        validate_options(*this);
        argument_check{type}.within_one("rho", rho);
        argument_check{type}.within_one("momentum", momentum);
        argument_check{type}.not_negative("epsilon", epsilon);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("rho", rho);
        visit("momentum", momentum);
        visit("epsilon", epsilon);
        visit("centered", centered);
    }
    std::size_t slots() const { return std::size_t{1} + (momentum > 0.0 ? 1 : 0) + (centered ? 1 : 0); }

    template <class T>
    struct step {
        T rate, rho, toward, momentum, epsilon;
        bool centered;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(rate),     static_cast<T>(rho),     static_cast<T>(1.0 - rho),
                static_cast<T>(momentum), static_cast<T>(epsilon), centered};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        const bool accelerated = s.momentum > T(0);
        V& v = slot[0];
        v = kernels::multiply_add(V(s.rho), v, V(s.toward) * g * g);
        V square = v;
        if (s.centered) {
            V& average = slot[accelerated ? 2 : 1];
            average = kernels::multiply_add(V(s.rho), average, V(s.toward) * g);
            square = square - average * average;
        }
        const V increment = V(s.rate) * g / kernels::square_root(square + V(s.epsilon));
        if (!accelerated) return w - increment;
        V& m = slot[1];
        m = kernels::multiply_add(V(s.momentum), m, increment);
        return w - m;
    }
};

}  // namespace strata::inline STRATA_ISA
