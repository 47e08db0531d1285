// fit_options: the options of fit, evaluate and the calls for single batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/class_weights.hpp>
#include <strata/train/count_option.hpp>
#include <strata/train/progress.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Data>
struct temporary_data_check {
    static constexpr diagnostic value =
        refuse("a Dataset that lives as long as fit reads it", "a temporary Dataset",
               "name the data: auto data = ...; then .validation_data = data", "fit, .validation_data");
};

}  // namespace detail

/// A reference to a Dataset, which must live longer; made from it or from its address. A temporary one is refused.
template <class Data>
class data_reference {
public:
    data_reference() = default;
    data_reference(const Data& data) : data_(&data) {}
    data_reference(const Data&&) { static_cast<void>(require<detail::temporary_data_check<Data>>{}); }
    data_reference(const Data* data) : data_(data) {}

    const Data* get() const { return data_; }

private:
    const Data* data_ = nullptr;
};

/// The arguments of fit; names and defaults are Keras'.
template <class Data>
struct fit_options {
    /// 32 where it is not given; with steps_per_epoch as many as make so many batches.
    optional_count batch_size{};
    std::size_t epochs = 1;
    /// The last part of the data is held back and evaluated after each epoch.
    double validation_split = 0.0;
    /// The data that is evaluated after each epoch, instead of a split.
    data_reference<Data> validation_data{};
    /// Factors of the losses of validation_data, one a sample; none: 1. Keras: `validation_data=(x, y, weights)`.
    std::span<const double> validation_sample_weight{};
    bool shuffle = true;
    /// Of the order of samples, and of Dropout and the noise layers.
    std::uint64_t seed = 0;
    std::vector<callback> callbacks{};
    /// Factors of the loss by class; a class that is not named has 1.
    class_weights class_weight{};
    /// Factors of the loss by sample, as many as there are samples; none: 1.
    std::span<const double> sample_weight{};
    /// The number of the first epoch, to continue an earlier training.
    std::size_t initial_epoch = 0;
    /// Batches in an epoch, where it is not a whole pass over the data: the next epoch continues where it ended.
    optional_count steps_per_epoch{};
    /// Only so many batches of the validation data are evaluated.
    optional_count validation_steps{};
    /// Samples in a batch of an evaluation; batch_size where it is not given. It matters to validation_steps, and to a
    /// loss whose reduction is another than the mean.
    optional_count validation_batch_size{};
    /// The validation data is evaluated after every so many epochs, or after those of a list, counted from 1.
    validation_frequency validation_freq = 1;
    /// Threads that share each batch; the result does not depend on it.
    std::size_t threads = 1;
    /// Ctrl-C ends fit after the current step, instead of the program.
    bool stop_on_interrupt = false;
    /// 0: silent, 1 and "auto": a progress bar (plain lines where the output is no terminal), 2: a line per epoch.
    verbosity verbose = 1;
};

/// The arguments of evaluate.
struct evaluate_options {
    /// 32 where it is not given; with steps as many as make so many batches. It matters to steps, and to a loss whose
    /// reduction is another than the mean.
    optional_count batch_size{};
    /// As those of fit; Keras' `evaluate` has no class_weight.
    class_weights class_weight{};
    std::span<const double> sample_weight{};
    /// Only the first so many batches are evaluated.
    optional_count steps{};
    /// 0: as many as the last call of fit or evaluate had, one at first.
    std::size_t threads = 0;
    verbosity verbose = 0;
};

/// The arguments of a Trainer's predict, where layers are stateful.
struct predict_options {
    /// 32 where it is not given, or as many as the batches before had.
    optional_count batch_size{};
};

/// The arguments of train_on_batch and test_on_batch.
struct batch_options {
    class_weights class_weight{};
    std::span<const double> sample_weight{};
};

}  // namespace strata::inline STRATA_ISA
