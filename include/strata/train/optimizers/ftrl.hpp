// Ftrl: follow the regularized leader, for sparse weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// a changes from a_0 to a = a_0 + g^2; z += g + 2 shrinkage w - (a^p - a_0^p) / rate w, p = -learning_rate_power;
/// w = (clip(z, -l1, l1) - z) / (a^p / rate + 2 l2 + beta / rate). Keras: `Ftrl`. McMahan et al. 2013. Slots: a, z.
struct Ftrl {
    rate learning_rate = 0.001;
    double learning_rate_power = -0.5;
    double initial_accumulator_value = 0.1;
    double l1_regularization_strength = 0.0;
    double l2_regularization_strength = 0.0;
    double l2_shrinkage_regularization_strength = 0.0;
    double beta = 0.0;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Ftrl";
    static constexpr std::size_t max_slots = 2;

    void validate() const {
        validate_options(*this);
        const argument_check check{type};
        if (!learning_rate.is_schedule()) check.positive("learning_rate", learning_rate(0));
        check.not_negative("initial_accumulator_value", initial_accumulator_value);
        check.require(learning_rate_power <= 0.0, "learning_rate_power of at most 0", learning_rate_power);
        check.not_negative("l1_regularization_strength", l1_regularization_strength);
        check.not_negative("l2_regularization_strength", l2_regularization_strength);
        check.not_negative("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength);
        check.not_negative("beta", beta);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("learning_rate_power", learning_rate_power);
        visit("initial_accumulator_value", initial_accumulator_value);
        visit("l1_regularization_strength", l1_regularization_strength);
        visit("l2_regularization_strength", l2_regularization_strength);
        visit("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength);
        visit("beta", beta);
    }
    double slot_begin(std::size_t slot) const { return slot == 0 ? initial_accumulator_value : 0.0; }

    template <class T>
    struct step {
        T per_rate, exponent, l1, quadratic, shrinkage;

        template <class V>
        V powered(V x) const {
            if (exponent == T(0.5)) return kernels::square_root(x);
            return exponent == T(0) ? V(T(1)) : kernels::power(x, V(exponent));
        }
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(1.0 / rate), static_cast<T>(-learning_rate_power),
                static_cast<T>(l1_regularization_strength),
                static_cast<T>(2.0 * l2_regularization_strength + beta / rate),
                static_cast<T>(2.0 * l2_shrinkage_regularization_strength)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& a = slot[0];
        V& z = slot[1];
        const V before = s.powered(a);
        a = kernels::multiply_add(g, g, a);
        const V after = s.powered(a);
        z = z + (g + V(s.shrinkage) * w - (after - before) * V(s.per_rate) * w);
        const V clipped = kernels::min(V(s.l1), kernels::max(V(-s.l1), z));
        return (clipped - z) / kernels::multiply_add(after, V(s.per_rate), V(s.quadratic));
    }
};

}  // namespace strata::inline STRATA_ISA
