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

/// The outputs and the losses of a batch, sample by sample; losses without their weights.
template <class T>
struct batch_results {
    const T* outputs;
    std::size_t output_size;
    const double* losses;
};

/// Updates a metric_tracker with a batch that was trained on. No template of the net.
template <class Tracker, class Batch, class T>
void track_batch(Tracker& tracker, const Batch& samples, const batch_results<T>& results, double penalties) {
    batch_loss sum;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        sum.add(results.losses[i], samples.weight(i));
        tracker.update(results.outputs + i * results.output_size, samples.label(i), samples.weight(i));
    }
    tracker.add_loss(sum, penalties);
}

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
