// stream_chains: runs of steps of a stream through which a time step goes in a vector register, and a block of time
// steps one in each lane.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/chains.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/runtime/register_chain.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Step number Step of a stream, for one time step.
template <class Net, class T, std::size_t Step>
struct stream_step
    : step_types<Net, T, stream_plan_of<Net, T>.steps[Step].layer, stream_plan_of<Net, T>.steps[Step].fused> {
    static constexpr shape in = stream_plan_of<Net, T>.states[Step].in;
    static constexpr shape out = step_shape<Net, T>(stream_plan_of<Net, T>.steps[Step].last() + 1);
};

/// The chains of a stream through which a time step goes in a register.
template <class Net, class T, std::size_t... Step>
constexpr auto register_chains_of_stream(std::index_sequence<Step...>) {
    constexpr const auto& plan = stream_plan_of<Net, T>;
    return lengths_of_chains<sizeof...(Step)>(
        {(!plan.states[Step].has_state && fits_vector<stream_step<Net, T, Step>, T>() &&
          streams_in_vector<typename stream_step<Net, T, Step>::layer, stream_step<Net, T, Step>::in, T>())...},
        {follows_of<Net, flat_count<Net>, schedule::stream>[Step]...});
}

/// Whether frames go through a chain of a stream one in each lane: values are copied to lanes and back, which costs
/// more than it saves where a frame has many.
template <class T, class... Steps>
constexpr bool runs_in_lanes(type_list<Steps...>) {
    using first = type_at<0, type_list<Steps...>>;
    using last = type_at<sizeof...(Steps) - 1, type_list<Steps...>>;
    return sizeof...(Steps) > 1 && first::in.size() + last::out.size() <= kernels::lanes<T> / 2;
}

/// The steps of a chain for at most as many frames as a vector has lanes.
template <class T, class... Steps>
STRATA_INLINE void run_chain_in_lanes(const T* x, const T* parameters, T* y, std::size_t count, type_list<Steps...>) {
    using V = kernels::simd<T>;
    constexpr std::size_t in = type_at<0, type_list<Steps...>>::in.size();
    constexpr std::size_t out = type_at<sizeof...(Steps) - 1, type_list<Steps...>>::out.size();
    constexpr std::size_t largest = std::max({in, Steps::out.size()...});
    V values[2][largest];
    alignas(alignment) T lanes[std::max(in, out)][V::size]{};
    if constexpr (in == 1) {
        values[0][0] = kernels::load_partial(x, count);
    } else {
        for (std::size_t l = 0; l < count; ++l)
            for (std::size_t i = 0; i < in; ++i) lanes[i][l] = x[l * in + i];
        for (std::size_t i = 0; i < in; ++i) values[0][i] = kernels::load(lanes[i]);
    }
    std::size_t at = 0;
    const auto pass = [&]<class Step>(const Step*) STRATA_INLINE_CALL {
        const auto weights = Step::weights::of(parameters);
        const forward_context<T> call{.weights = weights.data()};
        Step::layer::template forward_of_lanes<Step::in, typename Step::epilogue>(
            static_cast<const V*>(values[at]), static_cast<V*>(values[1 - at]), call);
        at = 1 - at;
    };
    evaluate_in_order{0, (pass(static_cast<const Steps*>(nullptr)), 0)...};
    if constexpr (out == 1) return kernels::store_partial<T>(y, values[at][0], count);
    for (std::size_t i = 0; i < out; ++i) kernels::store<T>(lanes[i], values[at][i]);
    for (std::size_t l = 0; l < count; ++l)
        for (std::size_t i = 0; i < out; ++i) y[l * out + i] = lanes[i][l];
}

/// The steps of a chain for frames, one in each lane. A few frames that are left go one by one.
template <class T, class... Steps>
void run_frames_in_lanes(const T* x, const T* parameters, T* y, std::size_t count, type_list<Steps...> steps) {
    constexpr std::size_t in = type_at<0, type_list<Steps...>>::in.size();
    constexpr std::size_t out = type_at<sizeof...(Steps) - 1, type_list<Steps...>>::out.size();
    constexpr std::size_t lanes = kernels::lanes<T>;
    for (; count > lanes / 4; x += lanes * in, y += lanes * out) {
        const std::size_t now = std::min(count, lanes);
        run_chain_in_lanes(x, parameters, y, now, steps);
        count -= now;
        if (now < lanes) return;
    }
    for (; count > 0; --count, x += in, y += out) run_register_chain(x, parameters, y, steps);
}

}  // namespace strata::inline STRATA_ISA::detail
