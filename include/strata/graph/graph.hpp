// graph: the flattened list of a net as a graph: what each layer reads, the shapes of it, whether it is frozen.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/option.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// A layer of the flattened list. Values are numbered: 0 is the net's input, i + 1 what layer i gives. Every layer
/// stands behind those that it reads, and what it gives is read behind it or is the net's output, the last value.
struct flat_node {
    std::array<std::size_t, 2> inputs{};
    std::size_t input_count = 1;
    shape in{};
    shape out{};
    bool is_frozen = false;

    constexpr bool reads(std::size_t value) const {
        return inputs[0] == value || (input_count > 1 && inputs[1] == value);
    }
};

namespace detail {

/// A value and its shape.
struct flat_value {
    std::size_t index = 0;
    shape extents{};
};

/// Appends a layer that reads `in`; gives what it makes.
template <class Layer, std::size_t Count>
constexpr flat_value append_nodes(std::array<flat_node, Count>& nodes, std::size_t& used, const flat_value& in,
                                  bool is_frozen) {
    const bool stays = is_frozen || Layer::options::template has<frozen>;
    if constexpr (composite<Layer>) {
        flat_value last = in, main = in;
        std::size_t index = 0;
        const auto turn = [&] {
            if (index++ != fork_of<Layer>()) return;
            main = last;
            last = in;
        };
        const auto add = [&]<class... Layers>(type_list<Layers...>) {
            evaluate_in_order{0, (turn(), last = append_nodes<Layers>(nodes, used, last, stays), 0)...};
        };
        add(layers_of<Layer>{});
        if constexpr (branching<Layer>) {
            turn();
            nodes[used] = {.inputs = {main.index, last.index},
                           .input_count = 2,
                           .in = main.extents,
                           .out = main.extents,
                           .is_frozen = stays};
            last = {.index = ++used, .extents = main.extents};
        }
        return last;
    } else {
        const shape out = in.extents.rank() == 0 ? shape{} : Layer::output(in.extents);
        nodes[used] = {.inputs = {in.index, 0}, .in = in.extents, .out = out, .is_frozen = stays};
        return {.index = ++used, .extents = out};
    }
}

}  // namespace detail

/// The graph of a net; of one that is not built, without shapes.
template <class Net>
inline constexpr auto flat_nodes_of = [] {
    std::array<flat_node, flat_layers_of<Net>::size()> nodes{};
    std::size_t used = 0;
    static_cast<void>(detail::append_nodes<Net>(nodes, used, {.index = 0, .extents = detail::input_of<Net>()}, false));
    return nodes;
}();

namespace detail {

/// The shape of a value of the graph.
template <class Net>
constexpr shape value_shape(std::size_t value) {
    return value == 0 ? input_of<Net>() : flat_nodes_of<Net>[value - 1].out;
}

/// For each value the one among the first Count layers of a net that reads it, or Count where there are more or none.
template <class Net, std::size_t Count = flat_layers_of<Net>::size()>
inline constexpr auto sole_readers_of = [] {
    std::array<std::size_t, Count + 1> readers{};
    std::array<bool, Count + 1> is_read{};
    for (std::size_t& reader : readers) reader = Count;
    for (std::size_t i = 0; i < Count; ++i)
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k) {
            const std::size_t value = flat_nodes_of<Net>[i].inputs[k];
            readers[value] = is_read[value] ? Count : i;
            is_read[value] = true;
        }
    return readers;
}();

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
