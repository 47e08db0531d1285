// chains: the pass that makes chains of an inference's steps, which run depth-first over bands of rows.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
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

/// For each step how many from it on may be one chain, where maps of more than `largest_map` bytes are not kept whole.
template <class Net, class T, std::size_t Count>
constexpr std::array<std::size_t, Count> chain_sizes(std::size_t largest_map) {
    constexpr const auto& plan = plan_outline_of<Net, schedule::inference, Count>.plan;
    constexpr const auto& by_rows = row_traits_in<Net, T, Count>;
    std::array<std::size_t, Count> sizes{};
    for (std::size_t s = plan.step_count; s-- > 0;) {
        sizes[s] = 1;
        if (s + 1 == plan.step_count || !follows_of<Net, Count>[s + 1]) continue;
        const row_traits &own = by_rows[plan.steps[s].layer], &next = by_rows[plan.steps[s + 1].layer];
        if (own.is_by_rows() && next.is_by_rows() && own.out_rows * own.out_row * sizeof(T) > largest_map)
            sizes[s] = std::min(sizes[s + 1] + 1, longest_chain);
    }
    return sizes;
}

/// One step that is no chain.
constexpr step_chain single_step(const row_traits& step) {
    if (!step.is_by_rows()) return {};
    return {.band = step.window.row_multiple, .split_multiple = step.window.split_multiple()};
}

/// Steps as a chain; its first step alone, where one band would be the whole map. merges_in_place: the last one does.
constexpr step_chain plan_chain(std::span<row_traits> chain, std::size_t scalar_bytes, bool smallest,
                                bool merges_in_place) {
    if (merges_in_place) {  // both make the same rows in each band, so that no thread writes another one's rows
        row_window& last = chain.back().window;
        last.row_multiple = chain[chain.size() - 2].window.row_multiple;
        last.begins_anywhere = false;
    }
    const band_plan bands = choose_bands(chain, scalar_bytes, smallest);
    if (bands.bands < 2) return single_step(chain[0]);
    step_chain result{.size = chain.size(),
                      .band = bands.rows,
                      .split_multiple = bands.split_multiple,
                      .map_rows = bands.map_rows,
                      .merges_in_place = merges_in_place};
    for (std::size_t k = 0; k < chain.size(); ++k)
        result.scratch = std::max(result.scratch, chain[k].scratch(bands.made[k]));
    return result;
}

/// The sizes of the largest maps that are kept whole: one, or those that nets of the smallest memory compare.
template <bool Smallest>
inline constexpr std::array<std::size_t, 1> map_limits{largest_whole_map};
template <>
inline constexpr auto map_limits<true> = [] {
    std::array<std::size_t, std::bit_width(largest_whole_map / 512)> limits{};
    for (std::size_t i = 0; i < limits.size(); ++i) limits[i] = std::size_t{256} << i;
    return limits;
}();

/// Some steps from `head` on.
struct chain_steps {
    std::size_t head = 0;
    std::size_t size = 0;
};

/// For each step the sizes of the chains that may begin there: of chains that follow each other, or of all.
template <class Net, class T, std::size_t Count, bool Smallest, bool All>
inline constexpr auto has_chain_of = [] {
    std::array<std::array<bool, longest_chain + 1>, Count> result{};
    for (const std::size_t limit : map_limits<Smallest>) {
        const auto sizes = chain_sizes<Net, T, Count>(limit);
        for (std::size_t s = 0; s < Count && sizes[s] > 0; s += All ? 1 : sizes[s]) result[s][sizes[s]] = sizes[s] > 1;
    }
    return result;
}();

template <std::size_t Count>
constexpr std::size_t chain_count(const std::array<std::array<bool, longest_chain + 1>, Count>& has_chain) {
    std::size_t count = 0;
    for (const auto& of_head : has_chain)
        for (const bool has : of_head) count += has ? 1u : 0u;
    return count;
}

/// Those chains, by their heads and then by their sizes.
template <class Net, class T, std::size_t Count, bool Smallest, bool All>
inline constexpr auto possible_chains_of = [] {
    constexpr const auto& has_chain = has_chain_of<Net, T, Count, Smallest, All>;
    std::array<chain_steps, chain_count(has_chain)> result{};
    for (std::size_t s = 0, next = 0; next < result.size(); ++s)
        for (std::size_t size = 2; size <= longest_chain; ++size)
            if (has_chain[s][size]) result[next++] = {.head = s, .size = size};
    return result;
}();

/// Each a constant of its own: compilers limit the steps of one evaluation.
template <class Net, class T, std::size_t Count, bool Smallest, std::size_t Head, std::size_t Size>
inline constexpr step_chain chain_of = [] {
    constexpr const auto& plan = plan_outline_of<Net, schedule::inference, Count>.plan;
    row_traits chain[Size];
    for (std::size_t k = 0; k < Size; ++k) chain[k] = row_traits_in<Net, T, Count>[plan.steps[Head + k].layer];
    return plan_chain(chain, sizeof(T), Smallest, merges_in_place<Net, Count>(Head + Size - 1));
}();

template <class Net, class T, std::size_t Count, bool Smallest, bool All>
inline constexpr auto planned_chains_of = []<std::size_t... I>(std::index_sequence<I...>) {
    constexpr const auto& possible = possible_chains_of<Net, T, Count, Smallest, All>;
    return std::array<step_chain, sizeof...(I)>{
        chain_of<Net, T, Count, Smallest, possible[I].head, possible[I].size>...};
}(std::make_index_sequence<possible_chains_of<Net, T, Count, Smallest, All>.size()>{});

/// Whether one of the chains would be one band, so that chains may begin at other steps than where they should end.
template <class Net, class T, std::size_t Count, bool Smallest>
inline constexpr bool has_whole_band = [] {
    for (const step_chain& chain : planned_chains_of<Net, T, Count, Smallest, false>)
        if (chain.size == 1) return true;
    return false;
}();

/// The chains of a plan's steps: of each step the first and the last of its chain, rows of its output in memory, and
/// scratch.
template <std::size_t Count>
struct chain_layout {
    std::array<std::size_t, Count> head{}, tail{}, map_rows{}, scratch{};
    std::array<bool, Count> has_map{};  // the output has memory of its own
};

/// The chain of so many steps from `head` on, or one step. The chains' order is that of their heads: `next` is the
/// first one that begins there or later.
template <class Net, class T, std::size_t Count, bool Smallest>
constexpr step_chain chain_at(std::size_t head, std::size_t size, std::size_t& next) {
    constexpr bool all = has_whole_band<Net, T, Count, Smallest>;
    constexpr const auto& possible = possible_chains_of<Net, T, Count, Smallest, all>;
    while (next < possible.size() && possible[next].head < head) ++next;
    for (std::size_t i = next; i < possible.size() && possible[i].head == head; ++i)
        if (possible[i].size == size) return planned_chains_of<Net, T, Count, Smallest, all>[i];
    const plan_step& step = plan_outline_of<Net, schedule::inference, Count>.plan.steps[head];
    return single_step(row_traits_in<Net, T, Count>[step.layer]);
}

/// Puts steps into chains of these sizes, which are chain_sizes of one of map_limits<Smallest>, for one sample at a
/// time; every step is a chain of its own for more.
template <class Net, class T, std::size_t Count, bool Smallest, class Plan>
constexpr chain_layout<Count> assign_chains(Plan& plan, std::size_t tile, const std::array<std::size_t, Count>& sizes) {
    constexpr const auto& traits = layer_traits_of<Net, T>;
    chain_layout<Count> chains;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        chains.head[s] = chains.tail[s] = s;
        chains.has_map[s] = true;
        chains.scratch[s] = traits[plan.steps[s].layer].scratch;
    }
    if (tile > 1) return chains;
    for (std::size_t head = 0, next = 0; head < plan.step_count;) {
        const step_chain chain = chain_at<Net, T, Count, Smallest>(head, sizes[head], next);
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
