// optimizer_state: the state of an optimizer over a model's weights, and its step.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/runtime/gradient_layout.hpp>
#include <strata/train/optimizer.hpp>
#include <strata/train/optimizer_kernels.hpp>
#include <strata/train/weight_tables.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Slots and counters of an optimizer for the trained weights of a net, laid out as the block of gradients. No template
/// of the net: trainings of several nets share the code. HasPenalties: whether a trained weight has a regularizer.
template <class T, class Optimizer, bool HasPenalties>
class optimizer_state {
public:
    STRATA_NOINLINE optimizer_state(const Optimizer& optimizer, const weight_tables<T>& tables)
        : tables_(tables),
          slot_count_(slot_count(optimizer)),
          calls_in_step_(static_cast<std::uint64_t>(std::max(options_of(optimizer).gradient_accumulation_steps, 1))) {
        const std::size_t size = tables.gradients_size();
        if (options_of(optimizer).use_ema) average_ = aligned_array<T>(size);
        if (calls_in_step_ > 1) accumulated_ = aligned_array<T>(size);
        if (options_of(optimizer).global_clipnorm > 0.0) squares_ = aligned_array<double>(tables.rows.size());
        for (std::size_t slot = 0; slot < slot_count_; ++slot) {
            slots_[slot] = aligned_array<T>(size);
            slots_[slot].fill(static_cast<T>(first_value_of_slot(optimizer, slot)));
        }
    }

    /// Steps done so far; Keras' `iterations`.
    std::uint64_t steps() const { return calls_ / calls_in_step_; }
    /// Batches so far: as many as steps where gradients are not accumulated. Schedules of the learning rate count
    /// these, as in Keras.
    std::uint64_t calls() const { return calls_; }

    /// The sum of the regularizers' losses for these weights; those of frozen weights add nothing.
    static double penalties([[maybe_unused]] const weight_tables<T>& tables, [[maybe_unused]] const T* parameters) {
        double total = 0.0;
        if constexpr (HasPenalties)
            for (std::size_t i = 0; i < tables.rows.size(); ++i)
                if (tables.rows[i].trainable)
                    total += penalty(tables.rows[i].parameter.penalty, tables.sizes[i], parameters + tables.offsets[i]);
        return total;
    }

    /// One step, in Keras' order: penalties are added to the gradients, clipping, weight decay, update, moving average.
    /// Where gradients are accumulated, only the last batch of a step moves the weights, by the mean of the gradients;
    /// the other batches update the moving average only.
    void step(const Optimizer& optimizer, T* parameters, T* gradients, thread_pool& threads) {
        const optimizer_options options = options_of(optimizer);
        const double rate = optimizer.learning_rate.at(calls_);
        const std::uint64_t number = steps() + 1;
        const bool updates = (calls_ + 1) % calls_in_step_ == 0;
        typename Optimizer::template step<T> scalars{};
        if (updates) scalars = optimizer.template begin_step<T>(rate, number, memory_);
        const bool adjusts =
            HasPenalties || options.clipnorm > 0.0 || options.clipvalue > 0.0 || options.global_clipnorm > 0.0;
        const double momentum = number == 1 ? 0.0 : options.ema_momentum;
        const auto every = static_cast<std::uint64_t>(options.ema_overwrite_frequency);
        const bool overwrites = every > 0 && number % every == 0;
        auto work = [&](thread_slice part) noexcept {
            if (accumulated_.size() > 0) accumulate(gradients, updates, part, threads);
            if (updates && adjusts) adjust(options, parameters, gradients, part, threads);
            for (const trained_range& range : tables_.ranges) {
                const item_range mine = part.of(range.size, kernels::lanes<T>);
                const std::size_t n = mine.size(), at = range.gradient + mine.begin;
                T* weights = parameters + range.parameter + mine.begin;
                if (updates) {
                    if (options.weight_decay > 0.0) decay(n, weights, options.weight_decay * rate);
                    apply_updates(optimizer, scalars, n, weights, gradients + at, slots_from(at));
                }
                if (!options.use_ema) continue;
                update_average(n, average_.data() + at, weights, momentum);
                if (overwrites) std::copy_n(average_.data() + at, n, weights);
            }
            if (tables_.pack_trained == nullptr) return;
            threads.barrier();
            tables_.pack_trained(parameters, part);
        };
        threads.run(work);
        ++calls_;
    }
    /// At the end of a training: the weights become their moving averages where there are such. The trained weights are
    /// kept: the next training continues from them.
    STRATA_NOINLINE void finish(T* parameters) {
        if (average_.size() == 0 || calls_ == 0) return;
        if (trained_.size() == 0) trained_ = aligned_array<T>(average_.size());
        for (const trained_range& range : tables_.ranges) {
            std::copy_n(parameters + range.parameter, range.size, trained_.data() + range.gradient);
            std::copy_n(average_.data() + range.gradient, range.size, parameters + range.parameter);
        }
        tables_.pack(parameters);
        has_finished_ = true;
    }
    /// Whether the weights still are the averages that finish() wrote: no weight has changed since.
    bool is_averaged(const T* parameters) const {
        if (!has_finished_) return false;
        for (const trained_range& range : tables_.ranges)
            if (std::memcmp(parameters + range.parameter, average_.data() + range.gradient, range.size * sizeof(T)) !=
                0)
                return false;
        return true;
    }
    /// Writes the weights that finish() replaced; packed weights are not updated.
    void take_back(T* parameters) const {
        for (const trained_range& range : tables_.ranges)
            std::copy_n(trained_.data() + range.gradient, range.size, parameters + range.parameter);
    }
    /// Before a training continues: undoes finish() where the weights still are its averages.
    STRATA_NOINLINE void resume(T* parameters) {
        if (is_averaged(parameters)) {
            take_back(parameters);
            tables_.pack(parameters);
        }
        has_finished_ = false;
    }

    /// The state as arrays, for checkpoints: slots, then the moving average and the accumulated gradients where there
    /// are such.
    std::vector<std::span<T>> arrays() {
        std::vector<std::span<T>> result;
        for (std::size_t slot = 0; slot < slot_count_; ++slot)
            result.emplace_back(slots_[slot].data(), slots_[slot].size());
        if (average_.size() > 0) result.emplace_back(average_.data(), average_.size());
        if (accumulated_.size() > 0) result.emplace_back(accumulated_.data(), accumulated_.size());
        return result;
    }
    double memory() const { return memory_; }
    void restore(std::uint64_t calls, double memory) {
        calls_ = calls;
        memory_ = memory;
        has_finished_ = false;
    }

private:
    std::array<T*, Optimizer::max_slots> slots_from(std::size_t at) {
        std::array<T*, Optimizer::max_slots> result{};
        for (std::size_t slot = 0; slot < slot_count_; ++slot) result[slot] = slots_[slot].data() + at;
        return result;
    }
    /// Adds the gradients to the sum of this step. In the last batch of a step the gradients become the mean, and the
    /// sum becomes 0.
    STRATA_NOINLINE void accumulate(T* gradients, bool is_last, thread_slice part, thread_pool& threads) {
        const item_range mine = part.of(accumulated_.size(), kernels::lanes<T>);
        T *sum = accumulated_.data() + mine.begin, *own = gradients + mine.begin;
        const T* added = is_last ? sum : own;
        add_to(mine.size(), is_last ? own : sum, added);
        if (!is_last) return;
        scale(mine.size(), own, 1.0 / static_cast<double>(calls_in_step_));
        std::fill_n(sum, mine.size(), T(0));
        threads.barrier();
    }
    /// One thread handles each weight, so that the sums of a norm have the same order for any number of threads.
    STRATA_NOINLINE void adjust(const optimizer_options& options, [[maybe_unused]] const T* parameters, T* gradients,
                                thread_slice part, thread_pool& threads) {
        const auto each = [&](auto change) {
            for (std::size_t i = part.index; i < tables_.rows.size(); i += part.count)
                if (tables_.rows[i].trainable) change(i, tables_.sizes[i], gradients + tables_.gradient_offsets[i]);
        };
        each([&](std::size_t i, std::size_t n, T* g) {
            if constexpr (HasPenalties)
                add_penalty_gradient(tables_.rows[i].parameter.penalty, n, parameters + tables_.offsets[i], g);
            if (options.clipvalue > 0.0) clip(n, g, options.clipvalue);
            if (options.clipnorm > 0.0) scale(n, g, clip_factor(std::sqrt(sum_of_squares(n, g)), options.clipnorm));
            if (options.global_clipnorm > 0.0) squares_.data()[i] = sum_of_squares(n, g);
        });
        threads.barrier();
        if (options.global_clipnorm == 0.0) return;
        double total = 0.0;
        for (std::size_t i = 0; i < squares_.size(); ++i) total += squares_.data()[i];
        const double factor = global_clip_factor(std::sqrt(total), options.global_clipnorm);
        each([&](std::size_t, std::size_t n, T* g) { scale(n, g, factor); });
        threads.barrier();
    }

    const weight_tables<T>& tables_;
    std::size_t slot_count_;
    std::array<aligned_array<T>, Optimizer::max_slots> slots_;
    aligned_array<T> average_;
    aligned_array<T> accumulated_;
    std::uint64_t calls_in_step_;
    aligned_array<T> trained_;  // laid out as the average
    bool has_finished_ = false;
    aligned_array<double> squares_;  // of each weight's gradient; 0 where it is not trained
    std::uint64_t calls_ = 0;
    double memory_ = 1.0;
};

}  // namespace strata::inline STRATA_ISA::detail
