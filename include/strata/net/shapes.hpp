// The passes that check a net and infer its shapes.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/string_table.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The shape of one sample that a net states by Input<> or by input_shape<> on its first layer; rank 0 where it states
/// none.
template <class Net>
constexpr shape input_of() {
    shape stated = stated_input(typename Net::item_list{});
    if (stated.rank() == 0) stated = Net::options::template get<input_shape<>>::value;
    if constexpr (layers_of<Net>::size() > 0) {
        using first = type_at<0, layers_of<Net>>;
        if (stated.rank() == 0) {
            if constexpr (composite<first>) return input_of<first>();
            else return first::options::template get<input_shape<>>::value;
        }
    }
    return stated;
}

/// Whether a list of items states an input of an open number of steps.
template <class... Items>
constexpr bool states_open_length(type_list<Items...>) {
    bool result = false;
    for (const item_traits* item : std::array<const item_traits*, sizeof...(Items)>{&traits_of_item<Items>...})
        if (item->kind == item_kind::input) result = item->is_open;
    return result;
}
/// Whether the number of steps of a net's input is open: `Input<any, features>`.
template <class Net>
constexpr bool has_open_length() {
    if constexpr (stated_input(typename Net::item_list{}).rank() == 0 && layers_of<Net>::size() > 0) {
        if constexpr (composite<type_at<0, layers_of<Net>>>) return has_open_length<type_at<0, layers_of<Net>>>();
        else return false;
    } else {
        return states_open_length(typename Net::item_list{});
    }
}
constexpr diagnostic open_length(std::string_view where) {
    return refuse("a net that states its number of steps", "Input<any, ...>, which leaves it open",
                  "write Input<steps, ...>, or step the net: model.stream()", where);
}

/// A call that takes all steps of a sequence, which Where names.
template <class Net, fixed_string Where>
struct length_check {
    static constexpr diagnostic value = has_open_length<Net>() ? open_length(Where.view()) : diagnostic{};
};

/// `conv2d_2 (Conv2D), layer 4 of 4`.
template <class Net>
constexpr text<200> describe_layer(std::size_t index, std::string_view type) {
    return text<200>() << names_of<Net>[index] << " (" << type << "), layer " << index + 1 << " of "
                       << layers_of<Net>::size();
}

template <class Layer>
inline constexpr bool takes_its_options = check_options(typename Layer::options{}, Layer::takes).ok;

template <class Layer>
constexpr diagnostic check_layer(const shape& in) {
    using computed = typename unnamed_layer<Layer>::type;
    if (!takes_its_options<Layer>) return check_options(typename Layer::options{}, Layer::takes);
    const diagnostic found = computed::check(in);
    return found.ok ? check_capabilities<computed>(in) : found;
}
template <class Layer>
constexpr shape output_of_layer(const shape& in) {
    return unnamed_layer<Layer>::type::output(in);
}

/// Functions of a layer, for loops over the layers of a net.
struct layer_functions {
    diagnostic (*check)(const shape& in) = nullptr;
    shape (*output)(const shape& in) = nullptr;
    std::string_view type{};
};
template <class Layer>
inline constexpr layer_functions functions_of_layer{&check_layer<Layer>, &output_of_layer<Layer>, Layer::type};

/// Items in a wrong place, sizes of Input below 1, items that are nothing that strata knows.
constexpr diagnostic check_item_list(const item_traits* const* items, std::size_t count) {
    bool layer_seen = false, input_seen = false;
    for (std::size_t i = 0; i < count; ++i) {
        const auto where = [&] { return text<200>() << "item " << i + 1 << " of " << count; };
        layer_seen = layer_seen || items[i]->kind == item_kind::layer;
        if (items[i]->kind == item_kind::input && (layer_seen || input_seen))
            return refuse("Input<...> once, first in the list", "Input<...> after other items",
                          "put Input<...> first, or take it out", where());
        input_seen = input_seen || items[i]->kind == item_kind::input;
        if (!items[i]->is_sizes)
            return refuse("Input<...> with an integer for each axis", "braces, a string or a real number",
                          "write Input<28, 28, 1>, without braces", where());
        if (!items[i]->is_positive)
            return refuse("Input<...> with sizes >= 1", "a size below 1", "write Input<height, width, channels>",
                          where());
        if (items[i]->is_open_elsewhere)
            return refuse("any as the first size alone, the number of steps", "any as another size",
                          "write Input<any, features>", where());
        if (items[i]->kind == item_kind::other)
            return refuse("layers, Input<...>, name<\"...\">", "something else",
                          "give it the layer contract, or leave it out", where());
    }
    return {};
}
template <class... Items>
constexpr diagnostic check_items(type_list<Items...>) {
    const item_traits* const items[]{&traits_of_item<Items>..., nullptr};
    return check_item_list(items, sizeof...(Items));
}

template <class Net>
constexpr diagnostic check_names() {
    constexpr const auto& names = names_of<Net>;
    string_table<names.size()> seen;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (seen.first_place(names[i], i) != i)
            return refuse("names that are unique", text<200>() << "\"" << names[i] << "\" twice",
                          "give one of the two another name",
                          text<200>() << names[i] << ", layer " << i + 1 << " of " << names.size());
    return {};
}

template <class Net, class... Layers>
constexpr diagnostic check_layers(const shape& input, type_list<Layers...>) {
    const layer_functions* const layers[]{&functions_of_layer<Layers>..., nullptr};
    constexpr auto begins = path_begins<Net>();
    shape in = input;
    for (std::size_t index = 0, path = 0; index < sizeof...(Layers); ++index) {
        for (; path < begins.size() && begins[path] == index; ++path) in = input;
        diagnostic found = layers[index]->check(in);
        if (!found.ok) {
            found.at = found.at.empty() ? describe_layer<Net>(index, layers[index]->type)
                                        : text<200>() << names_of<Net>[index] << "/" << found.at;
            return found;
        }
        in = layers[index]->output(in);
    }
    return {};
}

constexpr diagnostic not_built() {
    return refuse("a known input shape", "none: it is not built", "put Input<...> first, or call build_for(x)",
                  "this net");
}

/// Checks a net's structure, which does not depend on its input.
template <class Net>
constexpr diagnostic check_structure() {
    diagnostic items = check_items(typename Net::item_list{});
    if (items.ok) {
        items = check_options(typename Net::options{}, std::array{memory::smallest::kind});
        if (!items.ok) items.at = "the options of a Sequential";
    }
    if constexpr (requires { Net::check_itself(); })
        if (items.ok) items = Net::check_itself();
    return items.ok ? check_names<Net>() : items;
}

/// That as a constant of its own: compilers limit the steps of one evaluation.
template <class Net>
inline constexpr diagnostic structure_check = check_structure<Net>();

template <class Net>
constexpr diagnostic check_net(const shape& input) {
    if (!structure_check<Net>.ok) return structure_check<Net>;
    return check_layers<Net>(input, layers_of<Net>{});
}

/// The shape of one sample before each layer of one path, and after the last.
template <class... Layers>
constexpr auto infer_shapes(const shape& input, type_list<Layers...>) {
    std::array<shape, sizeof...(Layers) + 1> shapes{input};
    std::size_t i = 0;
    evaluate_in_order{0, (shapes[i + 1] = Layers::output(shapes[i]), ++i, 0)...};
    return shapes;
}

}  // namespace detail

/// Whether a built net holds together: the first mistake from its front.
template <class Net>
struct net_check {
    static constexpr diagnostic value = [] {
        if (!detail::structure_check<Net>.ok) return detail::structure_check<Net>;
        const shape input = detail::input_of<Net>();
        if (input.rank() == 0) return detail::not_built();
        if (input.size() == 0)
            return refuse("an input of sizes >= 1", to_text(input), "write input_shape<height, width, channels>",
                          "the input of this net");
        return detail::check_layers<Net>(input, layers_of<Net>{});
    }();
};

/// The shape of one sample before each layer, and after the last.
template <class Net>
inline constexpr auto shapes_of = detail::infer_shapes(detail::input_of<Net>(), layers_of<Net>{});

}  // namespace strata::inline STRATA_ISA
