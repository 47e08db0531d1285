// evaluation: the loss and the metrics of many samples, batch by batch.
#pragma once

#include <cstddef>
#include <span>

#include <strata/core/config.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/train/carried_state.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The samples of an evaluation. weights has one for each sample of the data; where it is empty, all are 1.
template <class Data>
struct evaluation {
    const Data* data = nullptr;
    item_range samples{};
    std::span<const double> weights{};
    std::size_t batch_size = 1;

    bool is_empty() const { return data == nullptr; }
};

/// Updates a metric_tracker with the outputs and losses of samples, in their order. `penalties` is added to the loss of
/// each batch.
template <class Tracker, class Evaluator, class Data, class T>
void track_samples(Tracker& tracker, Evaluator& evaluator, thread_pool& threads, const evaluation<Data>& part,
                   const T* parameters, double penalties, carried_batch<T> carried) {
    tracker.reset();
    batch_loss sum;
    evaluator.run(threads, part.data->inputs(), part.samples, parameters, carried, [&](std::size_t i, const T* y) {
        const auto* label = part.data->label(i).data();
        const double weight = part.weights.empty() ? 1.0 : part.weights[i];
        sum.add(tracker.loss_of(y, label), weight);
        tracker.update(y, label, weight);
        if (sum.samples < part.batch_size && i + 1 < part.samples.end) return;
        tracker.add_loss(sum, penalties);
        sum = {};
    });
}

}  // namespace strata::inline STRATA_ISA::detail
