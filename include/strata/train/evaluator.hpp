// evaluator: multithreaded inference of many samples; outputs reach the caller in sample order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/whole_samples.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/forward_executor.hpp>
#include <strata/train/batch_schedule.hpp>
#include <strata/train/carried_state.hpp>
#include <strata/train/count_option.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class Net, class T>
class evaluator {
public:
    static constexpr std::size_t tile = batch_tile<Net, T>;
    static constexpr std::size_t in_size = input_of<Net>().size(), out_size = shapes_of<Net>.back().size();

    explicit evaluator(std::size_t threads) : arena_(threads * arena_size), outputs_(block * out_size) {}

    /// Calls visit(i, y) for each sample of a range of the inputs, in order; y is its output. Threads share whole
    /// tiles, so that a sample's output does not depend on the number of threads. Where layers are stateful, `carried`
    /// says how many samples a batch has.
    template <class Value, class Visit>
    void run(thread_pool& threads, std::span<const Value> data, item_range samples, const T* parameters,
             carried_batch<T> carried, Visit visit) {
        const std::size_t most = carried.values == nullptr ? block : carried.samples;
        if (outputs_.size() < most * out_size) outputs_ = aligned_array<T>(most * out_size);
        for (std::size_t begin = samples.begin; begin < samples.end; begin += most) {
            const std::size_t count = std::min(most, samples.end - begin);
            const T* x = as_values(data.data() + begin * in_size, count * in_size);
            auto work = [&](thread_slice part) noexcept {
                run_samples(x, parameters, part.of(count, tile_of(carried)), carried,
                            arena_.data() + part.index * arena_size);
            };
            threads.run(work);
            for (std::size_t i = 0; i < count; ++i)
                visit(begin + i, static_cast<const T*>(outputs_.data() + i * out_size));
        }
    }

    /// The outputs of all samples of x, batch by batch, where layers are stateful.
    std::vector<T> predict(thread_pool& threads, std::span<const T> x, const T* parameters,
                           carried_state<Net, T>& carried, const optional_count& batch_size) {
        const std::size_t count = whole_samples("predict", input_of<Net>(), x.size());
        std::vector<T> result;
        if (count == 0) return result;
        const std::size_t size = batch_size_of(count, carried.batch_size_or(batch_size), {}, "steps");
        carried.check(count, size, "x");
        result.reserve(count * out_size);
        run(threads, x, {0, count}, parameters, carried.of(size),
            [&](std::size_t, const T* y) { result.insert(result.end(), y, y + out_size); });
        return result;
    }

private:
    static constexpr std::size_t block = 8 * tile;
    static constexpr std::size_t aligned_elements = alignment / sizeof(T);
    static constexpr std::size_t arena_size =
        (batch_arena_size<Net, T, tile> + aligned_elements - 1) / aligned_elements * aligned_elements;

    static constexpr std::size_t tile_of(const carried_batch<T>& carried) {
        return carried.values == nullptr ? tile : 1;
    }
    void run_samples(const T* x, const T* parameters, item_range mine, [[maybe_unused]] carried_batch<T> carried,
                     T* arena) {
        if constexpr (carried_values_of<Net> > 0)
            for (std::size_t i = mine.begin; i < mine.end; ++i)
                forward_executor<Net, T, 1>::run(x + i * in_size, parameters, outputs_.data() + i * out_size, arena,
                                                 carried.values + i * carried_values_of<Net>);
        else
            run_batch<Net, T, tile>(x + mine.begin * in_size, parameters, outputs_.data() + mine.begin * out_size,
                                    mine.size(), arena);
    }
    template <class From>
    const T* as_values(const From* from, std::size_t count) {
        if constexpr (std::is_same_v<From, T>) {
            return from;
        } else {
            inputs_.resize(count);
            std::transform(from, from + count, inputs_.begin(), [](From value) { return static_cast<T>(value); });
            return inputs_.data();
        }
    }

    aligned_array<T> arena_;
    aligned_array<T> outputs_;
    std::vector<T> inputs_;
};

}  // namespace strata::inline STRATA_ISA::detail
