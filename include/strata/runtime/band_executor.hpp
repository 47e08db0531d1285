// band_executor: runs a chain of steps depth-first over bands of rows, or a part of the rows of one step.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/plan.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The steps of the chain that begins at step First, for one sample.
template <class Net, class T, std::size_t Count, std::size_t First>
struct band_executor {
    static constexpr const auto& plan = plan_of<Net, T, 1, Count>;
    static constexpr std::size_t size = plan.chains[First].length;
    template <std::size_t Stage>
    using step = step_of<Net, T, 1, Count, First + Stage>;

    static constexpr std::size_t rows = step<size - 1>::out[0];
    /// Rows of the last output that a band makes.
    static constexpr std::size_t band = plan.chains[First].band;

    /// Rows `out` of the last output, which begin at a multiple of the plan's split_multiple: y is that whole map, x
    /// the whole input, arena this thread's memory.
    static void run(const T* x, const T* parameters, T* y, T* arena, item_range out) {
        run(x, parameters, y, arena, out, std::make_index_sequence<size>{});
    }

private:
    static constexpr auto schedule = []<std::size_t... Stage>(std::index_sequence<Stage...>) {
        return band_schedule<size>{
            .windows = {step<Stage>::layer::template rows<step<Stage>::in, typename step<Stage>::epilogue>()...},
            .rows = {step<Stage>::out[0]...}};
    }(std::make_index_sequence<size>{});

    struct memory {
        const T* x;
        const T* parameters;
        T* y;
        T* arena;
    };

    template <std::size_t... Stage>
    static void run(const T* x, const T* parameters, T* y, T* arena, item_range out, std::index_sequence<Stage...>) {
        const memory all{x, parameters, y, arena};
        band_state<size> state = schedule.start(out.begin);
        while (state.done[size - 1] < out.end) {
            // One step has no maps to keep small, and goes faster over many rows.
            const std::size_t end = size == 1 ? out.end : std::min(state.done[size - 1] + band, out.end);
            const auto target = schedule.targets(state, end);
            band_state<size> next = state;
            (stage<Stage>(all, state, next, target[Stage]), ...);
            state = next;
        }
    }
    /// Rows of one stage up to `end`; `before` is the state before the band.
    template <std::size_t Stage>
    static void stage(const memory& all, const band_state<size>& before, band_state<size>& now, std::size_t end) {
        using s = step<Stage>;
        constexpr std::size_t row = s::out.size() / s::out[0];
        const item_range out{before.done[Stage], end};
        if (out.size() == 0) return;
        T* to = all.y + out.begin * row;
        if constexpr (Stage + 1 < size) {
            T* map = all.arena + s::plan.output.offset;
            const std::size_t low = schedule.keep(before, Stage);
            if (low > before.low[Stage])
                std::copy(map + (low - before.low[Stage]) * row, map + (out.begin - before.low[Stage]) * row, map);
            now.low[Stage] = low;
            to = map + (out.begin - low) * row;
        }
        const auto weights = s::weights::of(all.parameters);
        forward_context<T> call{
            .x = all.x, .weights = weights.data(), .y = to, .scratch = all.arena + s::plan.scratch, .range = out};
        if constexpr (Stage > 0) {
            call.x = all.arena + step<Stage - 1>::plan.output.offset;
            call.first_row = now.low[Stage - 1];
        }
        s::layer::template forward_rows<s::in, typename s::epilogue>(call);
        now.done[Stage] = end;
    }
};

}  // namespace strata::inline STRATA_ISA::detail
