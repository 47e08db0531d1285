// LearningRateScheduler: a function gives the learning rate of each epoch.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/function.hpp>
#include <strata/core/number_class.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/callbacks/message.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' LearningRateScheduler: schedule(epoch, rate) is called when an epoch, counted from zero, begins; adds
/// "learning_rate" to the scores. A rate that is negative or not finite throws std::invalid_argument.
struct LearningRateScheduler {
    internal::function<double(std::size_t epoch, double rate)> schedule = nullptr;
    int verbose = 0;

    static constexpr std::string_view type = "LearningRateScheduler";

    void validate() const {
        if (!schedule)
            throw std::invalid_argument(
                "strata: LearningRateScheduler: schedule is empty; give a function (epoch, rate)");
    }

    void on_train_begin(training_control& control) {
        if (control.has_schedule())
            throw std::invalid_argument(
                "strata: LearningRateScheduler: the learning rate is a schedule and cannot be set; compile with a "
                "number");
    }
    template <class Control>
    void on_epoch_begin(Control& control, std::size_t epoch) {
        const double rate = schedule(epoch, control.learning_rate());
        if (!internal::is_finite(rate) || rate < 0)
            throw std::invalid_argument("strata: LearningRateScheduler: schedule gives " + internal::shortest(rate) +
                                        " for epoch " + std::to_string(epoch) +
                                        "; a learning rate is finite and not negative");
        control.set_learning_rate(rate);
        if (verbose > 0)
            detail::print_message("\nEpoch " + std::to_string(epoch + 1) +
                                  ": LearningRateScheduler setting learning rate to " + internal::shortest(rate) + ".");
    }
    template <class Control>
    void on_epoch_end(Control& control, std::size_t, Scores& scores) {
        scores.set("learning_rate", control.learning_rate());
    }
};

}  // namespace strata::inline STRATA_ISA
