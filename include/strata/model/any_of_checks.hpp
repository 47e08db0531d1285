// Checks of any_of: its nets, and the calls that all of them take alike.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/model/net_interface.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A member of any_of in messages: `net 2 (sequential)`.
constexpr text<100> net_label(std::size_t index, std::string_view name) {
    return text<100>("net ") << index + 1 << " (" << name << ")";
}

/// The first two numbers of one type in a list; equal numbers where all types differ.
template <class... Types>
constexpr std::array<std::size_t, 2> same_types() {
    std::array<std::size_t, 2> found{};
    std::size_t row = 0;
    const auto compare = [&]<class Type>(type_list<Type>) {
        const std::array<bool, sizeof...(Types) + 1> is_same{std::is_same_v<Type, Types>...};
        for (std::size_t k = row + 1; k < sizeof...(Types) && found[0] == found[1]; ++k)
            if (is_same[k]) found = {row, k};
        ++row;
    };
    static_cast<void>(compare);
    (compare(type_list<Types>{}), ...);
    return found;
}

/// The first number whose value differs from the first value; 0 where all are equal.
template <class Value, std::size_t Count>
constexpr std::size_t first_other(const std::array<Value, Count>& values) {
    for (std::size_t i = 1; i < Count; ++i)
        if (!(values[i] == values[0])) return i;
    return 0;
}

/// The nets of an any_of: at least one, each built, no two of them one type.
template <class T, class... Nets>
struct any_of_check {
    static constexpr diagnostic value = [] {
        diagnostic found;
        if constexpr (sizeof...(Nets) == 0) {
            found = refuse("one net or more", "none", "write any_of<NetA, NetB>");
        } else if constexpr (!(composite<Nets> && ...)) {
            found = refuse("nets", "a type that is no net", "write any_of<decltype(net), decltype(other)>");
        } else {
            for (const diagnostic& each : {model_check<Nets, T>::value...})
                if (found.ok && !each.ok) found = each;
            constexpr auto same = same_types<Nets...>();
            constexpr std::array<std::string_view, sizeof...(Nets)> names{Nets::model_name()...};
            if (found.ok && same[0] != same[1])
                found = refuse("nets of different types",
                               text<300>() << net_label(same[0], names[same[0]]) << " and "
                                           << net_label(same[1], names[same[1]]) << " of one type",
                               "take one of them out");
        }
        if (!found.ok && found.at.empty()) found.at << "any_of";
        return found;
    }();
};

/// Refuses a call where a shape differs between nets.
template <class... Nets>
constexpr diagnostic compare_shapes(std::string_view kind, const std::array<shape, sizeof...(Nets)>& shapes,
                                    std::string_view call) {
    const std::array<std::string_view, sizeof...(Nets)> names{Nets::model_name()...};
    const std::size_t other = first_other(shapes);
    if (other == 0) return {};
    return refuse(text<200>("nets of one ") << kind << " shape",
                  text<300>() << to_text(shapes[0]) << " and, of " << net_label(other, names[other]) << ", "
                              << to_text(shapes[other]),
                  "give all nets one shape, or write visit([](auto& model) { ... })", call);
}

/// A call whose samples fit all nets, or also their outputs.
template <fixed_string Call, bool Outputs, class... Nets>
struct any_samples_check {
    static constexpr diagnostic value = [] {
        for (const bool is_open : {has_open_length<Nets>()...})
            if (is_open) return open_length(Call.view());
        const diagnostic inputs = compare_shapes<Nets...>("input", {Nets::input_shape()...}, Call.view());
        if (!inputs.ok || !Outputs) return inputs;
        return compare_shapes<Nets...>("output", {Nets::output_shape()...}, Call.view());
    }();
};

/// Streams whose steps fit all nets.
template <class T, class... Nets>
struct any_stream_check {
    static constexpr bool are_streams = (stream_check<Nets, T>::value.ok && ...);
    static constexpr diagnostic value = [] {
        for (const diagnostic& each : {stream_check<Nets, T>::value...})
            if (!each.ok) return each;
        if constexpr (are_streams) {
            const diagnostic inputs =
                compare_shapes<Nets...>("step's", {shape{stream_properties<Nets, T>::input_size}...}, "stream()");
            if (!inputs.ok) return inputs;
            return compare_shapes<Nets...>("step's output", {shape{stream_properties<Nets, T>::output_size}...},
                                           "stream()");
        } else {
            return diagnostic{};
        }
    }();
};

/// The largest of some sizes.
constexpr std::size_t largest_of(std::initializer_list<std::size_t> sizes) {
    std::size_t result = 0;
    for (const std::size_t size : sizes) result = size > result ? size : result;
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
