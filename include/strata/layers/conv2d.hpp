// Conv2D: a two-dimensional convolution (cross-correlation, as in every framework).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/conv2d_backward.hpp>
#include <strata/kernels/conv/conv2d_pooled.hpp>
#include <strata/kernels/conv/convolution.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/convolution_epilogue.hpp>
#include <strata/layers/convolution_layer.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/grouped_conv2d.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// (height, width, channels) -> (oh, ow, Filters); valid: (height - span) / stride + 1, same: ceil(height / stride),
/// span = (kernel - 1) dilation + 1. Weights: kernel (kh, kw, channels / groups, Filters), bias (Filters). Keras:
/// `Conv2D`.
template <int Filters, window Kernel, class... Options>  // strata: types, not values: Conv2D<8, window{3, 3}, ReLU>
    requires detail::says<"strata: options are types; fix: write Conv2D<8, window{3, 3}, ReLU>">
struct Conv2D : window_convolution<Conv2D<Filters, Kernel, Options...>, Kernel, Options...> {
    using base = window_convolution<Conv2D, Kernel, Options...>;
    using base::has_bias, base::windows, base::output;
    using typename base::activation, typename base::options;

    static constexpr std::string_view type = "Conv2D";
    static constexpr layer_config config() { return {{"filters", Filters}, {"kernel_size", Kernel}}; }
    static constexpr auto takes = options_of_conv2d;

    static constexpr diagnostic check(const shape& in) {
        const diagnostic own = check_filters<options>(type, Filters);
        return own.ok ? windows.check(in) : own;
    }
    static constexpr kernels::conv2d_geometry geometry(const shape& in) {
        return {.height = windows.height(in),
                .width = windows.width(in),
                .in_channels = in[2],
                .out_channels = output_channels(in)};
    }
    static constexpr std::size_t output_channels(const shape&) { return static_cast<std::size_t>(Filters); }
    static constexpr parameter_table parameters(const shape& in) {
        return kernel_and_bias<options>(shape{Kernel.height, Kernel.width, static_cast<int>(in[2]), Filters});
    }
    static constexpr std::size_t flops(const shape& in) {
        const auto g = geometry(in);
        return g.out_size() * flops_each(g.depth(), has_bias) + activation::flops(output(in));
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        const auto g = geometry(in);
        return kernels::convolution_scratch<T>(g, tile(g), g.height.output);
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return method<In, T>::packed_size;
    }
    template <shape In, class T>
    static constexpr text<48> algorithm_name() {
        constexpr std::size_t tiles = method<In, T>::tile;
        return tiles == 0 ? text<48>("direct") : text<48>("Winograd ") << tiles << "x" << tiles;
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* transformed, thread_slice part) {
        method<In, T>::pack_weights(weights[weight_index<Conv2D, In, "kernel">], transformed, part);
    }

    /// An elementwise activation after a linear convolution, and a max pooling after it or after the layer's own
    /// activation. The pooling needs a direct convolution and an activation that never falls: it commutes with max.
    template <shape In, class... Next>
    static constexpr bool fuses() {
        return epilogue<In, fused<Next...>>::is_possible;
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        using then = epilogue<In, Fused>;
        using function = typename activation_function<typename then::function>::type;
        constexpr auto g = geometry(In);
        for (std::size_t n = 0; n < N; ++n, x += g.in_size()) {
            if constexpr (then::pools) {
                kernels::conv2d_max_pooling<g, then::pool, function>(
                    x, weight<Conv2D, In, "kernel">(s), optional_weight<Conv2D, In, "bias">(s), y, s.scratch);
                y += then::pool.out_size();
            } else {
                kernels::convolve<method<In, T>, g, function>(x, weight<Conv2D, In, "kernel">(s),
                                                              packed_weights<Conv2D, In>(s),
                                                              optional_weight<Conv2D, In, "bias">(s), y, s.scratch);
                finish_rows<typename then::function, pixels(g), g.out_channels>(y);
                y += g.out_size();
            }
        }
    }
    template <shape In, class Fused>
    static constexpr row_window rows() {
        constexpr auto h = geometry(In).height;
        const std::size_t pool = epilogue<In, Fused>::pool.height.kernel;
        return {.span = (pool - 1) * h.stride + h.span(),
                .stride = pool * h.stride,
                .before = h.before,
                .row_multiple = epilogue<In, Fused>::pools ? 1 : std::max<std::size_t>(1, tile(geometry(In)))};
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t row_scratch(std::size_t rows) {
        constexpr auto g = geometry(In);
        return kernels::convolution_scratch<T>(g, tile(g), rows * epilogue<In, Fused>::pool.height.kernel);
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        using then = epilogue<In, Fused>;
        using function = typename activation_function<typename then::function>::type;
        constexpr auto g = geometry(In);
        if constexpr (then::pools) {
            kernels::conv2d_max_pooling_rows<g, then::pool, function>(s.x, s.first_row, weight<Conv2D, In, "kernel">(s),
                                                                      optional_weight<Conv2D, In, "bias">(s), s.y,
                                                                      s.range, s.scratch);
        } else {
            method<In, T>::template rows<function>(s.x, s.first_row,
                                                   {weight<Conv2D, In, "kernel">(s), packed_weights<Conv2D, In>(s),
                                                    optional_weight<Conv2D, In, "bias">(s)},
                                                   s.y, s.range, s.scratch);
            finish_rows<typename then::function, g.out_channels>(s.range.size() * g.width.output, s.y);
        }
    }

    /// Slices of a map of one row: its tiles.
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count() {
        constexpr auto g = geometry(In);
        using then = epilogue<In, Fused>;
        if constexpr (!kernels::is_one_row(g)) return 1;
        else if constexpr (then::pools) return kernels::pooled_tiles<then::pool, T>.count();
        else return kernels::conv2d_tiles<g, T>.count();
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        using then = epilogue<In, Fused>;
        using function = typename activation_function<typename then::function>::type;
        constexpr auto g = geometry(In);
        if constexpr (then::pools) {
            kernels::conv2d_max_pooling_row<g, then::pool, function>(
                s.x, weight<Conv2D, In, "kernel">(s), optional_weight<Conv2D, In, "bias">(s), s.y, s.range, s.scratch);
        } else {
            kernels::conv2d_row<g, function>(s.x, weight<Conv2D, In, "kernel">(s),
                                             optional_weight<Conv2D, In, "bias">(s), s.y, s.range, s.scratch);
            const item_range out = kernels::conv2d_tiles<g, T>.rows(s.range);
            finish_rows<typename then::function, g.out_channels>(out.size(), s.y + out.begin * g.out_channels);
        }
    }

    /// The input with its padding. The activation's input, where its derivative needs it.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return kernels::conv2d_scratch<T>(geometry(In)) + (trained<Fused>::keeps_input ? output(In).size() : 0);
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size() {
        return kernels::transposed_weights_size<geometry(In), T>();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return kernels::conv2d_gradient_scratch<geometry(In), T>();
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        using act = trained<Fused>;
        constexpr auto g = geometry(In);
        constexpr std::size_t padded = kernels::conv2d_scratch<T>(g), kept = saved_size<In, Fused, T>();
        for (std::size_t n = 0; n < s.count; ++n) {
            const T* x = s.x + n * g.in_size();
            T* y = s.y + n * g.out_size();
            T* saved = s.saved + n * kept;
            T* linear = act::keeps_input ? saved + padded : y;
            if constexpr (method<In, T>::tile == 0) {
                kernels::conv2d<g, typename act::in_kernel>(x, weight<Conv2D, In, "kernel">(s),
                                                            optional_weight<Conv2D, In, "bias">(s), linear, saved);
            } else {
                if constexpr (padded > 0)
                    kernels::write_padding<g>(x, 0, kernels::padded_rows(g.height, {0, g.height.output}), saved);
                kernels::convolve<method<In, T>, g, typename act::in_kernel>(
                    x, weight<Conv2D, In, "kernel">(s), packed_weights<Conv2D, In>(s),
                    optional_weight<Conv2D, In, "bias">(s), linear, s.scratch);
            }
            act::template finish<g.out_channels>(pixels(g), linear, y);
        }
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part) {
        kernels::pack_backward_weights<geometry(In)>(weights[weight_index<Conv2D, In, "kernel">], transposed, part);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr auto g = geometry(In);
        constexpr std::size_t padded = kernels::conv2d_scratch<T>(g), kept = saved_size<In, Fused, T>();
        for (std::size_t n = 0; n < s.count; ++n) {
            T* dy = s.dy + n * g.out_size();
            trained<Fused>::template through<g.out_channels>(pixels(g), s.y + n * g.out_size(),
                                                             s.saved + n * kept + padded, dy);
            if (s.dx != nullptr)
                kernels::conv2d_data_gradient<g>(dy, s.backward_weights, s.dx + n * g.in_size(), s.scratch);
        }
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        const T* dy = s.dy;
        if constexpr (g.is_padded())
            kernels::conv2d_weight_gradient<g>(s.count, s.saved, kept, dy, gradient<Conv2D, In, "kernel">(s), s.first,
                                               part);
        else
            kernels::conv2d_weight_gradient<g>(s.count, s.x, g.in_size(), dy, gradient<Conv2D, In, "kernel">(s),
                                               s.first, part);
        if constexpr (has_bias)
            kernels::bias_gradient<g.out_channels>(s.count * pixels(g), dy, gradient<Conv2D, In, "bias">(s), s.first,
                                                   part);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = Conv2D<Filters, Kernel, Others...>;

private:
    /// The tiles of Winograd's algorithm, 0 for the direct kernel.
    static constexpr std::size_t tile(const kernels::conv2d_geometry& g) {
        return options::template has<algorithm::direct> ? 0 : kernels::winograd_tile(g);
    }
    template <shape In, class T>
    using method = kernels::convolution<geometry(In), T, tile(geometry(In))>;

    using base::pixels;
    template <class Fused>
    using trained = typename base::template trained<Fused>;
    template <shape In, class Fused>
    using epilogue = convolution_epilogue<Conv2D, In, tile(geometry(In)) == 0, Fused>;
};

/// With groups, each a convolution of its own.
template <int Filters, window Kernel, class... Options>
    requires detail::says<"strata: options are types; fix: write Conv2D<8, window{3, 3}, ReLU>"> &&
             (option_list<Options...>::template get<groups<1>>::value != 1)
struct Conv2D<Filters, Kernel, Options...>
    : grouped_conv2d<Conv2D<Filters, Kernel, Options...>, Filters, Kernel, Options...> {
    static constexpr std::string_view type = "Conv2D";
    static constexpr layer_config config() { return {{"filters", Filters}, {"kernel_size", Kernel}}; }
};

}  // namespace strata::inline STRATA_ISA
