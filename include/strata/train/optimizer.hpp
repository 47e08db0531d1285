// optimizer: the contract of optimizers, the learning rate, and the options that all of them share.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/function.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// A setting as text in checkpoints; numbers read back as the same value.
template <class Value>
std::string setting_text(const Value& value) {
    if constexpr (std::same_as<Value, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_integral_v<Value>) {
        return std::to_string(value);
    } else if constexpr (std::convertible_to<Value, double>) {
        return internal::shortest(static_cast<double>(value));
    } else if constexpr (requires { value.has_value(); }) {
        return value.has_value() ? setting_text(*value) : "none";
    } else {
        std::string result = "[";
        for (const auto& each : value) result += (result.size() > 1 ? ", " : "") + setting_text(each);
        return result + "]";
    }
}

/// A learning rate: a number, a schedule, or any function of the step. Keras: `learning_rate=`.
class rate {
public:
    template <class Number>
        requires std::is_arithmetic_v<Number>
    rate(Number value) : value_(static_cast<double>(value)) {}

    /// Throws std::invalid_argument for a schedule that is not valid, and for an empty function.
    template <class Schedule>
        requires(!std::is_arithmetic_v<Schedule> && !std::same_as<Schedule, rate> &&
                 std::is_invocable_r_v<double, const Schedule&, std::uint64_t>)
    rate(Schedule schedule) {
        if constexpr (requires { schedule.validate(); }) schedule.validate();
        if constexpr (has_type<Schedule>) description_ = [schedule] { return description_of(schedule); };
        schedule_ = std::move(schedule);
        if (!schedule_) throw std::invalid_argument("strata: a learning rate expects a function, got an empty one");
    }

    /// Sets the number. Throws std::invalid_argument for one that is negative or not
    /// finite, and where the rate is a schedule, as Keras does.
    void assign(double value) {
        if (is_schedule())
            throw std::invalid_argument(
                "strata: the learning rate is a schedule and cannot be set; fix: compile with a number");
        argument_check{"a trainer"}.not_negative("learning_rate", value);
        value_ = value;
    }
    /// The rate of a step, checked. Throws std::invalid_argument where a schedule gives another.
    double at(std::uint64_t step) const {
        const double value = (*this)(step);
        if (!(value >= 0.0 && internal::is_finite(value)))
            throw std::invalid_argument(
                internal::message({"strata: the learning rate of step ", step, " is ", internal::decimal(value, 6),
                                   "; fix: let its schedule give finite numbers of at least 0"}));
        return value;
    }
    /// The rate of a step; steps count from 0, as Keras' `iterations` do.
    double operator()(std::uint64_t step) const { return schedule_ ? schedule_(step) : value_; }
    bool is_schedule() const { return static_cast<bool>(schedule_); }
    /// `a number`, a schedule with its arguments, or `a function`: checkpoints compare rates by it.
    std::string description() const {
        if (description_) return description_();
        return is_schedule() ? "a function" : "a number";
    }

private:
    template <class Schedule>
    static constexpr bool has_type = requires {
        { Schedule::type } -> std::convertible_to<std::string_view>;
    };
    template <class Schedule>
    static std::string description_of(const Schedule& schedule) {
        std::string result(Schedule::type);
        if constexpr (requires { schedule.settings([](std::string_view, const auto&) {}); }) {
            result += '(';
            schedule.settings([&](std::string_view name, const auto& value) {
                result += (result.ends_with('(') ? "" : ", ") + std::string(name) + " = " + setting_text(value);
            });
            result += ')';
        }
        return result;
    }

    double value_ = 0.0;
    internal::function<double(std::uint64_t)> schedule_;
    internal::function<std::string()> description_;  // made where it is asked for: rates are copied often
};

/// The options that all optimizers have: clipping of gradients, decay and moving average of weights. 0 stands for
/// Keras' None. With gradient_accumulation_steps the weights change once in so many batches, by the mean of their
/// gradients.
struct optimizer_options {
    double weight_decay = 0.0;
    double clipnorm = 0.0;
    double clipvalue = 0.0;
    double global_clipnorm = 0.0;
    bool use_ema = false;
    double ema_momentum = 0.99;
    int ema_overwrite_frequency = 0;
    int gradient_accumulation_steps = 0;
};

/// An optimizer: an aggregate of its arguments, with these members.
/// - max_slots: the most numbers that it keeps for each weight. slots(), optional, is how many its arguments need.
/// - min_slots, optional: the least that slots() returns. Loops for fewer slots are not compiled.
/// - slot_begin(slot), optional: their first value, otherwise 0.
/// - begin_step: the scalars of a step, whose number counts from 1. `memory` is 1 at first and is kept between steps.
/// - update: returns the new weight and changes the slots. V is T or a vector of T.
/// - settings(visit), optional: calls visit(name, value) for each argument that is not in optimizer_options. A
///   checkpoint is refused where one of them differs.
template <class Optimizer>
concept optimizer = std::copyable<Optimizer> && requires(const Optimizer& self, double& memory, float* slots) {
    typename Optimizer::template step<float>;
    { Optimizer::type } -> std::convertible_to<std::string_view>;
    { Optimizer::max_slots } -> std::convertible_to<std::size_t>;
    { self.learning_rate } -> std::convertible_to<rate>;
    {
        self.template begin_step<float>(double{}, std::uint64_t{}, memory)
    } -> std::same_as<typename Optimizer::template step<float>>;
    {
        Optimizer::template update<float, float>(typename Optimizer::template step<float>{}, float{}, float{}, slots)
    } -> std::same_as<float>;
    self.validate();
};

/// How many numbers an optimizer keeps for each weight, and their first values.
template <class Optimizer>
constexpr std::size_t slot_count(const Optimizer& of) {
    if constexpr (requires { of.slots(); }) return of.slots();
    else return Optimizer::max_slots;
}
template <class Optimizer>
constexpr double first_value_of_slot(const Optimizer& of, std::size_t slot) {
    if constexpr (requires { of.slot_begin(slot); }) return of.slot_begin(slot);
    else return 0.0;
}

/// The shared options of an optimizer; the defaults of those that it does not have.
template <class Optimizer>
constexpr optimizer_options options_of(const Optimizer& from) {
    optimizer_options result;
    if constexpr (requires { from.weight_decay; }) result.weight_decay = from.weight_decay;
    if constexpr (requires { from.clipnorm; }) result.clipnorm = from.clipnorm;
    if constexpr (requires { from.clipvalue; }) result.clipvalue = from.clipvalue;
    if constexpr (requires { from.global_clipnorm; }) result.global_clipnorm = from.global_clipnorm;
    if constexpr (requires { from.use_ema; }) result.use_ema = from.use_ema;
    if constexpr (requires { from.ema_momentum; }) result.ema_momentum = from.ema_momentum;
    if constexpr (requires { from.ema_overwrite_frequency; })
        result.ema_overwrite_frequency = from.ema_overwrite_frequency;
    if constexpr (requires { from.gradient_accumulation_steps; })
        result.gradient_accumulation_steps = from.gradient_accumulation_steps;
    return result;
}

/// Calls visit(name, value) for each argument of an optimizer but the learning rate.
template <class Optimizer, class Visit>
void each_setting(const Optimizer& from, Visit visit) {
    if constexpr (requires { from.settings(visit); }) from.settings(visit);
    const optimizer_options options = options_of(from);
    visit("weight_decay", options.weight_decay);
    visit("clipnorm", options.clipnorm);
    visit("clipvalue", options.clipvalue);
    visit("global_clipnorm", options.global_clipnorm);
    visit("use_ema", options.use_ema);
    visit("ema_momentum", options.ema_momentum);
    visit("ema_overwrite_frequency", options.ema_overwrite_frequency);
    visit("gradient_accumulation_steps", options.gradient_accumulation_steps);
}

/// Throws std::invalid_argument for a learning rate or a shared option out of its range, and for more than one
/// clipping.
template <class Optimizer>
void validate_options(const Optimizer& self) {
    const argument_check check{Optimizer::type};
    if (!self.learning_rate.is_schedule()) check.not_negative("learning_rate", self.learning_rate(0));
    const optimizer_options options = options_of(self);
    check.not_negative("weight_decay", options.weight_decay);
    check.not_negative("clipnorm", options.clipnorm);
    check.not_negative("clipvalue", options.clipvalue);
    check.not_negative("global_clipnorm", options.global_clipnorm);
    const int clippings = (options.clipnorm > 0.0) + (options.clipvalue > 0.0) + (options.global_clipnorm > 0.0);
    check.require(clippings <= 1, "one of clipnorm, clipvalue and global_clipnorm", clippings);
    check.within_one("ema_momentum", options.ema_momentum);
    check.not_negative("ema_overwrite_frequency", options.ema_overwrite_frequency);
    check.require(options.gradient_accumulation_steps == 0 || options.gradient_accumulation_steps >= 2,
                  "gradient_accumulation_steps of 0 (none) or at least 2", options.gradient_accumulation_steps);
}

}  // namespace strata::inline STRATA_ISA
