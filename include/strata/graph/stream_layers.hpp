// stream_layers: traits of layers and values that the passes of a stream's schedule read: states, rates, time axes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Traits of a layer that the pass reads.
struct stream_layer {
    streaming kind = streaming::none;
    bool is_merge = false;
    std::size_t lookback = 0;
    std::size_t state = 0;
    std::size_t scratch = 0;
    std::size_t scratch_of_step = 0;
    std::size_t (*process_scratch)(std::size_t frames) = nullptr;
    stream_rate rate{};
    stream_refusal refusal{};
};

template <class Net, class T, std::size_t I>
constexpr stream_layer stream_layer_of() {
    using layer = type_at<I, computed_layers_of<Net>>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    constexpr streaming kind = streaming_of<layer, in>();
    stream_layer traits{.kind = kind, .is_merge = merge_layer<layer>, .scratch = scratch_of<T, layer>(in)};
    // Of a layer that cannot stream one step is no input: a convolution's window does not fit.
    if constexpr (in.rank() > 1 && (kind != streaming::none || merge_layer<layer>))
        traits.scratch_of_step = scratch_of<T, layer>(one_step(in));
    if constexpr (streams_with_state<layer>) {
        traits.lookback = layer::template lookback<in>();
        traits.state = layer::template state_size<in, T>();
    }
    if constexpr (has_output_rate<layer>)
        if (traits.kind != streaming::none) traits.rate = layer::template output_rate<in>();
    if constexpr (has_stream_refusal<layer>) traits.refusal = layer::template refuse_stream<in>();
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
inline constexpr auto values_in_time_of = [] {
    std::array<bool, flat_count<Net> + 1> result{true};
    for (std::size_t i = 0; i < flat_count<Net>; ++i)
        result[i + 1] = result[value_read<Net>(i)] && stream_layers_of<Net, T>[i].kind != streaming::to_last;
    return result;
}();

/// The steps of the net's input at which a stream makes a value: first + m stride for m = 0, 1, ...
struct value_rate {
    std::size_t first = 0;
    std::size_t stride = 1;
};
/// Of all values. A merge waits for its latest operand.
template <class Net, class T>
inline constexpr auto value_rates_of = [] {
    std::array<value_rate, flat_count<Net> + 1> rates{};
    for (std::size_t i = 0; i < flat_count<Net>; ++i) {
        const stream_rate own =
            values_in_time_of<Net, T>[value_read<Net>(i)] ? stream_layers_of<Net, T>[i].rate : stream_rate{};
        const std::size_t before = rates[value_read<Net>(i)].stride;
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k)
            rates[i + 1].first = std::max(rates[i + 1].first, rates[value_read<Net>(i, k)].first);
        rates[i + 1].first += own.skip * before;
        rates[i + 1].stride = own.stride * before;
    }
    return rates;
}();
/// Whether a stream of a net keeps fewer outputs of a layer than it computes.
template <class Net, class T>
inline constexpr bool has_rates = [] {
    for (const value_rate& rate : value_rates_of<Net, T>)
        if (rate.first > 0 || rate.stride > 1) return true;
    return false;
}();
/// How many frames of input number k of layer I wait for the latest input: none where all come together.
template <class Net, class T>
constexpr std::size_t waiting_frames(std::size_t i, std::size_t k) {
    std::size_t latest = 0;
    for (std::size_t other = 0; other < flat_nodes_of<Net>[i].input_count; ++other)
        latest = std::max(latest, value_rates_of<Net, T>[value_read<Net>(i, other)].first);
    const value_rate own = value_rates_of<Net, T>[value_read<Net>(i, k)];
    return (latest - own.first + own.stride - 1) / own.stride;
}

/// Whether a stream can run layer I: a merge node whose operands all have a time axis of one length, or none has.
template <class Net, class T>
constexpr bool merges_in_time(const std::array<bool, flat_count<Net> + 1>& in_time, std::size_t i) {
    const std::size_t first = value_read<Net>(i);
    for (std::size_t k = 1; k < flat_nodes_of<Net>[i].input_count; ++k) {
        const std::size_t value = value_read<Net>(i, k);
        if (in_time[value] != in_time[first]) return false;
        if (value_rates_of<Net, T>[value].stride != value_rates_of<Net, T>[first].stride) return false;
        if (in_time[value] && value_shape<Net>(value)[0] != value_shape<Net>(first)[0]) return false;
    }
    return true;
}

/// The shapes that merge node I reads in one step of a stream.
template <class Net, class T, std::size_t I>
inline constexpr auto merged_step_shapes_of = [] {
    auto shapes = merged_shapes_of<Net, I>;
    if (values_in_time_of<Net, T>[value_read<Net>(I)])
        for (shape& each : shapes) each = one_step(each);
    return shapes;
}();

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
