// fit_options: what fit and evaluate can be told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/report.hpp>
#include <strata/train/callback.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Data>
struct temporary_data_verdict {
    static constexpr report value =
        refuse("a Dataset that lives as long as fit reads it", "a temporary Dataset",
               "name the data: auto data = ...; then .validation_data = data", "fit, .validation_data");
};

}  // namespace detail

/// A dataset that somebody else holds, and that must live longer: made from it, or from its address. A temporary one is
/// refused.
template <class Data>
class data_reference {
public:
    data_reference() = default;
    data_reference(const Data& data) : data_(&data) {}
    data_reference(const Data&&) { static_cast<void>(asserted<detail::temporary_data_verdict<Data>>{}); }
    data_reference(const Data* data) : data_(data) {}

    const Data* get() const { return data_; }

private:
    const Data* data_ = nullptr;
};

/// The arguments of fit; names and defaults are Keras'.
template <class Data>
struct fit_options {
    std::size_t batch_size = 32;
    std::size_t epochs = 1;
    /// The last part of the data is held back and evaluated after each epoch.
    double validation_split = 0.0;
    /// The data that is evaluated after each epoch, instead of a split.
    data_reference<Data> validation_data{};
    bool shuffle = true;
    /// Of the order of samples, and of Dropout and the noise layers.
    std::uint64_t seed = 0;
    std::vector<callback> callbacks{};
    /// Factors of the loss by class; a class that is not named has 1.
    std::map<int, double> class_weight{};
    /// Factors of the loss by sample, as many as there are samples; none: 1.
    std::span<const double> sample_weight{};
    /// Epochs are counted from here, to go on with an earlier training.
    std::size_t initial_epoch = 0;
    /// Threads that share each batch; the result does not depend on it.
    std::size_t threads = 1;
    /// Ctrl-C ends fit after the running step, instead of the program.
    bool stop_on_interrupt = false;
    /// 0: silent, 1: a progress bar (plain lines where the output is no terminal), 2: a line per epoch.
    int verbose = 1;
};

/// The arguments of evaluate.
struct evaluate_options {
    /// 0: as many as the last call of fit or evaluate had, one at first.
    std::size_t threads = 0;
    int verbose = 0;
};

}  // namespace strata::inline STRATA_ISA
