// The forward walk: runs the steps of a plan.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/model/plan.hpp>
#include <strata/model/step.hpp>
#include <strata/model/vector_chain.hpp>

namespace strata::detail {

/// One inference of a tile of N samples.
template <class Net, class T, std::size_t N>
struct forward_walk {
    static constexpr const auto& plan = plan_of<Net, T, N>;

    /// x: N samples of the input; y: N of the output; parameters: the block of all weights; arena: plan.arena_size
    /// elements.
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena) {
        run(x, parameters, y, arena, std::make_index_sequence<plan.step_count>{});
    }

private:
    template <std::size_t... Step>
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena, std::index_sequence<Step...> all) {
        if constexpr (sizeof...(Step) == 0) {
            std::copy_n(x, N * input_of<Net>().size(), y);
        } else if (std::is_constant_evaluated()) {
            (step<Step, 1>(x, parameters, y, arena), ...);
        } else {
            constexpr auto chains = vector_chains<Net, T, N>(all);
            (step<Step, chains[Step]>(x, parameters, y, arena), ...);
        }
    }
    /// Count steps from First on: one, or a chain.
    template <std::size_t First, std::size_t Count>
    static constexpr void step(const T* x, const T* parameters, T* y, T* arena) {
        if constexpr (Count > 0) {
            using first = step_of<Net, T, N, First>;
            constexpr plan_step last = plan.steps[First + Count - 1];
            const T* from = first::plan.from == place::input ? x : arena + first::plan.in_offset;
            T* to = last.to == place::output ? y : arena + last.out_offset;
            if constexpr (Count > 1) {
                run_vector_chain<Net, T, First>(from, parameters, to, std::make_index_sequence<Count>{});
            } else {
                const auto weights = first::weights::of(parameters);
                first::layer::template forward<first::in, N, typename first::epilogue>(
                    from, static_cast<const T* const*>(weights.data()), to, arena + last.scratch_offset);
            }
        }
    }
};

/// How many samples go through the plan at once: as many as keep the arena within half an L2 cache of 512 KB, at
/// most 32.
template <class Net, class T>
inline constexpr std::size_t batch_tile = [] {
    const std::size_t bytes = std::max<std::size_t>(1, make_plan<Net, T>(1).arena_size * sizeof(T));
    return std::clamp<std::size_t>((std::size_t{256} << 10) / bytes, 1, 32);
}();

/// Elements of the arena that run_batch wants.
template <class Net, class T, std::size_t Tile>
inline constexpr std::size_t batch_arena_size =
    std::max(plan_of<Net, T, Tile>.arena_size, plan_of<Net, T, 1>.arena_size);

/// Tiles of Tile samples, then one by one.
template <class Net, class T, std::size_t Tile>
constexpr void run_batch(const T* x, const T* parameters, T* y, std::size_t count, T* arena) {
    constexpr std::size_t in = input_of<Net>().size(), out = shapes_of<Net>.back().size();
    for (; count >= Tile; count -= Tile, x += Tile * in, y += Tile * out)
        forward_walk<Net, T, Tile>::run(x, parameters, y, arena);
    if constexpr (Tile > 1)
        for (; count > 0; --count, x += in, y += out) forward_walk<Net, T, 1>::run(x, parameters, y, arena);
}

}  // namespace strata::detail
