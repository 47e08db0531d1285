// checkpoint: the whole state of a training as named arrays, from which fit goes on as if it had not stopped.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/model/state.hpp>
#include <strata/model/prepare.hpp>
#include <strata/model/weights.hpp>
#include <strata/train/gradients.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The numbers of a training beside its arrays.
struct training_counters {
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;
    double memory = 1.0;         // the optimizer's
    double learning_rate = 0.0;  // where it is a number
};

/// Counters as an array of T, 16 bits an element: exact in any floating-point type.
template <class T>
std::vector<T> packed(const training_counters& counters) {
    const std::array words{counters.steps, counters.epochs, std::bit_cast<std::uint64_t>(counters.memory),
                           std::bit_cast<std::uint64_t>(counters.learning_rate)};
    std::vector<T> result;
    for (const std::uint64_t word : words)
        for (int shift = 0; shift < 64; shift += 16) result.push_back(static_cast<T>((word >> shift) & 0xffffu));
    return result;
}
template <class T>
training_counters unpacked(const std::vector<T>& values) {
    std::array<std::uint64_t, 4> words{};
    for (std::size_t i = 0; i < values.size(); ++i)
        words[i / 4] |= static_cast<std::uint64_t>(values[i]) << (16 * (i % 4));
    return {.steps = words[0],
            .epochs = words[1],
            .memory = std::bit_cast<double>(words[2]),
            .learning_rate = std::bit_cast<double>(words[3])};
}
inline constexpr shape counters_shape{16};

/// Calls visit(row, view) for the weights of a net, or for what a slot keeps of its trained ones.
template <class Net, class T, class Visit>
void for_each_weight(T* block, Visit visit) {
    for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i)
        visit(weight_rows_of<Net>[i], weight_view<T>(weight_rows_of<Net>[i], block + weight_offsets_of<Net, T>[i]));
}
template <class Net, class T, class Visit>
void for_each_trained(T* block, Visit visit) {
    for (std::size_t i = 0; i < weight_rows_of<Net>.size(); ++i)
        if (weight_rows_of<Net>[i].trainable)
            visit(weight_rows_of<Net>[i],
                  weight_view<T>(weight_rows_of<Net>[i], block + gradient_offsets_of<Net, T>[i]));
}

/// The arrays of a state: weights, then the optimizer's arrays, then the counters, all in Keras' order, so that a file
/// does not depend on the machine.
template <class Net, class T, class Updater>
std::vector<state_array<T>> training_state(T* parameters, Updater& updater, const training_counters& counters) {
    std::vector<state_array<T>> state;
    const auto append = [&](const std::string& prefix) {
        return [&state, prefix](const weight_row& row, const weight_view<T>& view) {
            state.push_back(
                {prefix + std::string(row.path()), row.what.label().str(), row.what.extents, view.to_vector()});
        };
    };
    for_each_weight<Net>(parameters, append("weights/"));
    std::size_t slot = 0;
    for (const auto& array : updater.arrays())
        for_each_trained<Net>(array.data(), append("optimizer/" + std::to_string(slot++) + "/"));
    state.push_back({"training", "counters", counters_shape, packed<T>(counters)});
    return state;
}

/// Puts a state back; gives its counters.
template <class Net, class T, class Updater>
training_counters restore_training(const std::vector<state_array<T>>& state, T* parameters, Updater& updater) {
    std::size_t next = 0;
    const auto assign = [&](const weight_row&, const weight_view<T>& view) { view.assign(state[next++].values); };
    for_each_weight<Net>(parameters, assign);
    prepare_weights<Net>(parameters);
    for (const auto& array : updater.arrays()) for_each_trained<Net>(array.data(), assign);
    const training_counters counters = unpacked(state[next].values);
    updater.restore(counters.steps, counters.memory);
    return counters;
}

}  // namespace strata::inline STRATA_ISA::detail
