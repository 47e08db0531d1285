// stream_state: what the layers of a stream remember, for programs to read and to set.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/graph_record.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/net/names.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA {

/// A part of what a stream remembers: the name of the layer, the name of the part, and its values.
template <class T>
struct stream_state_part {
    std::string_view layer{};
    std::string_view part{};
    std::span<T> values{};
};

namespace detail {

/// The state of step Step of a stream in its memory, part by part.
template <class Net, class T, std::size_t Step>
auto parts_of_state(T* memory) {
    constexpr const auto& plan = stream_plan_of<Net, T>;
    using step = step_types<Net, T, plan.steps[Step].layer, plan.steps[Step].fused>;
    const std::string_view name = flat_names_of<Net>[step::index].view();
    if constexpr (!plan.states[Step].has_state) {
        return std::array<stream_state_part<T>, 0>{};
    } else if constexpr (has_state_parts<typename step::layer>) {
        const auto parts = step::layer::template state_parts<step::in>(memory + plan.states[Step].offset);
        std::array<stream_state_part<T>, std::tuple_size_v<std::remove_const_t<decltype(parts)>>> result;
        for (std::size_t i = 0; i < parts.size(); ++i) result[i] = {name, parts[i].name, parts[i].values};
        return result;
    } else {
        constexpr std::size_t size = step::layer::template state_size<step::in, T>();
        return std::array{stream_state_part<T>{name, "state", std::span(memory + plan.states[Step].offset, size)}};
    }
}

/// The parts of all layers, in their order.
template <class Net, class T, std::size_t... Step>
auto parts_of_states(T* memory, std::index_sequence<Step...>) {
    constexpr std::size_t count =
        (std::size_t{0} + ... + std::tuple_size_v<decltype(parts_of_state<Net, T, Step>(memory))>);
    std::array<stream_state_part<T>, count> result;
    [[maybe_unused]] std::size_t used = 0;
    const auto append = [&](const auto& parts) {
        for (const auto& part : parts) result[used++] = part;
    };
    static_cast<void>(append);
    (append(parts_of_state<Net, T, Step>(memory)), ...);
    return result;
}

/// Refuses the name of a layer that has no state.
template <class Net, class T, fixed_string Name>
struct state_name_check {
    static constexpr std::size_t step = [] {
        constexpr const auto& plan = stream_plan_of<Net, T>;
        std::size_t s = 0;
        while (s < plan.step_count &&
               !(plan.states[s].has_state && flat_names_of<Net>[plan.steps[s].layer].view() == Name.view()))
            ++s;
        return s;
    }();
    static constexpr diagnostic value = [] {
        constexpr const auto& plan = stream_plan_of<Net, T>;
        if (step < plan.step_count) return diagnostic{};
        text<200> known;
        for (std::size_t s = 0; s < plan.step_count; ++s)
            if (plan.states[s].has_state)
                known << (known.empty() ? "one of " : ", ") << flat_names_of<Net>[plan.steps[s].layer].view();
        return refuse(known.empty() ? text<200>("a layer that remembers, such as LSTM") : known, Name.view(),
                      "write the name of a layer with a state", "the state of a stream");
    }();
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
