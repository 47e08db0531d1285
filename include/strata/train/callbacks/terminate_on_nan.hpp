// TerminateOnNaN: ends the training when the loss is NaN or infinite.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/callbacks/message.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' TerminateOnNaN: NaN and infinity in the loss of a batch stop the fit, or throw std::runtime_error with
/// raise_error.
struct TerminateOnNaN {
    bool raise_error = false;
    int verbose = 1;  // Keras always says it

    bool has_stopped = false;  // state of the running or the last fit

    static constexpr std::string_view type = "TerminateOnNaN";

    void on_train_begin(training_control&) { has_stopped = false; }

    void on_batch_end(training_control& control, std::size_t batch, const Scores& scores) {
        if (has_stopped || !scores.contains("loss") || internal::is_finite(scores["loss"])) return;
        if (raise_error)
            throw std::runtime_error("strata: TerminateOnNaN: the loss of batch " + std::to_string(batch) + " is " +
                                     internal::shortest(scores["loss"]));
        has_stopped = true;
        if (verbose > 0)
            detail::print_message("\nBatch " + std::to_string(batch) + ": Invalid loss, terminating training");
        control.stop();
    }
};

}  // namespace strata::inline STRATA_ISA
