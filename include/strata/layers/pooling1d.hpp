// MaxPooling1D and AveragePooling1D.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/layers/pooling2d.hpp>
#include <strata/layers/sequence.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the two: (steps, channels) -> (outputs, channels), outputs as of Conv1D; strides are the window
/// where none are given. No weights.
template <class Self, int Pool, class Image, class... Options>
struct pooling1d : sequence_layer<Self, Image, Options...> {
    static constexpr diagnostic check(const shape& in) {
        return check_sequence<option_list<Options...>>(in, Pool, Pool);
    }
};

/// The maximum of each window. Keras: `MaxPooling1D`.
template <int Pool, class... Options>  // strata: types, not values: MaxPooling1D<2, strides<1>>
    requires detail::says<"strata: options are types; fix: write MaxPooling1D<2, strides<1>>">
struct MaxPooling1D : pooling1d<MaxPooling1D<Pool, Options...>, Pool,
                                MaxPooling2D<window{1, Pool}, along_width<Options>...>, Options...> {
    static constexpr std::string_view type = "MaxPooling1D";
    static constexpr bool is_max_pooling = true;

    /// A convolution that runs it in its epilogue gives its own output, an image of one row.
    static constexpr kernels::pool2d_geometry geometry(const shape& image) {
        return MaxPooling2D<window{1, Pool}, along_width<Options>...>::geometry(image);
    }
};

/// The mean of each window, over the steps inside the input only. Keras: `AveragePooling1D`.
template <int Pool, class... Options>  // strata: types, not values: AveragePooling1D<2, strides<1>>
    requires detail::says<"strata: options are types; fix: write AveragePooling1D<2, strides<1>>">
struct AveragePooling1D : pooling1d<AveragePooling1D<Pool, Options...>, Pool,
                                    AveragePooling2D<window{1, Pool}, along_width<Options>...>, Options...> {
    static constexpr std::string_view type = "AveragePooling1D";
};

}  // namespace strata::inline STRATA_ISA
