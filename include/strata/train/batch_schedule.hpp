// batch_schedule: the batches of each epoch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/random.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/train/count_option.hpp>
#include <strata/train/data_checks.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The number of samples in a batch: as given; else, with a number of steps, the size that gives so many batches; else
/// 32. Keras: `batch_size`.
inline std::size_t batch_size_of(std::size_t samples, const optional_count& batch_size, const optional_count& steps,
                                 const char* steps_name) {
    batch_size.require_positive("batch_size");
    steps.require_positive(steps_name);
    if (batch_size.is_given()) return std::min(batch_size.value_or(0), samples);
    if (!steps.is_given()) return std::min(std::size_t{32}, samples);
    return (samples - 1) / std::min(steps.value_or(1), samples) + 1;
}

/// A pass over the data has batches() batches. An epoch takes `steps` of them, and the next epoch continues where it
/// ended. An epoch also ends where a pass ends, and may then have fewer batches. The batches depend on the number of
/// the epoch only: a resumed training repeats them.
struct batch_schedule {
    std::size_t samples = 0;
    std::size_t batch_size = 1;
    std::size_t steps = 0;

    static batch_schedule make(std::size_t samples, const optional_count& batch_size, const optional_count& steps) {
        batch_schedule result{samples, batch_size_of(samples, batch_size, steps, "steps_per_epoch"), 0};
        result.steps = steps.value_or(result.batches());
        if (!batch_size.is_given()) result.steps = std::min(result.steps, result.batches());
        if (result.steps > result.batches())
            refuse_data({"steps_per_epoch is ", result.steps, ", and the data has ", result.batches(), " batches of ",
                         result.batch_size, "; fix: give at most that, or more epochs"});
        return result;
    }
    std::size_t batches() const { return (samples - 1) / batch_size + 1; }

    /// The pass over the data that an epoch belongs to.
    std::size_t pass_of(std::size_t epoch) const { return epoch / epochs_in_pass(); }
    /// The batches of an epoch.
    item_range batches_of(std::size_t epoch) const {
        const std::size_t begin = epoch % epochs_in_pass() * steps;
        return {begin, std::min(begin + steps, batches())};
    }
    /// The samples of a batch, as positions in the order of the pass.
    item_range samples_of(std::size_t batch) const {
        return {batch * batch_size, std::min((batch + 1) * batch_size, samples)};
    }

private:
    std::size_t epochs_in_pass() const { return (batches() - 1) / steps + 1; }
};

/// Fills in the order of samples in a pass over the data. It depends on the seed and the number of the pass only: a
/// resumed training repeats it.
inline void arrange(std::span<std::size_t> order, bool is_shuffled, std::uint64_t seed, std::size_t pass) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!is_shuffled) return;
    random_engine mixed(seed);
    random_engine random = random_engine(mixed()).fork(pass + 1);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(random() % i)]);
}

/// The number of samples in an evaluation: all, or those of the first `steps` batches.
inline std::size_t evaluated_count(std::size_t samples, std::size_t batch_size, const optional_count& given_size,
                                   const optional_count& steps, const char* steps_name) {
    const std::size_t batches = (samples - 1) / batch_size + 1, wanted = steps.value_or(batches);
    if (wanted > batches && given_size.is_given())
        refuse_data({steps_name, " is ", wanted, ", and the data has ", batches, " batches of ", batch_size,
                     "; fix: give at most that"});
    return std::min(samples, wanted * batch_size);
}

}  // namespace strata::inline STRATA_ISA::detail
