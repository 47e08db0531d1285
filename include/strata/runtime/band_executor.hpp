// band_executor: runs a chain of steps depth-first over bands of rows, or a part of the rows of one step.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/chains.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/layer_traits.hpp>
#include <strata/graph/plan.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/net/merge.hpp>
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

    /// The memory of a run: the net's input and output and the arena with the values between chains, which all threads
    /// share, and the arena with the values inside this chain, which may be the same.
    struct memory {
        const T* x;
        const T* parameters;
        T* y;
        T* arena;
        T* own;
    };

    /// Rows `out` of the last output, which begin at a multiple of the plan's split_multiple.
    static void run(const memory& all, item_range out) { run(all, out, std::make_index_sequence<size>{}); }

private:
    /// Whether the last step is a merge node that writes over the output of the step before it.
    static constexpr bool ends_in_place = size > 1 && merges_in_place<Net, Count>(First + size - 1);

    static constexpr auto schedule = []<std::size_t... Stage>(std::index_sequence<Stage...>) {
        return band_schedule<size>{.windows = {row_traits_in<Net, T, Count>[step<Stage>::index].window...},
                                   .rows = {step<Stage>::out[0]...}};
    }(std::make_index_sequence<size>{});

    template <std::size_t... Stage>
    static void run(const memory& all, item_range out, std::index_sequence<Stage...>) {
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
        T* to = nullptr;
        if constexpr (Stage + 1 == size || (Stage + 2 == size && ends_in_place)) {
            to = plan.write(First + size - 1, all.y, all.arena) + out.begin * row;
        } else {
            T* map = all.own + s::plan.output.offset;
            const std::size_t low = schedule.keep(before, Stage);
            if (low > before.low[Stage])
                std::copy(map + (low - before.low[Stage]) * row, map + (out.begin - before.low[Stage]) * row, map);
            now.low[Stage] = low;
            to = map + (out.begin - low) * row;
        }
        if constexpr (merge_layer<typename s::layer>) {
            merge<Stage>(all, now, to, out);
        } else {
            const auto weights = s::weights::of(all.parameters);
            forward_context<T> call{
                .weights = weights.data(), .y = to, .scratch = all.own + s::plan.scratch, .range = out};
            if constexpr (Stage > 0) {
                call.x = all.own + step<Stage - 1>::plan.output.offset;
                call.first_row = now.low[Stage - 1];
            } else {
                call.x = plan.read(First, 0, all.x, static_cast<const T*>(all.arena));
            }
            s::layer::template forward_rows<s::in, typename s::epilogue>(call);
        }
        now.done[Stage] = end;
    }
    /// Rows `out` of a merge node: one operand has rows of the stage before, the others are whole.
    template <std::size_t Stage>
    static void merge(const memory& all, [[maybe_unused]] const band_state<size>& now, T* to, item_range out) {
        using s = step<Stage>;
        constexpr const auto& shapes = merged_shapes_of<Net, s::index>;
        constexpr std::size_t inside = Stage == 0 ? no_operand : chained_operand<Net, Count>(First + Stage);
        auto operands = plan.template read_all<shapes.size()>(First + Stage, all.x, static_cast<const T*>(all.arena));
        constexpr bool in_place = Stage + 1 == size && ends_in_place;
        std::size_t first_inside = 0;  // the first row of the operand inside the chain that is in memory
        if constexpr (in_place) {
            operands[inside] = to;
            first_inside = out.begin;
        } else if constexpr (Stage > 0) {
            operands[inside] = all.own + step<Stage - 1>::plan.output.offset;
            first_inside = now.low[Stage - 1];
        }
        for (std::size_t k = 0; k < shapes.size(); ++k)
            operands[k] += (out.begin - (k == inside ? first_inside : 0)) * row_size(shapes[k], s::out);
        constexpr std::size_t units = s::layer::template merge_units<shapes>() / s::out[0];
        s::layer::template merge<shapes, typename s::epilogue>(operands, to, {0, out.size() * units});
    }
};

}  // namespace strata::inline STRATA_ISA::detail
