// SGD: gradient descent, plain, with momentum, or with Nesterov's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA {

/// m = momentum m - rate g, w += m; with nesterov w += momentum m - rate g, with the new m. Keras: `SGD`.
/// Sutskever et al. 2013. Slot: m, only with a momentum.
struct SGD {
    rate learning_rate = 0.01;
    double momentum = 0.0;
    bool nesterov = false;
    double weight_decay = 0.0;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "SGD";
    static constexpr std::size_t max_slots = 1;

    void validate() const {
        validate_options(*this);
        argument_check{type}.within_one("momentum", momentum);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("momentum", momentum);
        visit("nesterov", nesterov);
    }
    std::size_t slots() const { return momentum == 0.0 ? 0 : 1; }

    template <class T>
    struct step {
        T rate, momentum;
        bool nesterov;
    };
    template <class T>
    step<T> begin_step(double rate, std::uint64_t, double&) const {
        return {static_cast<T>(rate), static_cast<T>(momentum), nesterov};
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        const V moved = V(s.rate) * g;
        if (s.momentum == T(0)) return w - moved;
        V& m = slot[0];
        m = V(s.momentum) * m - moved;
        return w + (s.nesterov ? V(s.momentum) * m - moved : m);
    }
};

}  // namespace strata::inline STRATA_ISA
