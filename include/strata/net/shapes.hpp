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
    [[maybe_unused]] const auto see = [&]<class Item>(const Item*) {
        if constexpr (model_input<Item>) result = Item::is_open;
    };
    evaluate_in_order{0, (see(static_cast<const Items*>(nullptr)), 0)...};
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
constexpr diagnostic check_layer(const shape& in) {
    diagnostic found = check_options(typename Layer::options{}, Layer::takes);
    if (found.ok) found = Layer::check(in);
    return found.ok ? check_capabilities<Layer>(in) : found;
}

/// Items in a wrong place, sizes of Input below 1, items that are nothing that strata knows.
template <class... Items>
constexpr diagnostic check_items(type_list<Items...>) {
    const std::array<item_kind, sizeof...(Items)> kinds{kind_of_item<Items>()...};
    const std::array<bool, sizeof...(Items)> positive{[] {
        if constexpr (model_input<Items>) return Items::is_positive;
        else return true;
    }()...};
    const std::array<bool, sizeof...(Items)> integers{[] {
        if constexpr (model_input<Items>) return Items::is_sizes;
        else return true;
    }()...};
    const std::array<bool, sizeof...(Items)> open{[] {
        if constexpr (model_input<Items>) return Items::is_open_elsewhere;
        else return false;
    }()...};
    bool layer_seen = false, input_seen = false;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const auto where = text<200>() << "item " << i + 1 << " of " << kinds.size();
        layer_seen = layer_seen || kinds[i] == item_kind::layer;
        if (kinds[i] == item_kind::input && (layer_seen || input_seen))
            return refuse("Input<...> once, first in the list", "Input<...> after other items",
                          "put Input<...> first, or take it out", where);
        input_seen = input_seen || kinds[i] == item_kind::input;
        if (!integers[i])
            return refuse("Input<...> with an integer for each axis", "braces, a string or a real number",
                          "write Input<28, 28, 1>, without braces", where);
        if (!positive[i])
            return refuse("Input<...> with sizes >= 1", "a size below 1", "write Input<height, width, channels>",
                          where);
        if (open[i])
            return refuse("any as the first size alone, the number of steps", "any as another size",
                          "write Input<any, features>", where);
        if (kinds[i] == item_kind::other)
            return refuse("layers, Input<...>, name<\"...\">", "something else",
                          "give it the layer contract, or leave it out", where);
    }
    return {};
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
    diagnostic found;
    shape in = input;
    std::size_t index = 0;
    std::string_view type;
    [[maybe_unused]] const auto accept = [&]<class Layer>(const Layer*) {
        if (!found.ok) return;
        if (begins_path<Net>(index)) in = input;
        found = check_layer<Layer>(in);
        type = Layer::type;
        if (!found.ok) return;
        in = Layer::output(in);
        ++index;
    };
    evaluate_in_order{0, (accept(static_cast<const Layers*>(nullptr)), 0)...};
    if (!found.ok)
        found.at = found.at.empty() ? describe_layer<Net>(index, type)
                                    : text<200>() << names_of<Net>[index] << "/" << found.at;
    return found;
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
