// fusion: the pass that fuses layers into the epilogue of the layer before them, for all three schedules.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// The layers that run in the epilogue of another one: indices into the flattened list.
struct fused_layers {
    std::array<std::size_t, 2> layers{};
    std::size_t count = 0;

    /// The last layer of a step that begins at layer `first`.
    constexpr std::size_t last(std::size_t first) const { return count == 0 ? first : layers[count - 1]; }
};

namespace detail {

/// The schedules that the pass fuses for.
enum class schedule { inference, stream, training };

/// How many layers the flattened list of a net has.
template <class Net>
inline constexpr std::size_t flat_count = flat_layers_of<Net>::size();

template <class... Layers>
constexpr auto identities_among(type_list<Layers...>) {
    return std::array<bool, sizeof...(Layers)>{identity_at_inference<Layers>...};
}
template <class Net>
inline constexpr auto identities_of = identities_among(computed_layers_of<Net>{});

/// For each of the first Count layers of a net the only one of them that reads its output; flat_count<Net> where there
/// is none. Inference passes over identities.
template <class Net, schedule For, std::size_t Count>
inline constexpr auto only_readers_of = [] {
    std::array<std::size_t, Count> result{};
    for (std::size_t i = 0; i < Count; ++i) {
        std::size_t reader = i;
        do reader = sole_readers_of<Net, Count>[reader + 1];
        while (For == schedule::inference && reader < Count && identities_of<Net>[reader]);
        result[i] = reader < Count ? reader : flat_count<Net>;
    }
    return result;
}();

/// Whether a schedule may fuse a layer at all. A stream fuses activations; training those whose derivative follows from
/// their output.
template <schedule For, class Layer>
inline constexpr bool may_be_fused = For == schedule::inference;
template <schedule For, elementwise_layer Layer>
    requires(For != schedule::inference)
inline constexpr bool may_be_fused<For, Layer> =
    !identity_at_inference<Layer> && (For == schedule::stream || Layer::function::derives_from_output);

/// How many layers a schedule fuses into a layer, of Next, which alone reads its output, and Second, which alone reads
/// that of Next: two at most for inference, one for the others. A function of types, which nets share.
template <schedule For, class Layer, shape In, class Next, class... Second>
constexpr std::size_t count_fused() {
    if constexpr (!identity_at_inference<Layer>) {
        if constexpr (For == schedule::inference && sizeof...(Second) > 0)
            if (Layer::template fuses<In, Next, Second...>()) return 2;
        if constexpr (may_be_fused<For, Next>)
            if (Layer::template fuses<In, Next>()) return 1;
    }
    return 0;
}

/// The layers among the first Count of a net that a schedule fuses into layer I.
template <class Net, schedule For, std::size_t Count, std::size_t I>
constexpr fused_layers fuse_into() {
    using list = computed_layers_of<Net>;
    if constexpr (fuses_layers<type_at<I, list>>) {
        constexpr std::size_t none = flat_count<Net>, next = only_readers_of<Net, For, Count>[I];
        constexpr shape in = flat_nodes_of<Net>[I].in;
        if constexpr (next != none) {
            constexpr std::size_t second = only_readers_of<Net, For, Count>[next];
            std::size_t count = 0;
            if constexpr (For != schedule::inference || second == none)
                count = count_fused<For, type_at<I, list>, in, type_at<next, list>>();
            else count = count_fused<For, type_at<I, list>, in, type_at<next, list>, type_at<second, list>>();
            return {.layers = {count > 0 ? next : 0, count > 1 ? second : 0}, .count = count};
        }
    }
    return {};
}

template <class Net, schedule For, std::size_t Count, std::size_t... I>
constexpr auto all_fused_layers(std::index_sequence<I...>) {
    return std::array<fused_layers, sizeof...(I)>{fuse_into<Net, For, Count, I>()...};
}

/// For each of the first Count layers of a net the layers that a schedule fuses into it.
template <class Net, schedule For, std::size_t Count>
inline constexpr auto fused_into = all_fused_layers<Net, For, Count>(std::make_index_sequence<Count>{});

/// The layers of an epilogue as a type: fused<...>.
template <class Net, fused_layers Layers>
struct epilogue {
    static auto make() {
        using list = computed_layers_of<Net>;
        if constexpr (Layers.count == 0) return fused<>{};
        else if constexpr (Layers.count == 1) return fused<type_at<Layers.layers[0], list>>{};
        else return fused<type_at<Layers.layers[0], list>, type_at<Layers.layers[1], list>>{};
    }
    using type = decltype(make());
};
template <class Net, fused_layers Layers>
using epilogue_of = typename epilogue<Net, Layers>::type;

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
