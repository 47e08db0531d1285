// packing: packed forms of the weights (Winograd's, fused gates), and when they
// are made.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/graph/weight_view.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The weights of a layer in a block of parameters as its functions get them: in their order, then their packed form.
template <class Net, class T, std::size_t Layer>
struct layer_weights {
    static constexpr auto owned = weight_range_of<Net, Layer>;
    /// Whether training changes some of them, statistics included.
    static constexpr bool is_trained = owned.second > 0 && !flat_nodes_of<Net>[Layer].is_frozen;
    static constexpr std::size_t size = packed_sizes_of<Net, T>[Layer];
    static constexpr std::size_t offset = weight_offsets_of<Net, T>[owned.first + owned.second] - size;

    static constexpr auto of(const T* parameters) {
        std::array<const T*, owned.second + 1> weights{};
        for (std::size_t i = 0; i < owned.second; ++i)
            weights[i] = parameters + weight_offsets_of<Net, T>[owned.first + i];
        if constexpr (size > 0) weights[owned.second] = parameters + offset;
        return weights;
    }
    /// This thread's share of the packed form.
    static constexpr void pack_weights(T* parameters, thread_slice part) {
        const auto weights = of(parameters);
        type_at<Layer, computed_layers_of<Net>>::template pack_weights<flat_nodes_of<Net>[Layer].in>(
            weights.data(), parameters + offset, part);
    }
    static constexpr void refresh(T* parameters) { pack_weights(parameters, {}); }
};

template <class Net, class T>
inline constexpr bool prepares_weights = [] {
    for (const std::size_t size : packed_sizes_of<Net, T>)
        if (size > 0) return true;
    return false;
}();

template <class Net, class T, bool OnlyTrained, std::size_t... Layer>
constexpr void pack_layers([[maybe_unused]] T* parameters, [[maybe_unused]] thread_slice part,
                           std::index_sequence<Layer...>) {
    [[maybe_unused]] const auto pack_weights = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
        if constexpr (packed_sizes_of<Net, T>[I] > 0) {
            using weights = layer_weights<Net, T, I>;
            if constexpr (!OnlyTrained || weights::is_trained) weights::pack_weights(parameters, part);
        }
    };
    evaluate_in_order{0, (pack_weights(std::integral_constant<std::size_t, Layer>{}), 0)...};
}

/// Makes the packed forms of all weights of a block, or of the layers that are trained; this thread's share.
template <class Net, bool OnlyTrained = false, class T>
constexpr void pack_all_weights(T* parameters, thread_slice part = {}) {
    if constexpr (prepares_weights<Net, T>)
        pack_layers<Net, T, OnlyTrained>(parameters, part, std::make_index_sequence<flat_layers_of<Net>::size()>{});
}

template <class Net, class T, std::size_t Layer>
constexpr auto refresher_of() -> typename weight_view<T>::refresher {
    if constexpr (packed_sizes_of<Net, T>[Layer] > 0) return &layer_weights<Net, T, Layer>::refresh;
    else return nullptr;
}
template <class Net, class T, std::size_t... Layer>
constexpr auto refreshers(std::index_sequence<Layer...>) {
    return std::array<typename weight_view<T>::refresher, sizeof...(Layer) + 1>{refresher_of<Net, T, Layer>()...};
}

/// For each layer of the flattened list what refreshes its packed form, or null.
template <class Net, class T>
inline constexpr auto refreshers_of = refreshers<Net, T>(std::make_index_sequence<flat_layers_of<Net>::size()>{});

}  // namespace strata::inline STRATA_ISA::detail
