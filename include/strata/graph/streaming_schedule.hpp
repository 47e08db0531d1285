// streaming_schedule: the steps of a stream, and where states and values lie; constexpr data.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// Where a step of a stream reads or writes; offsets in elements of the stream's memory.
struct stream_location {
    enum kind { input, memory, output };
    kind from = memory;
    std::size_t offset = 0;
};

/// One layer of a stream, perhaps with the next activation fused into it.
struct stream_step {
    std::size_t layer = 0;
    fused_layers fused{};
    bool has_state = false;
    std::size_t first_input = 0;  // its first place among the plan's inputs
    shape in{};                   // of one time step
    stream_location to{};
    std::size_t out = 0;  // elements of the output of one time step
    std::size_t state = 0;
};

/// The steps of a stream. Its memory is states, then values between layers, then a copy of the input, then scratch.
/// Values have memory for `frames` time steps, of which Stream::step uses the first.
template <std::size_t Capacity, std::size_t Inputs>
struct stream_plan {
    std::array<stream_step, Capacity> steps{};
    std::array<stream_location, Inputs> inputs{};
    std::size_t step_count = 0;
    std::size_t input_size = 0;
    std::size_t output_size = 0;
    std::size_t state_size = 0;
    std::size_t receptive_field = 1;
    std::size_t frames = 1;
    std::size_t states_size = 0;
    std::size_t input_copy = 0;
    std::size_t scratch = 0;
    std::size_t memory_size = 0;
};

namespace detail {

/// Traits of a layer that the pass reads.
struct stream_layer {
    streaming kind = streaming::none;
    bool is_view = false;
    bool is_merge = false;
    fused_layers fused{};
    std::size_t lookback = 0;
    std::size_t state = 0;
    std::size_t scratch = 0;
    std::size_t scratch_of_step = 0;
    std::size_t (*process_scratch)(std::size_t frames) = nullptr;
};

template <class Net, class T, std::size_t I>
constexpr stream_layer stream_layer_of() {
    using layer = type_at<I, flat_layers_of<Net>>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    stream_layer traits{.kind = streaming_of<layer, in>(),
                        .is_view = view_layer<layer> || identity_at_inference<layer>,
                        .is_merge = merge_layer<layer>,
                        .fused = fused_into<Net, schedule::stream, flat_count<Net>, I>,
                        .scratch = scratch_of<T, layer>(in),
                        .scratch_of_step = in.rank() > 1 ? scratch_of<T, layer>(one_step(in)) : 0};
    if constexpr (streams_with_state<layer>) {
        traits.lookback = layer::template lookback<in>();
        traits.state = layer::template state_size<in, T>();
    }
    if constexpr (has_process_scratch<layer>) traits.process_scratch = &layer::template process_scratch<in, T>;
    return traits;
}
template <class Net, class T, std::size_t... I>
constexpr auto stream_layers(std::index_sequence<I...>) {
    return std::array<stream_layer, sizeof...(I)>{stream_layer_of<Net, T, I>()...};
}
template <class Net, class T>
inline constexpr auto stream_layers_of = stream_layers<Net, T>(std::make_index_sequence<flat_count<Net>>{});

/// Which values have a time axis still.
template <class Net, class T>
constexpr auto values_in_time() {
    std::array<bool, flat_count<Net> + 1> result{true};
    for (std::size_t i = 0; i < flat_count<Net>; ++i)
        result[i + 1] = result[value_read<Net>(i)] && stream_layers_of<Net, T>[i].kind != streaming::to_last;
    return result;
}

/// Whether a stream can run layer I: a merge node whose operands all have a time axis of one length, or none has.
template <class Net>
constexpr bool merges_in_time(const std::array<bool, flat_count<Net> + 1>& in_time, std::size_t i) {
    const std::size_t first = value_read<Net>(i);
    for (std::size_t k = 1; k < flat_nodes_of<Net>[i].input_count; ++k) {
        const std::size_t value = value_read<Net>(i, k);
        if (in_time[value] != in_time[first]) return false;
        if (in_time[value] && value_shape<Net>(value)[0] != value_shape<Net>(first)[0]) return false;
    }
    return true;
}

/// The shapes that merge node I reads in one step of a stream.
template <class Net, class T, std::size_t I>
inline constexpr auto merged_step_shapes_of = [] {
    auto shapes = merged_shapes_of<Net, I>;
    if (values_in_time<Net, T>()[value_read<Net>(I)])
        for (shape& each : shapes) each = one_step(each);
    return shapes;
}();

/// How many layers of the flattened list each layer of a net is.
template <class... Layers>
constexpr auto flat_sizes(type_list<Layers...>) {
    return std::array<std::size_t, sizeof...(Layers)>{flattened<Layers>::type::size()...};
}

template <class... Layers>
constexpr auto layer_types(type_list<Layers...>) {
    return std::array<std::string_view, sizeof...(Layers)>{Layers::type...};
}

}  // namespace detail

/// Whether a net can be streamed: the first layer that cannot.
template <class Net, class T>
struct stream_check {
    static constexpr diagnostic value = [] {
        if (!net_check<Net>::value.ok) return net_check<Net>::value;
        diagnostic found;
        if constexpr (net_check<Net>::value.ok) {
            constexpr shape in = detail::input_of<Net>();
            if (in.rank() < 2)
                return refuse("an input of (steps, ...)", to_text(in), "write Input<steps, features>",
                              "a stream of this net");
            constexpr auto types = detail::layer_types(flat_layers_of<Net>{});
            constexpr auto in_time = detail::values_in_time<Net, T>();
            for (std::size_t i = 0; i < types.size() && found.ok; ++i) {
                const detail::stream_layer& layer = detail::stream_layers_of<Net, T>[i];
                const bool is_step = !in_time[detail::value_read<Net>(i)] || layer.kind != streaming::none;
                if (layer.is_merge ? detail::merges_in_time<Net>(in_time, i) : is_step) continue;
                constexpr auto sizes = detail::flat_sizes(layers_of<Net>{});
                std::size_t outer = 0;
                for (std::size_t before = sizes[0]; before <= i; before += sizes[++outer]) {
                }
                found = refuse(layer.is_merge ? "paths that all go step by step, or none of them"
                                              : "layers that take one time step after another",
                               types[i], "leave it out of the streamed net, or call infer with all steps",
                               text<200>("a stream, ")
                                   << detail::describe_layer<Net>(outer, detail::layer_types(layers_of<Net>{})[outer]));
            }
        }
        return found;
    }();
};

namespace detail {

/// Bytes of values that a layer reads and writes for all frames at once: what leaves room for weights in an L1 cache.
/// Beyond the second number, even few frames would leave the L2 cache.
inline constexpr std::size_t frames_bytes = std::size_t{8} << 10, most_frames_bytes = std::size_t{256} << 10;

/// The most steps that Stream::process takes at once: 8 to 32, or 1 where the values of 8 are too large.
template <class Net, class T>
constexpr std::size_t stream_frames() {
    const auto in_time = values_in_time<Net, T>();
    const auto size_of = [&](std::size_t value) {
        const shape whole = value_shape<Net>(value);
        return (in_time[value] ? one_step(whole) : whole).size();
    };
    std::size_t widest = 1;
    for (std::size_t i = 0; i < flat_count<Net>; ++i) {
        const stream_layer& layer = stream_layers_of<Net, T>[i];
        std::size_t size = size_of(i + 1) + (layer.process_scratch != nullptr ? layer.process_scratch(1) : 0);
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k) size += size_of(value_read<Net>(i, k));
        widest = std::max(widest, size * sizeof(T));
    }
    if (8 * widest > most_frames_bytes) return 1;
    std::size_t frames = 8;
    while (frames < 32 && 2 * frames * widest <= frames_bytes) frames *= 2;
    return frames;
}

}  // namespace detail

/// The plan of a net's stream. Identities and views vanish, the last value is the output, each other value has memory
/// of its own: they are of one time step.
template <class Net, class T>
constexpr auto make_stream_plan() {
    constexpr std::size_t count = detail::flat_count<Net>, unit = alignment / sizeof(T);
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr const auto& layers = detail::stream_layers_of<Net, T>;
    const auto in_time = detail::values_in_time<Net, T>();
    const auto step_shape = [&](std::size_t value) {
        const shape whole = detail::value_shape<Net>(value);
        return in_time[value] ? one_step(whole) : whole;
    };
    stream_plan<count, flat_graph_of<Net>.inputs.size()> plan;
    std::size_t used = 0;
    const auto reserve = [&](std::size_t elements) {
        const std::size_t at = used;
        used += (elements + unit - 1) / unit * unit;
        return at;
    };
    plan.input_size = step_shape(0).size();
    plan.output_size = step_shape(count).size();

    // Which value's memory each value has, and how far back it looks.
    std::array<std::size_t, count + 1> alias_of{}, lookback{};
    for (std::size_t i = 0; i < count; ++i) {
        const detail::stream_layer& layer = layers[i];
        std::size_t back = 0;
        for (std::size_t k = 0; k < nodes[i].input_count; ++k)
            back = std::max(back, lookback[detail::value_read<Net>(i, k)]);
        const bool forgets = layer.lookback != unbounded && back != unbounded;
        lookback[i + 1] = forgets ? back + layer.lookback : unbounded;
        alias_of[i + 1] = layer.is_view ? alias_of[detail::value_read<Net>(i)] : i + 1;
    }
    plan.receptive_field = lookback[count] == unbounded ? unbounded : lookback[count] + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const detail::stream_layer& layer = layers[i];
        if (layer.is_view) continue;
        stream_step& step = plan.steps[plan.step_count++];
        step = {.layer = i,
                .fused = layer.fused,
                .first_input = nodes[i].first_input,
                .in = step_shape(detail::value_read<Net>(i))};
        step.has_state = in_time[detail::value_read<Net>(i)] && !layer.is_merge &&
                         (layer.kind == streaming::with_state || layer.kind == streaming::to_last);
        if (step.has_state) step.state = reserve(layer.state);
        plan.state_size += step.has_state ? layer.state : 0;
        i = layer.fused.last(i);
    }
    plan.states_size = used;
    plan.frames = detail::stream_frames<Net, T>();
    std::array<stream_location, count + 1> places{};
    for (std::size_t value = 0; value <= count; ++value) {
        if (alias_of[value] == alias_of[count]) places[value].from = stream_location::output;
        else if (alias_of[value] == 0) places[value].from = stream_location::input;
        else if (alias_of[value] == value) places[value].offset = reserve(plan.frames * step_shape(value).size());
        else places[value] = places[alias_of[value]];
    }
    plan.input_copy = reserve(plan.frames * plan.input_size);
    std::size_t scratch = 0;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        stream_step& step = plan.steps[s];
        for (std::size_t k = 0; k < nodes[step.layer].input_count; ++k)
            plan.inputs[step.first_input + k] = places[detail::value_read<Net>(step.layer, k)];
        step.to = places[step.fused.last(step.layer) + 1];
        step.out = step_shape(step.fused.last(step.layer) + 1).size();
        const bool by_step = in_time[detail::value_read<Net>(step.layer)];
        scratch = std::max(scratch, by_step ? layers[step.layer].scratch_of_step : layers[step.layer].scratch);
        if (layers[step.layer].process_scratch != nullptr)
            scratch = std::max(scratch, layers[step.layer].process_scratch(plan.frames));
    }
    plan.scratch = reserve(scratch);
    plan.memory_size = used;
    return plan;
}

/// The plan of a net's stream as a constant.
template <class Net, class T>
inline constexpr auto stream_plan_of = make_stream_plan<Net, T>();

}  // namespace strata::inline STRATA_ISA
