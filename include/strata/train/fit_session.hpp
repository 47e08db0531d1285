// fit_session: a running fit without its net and its data, for callbacks and for the loop over epochs.
#pragma once

#include <cstddef>
#include <span>

#include <strata/core/config.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/count_option.hpp>
#include <strata/train/optimizer.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// No template of the net or the data: the loop in fit_loop.hpp is compiled once for all trainers of a program.
class fit_session : public training_control {
public:
    /// validation_freq is null where there is no validation data. All that is referred to must live longer.
    fit_session(rate& learning_rate, std::size_t epochs, std::size_t steps, const validation_frequency* validation_freq)
        : learning_rate_(learning_rate), epochs_(epochs), steps_(steps), validation_freq_(validation_freq) {}

    bool is_stopped() const { return is_stopped_; }
    /// Whether the validation data is evaluated at the end of an epoch, counted from 0.
    bool validates(std::size_t epoch) const { return validation_freq_ != nullptr && validation_freq_->includes(epoch); }

    /// Throws std::logic_error where a callback has changed the number of samples.
    virtual void require_unchanged_data() const = 0;
    virtual void reset_scores() = 0;
    /// One step on the samples of these numbers.
    virtual void train_batch(std::span<const std::size_t> samples) = 0;
    /// Writes the loss and the metrics since reset_scores().
    virtual void write_scores(Scores& scores) const = 0;
    /// Evaluates the validation data, and writes its scores with the prefix `val_`.
    virtual void validate(Scores& scores) = 0;
    /// Notes that so many epochs are done.
    virtual void set_epochs_done(std::size_t epochs) = 0;
    /// Ends the training: the weights become their moving averages where the optimizer has them.
    virtual void finish_weights() = 0;

    void stop() override { is_stopped_ = true; }
    void set_learning_rate(double value) override { learning_rate_.assign(value); }
    bool has_schedule() const override { return learning_rate_.is_schedule(); }
    std::size_t epochs() const override { return epochs_; }
    std::size_t steps() const override { return steps_; }
    bool skips_validation(std::size_t epoch) const override {
        return validation_freq_ != nullptr && !validation_freq_->includes(epoch);
    }

protected:
    const rate& learning_rate_function() const { return learning_rate_; }

private:
    rate& learning_rate_;
    std::size_t epochs_, steps_;
    const validation_frequency* validation_freq_;
    bool is_stopped_ = false;
};

}  // namespace strata::inline STRATA_ISA::detail
