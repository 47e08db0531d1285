// plan_steps: the steps that every schedule consists of, and the pass that makes them of the graph.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// Where a value lies: it is the net's input or its output, or it is in the arena of the schedule.
enum class location { input, arena, output };

/// A value that a step reads or writes.
struct plan_operand {
    location at = location::arena;
    std::size_t offset = 0;  // in elements of the arena
    std::size_t size = 0;    // of one sample; in a stream, of one time step
};

/// One step: a layer and the layers fused into its epilogue (indices into the flattened list), as one kernel call.
struct plan_step {
    std::size_t layer = 0;
    fused_layers fused{};
    std::size_t first_input = 0;  // its first place among the schedule's inputs
    std::size_t input_count = 1;
    plan_operand output{};
    std::size_t scratch = 0;  // its offset in the arena; in training each thread has scratch of its own

    /// The last layer of the step, an index into the flattened list.
    constexpr std::size_t last() const { return fused.last(layer); }
};

/// The steps of a schedule, the values that they read, one step's after the other's, and the size of its arena in
/// elements. The plans of inference, training and streams add tables with one entry a step for what only they need.
template <std::size_t Capacity, std::size_t Inputs>
struct step_list {
    std::array<plan_step, Capacity> steps{};
    std::array<plan_operand, Inputs> inputs{};
    std::size_t step_count = 0;
    std::size_t arena_size = 0;

    /// Input number k of a step, from a sample of the tile on, where the net's input is x.
    template <class T>
    constexpr const T* read(std::size_t step, std::size_t k, const T* x, const T* arena, std::size_t sample = 0) const {
        const plan_operand& operand = inputs[steps[step].first_input + k];
        return (operand.at == location::input ? x : arena + operand.offset) + sample * operand.size;
    }
    /// All inputs of a step, of which there are K.
    template <std::size_t K, class T>
    constexpr std::array<const T*, K> read_all(std::size_t step, const T* x, const T* arena,
                                               std::size_t sample = 0) const {
        std::array<const T*, K> operands{};
        for (std::size_t k = 0; k < K; ++k) operands[k] = read(step, k, x, arena, sample);
        return operands;
    }
    /// The output of a step, where the net's output is y.
    template <class T>
    constexpr T* write(std::size_t step, T* y, T* arena, std::size_t sample = 0) const {
        const plan_operand& output = steps[step].output;
        return (output.at == location::output ? y : arena + output.offset) + sample * output.size;
    }
};

namespace detail {

/// Whether a layer computes nothing in a schedule: its output is its input, perhaps with another shape.
template <schedule For, class Layer>
inline constexpr bool is_alias =
    view_layer<Layer> || (identity_at_inference<Layer> && (For != schedule::training || !random_layer<Layer>));

template <schedule For, class... Layers>
constexpr auto aliases_among(type_list<Layers...>) {
    return std::array<bool, sizeof...(Layers)>{is_alias<For, Layers>...};
}
template <class Net, schedule For>
inline constexpr auto aliases_of = aliases_among<For>(computed_layers_of<Net>{});

/// Steps without memory, and for each value the one in whose memory it lies.
template <std::size_t Count, std::size_t Inputs>
struct plan_outline {
    step_list<Count, Inputs> plan{};
    std::array<std::size_t, Count + 1> alias_of{};

    /// The value in whose memory input number k of a layer lies.
    template <class Net>
    constexpr std::size_t value_of(std::size_t layer, std::size_t k = 0) const {
        return alias_of[value_read<Net>(layer, k)];
    }
};

/// The pass that makes steps of the layers from First on, of the first Count of a net: a layer that is an alias or is
/// fused gets none. The constants of passes are each of their own: compilers limit the steps of one evaluation.
template <class Net, schedule For, std::size_t Count = flat_count<Net>, std::size_t First = 0>
inline constexpr auto plan_outline_of = [] {
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr const auto& fused = fused_into<Net, For, Count>;
    plan_outline<Count, flat_graph_of<Net>.inputs.size()> outline;
    auto& [plan, alias_of] = outline;
    std::array<bool, Count + 1> is_fused{};
    alias_of[First] = First;
    for (std::size_t i = First; i < Count; ++i) {
        if (is_fused[i]) continue;
        if (aliases_of<Net, For>[i]) {
            alias_of[i + 1] = outline.template value_of<Net>(i);
            continue;
        }
        plan_step& step = plan.steps[plan.step_count++];
        step = {
            .layer = i, .fused = fused[i], .first_input = nodes[i].first_input, .input_count = nodes[i].input_count};
        step.output.size = nodes[step.last()].out.size();
        for (std::size_t k = 0; k < step.input_count; ++k)
            plan.inputs[step.first_input + k].size = value_shape<Net>(value_read<Net>(i, k)).size();
        for (std::size_t k = 0; k < step.fused.count; ++k) is_fused[step.fused.layers[k]] = true;
        alias_of[step.last() + 1] = step.last() + 1;
    }
    return outline;
}();

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
