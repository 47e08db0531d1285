// plan: what is computed, in which order, and where in the arena; the passes that fuse layers and place buffers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/model/arena.hpp>
#include <strata/model/bands.hpp>
#include <strata/model/graph.hpp>
#include <strata/model/join.hpp>
#include <strata/model/net.hpp>
#include <strata/model/plan_facts.hpp>

namespace strata {

/// Where a step reads or writes.
enum class place { input, arena, output };

/// What a step reads; offsets in elements.
struct plan_operand {
    place from = place::arena;
    std::size_t offset = 0;
};

/// One step: the layer `first` and those behind it that it runs in its epilogue (indices into the flattened list), as
/// one kernel call.
struct plan_step {
    std::size_t first = 0;
    std::array<std::size_t, 2> behind{};
    std::size_t behind_count = 0;
    std::array<plan_operand, 2> inputs{};
    std::size_t input_count = 1;
    place to = place::arena;
    std::size_t out_offset = 0;
    std::size_t scratch_offset = 0;
    bool follows = false;   // it alone reads what the step before it gives, and nothing else
    std::size_t chain = 1;  // steps that run depth-first from this one on; 0 inside such a chain
    std::size_t band = 0;   // rows of the chain's output made at a time, where it is made by rows

    /// The last layer of the step, an index into the flattened list.
    constexpr std::size_t last() const { return behind_count == 0 ? first : behind[behind_count - 1]; }
};

/// The steps of a net for a tile of samples, and the size of its arena in elements.
template <std::size_t Capacity>
struct execution_plan {
    std::array<plan_step, Capacity> steps{};
    std::size_t step_count = 0;
    std::size_t arena_size = 0;
};

/// The plan of the first Count layers of a net for `tile` samples at once. Identities vanish, views share their input's
/// memory, layers that work value by value overwrite what nobody reads behind them, layers that the one before them
/// takes into its epilogue get no buffer. For one sample, steps between which a map has more than largest_map bytes run
/// depth-first over bands of rows.
template <class Net, class T, std::size_t Count = detail::flat_count<Net>>
constexpr auto make_plan(std::size_t tile, std::size_t largest_map) {
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr auto facts = detail::facts_of<T>(flat_layers_of<Net>{}, nodes);
    constexpr auto fused = detail::all_fused<Net, Count>(std::make_index_sequence<Count>{});
    execution_plan<Count> plan;

    // Steps; for each value the one that lies in its memory first, and for each such value the last step that reads it.
    std::array<std::size_t, Count + 1> home{}, last_read{}, readers{};
    std::array<bool, Count + 1> is_behind{};
    for (std::size_t i = 0; i < Count; ++i) {
        if (is_behind[i]) continue;
        if (facts[i].is_alias) {
            home[i + 1] = home[nodes[i].inputs[0]];
            continue;
        }
        plan_step& step = plan.steps[plan.step_count];
        step.first = i;
        step.behind = fused[i].layers;
        step.behind_count = fused[i].count;
        step.input_count = nodes[i].input_count;
        for (std::size_t k = 0; k < fused[i].count; ++k) is_behind[fused[i].layers[k]] = true;
        for (std::size_t k = 0; k < nodes[i].input_count; ++k) {
            last_read[home[nodes[i].inputs[k]]] = plan.step_count;
            ++readers[home[nodes[i].inputs[k]]];
        }
        home[step.last() + 1] = step.last() + 1;
        ++plan.step_count;
    }
    if (plan.step_count == 0) return plan;
    for (std::size_t s = 1; s < plan.step_count; ++s) {
        const std::size_t value = home[nodes[plan.steps[s].first].inputs[0]];
        plan.steps[s].follows =
            plan.steps[s].input_count == 1 && value == plan.steps[s - 1].last() + 1 && readers[value] == 1;
    }

    // Chains over maps too large to be kept whole, one sample at a time.
    std::array<std::size_t, Count> map_rows{}, chain_head{}, chain_tail{}, scratch{};
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        chain_head[s] = chain_tail[s] = s;
        scratch[s] = facts[plan.steps[s].first].scratch;
    }
    if (tile == 1) {
        constexpr auto by_rows = detail::all_row_facts<Net, T, Count>(std::make_index_sequence<Count>{});
        const bool smallest = largest_map < detail::largest_whole_map;
        for (std::size_t head = 0, size = 1; head < plan.step_count; head += size) {
            std::array<detail::row_facts, detail::longest_chain> chain{by_rows[plan.steps[head].first]};
            const auto continues = [&] {
                if (size == chain.size() || head + size == plan.step_count) return false;
                const plan_step& next = plan.steps[head + size];
                const detail::row_facts& before = chain[size - 1];
                return next.follows && before.is_by_rows() && by_rows[next.first].is_by_rows() &&
                       before.out_rows * before.out_row * sizeof(T) > largest_map;
            };
            for (size = 1; continues(); ++size) chain[size] = by_rows[plan.steps[head + size].first];
            if (!chain[0].is_by_rows()) continue;
            const detail::band_plan bands = detail::choose_bands(std::span(chain).first(size), sizeof(T), smallest);
            plan.steps[head].band = bands.rows;
            if (size == 1 || bands.bands < 2) {
                size = 1;
                plan.steps[head].band = chain[0].window.unit;
                continue;
            }
            plan.steps[head].chain = size;
            for (std::size_t k = 0; k < size; ++k) {
                if (k > 0) plan.steps[head + k].chain = 0;
                chain_head[head + k] = head;
                chain_tail[head + k] = head + size - 1;
                if (k + 1 < size) map_rows[head + k] = bands.map_rows[k];
                scratch[head] = std::max(k == 0 ? 0 : scratch[head], chain[k].scratch(bands.made[k]));
            }
        }
    }

    // Buffers: 0 is the model's input, which lies outside; so does the last result, the model's output.
    std::array<arena_buffer, 2 * Count + 1> buffers{};
    std::array<std::size_t, Count + 1> buffer_of{}, scratch_of{};
    std::size_t used = 1;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        const detail::layer_facts& fact = facts[step.first];
        const bool is_final = s + 1 == plan.step_count;
        std::size_t target = 0;
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t value = home[nodes[step.first].inputs[k]];
            buffers[buffer_of[value]].end = s;
            if (fact.may_overwrite && chain_head[s] == chain_tail[s] && last_read[value] == s && !is_final &&
                target == 0)
                target = buffer_of[value];
        }
        if (target == 0) {
            target = used++;
            buffers[target] = {.size = is_final ? 0 : tile * facts[step.last()].out_size, .begin = s, .end = s};
        }
        buffer_of[step.last() + 1] = target;
        scratch_of[s] = chain_head[s] == s ? used++ : scratch_of[chain_head[s]];  // a chain's steps share it
        if (chain_head[s] == s) buffers[scratch_of[s]] = {.size = scratch[s], .begin = s, .end = s};
        if (map_rows[s] > 0)
            buffers[target].size = map_rows[s] * (buffers[target].size / flat_nodes_of<Net>[step.last()].out[0]);
    }
    for (arena_buffer& buffer : buffers) {  // all of a chain lives together
        buffer.begin = chain_head[buffer.begin];
        buffer.end = chain_tail[buffer.end];
    }
    plan.arena_size = place_buffers(buffers, used, alignment / sizeof(T));
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t buffer = buffer_of[home[nodes[step.first].inputs[k]]];
            step.inputs[k] = {.from = buffer == 0 ? place::input : place::arena, .offset = buffers[buffer].offset};
        }
        step.to = s + 1 == plan.step_count ? place::output : place::arena;
        step.out_offset = buffers[buffer_of[step.last() + 1]].offset;
        step.scratch_offset = buffers[scratch_of[s]].offset;
    }
    return plan;
}

/// The plan of a net whose maps may be whole up to a part of the L2 cache; of one that wants the smallest memory, the
/// smallest for some limits.
template <class Net, class T, std::size_t Count = detail::flat_count<Net>>
constexpr auto make_plan(std::size_t tile) {
    auto plan = make_plan<Net, T, Count>(tile, detail::largest_whole_map);
    if constexpr (Net::options::template has<memory::smallest>)
        for (std::size_t limit = detail::largest_whole_map / 2; tile == 1 && limit >= 256; limit /= 2)
            if (const auto other = make_plan<Net, T, Count>(tile, limit); other.arena_size < plan.arena_size)
                plan = other;
    return plan;
}

/// The plan of the first Count layers of a net for a tile of N samples as a constant.
template <class Net, class T, std::size_t N, std::size_t Count = detail::flat_count<Net>>
inline constexpr auto plan_of = make_plan<Net, T, Count>(N);

}  // namespace strata
