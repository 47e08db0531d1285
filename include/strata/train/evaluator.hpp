// evaluator: multithreaded inference of many samples; outputs reach the caller in sample order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/forward_executor.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class Net, class T>
class evaluator {
public:
    static constexpr std::size_t tile = batch_tile<Net, T>;
    static constexpr std::size_t in_size = input_of<Net>().size(), out_size = shapes_of<Net>.back().size();

    explicit evaluator(std::size_t threads) : arena_(threads * arena_size), outputs_(block * out_size) {}

    /// Calls visit(i, y) for each sample of a range, in order; y is its output. Threads share whole tiles, so that a
    /// sample's output does not depend on the number of threads.
    template <class Data, class Visit>
    void run(thread_pool& threads, const Data& data, item_range samples, const T* parameters, Visit visit) {
        for (std::size_t begin = samples.begin; begin < samples.end; begin += block) {
            const std::size_t count = std::min(block, samples.end - begin);
            const T* x = as_values(data.inputs().data() + begin * in_size, count * in_size);
            auto work = [&](thread_slice part) noexcept {
                const item_range mine = part.of(count, tile);
                run_batch<Net, T, tile>(x + mine.begin * in_size, parameters, outputs_.data() + mine.begin * out_size,
                                        mine.size(), arena_.data() + part.index * arena_size);
            };
            threads.run(work);
            for (std::size_t i = 0; i < count; ++i)
                visit(begin + i, static_cast<const T*>(outputs_.data() + i * out_size));
        }
    }

private:
    static constexpr std::size_t block = 8 * tile;
    static constexpr std::size_t aligned_elements = alignment / sizeof(T);
    static constexpr std::size_t arena_size =
        (batch_arena_size<Net, T, tile> + aligned_elements - 1) / aligned_elements * aligned_elements;

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
