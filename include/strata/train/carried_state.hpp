// carried_state: the values that the samples of a batch hand on to those of the next batch, where layers are stateful.
#pragma once

#include <cstddef>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/graph/carried_values.hpp>
#include <strata/train/count_option.hpp>
#include <strata/train/data_checks.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Of a batch: sample i's values begin at i carried_values_of<Net>. Null where no layer is stateful.
template <class T>
struct carried_batch {
    T* values = nullptr;
    std::size_t samples = 0;
};

template <class Net, class T>
class carried_state {
public:
    static constexpr bool is_used = carried_values_of<Net> > 0;

    /// For batches of so many samples; zero at first. Throws std::invalid_argument where those before had another size.
    carried_batch<T> of(std::size_t samples) {
        if constexpr (!is_used) return {};
        check(samples, samples, "the batch");
        if (samples != samples_) values_.assign(samples * carried_values_of<Net>, T(0));
        samples_ = samples;
        return {values_.data(), samples};
    }
    /// Refuses data that has a batch of another size.
    void check(std::size_t samples, std::size_t batch_size, const char* which) const {
        if constexpr (is_used) {
            if (samples % batch_size != 0)
                refuse_data(
                    {which, " has ", samples, " samples, no multiple of the batch size ", batch_size,
                     "; a stateful layer needs batches of one size; fix: leave samples out, or give another size"});
            if (samples_ != 0 && batch_size != samples_)
                refuse_data({which, " has batches of ", batch_size, ", those before had ", samples_,
                             "; a stateful layer continues them sample by sample; fix: give .batch_size = ", samples_,
                             ", or call reset_states() first"});
        }
    }
    /// The batch size that is given, else that of the batches before, if there were some since the last reset.
    optional_count batch_size_or(const optional_count& given) const {
        return given.is_given() || samples_ == 0 ? given : optional_count(samples_);
    }
    /// The next batch begins at zero, and may have another size.
    void reset() { samples_ = 0; }

private:
    std::vector<T> values_;
    std::size_t samples_ = 0;
};

}  // namespace strata::inline STRATA_ISA::detail
