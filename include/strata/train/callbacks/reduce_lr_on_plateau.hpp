// ReduceLROnPlateau: lowers the learning rate when a score has stopped improving.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/argument.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/callbacks/message.hpp>
#include <strata/train/callbacks/monitor.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' ReduceLROnPlateau; adds "learning_rate", the rate of the epoch that ends, to its scores. A monitor that does
/// not exist throws std::invalid_argument at the end of the first epoch, a rate that is a schedule before it.
struct ReduceLROnPlateau {
    std::string monitor = "val_loss";
    double factor = 0.1;
    std::size_t patience = 10;
    int verbose = 0;
    std::string mode = "auto";
    double min_delta = 1e-4;
    std::size_t cooldown = 0;
    double min_lr = 0;

    // State of the current or the last fit.
    std::size_t wait = 0, cooldown_counter = 0;
    std::optional<double> best = std::nullopt;

    static constexpr std::string_view type = "ReduceLROnPlateau";

    template <class = internal::where_used>
    void validate() const {
        watched().validate();
        argument_check{type}.fraction("factor", factor);
        argument_check{type}.not_negative("min_lr", min_lr);
        if (!internal::is_finite(min_delta))
            throw std::invalid_argument(watched().message("min_delta is no finite number"));
    }

    template <class Control>
    void on_train_begin(Control& control) {
        if (control.has_schedule())
            throw std::invalid_argument(
                watched().message("the learning rate is a schedule and cannot be set; compile with a number"));
        wait = cooldown_counter = 0;
        best.reset();
    }

    template <class Control>
    void on_epoch_end(Control& control, std::size_t epoch, Scores& scores) {
        scores.set("learning_rate", control.learning_rate());
        const std::optional<double> found = watched().value(control, epoch, scores);
        watched().rises();  // refuses a name that tells nothing in the first epoch, not in the second
        if (!found) return;
        const double value = *found;
        if (cooldown_counter > 0) {
            --cooldown_counter;
            wait = 0;
        }
        if (watched().is_improvement(value, best, min_delta)) {
            best = value;
            wait = 0;
        } else if (cooldown_counter == 0 && ++wait >= patience && control.learning_rate() > min_lr) {
            const double rate = std::max(control.learning_rate() * factor, min_lr);
            control.set_learning_rate(rate);
            if (verbose > 0)
                detail::print_message("\nEpoch " + std::to_string(epoch + 1) +
                                      ": ReduceLROnPlateau reducing learning rate to " + internal::shortest(rate) +
                                      ".");
            cooldown_counter = cooldown;
            wait = 0;
        }
    }

private:
    detail::monitor watched() const { return {type, monitor, mode}; }
};

}  // namespace strata::inline STRATA_ISA
