// Lion: the sign of a momentum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// w -= rate sign(beta_1 m + (1 - beta_1) g), then m = beta_2 m + (1 - beta_2) g. Keras: `Lion`. Chen et al. 2023.
/// Slot: m.
struct Lion {
    rate learning_rate = 0.001;
    double beta_1 = 0.9, beta_2 = 0.99;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "Lion";
    static constexpr std::size_t max_slots = 1;

    void validate() const {
        validate_options(*this);
        argument_check{type}.require(beta_1 > 0.0 && beta_1 <= 1.0, "beta_1 in (0, 1]", beta_1);
        argument_check{type}.within_one("beta_2", beta_2);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("beta_1", beta_1);
        visit("beta_2", beta_2);
    }

    template <class T>
    struct step {
        T rate, beta_1, toward_1, beta_2, toward_2;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(rate), static_cast<T>(beta_1), static_cast<T>(1.0 - beta_1), static_cast<T>(beta_2),
                static_cast<T>(1.0 - beta_2)};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        V& m = slot[0];
        const V direction = V(s.beta_1) * m + V(s.toward_1) * g, zero = V(T(0));
        m = V(s.beta_2) * m + V(s.toward_2) * g;
        const V not_positive = kernels::select(direction < zero, V(T(-1)), direction);  // 0 and NaN stay
        return w - V(s.rate) * kernels::select(direction > zero, V(T(1)), not_positive);
    }
};

}  // namespace strata::inline STRATA_ISA
