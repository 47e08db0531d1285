// plan: what is computed, in which order, and where in the arena.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>
#include <strata/graph/arena.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/layer_traits.hpp>
#include <strata/graph/plan_steps.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The chains of a plan's steps: of each step the first and the last of its chain, rows of its output in memory, and
/// scratch.
template <std::size_t Count>
struct chain_layout {
    std::array<std::size_t, Count> head{}, tail{}, map_rows{}, scratch{};
};

/// Puts steps into chains, for one sample at a time; every step is a chain of its own for more.
template <class Net, class T, std::size_t Count, std::size_t LargestMap, class Plan>
constexpr chain_layout<Count> assign_chains(Plan& plan, std::size_t tile) {
    constexpr const auto& traits = layer_traits_of<Net, T>;
    chain_layout<Count> chains;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        chains.head[s] = chains.tail[s] = s;
        chains.scratch[s] = traits[plan.steps[s].first].scratch;
    }
    for (std::size_t head = 0; tile == 1 && head < plan.step_count;) {
        const step_chain& chain = chains_from<Net, T, Count, LargestMap>[head];
        plan.steps[head].band = chain.band;
        plan.steps[head].split_multiple = chain.split_multiple;
        plan.steps[head].chain = chain.size;
        if (chain.size > 1) chains.scratch[head] = chain.scratch;
        for (std::size_t k = 0; k < chain.size; ++k) {
            if (k > 0) plan.steps[head + k].chain = 0;
            chains.head[head + k] = head;
            chains.tail[head + k] = head + chain.size - 1;
            if (k + 1 < chain.size) chains.map_rows[head + k] = chain.map_rows[k];
        }
        head += chain.size;
    }
    return chains;
}

}  // namespace detail

/// The plan of the first Count layers of a net for `tile` samples at once. Identities vanish, views share their input's
/// memory, layers that work value by value overwrite an input that no later step reads, layers that are
/// fused into the one before them get no buffer. For one sample, steps between which a map has more than LargestMap
/// bytes run depth-first over bands of rows.
template <class Net, class T, std::size_t Count, std::size_t LargestMap>
constexpr auto make_plan(std::size_t tile) {
    constexpr const auto& traits = detail::layer_traits_of<Net, T>;
    constexpr const auto& outline = detail::plan_outline_of<Net, T, Count>;
    constexpr const auto& alias_of = outline.alias_of;
    auto plan = outline.plan;
    if (plan.step_count == 0) return plan;

    const auto chains = detail::assign_chains<Net, T, Count, LargestMap>(plan, tile);

    // Buffers: 0 is the model's input, which lies outside; so does the last result, the model's output.
    std::array<arena_buffer, 2 * Count + 1> buffers{};
    std::array<std::size_t, Count + 1> buffer_of{}, scratch_of{};
    std::size_t used = 1;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        const detail::layer_traits& fact = traits[step.first];
        const bool is_final = s + 1 == plan.step_count;
        std::size_t target = 0;
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t value = alias_of[detail::value_read<Net>(step.first, k)];
            buffers[buffer_of[value]].end = s;
            if (fact.may_overwrite && chains.head[s] == chains.tail[s] && outline.last_read[value] == s && !is_final &&
                target == 0 && detail::value_shape<Net>(value).size() == traits[step.first].out_size)
                target = buffer_of[value];
        }
        if (target == 0) {
            target = used++;
            buffers[target] = {.size = is_final ? 0 : tile * traits[step.last()].out_size, .begin = s, .end = s};
        }
        buffer_of[step.last() + 1] = target;
        scratch_of[s] = chains.head[s] == s ? used++ : scratch_of[chains.head[s]];  // a chain's steps share it
        if (chains.head[s] == s) buffers[scratch_of[s]] = {.size = chains.scratch[s], .begin = s, .end = s};
        if (chains.map_rows[s] > 0)
            buffers[target].size = chains.map_rows[s] * (buffers[target].size / flat_nodes_of<Net>[step.last()].out[0]);
    }
    for (arena_buffer& buffer : buffers) {  // all of a chain lives together
        buffer.begin = chains.head[buffer.begin];
        buffer.end = chains.tail[buffer.end];
    }
    plan.arena_size = place_buffers(buffers, used, alignment / sizeof(T));
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t buffer = buffer_of[alias_of[detail::value_read<Net>(step.first, k)]];
            plan.inputs[step.first_input + k] = {.from = buffer == 0 ? location::input : location::arena,
                                                 .offset = buffers[buffer].offset};
        }
        step.to = s + 1 == plan.step_count ? location::output : location::arena;
        step.out_offset = buffers[buffer_of[step.last() + 1]].offset;
        step.scratch_offset = buffers[scratch_of[s]].offset;
    }
    return plan;
}

/// The plan of a net whose maps may be whole up to a part of the L2 cache; of one that wants the smallest memory, the
/// smallest for some limits.
template <class Net, class T, std::size_t Count = detail::flat_count<Net>>
constexpr auto make_plan(std::size_t tile) {
    auto plan = make_plan<Net, T, Count, detail::largest_whole_map>(tile);
    if constexpr (Net::options::template has<memory::smallest>) {
        const auto compare = [&]<std::size_t... Halvings>(std::index_sequence<Halvings...>) {
            const std::array others{make_plan<Net, T, Count, (std::size_t{256} << Halvings)>(tile)...};
            for (std::size_t i = others.size(); tile == 1 && i-- > 0;)
                if (others[i].arena_size < plan.arena_size) plan = others[i];
        };
        compare(std::make_index_sequence<std::bit_width(detail::largest_whole_map / 512)>{});
    }
    return plan;
}

/// The plan of the first Count layers of a net for a tile of N samples as a constant.
template <class Net, class T, std::size_t N, std::size_t Count = detail::flat_count<Net>>
inline constexpr auto plan_of = make_plan<Net, T, Count>(N);

}  // namespace strata::inline STRATA_ISA
