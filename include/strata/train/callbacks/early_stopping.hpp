// EarlyStopping: ends the training when a score has stopped improving.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/callbacks/message.hpp>
#include <strata/train/callbacks/monitor.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' EarlyStopping, but for two things: a monitor that does not exist throws std::invalid_argument at the end of
/// the first epoch, and NaN is never the best value. Give std::ref of it to fit to read stopped_epoch and best
/// afterwards.
struct EarlyStopping {
    std::string monitor = "val_loss";
    double min_delta = 0;
    std::size_t patience = 0;
    int verbose = 0;
    std::string mode = "auto";
    std::optional<double> baseline = std::nullopt;
    bool restore_best_weights = false;
    std::size_t start_from_epoch = 0;

    // State of the current or the last fit.
    std::size_t wait = 0;           // epochs since the last improvement
    std::size_t stopped_epoch = 0;  // counted from zero; 0: was not stopped
    std::size_t best_epoch = 0;
    std::optional<double> best = std::nullopt;
    bool keeps_weights = false;

    static constexpr std::string_view type = "EarlyStopping";

    template <class = internal::where_used>
    void validate() const {
        watched().validate();
        if (!internal::is_finite(min_delta))
            throw std::invalid_argument(watched().message("min_delta is no finite number"));
        if (baseline && internal::is_nan(*baseline)) throw std::invalid_argument(watched().message("baseline is NaN"));
    }

    void on_train_begin(training_control&) {
        wait = stopped_epoch = best_epoch = 0;
        best.reset();
        keeps_weights = false;
    }

    template <class Control>
    void on_epoch_end(Control& control, std::size_t epoch, const Scores& scores) {
        const std::optional<double> found = watched().value(control, epoch, scores);
        watched().rises();  // refuses a name that tells nothing in the first epoch, not in the second
        if (!found || epoch < start_from_epoch) return;
        const double value = *found;
        ++wait;
        const bool is_better = watched().is_improvement(value, best, min_delta);
        if (is_better || !keeps_weights) {
            best_epoch = epoch;
            if (restore_best_weights) control.keep_weights();
            keeps_weights = true;
        }
        if (is_better) {
            best = value;
            if (!baseline || watched().is_improvement(value, baseline, min_delta)) wait = 0;
        } else if (wait >= patience && epoch > 0) {
            stopped_epoch = epoch;
            control.stop();
        }
    }

    template <class Control>
    void on_train_end(Control& control) {
        if (stopped_epoch > 0 && verbose > 0)
            detail::print_message("Epoch " + std::to_string(stopped_epoch + 1) + ": early stopping");
        if (!restore_best_weights || !keeps_weights) return;
        if (verbose > 0)
            detail::print_message(
                "Restoring model weights from the end of the best epoch: " + std::to_string(best_epoch + 1) + ".");
        control.restore_weights();
    }

private:
    detail::monitor watched() const { return {type, monitor, mode}; }
};

}  // namespace strata::inline STRATA_ISA
