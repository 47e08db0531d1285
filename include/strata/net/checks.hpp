// checks: layers by name, layers taken away, and the FLOPs of a list of layers.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class Net>
struct pop_check {
    static constexpr diagnostic value = layers_of<Net>::size() > 0 ? diagnostic{}
                                                                   : refuse("a layer to take away", "no layer",
                                                                            "add a layer before pop()", "pop()");
};

/// That a net has no layer of that name; `above` leads to the net, where it is inside another one.
template <class Net>
constexpr diagnostic no_layer(std::string_view name, std::string_view above = {}) {
    text<200> known;
    for (std::size_t i = 0; i < names_of<Net>.size(); ++i) known << (i > 0 ? ", " : "") << above << names_of<Net>[i];
    return refuse(known.empty() ? text<200>("a net with layers") : text<200>("one of ") << known,
                  text<200>("no layer ") << above << name, "ask for a name that summary() shows", "a layer by name");
}

/// get_layer by name: `index` is the layer's, or the number of layers where there is none.
template <class Net, fixed_string Name>
struct layer_check {
    static constexpr std::size_t index = [] {
        std::size_t i = 0;
        while (i < names_of<Net>.size() && names_of<Net>[i] != Name.view()) ++i;
        return i;
    }();
    static constexpr diagnostic value = index < names_of<Net>.size() ? diagnostic{} : no_layer<Net>(Name.view());
};

template <class... Layers>
constexpr std::size_t total_flops([[maybe_unused]] shape in, type_list<Layers...>) {
    std::size_t total = 0;
    evaluate_in_order{0, (total += Layers::flops(in), in = Layers::output(in), 0)...};
    return total;
}

}  // namespace strata::inline STRATA_ISA::detail
