// Adagrad: gradients over the root of the sum of all their squares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// a += g^2; w -= rate g / sqrt(a + epsilon). Keras: `Adagrad`. Duchi et al. 2011. Slot: a.
struct Adagrad {
    rate learning_rate = 0.001;
    double initial_accumulator_value = 0.1;
    double epsilon = 1e-7;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Adagrad";
    static constexpr std::size_t max_slots = 1;

    void validate() const {
        validate_options(*this);
        argument_check{type}.not_negative("initial_accumulator_value", initial_accumulator_value);
        argument_check{type}.not_negative("epsilon", epsilon);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("initial_accumulator_value", initial_accumulator_value);
        visit("epsilon", epsilon);
    }
    double slot_begin(std::size_t) const { return initial_accumulator_value; }

    template <class T>
    struct step {
        T rate, epsilon;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(rate), static_cast<T>(epsilon)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& a = slot[0];
        a = kernels::multiply_add(g, g, a);
        return w - V(s.rate) * g / kernels::square_root(a + V(s.epsilon));
    }
};

}  // namespace strata::inline STRATA_ISA
