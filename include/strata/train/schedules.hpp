// Schedules: learning rates that change with the step, as Keras' classes of the same names do.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/argument.hpp>

namespace strata::inline STRATA_ISA {

/// A number of steps, made from any arithmetic type: `.decay_steps = epochs * data.size()` needs no cast. It has no
/// default.
class step_count {
public:
    template <class Number>
        requires std::is_arithmetic_v<Number>
    constexpr step_count(Number value) : value_(static_cast<double>(value)) {}
    constexpr operator double() const { return value_; }

private:
    double value_;
};

// Each schedule maps a step, counted from 0, to a rate. validate() throws std::invalid_argument; an optimizer that
// takes the schedule calls it. settings() names each argument and its value, for checkpoints.

/// initial decay_rate^(step / decay_steps), the exponent rounded down with staircase.
struct ExponentialDecay {
    double initial_learning_rate;
    step_count decay_steps;
    double decay_rate;
    bool staircase = false;

    static constexpr std::string_view type = "ExponentialDecay";
    void validate() const { argument_check{type}.positive("decay_steps", decay_steps); }
    template <class Visit>
    void settings(Visit visit) const {
        visit("initial_learning_rate", initial_learning_rate);
        visit("decay_steps", decay_steps);
        visit("decay_rate", decay_rate);
        visit("staircase", staircase);
    }
    double operator()(std::uint64_t step) const {
        const double p = static_cast<double>(step) / decay_steps;
        return initial_learning_rate * std::pow(decay_rate, staircase ? std::floor(p) : p);
    }
};

/// Half a cosine from the initial rate down to alpha times it. With a warmup_target the rate first rises to it
/// linearly over warmup_steps, and falls from there. Loshchilov and Hutter 2016.
struct CosineDecay {
    double initial_learning_rate;
    step_count decay_steps;
    double alpha = 0.0;
    std::optional<double> warmup_target{};
    step_count warmup_steps = 0;

    static constexpr std::string_view type = "CosineDecay";
    void validate() const {
        argument_check{type}.positive("decay_steps", decay_steps);
        argument_check{type}.not_negative("warmup_steps", warmup_steps);
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("initial_learning_rate", initial_learning_rate);
        visit("decay_steps", decay_steps);
        visit("alpha", alpha);
        visit("warmup_target", warmup_target);
        visit("warmup_steps", warmup_steps);
    }
    double operator()(std::uint64_t step) const {
        const double warmup = warmup_target ? double{warmup_steps} : 0.0;
        const double now = static_cast<double>(step), target = warmup_target.value_or(initial_learning_rate);
        if (now < warmup) return (target - initial_learning_rate) * (now / warmup) + initial_learning_rate;
        constexpr double pi = 3.14159265358979323846;
        const double cosine = 0.5 * (1.0 + std::cos(pi * (std::min(now - warmup, double{decay_steps}) / decay_steps)));
        return target * ((1.0 - alpha) * cosine + alpha);
    }
};

/// values[i] up to and including step boundaries[i], the last value after all boundaries.
struct PiecewiseConstantDecay {
    std::vector<std::int64_t> boundaries;
    std::vector<double> values;

    static constexpr std::string_view type = "PiecewiseConstantDecay";
    template <class = internal::where_used>
    void validate() const {
        if (values.size() == boundaries.size() + 1 && std::is_sorted(boundaries.begin(), boundaries.end())) return;
        throw std::invalid_argument("strata: PiecewiseConstantDecay expects rising boundaries and a value more, got " +
                                    std::to_string(boundaries.size()) + " boundaries and " +
                                    std::to_string(values.size()) + " values");
    }
    template <class Visit>
    void settings(Visit visit) const {
        visit("boundaries", boundaries);
        visit("values", values);
    }
    template <class = internal::where_used>
    double operator()(std::uint64_t step) const {
        const auto reached = std::lower_bound(boundaries.begin(), boundaries.end(), static_cast<std::int64_t>(step));
        return values[static_cast<std::size_t>(reached - boundaries.begin())];
    }
};

/// (initial - end) (1 - step / decay_steps)^power + end; `end` after decay_steps. With cycle, decay_steps is multiplied
/// by the least whole number that makes it at least the step: the rate rises again at each multiple.
struct PolynomialDecay {
    double initial_learning_rate;
    step_count decay_steps;
    double end_learning_rate = 0.0001;
    double power = 1.0;
    bool cycle = false;

    static constexpr std::string_view type = "PolynomialDecay";
    void validate() const { argument_check{type}.positive("decay_steps", decay_steps); }
    template <class Visit>
    void settings(Visit visit) const {
        visit("initial_learning_rate", initial_learning_rate);
        visit("decay_steps", decay_steps);
        visit("end_learning_rate", end_learning_rate);
        visit("power", power);
        visit("cycle", cycle);
    }
    double operator()(std::uint64_t step) const {
        const double now = static_cast<double>(step);
        const double cycles = cycle && step > 0 ? std::ceil(now / decay_steps) : 1.0;
        const double length = decay_steps * cycles;
        const double p = (cycle ? now : std::min(now, length)) / length;
        return (initial_learning_rate - end_learning_rate) * std::pow(1.0 - p, power) + end_learning_rate;
    }
};

/// initial / (1 + decay_rate step / decay_steps), the quotient rounded down with staircase.
struct InverseTimeDecay {
    double initial_learning_rate;
    step_count decay_steps;
    double decay_rate;
    bool staircase = false;

    static constexpr std::string_view type = "InverseTimeDecay";
    void validate() const { argument_check{type}.positive("decay_steps", decay_steps); }
    template <class Visit>
    void settings(Visit visit) const {
        visit("initial_learning_rate", initial_learning_rate);
        visit("decay_steps", decay_steps);
        visit("decay_rate", decay_rate);
        visit("staircase", staircase);
    }
    double operator()(std::uint64_t step) const {
        const double p = static_cast<double>(step) / decay_steps;
        return initial_learning_rate / (1.0 + decay_rate * (staircase ? std::floor(p) : p));
    }
};

}  // namespace strata::inline STRATA_ISA
