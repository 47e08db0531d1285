// profile_stream: where the time of a stream goes, step by step.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/whole_samples.hpp>
#include <strata/graph/stream_layers.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/inspect/profile.hpp>
#include <strata/inspect/step_recorder.hpp>
#include <strata/runtime/stream.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Operations of a layer for one time step of its input: those that more steps add, as a convolution's first ones have
/// no output.
template <class Layer>
double flops_of_one_step(const shape& in, bool is_in_time) {
    if (!is_in_time) return static_cast<double>(Layer::flops(in));
    shape few = in, many = in;
    few[0] = 4096;
    many[0] = 2 * few[0];
    return static_cast<double>(Layer::flops(many) - Layer::flops(few)) / static_cast<double>(few[0]);
}

struct stream_profiler {
    template <class Net, class T>
    static Profile run(Stream<Net, T> stream, std::span<const T> x, const profile_options& options) {
        constexpr const auto& plan = stream_plan_of<Net, T>;
        const std::size_t steps = x.size() / plan.input_size;
        const std::size_t most = options.single_steps ? 1 : plan.frames;
        std::vector<T> y(Stream<Net, T>::most_outputs(most) * plan.output_size);
        const auto each_tile = [&](auto run) {
            const flush_subnormals flush;
            for (std::size_t i = 0; i < steps; i += most)
                run(x.data() + i * plan.input_size, std::min(most, steps - i));
        };
        const auto executor = stream.executor();
        return measure_steps<T>(
            std::string(Net::model_name()), "time step", steps, options,
            rows<Net, T>(static_cast<double>(steps), static_cast<double>((steps + most - 1) / most)),
            [&](step_recorder& recorder) {
                each_tile([&](const T* at, std::size_t count) {
                    if constexpr (!has_rates<Net, T>)
                        if (options.single_steps) return executor.observed_step(at, y.data(), recorder);
                    static_cast<void>(executor.observed_frames(at, y.data(), count, stream.counters_, recorder));
                });
            },
            [&] {
                each_tile([&](const T* at, std::size_t count) {
                    if constexpr (!has_rates<Net, T>)
                        if (options.single_steps) return executor.one_step(at, y.data());
                    static_cast<void>(executor.frames(at, y.data(), count, stream.counters_));
                });
            });
    }

private:
    template <class Net, class T>
    static step_rows rows(double steps, double tiles) {
        constexpr const auto& plan = stream_plan_of<Net, T>;
        step_rows result;
        [&]<std::size_t... Step>(std::index_sequence<Step...>) {
            (result.add(phase::forward, Step, row<Net, T, Step>(steps, tiles)), ...);
        }(std::make_index_sequence<plan.step_count>{});
        return result;
    }
    template <class Net, class T, std::size_t Layer>
    static double layer_flops() {
        constexpr std::size_t value = value_read<Net>(Layer);
        const double stride = static_cast<double>(value_rates_of<Net, T>[value].stride);
        return flops_of_one_step<type_at<Layer, flat_layers_of<Net>>>(flat_nodes_of<Net>[Layer].in,
                                                                      values_in_time_of<Net, T>[value]) /
               stride;
    }
    template <class Net, class T, std::size_t Step>
    static profile_row row(double steps, double tiles) {
        constexpr const auto& plan = stream_plan_of<Net, T>;
        constexpr plan_step step = plan.steps[Step];
        profile_row row{.layers = names_of_step<Net>(step),
                        .algorithm = plan.states[Step].has_state ? "steps with a state" : "as in inference"};
        row.flops = layer_flops<Net, T, step.layer>();
        if constexpr (step.fused.count > 0) row.flops += layer_flops<Net, T, step.fused.layers[0]>();
        row.flops *= steps;
        const double values = inputs_of_step(plan, Step) + static_cast<double>(step.output.size);
        row.bytes = (steps * values + tiles * weights_read<Net, T>(step.layer)) * sizeof(T);
        return row;
    }
};

}  // namespace detail

/// The same of a stream: of the time steps that x holds, which a copy of the stream takes, in tiles as `process` does,
/// or one by one, as `step` does, with `.single_steps = true`. The bytes do not count the states.
template <class Net, class T, class Samples>
    requires std::convertible_to<const Samples&, std::span<const T>>
Profile profile(const Stream<Net, T>& stream, const Samples& x, const profile_options& options = {}) {
    const std::span<const T> values(x);
    static_cast<void>(whole_samples("profile of a stream", shape{Stream<Net, T>::input_size}, values.size(), 1));
    return detail::stream_profiler::run(stream, values, options);
}

}  // namespace strata::inline STRATA_ISA
