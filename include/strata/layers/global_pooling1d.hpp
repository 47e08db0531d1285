// GlobalMaxPooling1D and GlobalAveragePooling1D: one value a channel of a sequence.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/global_pooling2d.hpp>
#include <strata/layers/sequence.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the two: (steps, channels) -> (channels). No weights.
template <class Self, class Image, class... Options>
struct global_pooling1d : sequence_layer<Self, Image, Options...> {
    static constexpr diagnostic check(const shape& in) {
        if (in.rank() == 2) return {};
        return refuse("(steps, channels)", to_text(in), "put it after a layer that gives a sequence");
    }
    static constexpr shape output(const shape& in) { return shape{in[1]}; }
};

/// The maximum of each channel. Keras: `GlobalMaxPooling1D`.
template <class... Options>  // strata: types, not values: GlobalMaxPooling1D<>
    requires detail::says<"strata: options are types; fix: write GlobalMaxPooling1D<>">
struct GlobalMaxPooling1D
    : global_pooling1d<GlobalMaxPooling1D<Options...>, GlobalMaxPooling2D<Options...>, Options...> {
    static constexpr std::string_view type = "GlobalMaxPooling1D";
    static constexpr layer_config config() { return {}; }
};

/// The mean of each channel. Keras: `GlobalAveragePooling1D`.
template <class... Options>  // strata: types, not values: GlobalAveragePooling1D<>
    requires detail::says<"strata: options are types; fix: write GlobalAveragePooling1D<>">
struct GlobalAveragePooling1D
    : global_pooling1d<GlobalAveragePooling1D<Options...>, GlobalAveragePooling2D<Options...>, Options...> {
    static constexpr std::string_view type = "GlobalAveragePooling1D";
    static constexpr layer_config config() { return {}; }
};

}  // namespace strata::inline STRATA_ISA
