// profile: where the time of an inference goes, step by step.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/message.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/whole_samples.hpp>
#include <strata/graph/plan.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/inspect/step_recorder.hpp>
#include <strata/model/model.hpp>
#include <strata/runtime/forward_executor.hpp>
#include <strata/runtime/parallel_executor.hpp>
#include <strata/runtime/register_chain.hpp>
#include <strata/runtime/stream_state.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The names of the layers of a step: `conv2d + re_lu`.
template <class Net, class Step>
std::string names_of_step(const Step& step) {
    std::string names(flat_names_of<Net>[step.layer].view());
    for (std::size_t k = 0; k < step.fused.count; ++k)
        names += internal::message({" + ", flat_names_of<Net>[step.fused.layers[k]].view()});
    return names;
}
/// The algorithm that a layer names, or its kind.
template <class Step, class T>
std::string algorithm_of() {
    using layer = typename Step::layer;
    if constexpr (requires { layer::template algorithm_name<Step::in, T>(); })
        return layer::template algorithm_name<Step::in, T>().str();
    else if constexpr (merge_layer<layer>) return "merge";
    else if constexpr (elementwise_layer<layer>) return "value by value";
    else return "loops";
}
/// Elements of the weights that a layer's kernel reads: the packed form where there is one.
template <class Net, class T>
double weights_read(std::size_t layer) {
    if (packed_sizes_of<Net, T>[layer] > 0) return static_cast<double>(packed_sizes_of<Net, T>[layer]);
    double sum = 0.0;
    for (std::size_t i = weight_begins_of<Net>[layer]; i < weight_begins_of<Net>[layer + 1]; ++i)
        sum += static_cast<double>(weight_sizes_of<Net, T>[i]);
    return sum;
}
template <class... Layers, std::size_t Nodes>
constexpr auto flops_of_layers(type_list<Layers...>, const std::array<flat_node, Nodes>& nodes) {
    std::size_t i = 0;
    std::array<std::size_t, sizeof...(Layers) + 1> flops{};
    evaluate_in_order{0, (flops[i] = Layers::flops(nodes[i].in), ++i, 0)...};
    return flops;
}
/// Operations of each layer of the flattened list, for one sample.
template <class Net>
inline constexpr auto layer_flops_of = flops_of_layers(flat_layers_of<Net>{}, flat_nodes_of<Net>);

template <class Net, class Step>
double flops_of_step(const Step& step) {
    double sum = static_cast<double>(layer_flops_of<Net>[step.layer]);
    for (std::size_t k = 0; k < step.fused.count; ++k)
        sum += static_cast<double>(layer_flops_of<Net>[step.fused.layers[k]]);
    return sum;
}
template <class Plan>
double inputs_of_step(const Plan& plan, std::size_t step) {
    double sum = 0.0;
    for (std::size_t k = 0; k < plan.steps[step].input_count; ++k)
        sum += static_cast<double>(plan.inputs[plan.steps[step].first_input + k].size);
    return sum;
}

/// An inference of tiles of N samples with an observer of its steps.
template <class Net, class T, std::size_t N>
struct observed_inference {
    static constexpr const auto& plan = plan_of<Net, T, N>;
    using all_steps = std::make_index_sequence<plan.step_count>;
    static constexpr auto lengths = register_chains<Net, T, N, flat_count<Net>>(all_steps{});

    template <class Observer>
    static void run(const T* x, const T* parameters, T* y, T* arena, Observer& observer) {
        const auto one = [&]<std::size_t Step>(std::integral_constant<std::size_t, Step>) {
            if constexpr (plan.chains[Step].length > 0 && lengths[Step] > 0) {
                observer.begin(0);
                forward_executor<Net, T, N>::template run_step<Step, lengths[Step]>(x, parameters, y, arena);
                observer.end(0, Step, phase::forward);
            }
        };
        [&]<std::size_t... Step>(std::index_sequence<Step...>) {
            evaluate_in_order{0, (one(std::integral_constant<std::size_t, Step>{}), 0)...};
        }(all_steps{});
    }
    /// The rows of `tiles` tiles.
    static step_rows rows(double tiles, std::size_t threads) {
        step_rows result;
        const auto one = [&]<std::size_t Step>(std::integral_constant<std::size_t, Step>) {
            if constexpr (plan.chains[Step].length > 0 && lengths[Step] > 0)
                result.add(phase::forward, Step, row<Step>(tiles, threads));
        };
        [&]<std::size_t... Step>(std::index_sequence<Step...>) {
            evaluate_in_order{0, (one(std::integral_constant<std::size_t, Step>{}), 0)...};
        }(all_steps{});
        return result;
    }

private:
    template <std::size_t Step>
    static profile_row row(double tiles, std::size_t threads) {
        constexpr std::size_t bands = plan.chains[Step].length, length = bands > lengths[Step] ? bands : lengths[Step];
        profile_row row;
        double values = 0.0;
        const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            constexpr std::size_t at = Step + I;
            using step = step_of<Net, T, N, flat_count<Net>, at>;
            row.layers += (I > 0 ? ", " : "") + names_of_step<Net>(plan.steps[at]);
            const std::string algorithm = algorithm_of<step, T>();
            if (row.algorithm.find(algorithm) == std::string::npos) row.algorithm += (I > 0 ? ", " : "") + algorithm;
            row.flops += tiles * N * flops_of_step<Net>(plan.steps[at]);
            values += weights_read<Net, T>(plan.steps[at].layer);
            if (I == 0) values += N * inputs_of_step(plan, at);
            else if (plan.steps[at].input_count > 1)
                values += N * (inputs_of_step(plan, at) - static_cast<double>(plan.steps[at - 1].output.size));
            if (I + 1 == length) values += N * static_cast<double>(plan.steps[at].output.size);
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add(std::integral_constant<std::size_t, I>{}), ...);
        }(std::make_index_sequence<length>{});
        row.bytes = tiles * values * sizeof(T);
        if (bands > 1)
            row.algorithm += internal::message(
                {"; bands of ", plan.chains[Step].band, plan.chains[Step].band == 1 ? " row" : " rows"});
        if (lengths[Step] > 1) row.algorithm += "; in a register";
        if constexpr (N == 1)
            if (threads > 1 && parallel_executor<Net, T>::template is_shared<Step>()) row.threads = threads;
        return row;
    }
};

/// Profiles the first samples of x that make whole tiles.
template <std::size_t N, class Net, class T, class Storage>
Profile profile_tiles(const Model<Net, T, Storage>& model, const T* x, std::size_t samples,
                      const profile_options& options) {
    constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
    using observed = observed_inference<Net, T, N>;
    const std::size_t tiles = samples / N;
    std::vector<T> y(N * out);
    aligned_array<T> arena(batch_arena_size<Net, T, N>);
    const T* parameters = model.parameters();
    const auto each_tile = [&](auto run) {
        const flush_subnormals flush;
        for (std::size_t i = 0; i < tiles; ++i) run(x + i * N * in);
    };
    return measure_steps<T>(
        std::string(Net::model_name()), "sample", tiles * N, options, observed::rows(static_cast<double>(tiles), 1),
        [&](step_recorder& recorder) {
            each_tile([&](const T* at) { observed::run(at, parameters, y.data(), arena.data(), recorder); });
        },
        [&] {
            each_tile([&](const T* at) { forward_executor<Net, T, N>::run(at, parameters, y.data(), arena.data()); });
        });
}
/// Profiles samples one by one, each shared by threads.
template <class Net, class T, class Storage>
Profile profile_shared(const Model<Net, T, Storage>& model, const T* x, std::size_t samples,
                       const profile_options& options) {
    constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
    using executor = parallel_executor<Net, T>;
    std::vector<T> y(out);
    thread_pool threads(options.threads);
    aligned_array<T> arenas(threads.size() * plan_of<Net, T, 1>.arena_size);
    const T* parameters = model.parameters();
    return measure_steps<T>(
        std::string(Net::model_name()), "sample", samples, options,
        observed_inference<Net, T, 1>::rows(static_cast<double>(samples), threads.size()),
        [&](step_recorder& recorder) {
            for (std::size_t i = 0; i < samples; ++i)
                executor::run_observed(threads, x + i * in, parameters, y.data(), arenas.data(), recorder);
        },
        [&] {
            for (std::size_t i = 0; i < samples; ++i)
                executor::run_shared(threads, x + i * in, parameters, y.data(), arenas.data());
        });
}

}  // namespace detail

/// The time, operations and bytes of each step of the inference of some samples: a Tensor, or a vector or span of any
/// number of them. Many samples run in tiles, as in a batch; those that fill no tile are left out then. With
/// `.threads` more than one, threads share each sample where the net is large enough for that. The code of other
/// inferences does not change. Throws std::invalid_argument where x does not hold whole samples.
template <class Net, class T, class Storage, class Samples>
    requires std::convertible_to<const Samples&, std::span<const T>>
Profile profile(const Model<Net, T, Storage>& model, const Samples& x, const profile_options& options = {}) {
    const std::span<const T> values(x);
    const std::size_t samples = whole_samples("profile", Net::input_shape(), values.size(), 1);
    constexpr std::size_t tile = detail::batch_tile<Net, T>;
    if constexpr (detail::parallel_executor<Net, T>::uses_threads())
        if (options.threads > 1) return detail::profile_shared(model, values.data(), samples, options);
    if constexpr (tile > 1)
        if (samples >= tile) return detail::profile_tiles<tile>(model, values.data(), samples, options);
    return detail::profile_tiles<1>(model, values.data(), samples, options);
}

}  // namespace strata::inline STRATA_ISA
