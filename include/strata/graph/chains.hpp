// chains: the pass that makes chains of an inference's steps, which run depth-first over bands of rows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/layer_traits.hpp>
#include <strata/graph/plan_steps.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// How a step of an inference runs together with its neighbours.
struct chained_step {
    std::size_t length = 1;          // steps that run depth-first from this one on; 0 inside such a chain
    std::size_t band = 0;            // rows of the chain's output made at a time, where it is made by rows
    std::size_t split_multiple = 0;  // threads split these rows at multiples of it, likewise
};

namespace detail {

inline constexpr std::size_t no_operand = static_cast<std::size_t>(-1);

/// The input of a step of a schedule that is the output of the step before it; none where it reads no such value.
template <class Net, std::size_t Count, schedule For = schedule::inference>
constexpr std::size_t chained_operand(std::size_t step) {
    constexpr const auto& outline = plan_outline_of<Net, For, Count>;
    std::size_t k = 0;
    if (step > 0)
        while (k < outline.plan.steps[step].input_count &&
               outline.template value_of<Net>(outline.plan.steps[step].layer, k) !=
                   outline.plan.steps[step - 1].last() + 1)
            ++k;
    return step > 0 && k < outline.plan.steps[step].input_count ? k : no_operand;
}

/// For each step of a schedule whether it alone reads the output of the step before it. A merge node may read other
/// values too, where each row of its output reads one row of that output: no other value is made inside the chain, as
/// the values inside it have one reader each.
template <class Net, std::size_t Count, schedule For = schedule::inference>
inline constexpr auto follows_of = [] {
    constexpr const auto& outline = plan_outline_of<Net, For, Count>;
    std::array<std::size_t, Count + 1> readers{};
    std::array<bool, Count> follows{};
    for (std::size_t s = 0; s < outline.plan.step_count; ++s)
        for (std::size_t k = 0; k < outline.plan.steps[s].input_count; ++k)
            ++readers[outline.template value_of<Net>(outline.plan.steps[s].layer, k)];
    for (std::size_t s = 1; s < outline.plan.step_count; ++s) {
        const plan_step& step = outline.plan.steps[s];
        const std::size_t k = chained_operand<Net, Count, For>(s);
        if (k == no_operand || readers[outline.plan.steps[s - 1].last() + 1] != 1) continue;
        const shape operand = value_shape<Net>(value_read<Net>(step.layer, k));
        follows[s] = step.input_count == 1 || row_size(operand, flat_nodes_of<Net>[step.layer].out) > 0;
    }
    return follows;
}();

/// A chain of steps that runs depth-first, or one step: rows of its output at a time, of each map inside it rows in
/// memory, and scratch.
struct step_chain {
    std::size_t size = 1;
    std::size_t band = 0;
    std::size_t split_multiple = 0;
    std::array<std::size_t, longest_chain> map_rows{};
    std::size_t scratch = 0;
    bool merges_in_place = false;  // the last step; the step before it writes where the chain's output lies
};

/// Whether a step is a merge node that may write over the output of the step before it, which it follows. That has the
/// shape of its own output then, and it reads each row once.
template <class Net, std::size_t Count>
constexpr bool merges_in_place(std::size_t step) {
    const plan_step& own = plan_outline_of<Net, schedule::inference, Count>.plan.steps[step];
    return own.input_count > 1 && value_shape<Net>(value_read<Net>(own.layer, chained_operand<Net, Count>(step))) ==
                                      flat_nodes_of<Net>[own.layer].out;
}

template <class Net, class T, std::size_t Count>
inline constexpr auto row_traits_in = all_row_traits<Net, T, Count>(std::make_index_sequence<Count>{});

/// The chain that begins with step Head, where maps of more than LargestMap bytes are not kept whole.
template <class Net, class T, std::size_t Count, std::size_t LargestMap, std::size_t Head>
inline constexpr step_chain chain_from = [] {
    constexpr const auto& plan = plan_outline_of<Net, schedule::inference, Count>.plan;
    constexpr const auto& by_rows = row_traits_in<Net, T, Count>;
    step_chain result;
    std::array<row_traits, longest_chain> chain{by_rows[plan.steps[Head].layer]};
    const auto continues = [&] {
        const std::size_t next = Head + result.size;
        if (result.size == chain.size() || next == plan.step_count) return false;
        const row_traits& before = chain[result.size - 1];
        return follows_of<Net, Count>[next] && before.is_by_rows() && by_rows[plan.steps[next].layer].is_by_rows() &&
               before.out_rows * before.out_row * sizeof(T) > LargestMap;
    };
    for (; continues(); ++result.size) chain[result.size] = by_rows[plan.steps[Head + result.size].layer];
    if (!chain[0].is_by_rows()) return result;
    result.merges_in_place = result.size > 1 && merges_in_place<Net, Count>(Head + result.size - 1);
    if (result.merges_in_place) {  // both make the same rows in each band, so that no thread writes another one's rows
        row_window& last = chain[result.size - 1].window;
        last.row_multiple = chain[result.size - 2].window.row_multiple;
        last.begins_anywhere = false;
    }
    const bool smallest = LargestMap < largest_whole_map;
    band_plan bands;
    if (result.size > 1) bands = choose_bands(std::span(chain).first(result.size), sizeof(T), smallest);
    if (bands.bands < 2)
        return step_chain{.band = chain[0].window.row_multiple, .split_multiple = chain[0].window.split_multiple()};
    result.band = bands.rows;
    result.split_multiple = bands.split_multiple;
    result.map_rows = bands.map_rows;
    for (std::size_t k = 0; k < result.size; ++k)
        result.scratch = std::max(result.scratch, chain[k].scratch(bands.made[k]));
    return result;
}();

template <class Net, class T, std::size_t Count, std::size_t LargestMap, std::size_t... Head>
constexpr auto all_chains(std::index_sequence<Head...>) {
    return std::array<step_chain, sizeof...(Head) + 1>{chain_from<Net, T, Count, LargestMap, Head>...};
}

/// For each step the chain that it may begin; the chains that run follow each other.
template <class Net, class T, std::size_t Count, std::size_t LargestMap>
inline constexpr auto chains_from = all_chains<Net, T, Count, LargestMap>(
    std::make_index_sequence<plan_outline_of<Net, schedule::inference, Count>.plan.step_count>{});

/// The chains of a plan's steps: of each step the first and the last of its chain, rows of its output in memory, and
/// scratch.
template <std::size_t Count>
struct chain_layout {
    std::array<std::size_t, Count> head{}, tail{}, map_rows{}, scratch{};
    std::array<bool, Count> has_map{};  // the output has memory of its own
};

/// Puts steps into chains, for one sample at a time; every step is a chain of its own for more.
template <class Net, class T, std::size_t Count, std::size_t LargestMap, class Plan>
constexpr chain_layout<Count> assign_chains(Plan& plan, std::size_t tile) {
    constexpr const auto& traits = layer_traits_of<Net, T>;
    chain_layout<Count> chains;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        chains.head[s] = chains.tail[s] = s;
        chains.has_map[s] = true;
        chains.scratch[s] = traits[plan.steps[s].layer].scratch;
    }
    for (std::size_t head = 0; tile == 1 && head < plan.step_count;) {
        const step_chain& chain = chains_from<Net, T, Count, LargestMap>[head];
        plan.chains[head].band = chain.band;
        plan.chains[head].split_multiple = chain.split_multiple;
        plan.chains[head].length = chain.size;
        if (chain.size > 1) chains.scratch[head] = chain.scratch;
        if (chain.merges_in_place) chains.has_map[head + chain.size - 2] = false;
        for (std::size_t k = 0; k < chain.size; ++k) {
            if (k > 0) plan.chains[head + k].length = 0;
            chains.head[head + k] = head;
            chains.tail[head + k] = head + chain.size - 1;
            if (k + 1 < chain.size) chains.map_rows[head + k] = chain.map_rows[k];
        }
        head += chain.size;
    }
    return chains;
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
