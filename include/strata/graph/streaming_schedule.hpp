// streaming_schedule: the steps of a stream, and where states and values lie; constexpr data.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan_steps.hpp>
#include <strata/graph/stream_layers.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// The state that a layer keeps between two steps of a stream.
struct stream_state {
    bool has_state = false;
    stream_rate rate{};      // of a layer with a state
    std::size_t offset = 0;  // of the state in the stream's memory
    shape in{};              // of one time step
};

/// Frames of an input of a merge that wait for the other inputs.
struct stream_queue {
    std::size_t frames = 0;  // the most that wait; 0: none
    std::size_t offset = 0;  // in the stream's memory: those that wait, then the new ones
};

/// The steps of a stream. Its memory, the arena, is states, then values between layers, the input, the
/// discarded output and scratch. All but states have memory for `frames` time steps, of which Stream::step uses the
/// first.
template <std::size_t Capacity, std::size_t Inputs>
struct stream_plan : step_list<Capacity, Inputs> {
    std::array<stream_state, Capacity> states{};
    std::array<stream_queue, Inputs> queues{};
    std::size_t input_size = 0;
    std::size_t output_size = 0;
    std::size_t state_size = 0;
    std::size_t receptive_field = 1;
    std::size_t frames = 1;
    std::size_t states_end = 0;  // of the states in the arena
    std::size_t input_copy = 0;
    std::size_t discarded = 0;    // outputs of prewarm
    std::size_t all_outputs = 0;  // of a layer of which some are kept
};

namespace detail {

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
            constexpr const auto& in_time = detail::values_in_time_of<Net, T>;
            for (std::size_t i = 0; i < types.size() && found.ok; ++i) {
                const detail::stream_layer& layer = detail::stream_layers_of<Net, T>[i];
                const bool is_step = !in_time[detail::value_read<Net>(i)] || layer.kind != streaming::none;
                if (layer.is_merge ? detail::merges_in_time<Net, T>(in_time, i) : is_step) continue;
                constexpr auto sizes = detail::flat_sizes(layers_of<Net>{});
                std::size_t outer = 0;
                for (std::size_t before = sizes[0]; before <= i; before += sizes[++outer]) {
                }
                found =
                    refuse(layer.is_merge ? "paths that go step by step at one rate, or none of them"
                                          : "layers that take one time step after another",
                           layer.refusal.got.empty() ? types[i] : layer.refusal.got,
                           layer.refusal.fix.empty() ? "leave it out of the streamed net, or call infer with all steps"
                                                     : layer.refusal.fix,
                           text<200>("a stream, ")
                               << detail::describe_layer<Net>(outer, detail::layer_types(layers_of<Net>{})[outer]));
            }
        }
        return found;
    }();
};

namespace detail {

/// The shape of a value in one step of a stream: a time axis, where it has one, is 1 long.
template <class Net, class T>
constexpr shape step_shape(std::size_t value) {
    const shape whole = value_shape<Net>(value);
    return values_in_time_of<Net, T>[value] ? one_step(whole) : whole;
}

/// The pass that adds up how many steps back the last value looks, the present one included; `unbounded` where a layer
/// remembers for ever.
template <class Net, class T>
inline constexpr std::size_t receptive_field_of = [] {
    std::array<std::size_t, flat_count<Net> + 1> lookback{};  // in steps of the net's input
    for (std::size_t i = 0; i < flat_count<Net>; ++i) {
        std::size_t back = 0;
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k)
            back = std::max(back, lookback[value_read<Net>(i, k)]);
        const std::size_t own = stream_layers_of<Net, T>[i].lookback;
        const std::size_t stride = value_rates_of<Net, T>[value_read<Net>(i)].stride;
        lookback[i + 1] = own != unbounded && back != unbounded ? back + own * stride : unbounded;
    }
    return lookback.back() == unbounded ? unbounded : lookback.back() + 1;
}();

/// Bytes that a layer reads and writes for all frames at once: what leaves room for weights in an L1 cache. Beyond the
/// second number, even few frames would leave the L2 cache.
inline constexpr std::size_t frames_bytes = std::size_t{8} << 10, most_frames_bytes = std::size_t{256} << 10;
inline constexpr std::size_t most_frames = 64;

/// The most steps that Stream::process takes at once: 8 to 64; 1 where the values of 8 are too large, and in programs
/// without a heap, whose memory is small.
template <class Net, class T>
constexpr std::size_t stream_frames() {
    std::size_t widest = 1;
    for (std::size_t i = 0; i < flat_count<Net>; ++i) {
        const auto& process_scratch = stream_layers_of<Net, T>[i].process_scratch;
        std::size_t size = step_shape<Net, T>(i + 1).size() + (process_scratch != nullptr ? process_scratch(1) : 0);
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k)
            size += step_shape<Net, T>(value_read<Net>(i, k)).size();
        widest = std::max(widest, size * sizeof(T));
    }
    if (!has_heap || 8 * widest > most_frames_bytes) return 1;
    std::size_t frames = 8;
    while (frames < most_frames && 2 * frames * widest <= frames_bytes) frames *= 2;
    return frames;
}

/// Places pieces of memory: each begins where the previous one ends.
struct stream_memory {
    std::size_t unit = 1;
    std::size_t used = 0;

    constexpr std::size_t reserve(std::size_t elements) {
        return std::exchange(used, used + (elements + unit - 1) / unit * unit);
    }
};

/// The pass that gives the layers' states their memory.
template <class Net, class T, class Plan>
constexpr void place_states(Plan& plan, stream_memory& memory) {
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const std::size_t layer = plan.steps[s].layer, value = value_read<Net>(layer);
        const stream_layer& traits = stream_layers_of<Net, T>[layer];
        stream_state& state = plan.states[s];
        state.in = step_shape<Net, T>(value);
        state.has_state = values_in_time_of<Net, T>[value] && !traits.is_merge &&
                          (traits.kind == streaming::with_state || traits.kind == streaming::to_last);
        if (!state.has_state) continue;
        state.rate = traits.rate;
        state.offset = memory.reserve(traits.state);
        plan.state_size += traits.state;
    }
}

/// The pass that gives memory to what waits for other inputs of a merge, and to outputs before some are dropped.
template <class Net, class T, class Plan>
constexpr void place_queues(Plan& plan, stream_memory& memory) {
    std::size_t largest = 0;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const plan_step& step = plan.steps[s];
        for (std::size_t k = 0; k < step.input_count; ++k) {
            stream_queue& queue = plan.queues[step.first_input + k];
            queue.frames = waiting_frames<Net, T>(step.layer, k);
            const std::size_t size = step_shape<Net, T>(value_read<Net>(step.layer, k)).size();
            if (queue.frames > 0) queue.offset = memory.reserve((queue.frames + plan.frames) * size);
        }
        if (!plan.states[s].rate.keeps_all()) largest = std::max(largest, step_shape<Net, T>(step.last() + 1).size());
    }
    plan.all_outputs = memory.reserve(plan.frames * largest);
}

/// The pass that places values: the last one is the output, each other one has memory of its own.
template <class Net, class T, class Plan>
constexpr void place_stream_values(Plan& plan, stream_memory& memory) {
    constexpr std::size_t count = flat_count<Net>;
    constexpr const auto& alias_of = plan_outline_of<Net, schedule::stream>.alias_of;
    std::array<bool, count + 1> is_written{};
    for (std::size_t s = 0; s < plan.step_count; ++s) is_written[plan.steps[s].last() + 1] = true;
    std::array<plan_operand, count + 1> values{};
    for (std::size_t value = 0; value <= count; ++value) {
        plan_operand& operand = values[value];
        operand.size = step_shape<Net, T>(value).size();
        if (value == 0) operand.at = location::input;
        else if (value == alias_of[count]) operand.at = location::output;
        else if (is_written[value]) operand.offset = memory.reserve(plan.frames * operand.size);
    }
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        plan_step& step = plan.steps[s];
        for (std::size_t k = 0; k < step.input_count; ++k)
            plan.inputs[step.first_input + k] = values[alias_of[value_read<Net>(step.layer, k)]];
        step.output = values[step.last() + 1];
    }
}

/// The pass that gives all steps the same scratch, which is large enough for each.
template <class Net, class T, class Plan>
constexpr void place_stream_scratch(Plan& plan, stream_memory& memory) {
    std::size_t size = 0;
    for (std::size_t s = 0; s < plan.step_count; ++s) {
        const std::size_t layer = plan.steps[s].layer;
        const stream_layer& traits = stream_layers_of<Net, T>[layer];
        const bool by_step = values_in_time_of<Net, T>[value_read<Net>(layer)];
        size = std::max(size, by_step ? traits.scratch_of_step : traits.scratch);
        if (traits.process_scratch != nullptr) size = std::max(size, traits.process_scratch(plan.frames));
    }
    const std::size_t offset = memory.reserve(size);
    for (std::size_t s = 0; s < plan.step_count; ++s) plan.steps[s].scratch = offset;
}

}  // namespace detail

/// The plan of a net's stream. Identities and views vanish.
template <class Net, class T>
constexpr auto make_stream_plan() {
    constexpr std::size_t count = detail::flat_count<Net>;
    stream_plan<count, flat_graph_of<Net>.inputs.size()> plan{
        {detail::plan_outline_of<Net, detail::schedule::stream>.plan}};
    plan.input_size = detail::step_shape<Net, T>(0).size();
    plan.output_size = detail::step_shape<Net, T>(count).size();
    plan.receptive_field = detail::receptive_field_of<Net, T>;
    detail::stream_memory memory{.unit = alignment / sizeof(T)};
    plan.frames = detail::stream_frames<Net, T>();
    detail::place_states<Net, T>(plan, memory);
    plan.states_end = memory.used;
    detail::place_queues<Net, T>(plan, memory);
    detail::place_stream_values<Net, T>(plan, memory);
    plan.input_copy = memory.reserve(plan.frames * plan.input_size);
    plan.discarded = memory.reserve(plan.frames * plan.output_size);
    detail::place_stream_scratch<Net, T>(plan, memory);
    plan.arena_size = memory.used;
    return plan;
}

/// The plan of a net's stream as a constant.
template <class Net, class T>
inline constexpr auto stream_plan_of = make_stream_plan<Net, T>();

}  // namespace strata::inline STRATA_ISA
