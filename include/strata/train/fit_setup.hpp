// fit_setup: the batches, weights and validation data of a fit, made from its options. Options are checked before any
// weight changes.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/batch_schedule.hpp>
#include <strata/train/data_checks.hpp>
#include <strata/train/evaluation.hpp>
#include <strata/train/fit_options.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/sample_weights.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Refuses options of fit that leave nothing to train.
inline void check_epochs(std::size_t initial_epoch, std::size_t epochs) {
    if (epochs == 0) refuse_data({"epochs is 0; fix: give at least 1"});
    if (initial_epoch >= epochs)
        refuse_data({"epochs is ", epochs, " and initial_epoch ", initial_epoch,
                     ": nothing is left to train; fix: epochs is the number of the last one, those before included"});
}

/// Throws std::logic_error: a callback has changed the number of samples.
template <class = internal::where_used>
[[noreturn]] STRATA_COLD void refuse_change(std::size_t before, std::size_t now) {
    throw std::logic_error(internal::message({"strata: the data had ", before, " samples when fit began and has ", now,
                                              " now; fix: change data between calls of fit"}));
}

template <class Data>
struct fit_setup {
    std::size_t data_size;
    batch_schedule schedule;
    std::vector<double> weights;
    evaluation<Data> validation{};

    fit_setup(const Data& data, const fit_options<Data>& options, target_kind targets, const shape& output)
        : data_size(data.size()) {
        check_data(data, targets, output, "the data");
        check_epochs(options.initial_epoch, options.epochs);
        options.validation_freq.require_positive();
        weights = loss_weights(data, targets, options.class_weight, options.sample_weight);
        std::size_t trained = data_size;
        if (const Data* held = options.validation_data.get(); held != nullptr) {
            check_data(*held, targets, output, "validation_data");
            check_sample_weight(options.validation_sample_weight, held->size(), "validation_sample_weight");
            validation = {.data = held, .samples = {0, held->size()}, .weights = options.validation_sample_weight};
        } else {
            if (!options.validation_sample_weight.empty())
                refuse_data(
                    {"validation_sample_weight is given without validation_data; fix: give both; weights of a "
                     "split are part of sample_weight"});
            trained = training_count(data_size, options.validation_split);
            if (trained < data_size)
                validation = {.data = &data, .samples = {trained, data_size}, .weights = options.sample_weight};
        }
        schedule = batch_schedule::make(trained, options.batch_size, options.steps_per_epoch);
        if (validation.is_empty()) return;
        options.validation_batch_size.require_positive("validation_batch_size");
        const optional_count& size =
            options.validation_batch_size.is_given() ? options.validation_batch_size : options.batch_size;
        validation.batch_size =
            batch_size_of(validation.samples.size(), size, options.validation_steps, "validation_steps");
        validation.samples.end =
            validation.samples.begin + evaluated_count(validation.samples.size(), validation.batch_size, size,
                                                       options.validation_steps, "validation_steps");
    }

    /// Throws std::logic_error where a callback has changed the number of samples since fit began.
    void require_unchanged(const Data& data) const {
        if (data.size() != data_size) refuse_change(data_size, data.size());
        if (!validation.is_empty() && validation.data != &data && validation.data->size() < validation.samples.end)
            refuse_change(validation.samples.end, validation.data->size());
    }
};

/// Refuses options of fit with which the samples of a batch would not continue those of the batch before, where layers
/// are stateful.
template <class State, class Data>
void check_states(const State& carried, const fit_setup<Data>& setup, bool shuffles) {
    if constexpr (State::is_used) {
        const std::size_t size = setup.schedule.batch_size;
        if (shuffles)
            refuse_data(
                {"shuffle is true, and a layer is stateful: batches must follow each other in time; fix: give "
                 ".shuffle = false"});
        carried.check(setup.schedule.samples, size, "the data");
        if (setup.validation.is_empty()) return;
        carried.check(setup.validation.samples.size(), setup.validation.batch_size, "the validation data");
        if (setup.validation.batch_size != size)
            refuse_data({"the validation data has batches of ", setup.validation.batch_size, ", the data of ", size,
                         "; a stateful layer needs batches of one size; fix: give .validation_batch_size = ", size});
    }
}

/// The samples that evaluate looks at. `weights` must live as long as the result.
template <class Data>
evaluation<Data> make_evaluation(const Data& data, const evaluate_options& options, std::span<const double> weights) {
    evaluation<Data> result{.data = &data, .weights = weights};
    result.batch_size = batch_size_of(data.size(), options.batch_size, options.steps, "steps");
    result.samples.end = evaluated_count(data.size(), result.batch_size, options.batch_size, options.steps, "steps");
    return result;
}

/// Marks a trainer as being in a fit. Throws std::logic_error where it is in one already: then a callback calls the
/// trainer's function of the name `call`.
class running_guard {
public:
    running_guard(bool& is_running, const char* call) : is_running_(is_running) {
        if (is_running) refuse(call);
        is_running = true;
    }
    running_guard(const running_guard&) = delete;
    running_guard& operator=(const running_guard&) = delete;
    ~running_guard() { is_running_ = false; }

private:
    template <class = internal::where_used>
    [[noreturn]] STRATA_COLD static void refuse(const char* call) {
        throw std::logic_error(
            internal::message({"strata: ", call,
                               " is called by a callback of the same trainer's fit; fix: call it when fit has "
                               "returned, or with another trainer; evaluate and predict may be called"}));
    }

    bool& is_running_;
};

}  // namespace strata::inline STRATA_ISA::detail
