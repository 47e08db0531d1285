// MaxPooling1D and AveragePooling1D.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/pooling2d.hpp>
#include <strata/layers/sequence.hpp>
#include <strata/layers/sliding.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the two: (steps, channels) -> (outputs, channels), outputs as of Conv1D; strides are the window
/// where none are given. No weights.
template <class Self, int Pool, class Image, class... Options>
struct pooling1d : sequence_layer<Self, Image, Options...> {
    static constexpr diagnostic check(const shape& in) {
        const diagnostic window = check_sequence<option_list<Options...>>(in, Pool, Pool, false, true);
        return window.ok ? windows.check_dilated_pooling() : window;
    }

    /// With a state, the last inputs of a window; without padding and dilation.
    template <shape In>
    static constexpr streaming streams() {
        const bool is_plain =
            windows.mode == padding_mode::valid && windows.pad_count == 0 && windows.dilation.width == 1;
        return is_plain ? streaming::with_state : streaming::none;
    }
    template <shape In>
    static constexpr stream_rate output_rate() {
        return {.skip = pool - 1, .stride = static_cast<std::size_t>(windows.stride.width)};
    }
    template <shape In>
    static constexpr std::size_t lookback() {
        return pool - 1;
    }
    template <shape In, class T>
    static constexpr std::size_t state_size() {
        return pool * In.back();
    }
    template <shape In, class Fused, class T>
    static void step(const forward_context<T>& s) {
        constexpr std::size_t kept = (pool - 1) * In.back();
        std::copy(s.state + In.back(), s.state + In.back() + kept, s.state);
        std::copy_n(s.x, In.back(), s.state + kept);
        const forward_context<T> of_window{.x = s.state, .y = s.y, .scratch = s.scratch};
        Image::template forward<shape{1, Pool, In.back()}, 1, Fused>(of_window);
    }

private:
    static constexpr window_options windows = window_options_of<option_list<Options...>>(Pool, Pool);
    static constexpr std::size_t pool = static_cast<std::size_t>(Pool < 1 ? 1 : Pool);
};

/// The maximum of each window. Keras: `MaxPooling1D`.
template <int Pool, class... Options>  // strata: types, not values: MaxPooling1D<2, strides<1>>
    requires detail::says<"strata: options are types; fix: write MaxPooling1D<2, strides<1>>">
struct MaxPooling1D : pooling1d<MaxPooling1D<Pool, Options...>, Pool,
                                MaxPooling2D<window{1, Pool}, along_width<Options>...>, Options...> {
    static constexpr std::string_view type = "MaxPooling1D";
    static constexpr layer_config config() {
        return {
            {"pool_size", config_value::one_size(Pool)},
            {"strides", config_value::one_size(window_options_of<option_list<Options...>>(Pool, Pool).stride.width)}};
    }
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
    static constexpr layer_config config() {
        return {
            {"pool_size", config_value::one_size(Pool)},
            {"strides", config_value::one_size(window_options_of<option_list<Options...>>(Pool, Pool).stride.width)}};
    }
};

}  // namespace strata::inline STRATA_ISA
