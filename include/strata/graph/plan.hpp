// plan: the steps of an inference, their order, and the places of their values in the arena.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/graph/arena.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/chains.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/layer_traits.hpp>
#include <strata/graph/plan_steps.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// The steps of an inference for a tile of samples, and the chains that they run in.
template <std::size_t Capacity, std::size_t Inputs>
struct execution_plan : step_list<Capacity, Inputs> {
    std::array<chained_step, Capacity> chains{};
};

namespace detail {

/// Of each value of a net's first Count layers the last step of an inference that reads it.
template <class Net, std::size_t Count>
inline constexpr auto last_reads_of = [] {
    constexpr const auto& outline = plan_outline_of<Net, schedule::inference, Count>;
    std::array<std::size_t, Count + 1> last_read{};
    for (std::size_t s = 0; s < outline.plan.step_count; ++s)
        for (std::size_t k = 0; k < outline.plan.steps[s].input_count; ++k)
            last_read[outline.template value_of<Net>(outline.plan.steps[s].layer, k)] = s;
    return last_read;
}();

/// Which buffer each value and each step's scratch has. Buffer 0 is the model's input, which lies outside.
template <std::size_t Count>
struct plan_buffers {
    std::array<arena_buffer, 2 * Count + 1> buffers{};
    std::array<std::size_t, Count + 1> of_value{}, of_scratch{};
    std::size_t used = 1;
};

/// The pass that gives values and scratch their buffers. A step may write over an input that no later step reads; the
/// last result, the model's output, lies outside.
template <class Net, class T, std::size_t Count, class Plan>
constexpr plan_buffers<Count> assign_buffers(const Plan& plan, const chain_layout<Count>& chains, std::size_t tile) {
    constexpr const auto& outline = plan_outline_of<Net, schedule::inference, Count>;
    plan_buffers<Count> result;
    auto& [buffers, buffer_of, scratch_of, used] = result;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        const bool is_final = s + 1 == plan.step_count, is_alone = chains.head[s] == chains.tail[s];
        const bool may_overwrite = layer_traits_of<Net, T>[step.layer].may_overwrite && is_alone && !is_final;
        std::size_t target = 0;
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t value = outline.template value_of<Net>(step.layer, k);
            buffers[buffer_of[value]].end = s;
            if (may_overwrite && target == 0 && last_reads_of<Net, Count>[value] == s &&
                plan.inputs[step.first_input + k].size == flat_nodes_of<Net>[step.layer].out.size())
                target = buffer_of[value];
        }
        if (target == 0) {
            target = used++;
            buffers[target] = {.size = is_final ? 0 : tile * step.output.size, .begin = s, .end = s};
        }
        buffer_of[step.last() + 1] = target;
        scratch_of[s] = chains.head[s] == s ? used++ : scratch_of[chains.head[s]];  // a chain's steps share it
        if (chains.head[s] == s) buffers[scratch_of[s]] = {.size = chains.scratch[s], .begin = s, .end = s};
        if (!chains.has_map[s]) buffers[target].size = 0;
        else if (chains.map_rows[s] > 0)
            buffers[target].size = chains.map_rows[s] * (buffers[target].size / flat_nodes_of<Net>[step.last()].out[0]);
    }
    for (arena_buffer& buffer : buffers) {  // all of a chain lives together
        buffer.begin = chains.head[buffer.begin];
        buffer.end = chains.tail[buffer.end];
    }
    return result;
}

}  // namespace detail

/// The plan of the first Count layers of a net for `tile` samples at once. Identities vanish, views share their input's
/// memory, layers that work value by value overwrite an input that no later step reads, layers that are
/// fused into the one before them get no buffer. For one sample, steps run depth-first over bands of rows in chains of
/// these sizes.
template <class Net, class T, std::size_t Count, bool Smallest>
constexpr auto make_plan(std::size_t tile, const std::array<std::size_t, Count>& sizes) {
    constexpr const auto& outline = detail::plan_outline_of<Net, detail::schedule::inference, Count>;
    execution_plan<Count, flat_graph_of<Net>.inputs.size()> plan{outline.plan, {}};
    if (plan.step_count == 0) return plan;
    const auto chains = detail::assign_chains<Net, T, Count, Smallest>(plan, tile, sizes);
    auto buffers = detail::assign_buffers<Net, T, Count>(plan, chains, tile);
    plan.arena_size = place_buffers(buffers.buffers, buffers.used, alignment / sizeof(T));
    const auto offset_of = [&](std::size_t buffer) { return buffers.buffers[buffer].offset; };
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t buffer = buffers.of_value[outline.template value_of<Net>(step.layer, k)];
            plan_operand& operand = plan.inputs[step.first_input + k];
            operand.at = buffer == 0 ? location::input : location::arena;
            operand.offset = offset_of(buffer);
        }
        step.output.at = s + 1 == plan.step_count ? location::output : location::arena;
        step.output.offset = offset_of(buffers.of_value[step.last() + 1]);
        step.scratch = offset_of(buffers.of_scratch[s]);
    }
    return plan;
}

/// The plan of a net whose maps may be whole up to a part of the L2 cache; of one that wants the smallest memory, the
/// smallest for some limits.
template <class Net, class T, std::size_t Count = detail::flat_count<Net>>
constexpr auto make_plan(std::size_t tile) {
    std::array<std::size_t, Count> sizes{};
    if (tile == 1) sizes = detail::chain_sizes<Net, T, Count>(detail::largest_whole_map);
    auto plan = make_plan<Net, T, Count, false>(tile, sizes);
    if constexpr (Net::options::template has<memory::smallest>) {
        std::array<std::size_t, Count> last{};
        for (std::size_t i = detail::map_limits<true>.size(); tile == 1 && i-- > 0; last = sizes) {
            sizes = detail::chain_sizes<Net, T, Count>(detail::map_limits<true>[i]);
            if (sizes == last) continue;
            const auto other = make_plan<Net, T, Count, true>(tile, sizes);
            if (other.arena_size < plan.arena_size) plan = other;
        }
    }
    return plan;
}

/// The plan of the first Count layers of a net for a tile of N samples as a constant.
template <class Net, class T, std::size_t N, std::size_t Count = detail::flat_count<Net>>
inline constexpr auto plan_of = make_plan<Net, T, Count>(N);

}  // namespace strata::inline STRATA_ISA
