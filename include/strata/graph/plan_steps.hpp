// plan_steps: the passes that make steps of layers, and chains of steps that run depth-first.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/layer_traits.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// Where a step reads or writes.
enum class location { input, arena, output };

/// One input of a step; offsets in elements.
struct plan_operand {
    location from = location::arena;
    std::size_t offset = 0;
};

/// One step: the layer `first` and the layers fused into its epilogue (indices into the flattened list), as
/// one kernel call.
struct plan_step {
    std::size_t first = 0;
    fused_layers fused{};
    std::size_t first_input = 0;  // its first place among the plan's inputs
    std::size_t input_count = 1;
    location to = location::arena;
    std::size_t out_offset = 0;
    std::size_t scratch_offset = 0;
    bool follows = false;            // it alone reads what the step before it gives, and nothing else
    std::size_t chain = 1;           // steps that run depth-first from this one on; 0 inside such a chain
    std::size_t band = 0;            // rows of the chain's output made at a time, where it is made by rows
    std::size_t split_multiple = 0;  // threads split these rows at multiples of it, likewise

    /// The last layer of the step, an index into the flattened list.
    constexpr std::size_t last() const { return fused.last(first); }
};

/// The steps of a net for a tile of samples, and the size of its arena in elements.
template <std::size_t Capacity, std::size_t Inputs>
struct execution_plan {
    std::array<plan_step, Capacity> steps{};
    std::array<plan_operand, Inputs> inputs{};
    std::size_t step_count = 0;
    std::size_t arena_size = 0;

    /// Input number k of a step, where the net's input is x.
    template <class T>
    constexpr const T* read(std::size_t step, std::size_t k, const T* x, const T* arena) const {
        const plan_operand& operand = inputs[steps[step].first_input + k];
        return operand.from == location::input ? x : arena + operand.offset;
    }
    /// All inputs of a step, of which there are K.
    template <std::size_t K, class T>
    constexpr std::array<const T*, K> read_all(std::size_t step, const T* x, const T* arena) const {
        std::array<const T*, K> operands{};
        for (std::size_t k = 0; k < K; ++k) operands[k] = read(step, k, x, arena);
        return operands;
    }
};

namespace detail {

template <class Net, class T>
inline constexpr auto layer_traits_of = traits_of<T>(flat_layers_of<Net>{}, flat_nodes_of<Net>);

/// The steps of a net without memory; for each value the one that lies in its memory first, and for each such value the
/// last step that reads it. Each pass gives a constant of its own: compilers limit the steps of one evaluation.
template <std::size_t Count, std::size_t Inputs>
struct plan_outline {
    execution_plan<Count, Inputs> plan{};
    std::array<std::size_t, Count + 1> alias_of{}, last_read{};
};

template <class Net, class T, std::size_t Count>
inline constexpr auto plan_outline_of = [] {
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr const auto& traits = layer_traits_of<Net, T>;
    constexpr auto fused = all_fused_layers<Net, schedule::inference, Count>(std::make_index_sequence<Count>{});
    plan_outline<Count, flat_graph_of<Net>.inputs.size()> outline;
    auto& [plan, alias_of, last_read] = outline;
    std::array<std::size_t, Count + 1> readers{};
    std::array<bool, Count + 1> is_fused{};
    for (std::size_t i = 0; i < Count; ++i) {
        if (is_fused[i]) continue;
        if (traits[i].is_alias) {
            alias_of[i + 1] = alias_of[value_read<Net>(i)];
            continue;
        }
        plan_step& step = plan.steps[plan.step_count];
        step.first = i;
        step.fused = fused[i];
        step.first_input = nodes[i].first_input;
        step.input_count = nodes[i].input_count;
        for (std::size_t k = 0; k < fused[i].count; ++k) is_fused[fused[i].layers[k]] = true;
        for (std::size_t k = 0; k < nodes[i].input_count; ++k) {
            last_read[alias_of[value_read<Net>(i, k)]] = plan.step_count;
            ++readers[alias_of[value_read<Net>(i, k)]];
        }
        alias_of[step.last() + 1] = step.last() + 1;
        ++plan.step_count;
    }
    for (std::size_t s = 1; s < plan.step_count; ++s) {
        const std::size_t value = alias_of[value_read<Net>(plan.steps[s].first)];
        plan.steps[s].follows =
            plan.steps[s].input_count == 1 && value == plan.steps[s - 1].last() + 1 && readers[value] == 1;
    }
    return outline;
}();

/// A chain of steps that runs depth-first, or one step: rows of its output at a time, of each map inside it rows in
/// memory, and scratch.
struct step_chain {
    std::size_t size = 1;
    std::size_t band = 0;
    std::size_t split_multiple = 0;
    std::array<std::size_t, longest_chain> map_rows{};
    std::size_t scratch = 0;
};

template <class Net, class T, std::size_t Count>
inline constexpr auto row_traits_in = all_row_traits<Net, T, Count>(std::make_index_sequence<Count>{});

/// The chain that begins with step Head, where maps of more than LargestMap bytes are not kept whole.
template <class Net, class T, std::size_t Count, std::size_t LargestMap, std::size_t Head>
inline constexpr step_chain chain_from = [] {
    constexpr const auto& plan = plan_outline_of<Net, T, Count>.plan;
    constexpr const auto& by_rows = row_traits_in<Net, T, Count>;
    step_chain result;
    std::array<row_traits, longest_chain> chain{by_rows[plan.steps[Head].first]};
    const auto continues = [&] {
        if (result.size == chain.size() || Head + result.size == plan.step_count) return false;
        const plan_step& next = plan.steps[Head + result.size];
        const row_traits& before = chain[result.size - 1];
        return next.follows && before.is_by_rows() && by_rows[next.first].is_by_rows() &&
               before.out_rows * before.out_row * sizeof(T) > LargestMap;
    };
    for (; continues(); ++result.size) chain[result.size] = by_rows[plan.steps[Head + result.size].first];
    if (!chain[0].is_by_rows()) return result;
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
inline constexpr auto chains_from =
    all_chains<Net, T, Count, LargestMap>(std::make_index_sequence<plan_outline_of<Net, T, Count>.plan.step_count>{});

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
