// checkpoint: the whole state of a training as named arrays, from which fit can continue.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/aligned_array.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/graph/weight_view.hpp>
#include <strata/model/state.hpp>
#include <strata/runtime/gradient_layout.hpp>
#include <strata/runtime/packing.hpp>
#include <strata/train/optimizer.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The counters of a training, saved together with its arrays.
struct training_counters {
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;
    double memory = 1.0;         // the optimizer's
    double learning_rate = 0.0;  // where it is a number
    bool is_averaged = false;    // whether the model's weights are the moving averages
};

/// A layer as a checkpoint describes it: `Dense(16) ReLU`, its class, the shape of its output, its activation.
template <class Layer>
std::string layer_text(const shape& out) {
    std::string result = std::string(Layer::type) + to_text(out).str();
    if constexpr (requires { Layer::activation::type; }) (result += ' ') += std::string_view(Layer::activation::type);
    return result;
}

/// The facts that a checkpoint of a training holds beside its arrays: optimizer, slots, settings, learning rate, type
/// of values, architecture. Arrays hold the names and shapes of all weights.
template <class Net, class T, class Optimizer>
std::vector<state_fact> training_facts(const Optimizer& optimizer) {
    std::vector<state_fact> facts{{"optimizer", std::string(Optimizer::type)},
                                  {"learning_rate", rate(optimizer.learning_rate).description()},
                                  {"slots", std::to_string(slot_count(optimizer))}};
    each_setting(optimizer, [&](std::string_view name, const auto& value) {
        facts.push_back({std::string(name), setting_text(value)});
    });
    facts.push_back({"values", sizeof(T) == 4 ? "float32" : "float64"});
    std::size_t layer = 0;
    const auto append = [&]<class... Layers>(type_list<Layers...>) {
        using row = std::string (*)(const shape&);
        constexpr std::array<row, sizeof...(Layers) + 1> rows{&layer_text<Layers>..., nullptr};
        for (const auto& node : flat_nodes_of<Net>) {
            facts.push_back({"layer " + std::to_string(layer), rows[layer](node.out)});
            ++layer;
        }
    };
    append(flat_layers_of<Net>{});
    facts.push_back({"layers", std::to_string(layer)});
    return facts;
}

inline constexpr shape counters_shape{20};

/// Counters as an array of T, 16 bits an element: exact in any floating-point type.
template <class T>
std::vector<T> packed(const training_counters& counters) {
    const std::array words{counters.steps, counters.epochs, std::bit_cast<std::uint64_t>(counters.memory),
                           std::bit_cast<std::uint64_t>(counters.learning_rate), std::uint64_t{counters.is_averaged}};
    std::vector<T> result;
    for (const std::uint64_t word : words)
        for (int shift = 0; shift < 64; shift += 16) result.push_back(static_cast<T>((word >> shift) & 0xffffu));
    return result;
}
/// Whether an array is one that packed gave.
template <class T>
bool are_counters(const std::vector<T>& values) {
    return values.size() == counters_shape[0] && std::all_of(values.begin(), values.end(), [](T value) {
               return value >= T(0) && value <= T(0xffff) && value == static_cast<T>(static_cast<std::uint32_t>(value));
           });
}
/// Reads a state, which ends with the counters.
template <class Files, class Path, class T>
void load_state(const Path& file, std::vector<state_array<T>>& state, const std::vector<state_fact>& facts) {
    Files::load(file, state, facts);
    Files::require(file, are_counters(state.back().values),
                   "is damaged: its counters of steps are no integers; take an older checkpoint");
}
template <class T>
training_counters unpacked(const std::vector<T>& values) {
    std::array<std::uint64_t, counters_shape[0] / 4> words{};
    for (std::size_t i = 0; i < values.size(); ++i)
        words[i / 4] |= static_cast<std::uint64_t>(values[i]) << (16 * (i % 4));
    return {.steps = words[0],
            .epochs = words[1],
            .memory = std::bit_cast<double>(words[2]),
            .learning_rate = std::bit_cast<double>(words[3]),
            .is_averaged = words[4] != 0};
}

/// Calls visit(row, view) for all weights of a net. `block` is the model's weight storage.
template <class Net, class T, class Visit>
void for_each_weight(T* block, Visit visit) {
    for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i)
        visit(weight_rows_of<Net>[i], weight_view<T>(weight_rows_of<Net>[i], block + weight_offsets_of<Net, T>[i]));
}
/// Calls visit(row, view) for the trained weights of a net. `block` is laid out as the gradients.
template <class Net, class T, class Visit>
void for_each_trained(T* block, Visit visit) {
    for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i)
        if (weight_rows_of<Net>[i].trainable)
            visit(weight_rows_of<Net>[i],
                  weight_view<T>(weight_rows_of<Net>[i], block + gradient_offsets_of<Net, T>[i]));
}

/// The arrays of a state: weights, then the optimizer's arrays, then the counters, all in Keras' order, so that a file
/// does not depend on the machine. Where the weights are moving averages, the file has the weights from which
/// training continues.
template <class Net, class T, class Updater>
std::vector<state_array<T>> training_state(T* parameters, Updater& optimizer_state, training_counters counters) {
    std::vector<state_array<T>> state;
    counters.steps = optimizer_state.calls();
    counters.memory = optimizer_state.memory();
    counters.is_averaged = optimizer_state.is_averaged(parameters);
    const auto append = [&](const std::string& prefix) {
        return [&state, prefix](const weight_row& row, const weight_view<T>& view) {
            state.push_back({prefix + std::string(row.path()), row.parameter.label().str(), row.parameter.extents,
                             view.to_vector()});
        };
    };
    aligned_array<T> trained;
    if (counters.is_averaged) {
        trained = aligned_array<T>(weight_offsets_of<Net, T>.back());
        std::copy_n(parameters, trained.size(), trained.data());
        optimizer_state.take_back(trained.data());
    }
    for_each_weight<Net>(counters.is_averaged ? trained.data() : parameters, append("weights/"));
    std::size_t slot = 0;
    for (const auto& array : optimizer_state.arrays())
        for_each_trained<Net>(array.data(), append("optimizer/" + std::to_string(slot++) + "/"));
    state.push_back({"training", "counters", counters_shape, packed<T>(counters)});
    return state;
}

/// Restores the weights and the optimizer's state; returns the counters.
template <class Net, class T, class Updater>
training_counters restore_training(const std::vector<state_array<T>>& state, T* parameters, Updater& optimizer_state) {
    std::size_t next = 0;
    const auto assign = [&](const weight_row&, const weight_view<T>& view) { view.assign(state[next++].values); };
    for_each_weight<Net>(parameters, assign);
    pack_all_weights<Net>(parameters);
    for (const auto& array : optimizer_state.arrays()) for_each_trained<Net>(array.data(), assign);
    const training_counters counters = unpacked(state[next].values);
    optimizer_state.restore(counters.steps, counters.memory);
    if (counters.is_averaged) optimizer_state.finish(parameters);
    return counters;
}

}  // namespace strata::inline STRATA_ISA::detail
