// carried_values: where the values lie that layers hand on from a batch to the next; constexpr data.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities/carried_state.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Net, std::size_t... I>
constexpr auto sum_carried_sizes(std::index_sequence<I...>) {
    std::array<std::size_t, sizeof...(I) + 1> offsets{};
    const std::size_t sizes[] = {carried_size_of<type_at<I, computed_layers_of<Net>>, flat_nodes_of<Net>[I].in>..., 0};
    for (std::size_t i = 0; i < sizeof...(I); ++i) offsets[i + 1] = offsets[i] + sizes[i];
    return offsets;
}

}  // namespace detail

/// Of each layer of the flattened list where its values begin among those of a sample; at the end their number.
template <class Net>
inline constexpr auto carried_offsets_of =
    detail::sum_carried_sizes<Net>(std::make_index_sequence<detail::flat_count<Net>>{});

/// The values that a sample hands on to the next batch; 0 where no layer of the net is stateful.
template <class Net>
inline constexpr std::size_t carried_values_of = carried_offsets_of<Net>.back();

}  // namespace strata::inline STRATA_ISA
