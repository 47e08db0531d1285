// training_schedule: the steps of training, and where values lie in the training arena; constexpr data.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/gradient_memory.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan_steps.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Net, class T, std::size_t I>
constexpr trained_traits trained_traits_of(std::size_t tile) {
    using layer = type_at<I, computed_layers_of<Net>>;
    using epilogue = epilogue_of<Net, fused_into<Net, schedule::training, flat_count<Net>>[I]>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    trained_traits traits{.is_random = random_layer<layer>,
                          .is_merge = merge_layer<layer>,
                          .is_whole = needs_whole_batch<layer> && !flat_nodes_of<Net>[I].is_frozen,
                          .scratch = scratch_of<T, layer>(in)};
    if constexpr (merge_layer<layer>) traits.passes_gradient = layer::passes_gradient;
    for (const weight_row& row : weight_rows_of<Net>)
        traits.learns = traits.learns || (row.layer == I && row.trainable);
    if constexpr (needs_whole_batch<layer>)
        if (traits.is_whole) traits.shared = layer::template shared_size<in, T>();
    if (!is_alias<schedule::training, layer>) {
        traits.saved = saved_size_of<layer, in, epilogue, T>;
        traits.backward_weights = backward_packed_size_of<layer, in, T>;
        traits.gradient_scratch = gradient_scratch_of<layer, in, epilogue, T>(tile);
    }
    return traits;
}

template <class Net, class T, std::size_t... I>
constexpr auto all_trained_traits(std::size_t tile, std::index_sequence<I...>) {
    return std::array<trained_traits, sizeof...(I)>{trained_traits_of<Net, T, I>(tile)...};
}

/// Whether a layer that has no weights to train, or whose weights are frozen, yet computes another thing in training
/// than in inference, or continues the batch before.
template <class Net, std::size_t I>
constexpr bool acts_in_training() {
    using layer = type_at<I, computed_layers_of<Net>>;
    return random_layer<layer> || carried_size_of<layer, flat_nodes_of<Net>[I].in> > 0 ||
           (needs_whole_batch<layer> && !flat_nodes_of<Net>[I].is_frozen);
}
template <class Net, std::size_t... I>
constexpr auto all_act_in_training(std::index_sequence<I...>) {
    return std::array<bool, sizeof...(I)>{acts_in_training<Net, I>()...};
}

constexpr std::size_t aligned(std::size_t elements, std::size_t unit) { return (elements + unit - 1) / unit * unit; }

/// The first layer of the steps of training: the last one before all that learn, draw random numbers, are stateful or
/// need the whole batch such that it and all later layers read a single value of the layers before it.
template <class Net>
inline constexpr std::size_t first_trained_layer = [] {
    std::size_t first = flat_count<Net>;
    for (const weight_row& row : weight_rows_of<Net>)
        if (row.trainable) first = std::min(first, row.layer);
    const auto acts = all_act_in_training<Net>(std::make_index_sequence<flat_count<Net>>{});
    first = std::min(first, static_cast<std::size_t>(std::find(acts.begin(), acts.end(), true) - acts.begin()));
    for (std::size_t i = flat_count<Net>; i-- > first;)
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k)
            first = std::min(first, value_read<Net>(i, k));
    return first;
}();

/// The pass that says of each step whether it learns, and of which of its inputs it gives the gradient.
template <class Net, std::size_t Count, std::size_t Inputs, class Outline>
constexpr void mark_trained(training_plan<Count, Inputs>& plan, const Outline& outline,
                            const std::array<trained_traits, Count>& traits) {
    std::array<bool, Count + 1> learns_below{};  // of each value: its producer, or one before that, learns
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        trained_step& trained = plan.trained[s];
        trained = {.learns = traits[step.layer].learns, .is_whole = traits[step.layer].is_whole};
        for (std::size_t k = 0; k < step.input_count; ++k) {
            if (!learns_below[outline.template value_of<Net>(step.layer, k)]) continue;
            plan.gradients[step.first_input + k].use = gradient_use::write;
            trained.passes_down = true;
        }
        learns_below[step.last() + 1] = trained.has_backward();
        plan.is_whole = plan.is_whole || trained.is_whole;
    }
}

/// The pass that places what forward writes and backward reads, one after the other. All of it is kept until backward
/// is done.
template <class Net, class T, std::size_t Count, std::size_t Inputs, class Outline>
constexpr void place_activations(training_plan<Count, Inputs>& plan, const Outline& outline,
                                 const std::array<trained_traits, Count>& traits) {
    constexpr std::size_t unit = alignment / sizeof(T);
    const auto reserve = [&](std::size_t elements) {
        return std::exchange(plan.arena_size, plan.arena_size + aligned(elements, unit));
    };
    std::array<std::size_t, Count + 1> offset_of{};  // of each value
    if (plan.step_count > 0)
        plan.input = offset_of[plan.first_layer] = reserve(plan.tile * value_shape<Net>(plan.first_layer).size());
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        trained_step& trained = plan.trained[s];
        const trained_traits& fact = traits[step.layer];
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t value = outline.template value_of<Net>(step.layer, k);
            plan_operand& operand = plan.inputs[step.first_input + k];
            operand.at = value == plan.first_layer ? location::input : location::arena;
            operand.offset = offset_of[value];
        }
        step.output.offset = offset_of[step.last() + 1] = reserve(plan.tile * step.output.size);
        trained.saved_size = fact.saved;
        trained.saved = reserve(plan.tile * fact.saved);
        if (trained.passes_down) trained.backward_weights = reserve(fact.backward_weights);
        trained.shared = reserve(fact.shared);
        plan.scratch_size = std::max({plan.scratch_size, fact.scratch, fact.gradient_scratch});
    }
}

}  // namespace detail

/// The plan of a training step for tiles of `tile` samples. Every activation is kept until its gradient is done; a
/// gradient lives from the step that first writes it to the last step that reads it.
template <class Net, class T>
constexpr auto make_training_plan(std::size_t tile) {
    constexpr std::size_t count = detail::flat_count<Net>, first = detail::first_trained_layer<Net>;
    constexpr const auto& outline = detail::plan_outline_of<Net, detail::schedule::training, count, first>;
    const auto traits = detail::all_trained_traits<Net, T>(tile, std::make_index_sequence<count>{});
    training_plan<count, flat_graph_of<Net>.inputs.size()> plan{{outline.plan}};
    plan.tile = tile;
    plan.first_layer = first;
    detail::mark_trained<Net>(plan, outline, traits);
    detail::place_activations<Net, T>(plan, outline, traits);
    detail::place_gradients<Net, T>(plan, outline, traits);
    return plan;
}

/// Samples per tile, where a batch may be cut: as many as keep the activations of a tile in a megabyte, the size of an
/// L2 cache, or more where the weights weigh more than that: they are read once per tile. 4 to 128. Where a batch may
/// not be cut, the default size of one: the plan is made anew for other sizes.
template <class Net, class T>
inline constexpr std::size_t training_tile = [] {
    constexpr auto eight = make_training_plan<Net, T>(8);
    if constexpr (eight.is_whole) {
        return std::size_t{32};
    } else {
        const std::size_t fixed = make_training_plan<Net, T>(0).arena_size;
        const std::size_t sample = std::max<std::size_t>(1, (eight.arena_size - fixed) / 8 * sizeof(T));
        const std::size_t weights = weight_offsets_of<Net, T>.back() * sizeof(T);
        return std::clamp<std::size_t>(std::max(std::size_t{1} << 20, weights) / sample / 4 * 4, 4, 128);
    }
}();

/// The training plan of a net as a constant.
template <class Net, class T>
inline constexpr auto training_plan_of = make_training_plan<Net, T>(training_tile<Net, T>);

/// Bytes of the training arena of a net: activations, saved activations, gradients of activations, transposed weights.
/// Where a batch may not be cut, for batches of 32.
template <class Net, class T = float>
inline constexpr std::size_t training_arena_bytes = training_plan_of<Net, T>.arena_size * sizeof(T);

}  // namespace strata::inline STRATA_ISA
