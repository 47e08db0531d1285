// training_schedule: the steps of training, and where values lie in the training arena; constexpr data.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/gradient_memory.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Net, std::size_t I>
inline constexpr fused_layers trained_fusion = fused_into<Net, schedule::training, flat_count<Net>, I>;

template <class Net, class T, std::size_t I>
constexpr trained_traits trained_traits_of(std::size_t tile) {
    using layer = type_at<I, flat_layers_of<Net>>;
    using epilogue = epilogue_of<Net, trained_fusion<Net, I>>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    trained_traits traits{.is_random = random_layer<layer>,
                          .is_view = view_layer<layer> || (identity_at_inference<layer> && !random_layer<layer>),
                          .is_merge = merge_layer<layer>,
                          .is_whole = needs_whole_batch<layer> && !flat_nodes_of<Net>[I].is_frozen,
                          .fused = trained_fusion<Net, I>,
                          .in_size = in.size(),
                          .out_size = flat_nodes_of<Net>[I].out.size(),
                          .scratch = scratch_of<T, layer>(in)};
    if constexpr (merge_layer<layer>) traits.passes_gradient = layer::passes_gradient;
    for (const weight_row& row : weight_rows_of<Net>)
        traits.learns = traits.learns || (row.layer == I && row.trainable);
    if constexpr (needs_whole_batch<layer>)
        if (traits.is_whole) traits.shared = layer::template shared_size<in, T>();
    if (!traits.is_view) {
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

constexpr std::size_t aligned(std::size_t elements, std::size_t unit) { return (elements + unit - 1) / unit * unit; }

/// The last layer up to `wanted` such that it and all later layers read a single value of the layers before it.
template <class Net>
constexpr std::size_t cut_before(std::size_t wanted) {
    std::size_t cut = std::min(wanted, flat_count<Net>);
    for (std::size_t i = flat_count<Net>; i-- > cut;)
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k) cut = std::min(cut, value_read<Net>(i, k));
    return cut;
}

}  // namespace detail

/// The plan of a training step for tiles of `tile` samples. Every activation is kept until its gradient is done; a
/// gradient lives from where the layer above writes it until nobody can still read it.
template <class Net, class T>
constexpr auto make_training_plan(std::size_t tile) {
    constexpr std::size_t count = detail::flat_count<Net>, unit = alignment / sizeof(T);
    constexpr const auto& nodes = flat_nodes_of<Net>;
    const auto traits = detail::all_trained_traits<Net, T>(tile, std::make_index_sequence<count>{});
    training_plan<count, flat_graph_of<Net>.inputs.size()> plan;
    plan.tile = tile;
    const auto acts = [](const auto& fact) { return fact.learns || fact.is_random || fact.is_whole; };
    plan.first_layer = detail::cut_before<Net>(
        static_cast<std::size_t>(std::find_if(traits.begin(), traits.end(), acts) - traits.begin()));

    const auto reserve = [&](std::size_t elements) {
        const std::size_t at = plan.arena_size;
        plan.arena_size += detail::aligned(elements, unit);
        return at;
    };
    // Of each value the one that lies in its memory first, where that is, and whether something below it learns.
    std::array<std::size_t, count + 1> alias_of{}, place_of{};
    std::array<bool, count + 1> learns_below{};
    const std::size_t input = alias_of[plan.first_layer] = plan.first_layer;
    if (input < count) plan.input = place_of[input] = reserve(tile * traits[input].in_size);
    for (std::size_t i = plan.first_layer; i < count; ++i) {
        const detail::trained_traits& fact = traits[i];
        if (fact.is_view) {
            alias_of[i + 1] = alias_of[detail::value_read<Net>(i)];
            continue;
        }
        training_step& step = plan.steps[plan.step_count++];
        step = {.layer = i,
                .fused = fact.fused,
                .learns = fact.learns,
                .is_whole = fact.is_whole,
                .in_size = fact.in_size,
                .out_size = fact.out_size,
                .saved_size = fact.saved,
                .first_input = nodes[i].first_input,
                .input_count = nodes[i].input_count};
        for (std::size_t k = 0; k < step.input_count; ++k) {
            const std::size_t read = detail::value_read<Net>(i, k), value = alias_of[read];
            plan.inputs[step.first_input + k] = {.is_input = value == input,
                                                 .size = detail::value_shape<Net>(read).size(),
                                                 .x = place_of[value],
                                                 .use = learns_below[value] ? gradient_use::write : gradient_use::none};
            step.passes_down = step.passes_down || learns_below[value];
        }
        i = fact.fused.last(i);
        alias_of[i + 1] = i + 1;
        place_of[i + 1] = step.y = reserve(tile * fact.out_size);
        learns_below[i + 1] = step.has_backward();
        step.saved = reserve(tile * fact.saved);
        if (step.passes_down) step.backward_weights = reserve(fact.backward_weights);
        step.shared = reserve(fact.shared);
        plan.is_whole = plan.is_whole || fact.is_whole;
        plan.scratch_size = std::max({plan.scratch_size, fact.scratch, fact.gradient_scratch});
    }
    plan.arena_size += detail::place_gradients<Net, T>(plan, alias_of, traits);
    return plan;
}

/// Samples per tile, where a batch may be cut: as many as keep the activations of a tile in a megabyte, the size of an
/// L2 cache, or more where the weights weigh more than that: they are read once per tile. 4 to 128. Where a batch may
/// not be cut, the default size of one: the plan is made anew for other sizes.
template <class Net, class T>
inline constexpr std::size_t training_tile = [] {
    if (make_training_plan<Net, T>(1).is_whole) return std::size_t{32};
    constexpr std::size_t eight = make_training_plan<Net, T>(8).arena_size - make_training_plan<Net, T>(0).arena_size;
    constexpr std::size_t sample = std::max<std::size_t>(1, eight / 8 * sizeof(T));
    constexpr std::size_t weights = weight_offsets_of<Net, T>.back() * sizeof(T);
    return std::clamp<std::size_t>(std::max(std::size_t{1} << 20, weights) / sample / 4 * 4, 4, 128);
}();

/// The training plan of a net as a constant.
template <class Net, class T>
inline constexpr auto training_plan_of = make_training_plan<Net, T>(training_tile<Net, T>);

/// Bytes of the training arena of a net: activations, saved activations, gradients of activations, transposed weights.
/// Where a batch may not be cut, for batches of 32.
template <class Net, class T = float>
inline constexpr std::size_t training_arena_bytes = training_plan_of<Net, T>.arena_size * sizeof(T);

}  // namespace strata::inline STRATA_ISA
