// fit_loop: the loop of fit over epochs and batches, with callbacks, the progress bar and the history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/batch_schedule.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/fit_session.hpp>
#include <strata/train/history_scores.hpp>
#include <strata/train/interrupt.hpp>
#include <strata/train/progress.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The options of fit that the loop needs.
struct fit_loop_options {
    std::size_t initial_epoch = 0;
    std::size_t epochs = 1;
    bool shuffle = true;
    std::uint64_t seed = 0;
    bool stop_on_interrupt = false;
    int verbose = 1;
};

/// Runs the epochs of a fit. A template only so that it is compiled in programs that train.
template <class = internal::where_used>
class fit_loop {
public:
    /// `order` has a place for each sample that is trained on. All that is referred to must live longer.
    fit_loop(fit_session& session, const fit_loop_options& options, const batch_schedule& schedule,
             std::vector<callback>& callbacks, std::span<std::size_t> order)
        : session_(session),
          options_(options),
          schedule_(schedule),
          callbacks_(callbacks),
          order_(order),
          bar_(options.verbose, options.epochs, schedule.steps),
          interrupt_(options.stop_on_interrupt),
          history_(options.initial_epoch) {}

    History run() {
        session_.reset_scores();
        session_.write_scores(scores_);  // later writes find the names there and allocate nothing
        for (callback& each : callbacks_) each.on_train_begin(session_);
        for (std::size_t epoch = options_.initial_epoch; epoch < options_.epochs && !session_.is_stopped(); ++epoch) {
            begin_epoch(epoch);
            if (!train_epoch(epoch)) break;
            end_epoch(epoch);
        }
        session_.finish_weights();
        for (callback& each : callbacks_) each.on_train_end(session_);
        return std::move(history_);
    }

private:
    void begin_epoch(std::size_t epoch) {
        for (callback& each : callbacks_) each.on_epoch_begin(session_, epoch);
        bar_.epoch_begin(epoch);
        arrange(order_, options_.shuffle, options_.seed, schedule_.pass_of(epoch));
        session_.reset_scores();
    }
    /// Whether the epoch was not interrupted.
    bool train_epoch(std::size_t epoch) {
        const item_range batches = schedule_.batches_of(epoch);
        for (std::size_t batch = batches.begin; batch < batches.end && !session_.is_stopped(); ++batch) {
            session_.require_unchanged_data();
            const item_range samples = schedule_.samples_of(batch);
            session_.train_batch(order_.subspan(samples.begin, samples.size()));
            if (interrupt_.is_requested()) return false;
            const std::size_t step = batch - batches.begin;
            if (bar_.wants_scores() || !callbacks_.empty()) session_.write_scores(scores_);
            for (callback& each : callbacks_) each.on_batch_end(session_, step, scores_);
            bar_.step(step, scores_);
        }
        return true;
    }
    void end_epoch(std::size_t epoch) {
        session_.require_unchanged_data();
        Scores scores;
        session_.write_scores(scores);
        if (session_.validates(epoch)) session_.validate(scores);
        session_.set_epochs_done(epoch + 1);
        for (callback& each : callbacks_) each.on_epoch_end(session_, epoch, scores);
        history_.append(scores);
        bar_.epoch_end(scores);
    }

    fit_session& session_;
    fit_loop_options options_;
    const batch_schedule& schedule_;
    std::vector<callback>& callbacks_;
    std::span<std::size_t> order_;
    progress bar_;
    interrupt_guard interrupt_;
    History history_;
    Scores scores_;  // of the running epoch, as callbacks and the bar see them
};

}  // namespace strata::inline STRATA_ISA::detail
