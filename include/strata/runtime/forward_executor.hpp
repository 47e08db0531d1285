// forward_executor: runs the steps of a plan of inference.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/graph/carried_values.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan.hpp>
#include <strata/net/merge.hpp>
#include <strata/runtime/band_executor.hpp>
#include <strata/runtime/register_chain.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

/// One inference of a tile of N samples, through the first Count layers of the flattened list.
template <class Net, class T, std::size_t N, std::size_t Count = flat_count<Net>>
struct forward_executor {
    static constexpr const auto& plan = plan_of<Net, T, N, Count>;

    /// x: N samples of the input; y: N of the output; parameters: the block of all weights; arena: plan.arena_size
    /// elements; carried: the values that each sample hands on, where it continues one of the batch before.
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena, T* carried = nullptr) {
        run(x, parameters, y, arena, carried, std::make_index_sequence<plan.step_count>{});
    }

    /// The step, or the chain that begins with it; Length as register_chains says.
    template <std::size_t Step, std::size_t Length>
    static void run_step(const T* x, const T* parameters, T* y, T* arena) {
        chain<Step, Length>(x, parameters, y, arena, nullptr);
    }

private:
    template <std::size_t Step>
    using step_at = step_of<Net, T, N, Count, Step>;

    template <std::size_t... Step>
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena, T* carried,
                              std::index_sequence<Step...> all) {
        if constexpr (sizeof...(Step) == 0) {
            std::copy_n(x, N * value_shape<Net>(0).size(), y);
        } else if (std::is_constant_evaluated()) {
            if constexpr (has_chains) evaluate_in_order{0, (constant_step<Step>(x, parameters, y, arena), 0)...};
            else evaluate_in_order{0, (step<Step>(x, parameters, plan.write(Step, y, arena), arena), 0)...};
        } else {
            constexpr auto chains = register_chains<Net, T, N, Count>(all);
            evaluate_in_order{0, (chain<Step, chains[Step]>(x, parameters, y, arena, carried), 0)...};
        }
    }
    static constexpr bool has_chains = [] {
        for (std::size_t s = 0; s < plan.step_count; ++s)
            if (plan.chains[s].length != 1) return true;
        return false;
    }();

    /// Steps from First on: one, a chain over bands of rows, or `Length` through a vector register.
    template <std::size_t First, std::size_t Length>
    static STRATA_INLINE void chain(const T* x, const T* parameters, T* y, T* arena, [[maybe_unused]] T* carried) {
        constexpr std::size_t size = plan.chains[First].length;
        if constexpr (size > 1)
            band_executor<Net, T, Count, First>::run({x, parameters, y, arena, arena},
                                                     {0, band_executor<Net, T, Count, First>::rows});
        else if constexpr (size == 1 && Length == 1)
            step<First>(x, parameters, plan.write(First, y, arena), arena, nullptr, carried);
        else if constexpr (size == 1 && Length > 1)
            [&]<std::size_t... I>(std::index_sequence<I...>) STRATA_INLINE_CALL {
                run_register_chain(plan.read(First, 0, x, static_cast<const T*>(arena)), parameters,
                                   plan.write(First + Length - 1, y, arena), type_list<step_at<First + I>...>{});
            }(std::make_index_sequence<Length>{});
    }
    /// In constant evaluation the maps inside a chain are whole, and so not in the arena.
    template <std::size_t Step>
    static constexpr void constant_step(const T* x, const T* parameters, T* y, T* arena) {
        constexpr std::size_t size = plan.chains[Step].length;
        if constexpr (size == 1) {
            step<Step>(x, parameters, plan.write(Step, y, arena), arena);
        } else if constexpr (size > 1) {
            T* map = nullptr;  // the output of the stage before
            const auto run = [&]<std::size_t Stage>(std::integral_constant<std::size_t, Stage>) {
                T* to =
                    Stage + 1 == size ? plan.write(Step + Stage, y, arena) : new T[step_at<Step + Stage>::out.size()]{};
                step<Step + Stage, (Stage > 0 ? chained_operand<Net, Count>(Step + Stage) : no_operand)>(
                    x, parameters, to, arena, map);
                delete[] std::exchange(map, Stage + 1 == size ? nullptr : to);
            };
            [&]<std::size_t... Stage>(std::index_sequence<Stage...>) {
                (run(std::integral_constant<std::size_t, Stage>{}), ...);
            }(std::make_index_sequence<size>{});
        }
    }
    /// A step that writes to `to`. Input number Inside, if there is one, lies in `map`.
    template <std::size_t Step, std::size_t Inside = no_operand>
    static constexpr void step(const T* x, const T* parameters, T* to, T* arena,
                               [[maybe_unused]] const T* map = nullptr, [[maybe_unused]] T* carried = nullptr) {
        using s = step_at<Step>;
        if constexpr (merge_layer<typename s::layer>) {
            constexpr const auto& shapes = merged_shapes_of<Net, s::index>;
            auto operands = plan.template read_all<shapes.size()>(Step, x, static_cast<const T*>(arena));
            if constexpr (Inside != no_operand) operands[Inside] = map;
            s::layer::template merge<shapes, typename s::epilogue>(operands, to,
                                                                   {0, N * s::layer::template merge_units<shapes>()});
        } else {
            const auto weights = s::weights::of(parameters);
            s::layer::template forward<s::in, N, typename s::epilogue>(forward_context<T>{
                .x = Inside == no_operand ? plan.read(Step, 0, x, static_cast<const T*>(arena)) : map,
                .weights = weights.data(),
                .y = to,
                .scratch = arena + s::plan.scratch,
                .carried = carried == nullptr ? nullptr : carried + carried_offsets_of<Net>[s::index],
                .carried_stride = carried_values_of<Net>});
        }
    }
};

/// How many samples go through the plan at once: as many as keep the arena within half an L2 cache of 512 KB, at
/// most 32.
template <class Net, class T>
inline constexpr std::size_t batch_tile = [] {
    if (Net::options::template has<memory::smallest>) return std::size_t{1};
    const std::size_t bytes = std::max<std::size_t>(1, plan_of<Net, T, 1>.arena_size * sizeof(T));
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
        forward_executor<Net, T, Tile>::run(x, parameters, y, arena);
    if constexpr (Tile > 1)
        for (; count > 0; --count, x += in, y += out) forward_executor<Net, T, 1>::run(x, parameters, y, arena);
}

}  // namespace strata::inline STRATA_ISA::detail
