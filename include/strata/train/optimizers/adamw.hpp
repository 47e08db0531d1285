// AdamW: Adam with a decay of the weights that is on by default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/optimizer.hpp>
#include <strata/train/optimizers/adam.hpp>

namespace strata::inline STRATA_ISA {

/// Adam after w -= rate weight_decay w. Keras: `AdamW`. Loshchilov and Hutter 2019. Slots: those of Adam.
struct AdamW {
    rate learning_rate = 0.001;
    double weight_decay = 0.004;
    double beta_1 = 0.9, beta_2 = 0.999;
    double epsilon = 1e-7;
    bool amsgrad = false;
    double clipnorm = 0.0, clipvalue = 0.0, global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;

    static constexpr std::string_view type = "AdamW";
    static constexpr std::size_t max_slots = Adam::max_slots;
    static constexpr std::size_t min_slots = Adam::min_slots;

    void validate() const {
        validate_options(*this);
        argument_check{type}.fraction("beta_1", beta_1);
        argument_check{type}.fraction("beta_2", beta_2);
        argument_check{type}.not_negative("epsilon", epsilon);
    }
    template <class Visit>
    void settings(Visit visit) const {
        adam().settings(visit);
    }
    std::size_t slots() const { return adam().slots(); }

    template <class T>
    using step = Adam::step<T>;
    template <class T>
    step<T> begin_step(double rate, std::uint64_t number, double& memory) const {
        return adam().begin_step<T>(rate, number, memory);
    }
    template <class T, class V>
    static V update(const step<T>& s, V w, V g, V* slot) {
        return Adam::update<T, V>(s, w, g, slot);
    }

private:
    Adam adam() const { return {.beta_1 = beta_1, .beta_2 = beta_2, .epsilon = epsilon, .amsgrad = amsgrad}; }
};

}  // namespace strata::inline STRATA_ISA
