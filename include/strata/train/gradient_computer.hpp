// gradient_computer: the memory of a training, and the gradients of a batch, computed by a pool of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/graph/training_schedule.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/forward_executor.hpp>
#include <strata/runtime/gradient_layout.hpp>
#include <strata/runtime/observer.hpp>
#include <strata/runtime/training_executor.hpp>
#include <strata/train/evaluation.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The samples of a dataset whose indices `order` holds. `weights` has the weight of the loss of each sample of the
/// dataset; where it is empty, all are 1.
template <class Data>
struct batch {
    const Data* data = nullptr;
    std::span<const std::size_t> order{};
    std::span<const double> weights{};
    double divisor = 0.0;  // of the sum of the losses; 0: the number of samples

    std::size_t size() const { return order.size(); }
    const auto* input(std::size_t i) const { return data->inputs().data() + order[i] * Data::sample_size; }
    const auto* label(std::size_t i) const { return data->labels().data() + order[i] * Data::label_size; }
    /// Whether `count` samples from `begin` on are contiguous in the dataset.
    bool are_contiguous(std::size_t begin, std::size_t count) const {
        for (std::size_t i = begin + 1; i < begin + count; ++i)
            if (order[i] != order[i - 1] + 1) return false;
        return true;
    }
    double weight(std::size_t i) const { return weights.empty() ? 1.0 : weights[order[i]]; }
    /// The factor of a sample's loss in the loss of the batch.
    double factor(std::size_t i) const { return weight(i) / (divisor != 0.0 ? divisor : static_cast<double>(size())); }
};

/// Waits for all threads of a pool. A named type instead of a lambda: trainings of one net with several datasets,
/// losses or optimizers share the code of its steps.
struct pool_barrier {
    thread_pool& threads;

    void operator()() const { threads.barrier(); }
};

/// The arena, scratch memory, gradients and outputs of a batch, all allocated before the first step.
template <class Net, class T>
class gradient_computer {
public:
    static constexpr const auto& plan = training_plan_of<Net, T>;
    static constexpr std::size_t out_size = shapes_of<Net>.back().size();

    /// The pool must live longer.
    explicit gradient_computer(thread_pool& threads)
        : threads_(threads), gradients_(gradient_offsets_of<Net, T>.back()) {
        if (!plan.is_whole) allocate();
    }

    T* gradients() { return gradients_.data(); }
    /// Of the last batch.
    batch_results<T> results() const { return {outputs_.data(), out_size, losses_.data()}; }
    double loss(std::size_t sample) const { return losses_[sample]; }

    /// Makes room for batches of `count` samples.
    void reserve(std::size_t count) {
        if (count <= losses_.size()) return;
        if constexpr (plan.is_whole) {
            plan_ = make_training_plan<Net, T>(count);
            allocate();
        }
        outputs_ = aligned_array<T>(count * out_size);
        losses_ = aligned_array<double>(count);
    }
    /// Computes gradients(): the gradient of the sum of the weighted losses of a batch, divided by its divisor. `key`
    /// is the seed of the random numbers of this step. `carried` has the values that the samples hand on, or is null.
    template <class Data, class Loss>
    void compute_gradients(const batch<Data>& samples, const Loss& loss, T* parameters, std::uint64_t key,
                           T* carried = nullptr) {
        no_observer nobody;
        compute_observed(samples, loss, parameters, key, carried, nobody);
    }
    /// The same; an observer sees each step of each thread.
    template <class Data, class Loss, class Observer>
    STRATA_INLINE void compute_observed(const batch<Data>& samples, const Loss& loss, T* parameters, std::uint64_t key,
                                        T* carried, [[maybe_unused]] Observer& observer) {
        auto work = [&](thread_slice part) noexcept {
            memory_type memory{.plan = &plan_,
                               .arena = arena_.data(),
                               .scratch = scratch_.data() + part.index * thread_scratch(),
                               .parameters = parameters,
                               .gradients = gradients_.data(),
                               .carried = carried,
                               .key = key};
            pool_barrier barrier{threads_};
            using executor = training_executor<Net, T>;
            if constexpr (Observer::is_active) observer.begin(part.index);
            executor::pack_for_backward(memory, part);
            if constexpr (Observer::is_active) observer.end(part.index, 0, phase::pack);
            barrier();
            for (std::size_t begin = 0; begin < samples.size(); begin += plan_.tile) {
                const std::size_t count = std::min(plan_.tile, samples.size() - begin);
                const tile_position at{.tile_begin = begin, .tile_count = count, .mine = part.of(count)};
                memory.input = read_inputs(memory, samples, at);
                if constexpr (Observer::is_active) {
                    executor::observed_forward(memory, at, part, barrier, observer);
                    observer.begin(part.index);
                    compute_losses(memory, samples, loss, at);
                    observer.end(part.index, 0, phase::loss);
                    executor::observed_backward(memory, at, part, barrier, observer);
                } else {
                    executor::forward(memory, at, part, barrier);
                    compute_losses(memory, samples, loss, at);
                    executor::backward(memory, at, part, barrier);
                }
                barrier();
            }
        };
        threads_.run(work);
    }

private:
    /// The layers before the first trained one: only inference, no gradients.
    using front = forward_executor<Net, T, 1, plan.first_layer>;
    static constexpr std::size_t front_arena = [] {
        if constexpr (plan.first_layer == 0) return std::size_t{0};
        else return front::plan.arena_size;
    }();
    using memory_type = training_memory<Net, T>;

    std::size_t thread_scratch() const {
        return aligned(std::max(plan_.scratch_size, front_arena + Net::input_shape().size()), alignment / sizeof(T));
    }
    void allocate() {
        arena_ = aligned_array<T>(plan_.arena_size);
        scratch_ = aligned_array<T>(threads_.size() * thread_scratch());
    }

    /// The input of the first step: the samples in the dataset where they are contiguous and no layer comes before the
    /// first step, else copies in the arena. Each thread copies its own samples.
    template <class Data>
    const T* read_inputs(const memory_type& memory, const batch<Data>& samples, const tile_position& at) {
        constexpr std::size_t in = plan.inputs[plan.steps[0].first_input].size;
        if constexpr (plan.first_layer == 0 && std::is_same_v<typename Data::value_type, T>)
            if (samples.are_contiguous(at.tile_begin, at.tile_count)) return samples.input(at.tile_begin);
        for (std::size_t i = at.mine.begin; i < at.mine.end; ++i) {
            const auto* sample = samples.input(at.tile_begin + i);
            T* to = memory.arena + plan_.input + i * in;
            if constexpr (plan.first_layer == 0) {
                copy_as(sample, Data::sample_size, to);
            } else {
                T* whole = memory.scratch + front_arena;
                copy_as(sample, Data::sample_size, whole);
                front::run(whole, memory.parameters, to, memory.scratch);
            }
        }
        return memory.arena + plan_.input;
    }
    template <class From>
    static void copy_as(const From* from, std::size_t count, T* to) {
        if constexpr (std::is_same_v<From, T>) std::copy_n(from, count, to);
        else std::transform(from, from + count, to, [](From value) { return static_cast<T>(value); });
    }
    /// Computes the losses and their gradients with respect to the outputs.
    template <class Data, class Loss>
    void compute_losses(const memory_type& memory, const batch<Data>& samples, const Loss& loss,
                        const tile_position& at) {
        constexpr std::size_t last = plan.step_count - 1;
        const trained_step& trained = plan_.trained[last];
        constexpr shape out = shapes_of<Net>.back();
        for (std::size_t i = at.mine.begin; i < at.mine.end; ++i) {
            const std::size_t sample = at.tile_begin + i;
            const T* y = memory.arena + plan_.steps[last].output.offset + i * out_size;
            T* dy = memory.arena + trained.dy + i * out_size;
            const double scale = samples.factor(sample);
            losses_[sample] = static_cast<double>(loss(out.rows(), out.back(), y, samples.label(sample),
                                                       static_cast<T>(scale), trained.has_backward() ? dy : nullptr));
            std::copy_n(y, out_size, outputs_.data() + sample * out_size);
        }
    }

    thread_pool& threads_;
    std::remove_const_t<decltype(training_plan_of<Net, T>)> plan_ =
        plan;  // where layers need the whole batch, made for its size
    aligned_array<T> arena_;
    aligned_array<T> scratch_;
    aligned_array<T> gradients_;
    aligned_array<T> outputs_;
    aligned_array<double> losses_;
};

}  // namespace strata::inline STRATA_ISA::detail
