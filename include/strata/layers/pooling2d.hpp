// MaxPooling2D and AveragePooling2D.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/pooling/pooling.hpp>
#include <strata/kernels/pooling/pooling_backward.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/sliding.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the two: (height, width, channels) -> (oh, ow, channels), as a convolution's output; strides are the
/// window where none are given, and dilation<> sets the cells of a window apart. `pads<...>` adds
/// positions that are not read. No weights.
template <class Self, window Pool, class... Options>
struct pooling2d : layer<Self, Options...> {
    static constexpr window_options windows = window_options_of<option_list<Options...>>(Pool, Pool);
    static constexpr std::array takes{strides<1>::kind, padding::valid::kind, dilation<1>::kind, pads<>::kind};

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic window = windows.check(in, true); !window.ok) return window;
        return windows.check_dilated_pooling();
    }
    static constexpr kernels::pool2d_geometry geometry(const shape& in) {
        return {.height = windows.height(in), .width = windows.width(in), .channels = in[2]};
    }
    static constexpr shape output(const shape& in) {
        return {windows.height(in).output, windows.width(in).output, in[2]};
    }
    static constexpr std::size_t flops(const shape& in) {
        return output(in).size() * windows.height(in).kernel * windows.width(in).kernel;
    }

    template <shape In, class Fused>
    static constexpr row_window rows() {
        constexpr auto h = geometry(In).height;
        return {.span = h.span(), .stride = h.stride, .before = h.before};
    }

protected:
    template <class Reduction, shape In, class T>
    static void reduce_rows(const forward_context<T>& s) {
        kernels::pool2d_rows<Reduction>(geometry(In), s.x, s.first_row, s.y, s.range);
    }
    template <class Scatter, shape In, class T>
    static void scatter(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        constexpr auto g = geometry(In);
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::pool2d_gradient<Scatter>(g, s.x + n * g.in_size(), s.y + n * g.out_size(), s.dy + n * g.out_size(),
                                              s.dx + n * g.in_size());
    }
};

/// The maximum of each window. Keras: `MaxPooling2D`.
template <window Pool, class... Options>  // strata: types, not values: MaxPooling2D<window{2, 2}, strides<1>>
    requires detail::says<"strata: options are types; fix: write MaxPooling2D<window{2, 2}, strides<1>>">
struct MaxPooling2D : pooling2d<MaxPooling2D<Pool, Options...>, Pool, Options...> {
    static constexpr std::string_view type = "MaxPooling2D";
    static constexpr layer_config config() {
        return {{"pool_size", Pool}, {"strides", window_options_of<option_list<Options...>>(Pool, Pool).stride}};
    }
    static constexpr bool is_max_pooling = true;

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        constexpr auto g = MaxPooling2D::geometry(In);
        for (std::size_t n = 0; n < N; ++n) kernels::max_pooling2d<g>(s.x + n * g.in_size(), s.y + n * g.out_size());
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        MaxPooling2D::template reduce_rows<kernels::take_max, In>(s);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        MaxPooling2D::template scatter<kernels::to_first_maximum, In>(s);
    }
};

/// The mean of each window, over the cells inside the input only. Keras: `AveragePooling2D`.
template <window Pool, class... Options>  // strata: types, not values: AveragePooling2D<window{2, 2}, strides<1>>
    requires detail::says<"strata: options are types; fix: write AveragePooling2D<window{2, 2}, strides<1>>">
struct AveragePooling2D : pooling2d<AveragePooling2D<Pool, Options...>, Pool, Options...> {
    static constexpr std::string_view type = "AveragePooling2D";
    static constexpr layer_config config() {
        return {{"pool_size", Pool}, {"strides", window_options_of<option_list<Options...>>(Pool, Pool).stride}};
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        constexpr auto g = AveragePooling2D::geometry(In);
        for (std::size_t n = 0; n < N; ++n)
            kernels::average_pooling2d<g>(s.x + n * g.in_size(), s.y + n * g.out_size());
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        AveragePooling2D::template reduce_rows<kernels::take_mean, In>(s);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        AveragePooling2D::template scatter<kernels::to_all_cells, In>(s);
    }
};

}  // namespace strata::inline STRATA_ISA
