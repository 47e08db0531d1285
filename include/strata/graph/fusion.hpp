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
inline constexpr auto identities_of = identities_among(flat_layers_of<Net>{});

/// The only one of the first `Count` layers of a net that reads the output of layer I; Count where there is none.
/// Inference passes over identities.
template <class Net, schedule For, std::size_t Count, std::size_t I>
constexpr std::size_t only_reader() {
    std::size_t reader = I;
    do reader = sole_readers_of<Net, Count>[reader + 1];
    while (For == schedule::inference && reader < Count && identities_of<Net>[reader]);
    return reader;
}

/// Whether a schedule may fuse a layer at all. A stream fuses activations; training those whose derivative follows from
/// their output.
template <schedule For, class Layer>
inline constexpr bool may_be_fused = For == schedule::inference;
template <schedule For, elementwise_layer Layer>
    requires(For != schedule::inference)
inline constexpr bool may_be_fused<For, Layer> =
    !identity_at_inference<Layer> && (For == schedule::stream || Layer::function::derives_from_output);

/// The layers among the first Count of a net that a schedule fuses into layer I: each alone reads the output of the one
/// before it. Two for inference, one for the others.
template <class Net, schedule For, std::size_t Count, std::size_t I>
constexpr fused_layers fuse_into() {
    using list = flat_layers_of<Net>;
    using current = type_at<I, list>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    if constexpr (fuses_layers<current> && !identity_at_inference<current>) {
        constexpr std::size_t next = only_reader<Net, For, Count, I>();
        if constexpr (next < Count) {
            if constexpr (For == schedule::inference) {
                constexpr std::size_t second = only_reader<Net, For, Count, next>();
                if constexpr (second < Count)
                    if (current::template fuses<in, type_at<next, list>, type_at<second, list>>())
                        return {.layers = {next, second}, .count = 2};
            }
            if constexpr (may_be_fused<For, type_at<next, list>>)
                if (current::template fuses<in, type_at<next, list>>()) return {.layers = {next, 0}, .count = 1};
        }
    }
    return {};
}

/// Each a constant of its own, as all that is known of one layer: compilers limit the steps of one evaluation.
template <class Net, schedule For, std::size_t Count, std::size_t I>
inline constexpr fused_layers fused_into = fuse_into<Net, For, Count, I>();

template <class Net, schedule For, std::size_t Count, std::size_t... I>
constexpr auto all_fused_layers(std::index_sequence<I...>) {
    return std::array<fused_layers, sizeof...(I)>{fused_into<Net, For, Count, I>...};
}

/// The layers of an epilogue as a type: fused<...>.
template <class Net, fused_layers Layers>
struct epilogue {
    static auto make() {
        using list = flat_layers_of<Net>;
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
