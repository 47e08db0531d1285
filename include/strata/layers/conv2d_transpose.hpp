// Conv2DTranspose: the transposed convolution, which enlarges a map.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/conv2d_transpose.hpp>
#include <strata/kernels/conv/conv2d_transpose_backward.hpp>
#include <strata/kernels/conv/transposed_convolution.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/convolution_layer.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// (height, width, channels) -> (oh, ow, Filters); valid: height stride + max(span - stride, 0), same: height stride,
/// span = (kernel - 1) dilation + 1. Weights: kernel (kh, kw, Filters, channels), bias (Filters). Keras:
/// `Conv2DTranspose`.
template <int Filters, window Kernel, class... Options>  // strata: types, not values: Conv2DTranspose<8, window{3, 3}>
    requires detail::says<"strata: options are types; fix: write Conv2DTranspose<8, window{3, 3}>">
struct Conv2DTranspose : convolution_layer<Conv2DTranspose<Filters, Kernel, Options...>, Kernel, Options...> {
    using base = convolution_layer<Conv2DTranspose, Kernel, Options...>;
    using base::has_bias, base::windows;
    using typename base::activation, typename base::options;

    static constexpr std::string_view type = "Conv2DTranspose";
    static constexpr layer_config config() { return {{"filters", Filters}, {"kernel_size", Kernel}}; }
    static constexpr std::array takes{activation_kind,
                                      strides<1>::kind,
                                      padding::valid::kind,
                                      dilation<1>::kind,
                                      algorithm::direct::kind,
                                      no_bias::kind,
                                      kernel_initializer<Zeros>::kind,
                                      bias_initializer<Zeros>::kind,
                                      kernel_regularizer<L1<>>::kind,
                                      bias_regularizer<L1<>>::kind};

    static constexpr diagnostic check(const shape& in) {
        const diagnostic own = check_filters<options>(type, Filters);
        return own.ok ? windows.check_sizes(in) : own;
    }
    /// The convolution whose data gradient it is: its output is the layer's input.
    static constexpr kernels::conv2d_geometry geometry(const shape& in) {
        return {.height = kernels::transposed_axis(in[0], Kernel.height, windows.stride.height, windows.dilation.height,
                                                   windows.mode),
                .width = kernels::transposed_axis(in[1], Kernel.width, windows.stride.width, windows.dilation.width,
                                                  windows.mode),
                .in_channels = filters,
                .out_channels = in[2]};
    }
    static constexpr shape output(const shape& in) {
        const auto g = geometry(in);
        return {g.height.input, g.width.input, filters};
    }
    static constexpr parameter_table parameters(const shape& in) {
        const auto g = geometry(in);
        parameter_table table =
            kernel_and_bias<options>(shape{g.height.kernel, g.width.kernel, filters, g.out_channels});
        if (table.count > 1) table.rows[1].extents = shape{filters};
        return table;
    }
    static constexpr std::size_t flops(const shape& in) {
        const auto g = geometry(in);
        return g.out_size() * 2 * g.depth() + (has_bias ? g.in_size() : 0) + activation::flops(output(in));
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        const auto g = geometry(in);
        return kernels::transposed_scratch<T>(g, kernels::transpose_method_of<T>(g, is_direct));
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return method<In, T>::packed_size;
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* packed, thread_slice part) {
        method<In, T>::pack_weights(weights[weight_index<Conv2DTranspose, In, "kernel">], packed, part);
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = geometry(In);
        for (std::size_t n = 0; n < N; ++n, x += g.out_size(), y += g.in_size()) {
            kernels::convolve_transposed<method<In, T>, g, typename activation_function<last>::type>(
                x, weight<Conv2DTranspose, In, "kernel">(s), packed_weights<Conv2DTranspose, In>(s),
                optional_weight<Conv2DTranspose, In, "bias">(s), y, s.scratch);
            finish_rows<last, pixels(g), filters>(y);
        }
    }

    /// Rows, or the pixels of a sequence.
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count() {
        return method<In, T>::parts::count;
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        method<In, T>::template run<typename activation_function<last>::type>(
            s.x, packed_weights<Conv2DTranspose, In>(s), optional_weight<Conv2DTranspose, In, "bias">(s), s.y, s.range,
            s.scratch);
        const item_range out = method<In, T>::parts::pixels(s.range);
        finish_rows<last, filters>(out.size(), s.y + out.begin * filters);
    }

    /// The activation's input, where its derivative needs it.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return trained<Fused>::keeps_input ? output(In).size() : 0;
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        constexpr auto g = geometry(In);
        return std::max(kernels::conv2d_scratch<T>(g), kernels::conv2d_transpose_gradient_scratch<g, T>());
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        using act = trained<Fused>;
        constexpr auto g = geometry(In);
        for (std::size_t n = 0; n < s.count; ++n) {
            T *y = s.y + n * g.in_size(), *linear = act::keeps_input ? s.saved + n * g.in_size() : y;
            method<In, T>::template run<typename act::in_kernel>(
                s.x + n * g.out_size(), packed_weights<Conv2DTranspose, In>(s),
                optional_weight<Conv2DTranspose, In, "bias">(s), linear, {0, method<In, T>::parts::count}, s.scratch);
            act::template finish<filters>(pixels(g), linear, y);
        }
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr auto g = geometry(In);
        trained<Fused>::template through<filters>(s.count * pixels(g), s.y, s.saved, s.dy);
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::conv2d_transpose_data_gradient<g>(s.dy + n * g.in_size(), weight<Conv2DTranspose, In, "kernel">(s),
                                                       s.dx + n * g.out_size(), s.scratch);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        constexpr auto g = geometry(In);
        const T* dy = s.dy;
        kernels::conv2d_transpose_weight_gradient<g>(s.count, s.x, dy, gradient<Conv2DTranspose, In, "kernel">(s),
                                                     s.first, part, s.scratch);
        if constexpr (has_bias)
            kernels::bias_gradient<filters>(s.count * pixels(g), dy, gradient<Conv2DTranspose, In, "bias">(s), s.first,
                                            part);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = Conv2DTranspose<Filters, Kernel, Others...>;
    static constexpr void absorb(const shape& in, const channel_affine& map, double* const* weights) {
        absorb_into_kernel(parameters(in), "kernel", in[2], map, weights);
    }

private:
    static constexpr std::size_t filters = static_cast<std::size_t>(Filters);
    static constexpr bool is_direct = options::template has<algorithm::direct>;
    template <shape In, class T>
    using method =
        kernels::transposed_convolution<geometry(In), T, kernels::transpose_method_of<T>(geometry(In), is_direct)>;
    template <class Fused>
    using trained = typename base::template trained<Fused>;

    static constexpr std::size_t pixels(const kernels::conv2d_geometry& g) { return g.height.input * g.width.input; }
};

}  // namespace strata::inline STRATA_ISA
