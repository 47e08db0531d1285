// weights: a layer's weights and their gradients by name, as constants that the compiler looks up.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/layers/capabilities/packed_weights.hpp>
#include <strata/layers/context.hpp>
#include <strata/layers/parameter.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <std::size_t Count>
constexpr auto first_rows(const parameter_table& table) {
    std::array<parameter, Count> rows{};
    std::copy_n(table.begin(), Count, rows.begin());
    return rows;
}

}  // namespace detail

/// The rows of Layer::parameters(In): a constant, as compilers make all rows of a table anew at each call.
template <class Layer, shape In>
inline constexpr auto parameters_of = detail::first_rows<Layer::parameters(In).size()>(Layer::parameters(In));

namespace detail {

/// The place of a name among rows, or their number.
template <class Rows>
constexpr std::size_t find_weight(const Rows& rows, std::string_view name) {
    std::size_t i = 0;
    while (i < rows.size() && rows[i].name != name) ++i;
    return i;
}

template <class Layer, shape In, fixed_string Name>
struct weight_check {
    static constexpr diagnostic value = [] {
        text<200> known;
        for (const parameter& row : parameters_of<Layer, In>) known << (known.empty() ? "one of " : ", ") << row.name;
        return refuse(known.empty() ? text<200>("a layer with weights") : known, Name.view(),
                      "read a weight that its parameters(in) lists", text<200>("weight of a ") << Layer::type);
    }();
};

}  // namespace detail

/// How many weights a layer has.
template <class Layer, shape In>
inline constexpr std::size_t weight_count = parameters_of<Layer, In>.size();
/// The place of the weight called Name in the layer's table; weight_count where there is none.
template <class Layer, shape In, fixed_string Name>
inline constexpr std::size_t weight_index = detail::find_weight(parameters_of<Layer, In>, Name.view());

/// The weight called Name, in the layout of the kernels. Refused at build where the layer's table has none. In
/// functions that get the weights without a context it is `weights[weight_index<Layer, In, "kernel">]`.
template <class Layer, shape In, fixed_string Name, class Context>
constexpr auto weight(const Context& s) {
    if constexpr (weight_index<Layer, In, Name> == weight_count<Layer, In>) {
        static_cast<void>(require<detail::weight_check<Layer, In, Name>>{});
        return refused{};
    } else {
        return s.weights[weight_index<Layer, In, Name>];
    }
}
/// Whether the layer has a weight called Name.
template <class Layer, shape In, fixed_string Name>
inline constexpr bool has_weight = weight_index<Layer, In, Name> < weight_count<Layer, In>;

/// The entry of the weight called Name in an array with one pointer for each weight; null where options leave it out.
template <class Layer, shape In, fixed_string Name, class Pointer>
constexpr Pointer optional_entry([[maybe_unused]] Pointer const* entries) {
    if constexpr (has_weight<Layer, In, Name>) return entries[weight_index<Layer, In, Name>];
    else return nullptr;
}
/// The weight called Name, or null where options leave it out: `optional_weight<Dense, In, "bias">(s)`.
template <class Layer, shape In, fixed_string Name, class Context>
constexpr auto optional_weight(const Context& s) {
    return optional_entry<Layer, In, Name>(s.weights);
}
/// The packed form of the weights, made by pack_weights; null where packed_size is 0.
template <class Layer, shape In, class Context>
constexpr auto packed_weights([[maybe_unused]] const Context& s) {
    using T = std::remove_cvref_t<decltype(*s.x)>;
    if constexpr (packed_size_of<Layer, In, T> > 0) return s.weights[weight_count<Layer, In>];
    else return decltype(s.x)(nullptr);
}
/// The gradient of the weight called Name, for weight_gradients to write; null where it is frozen.
template <class Layer, shape In, fixed_string Name, class T>
constexpr T* gradient(const backward_context<T>& s) {
    if constexpr (weight_index<Layer, In, Name> == weight_count<Layer, In>) {
        static_cast<void>(require<detail::weight_check<Layer, In, Name>>{});
        return nullptr;
    } else {
        return s.gradients[weight_index<Layer, In, Name>];
    }
}
/// The same, null also where options leave the weight out.
template <class Layer, shape In, fixed_string Name, class T>
constexpr T* optional_gradient(const backward_context<T>& s) {
    return optional_entry<Layer, In, Name>(s.gradients);
}

}  // namespace strata::inline STRATA_ISA
