// DepthwiseConv2D: a convolution of each channel by itself.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/depthwise_backward.hpp>
#include <strata/kernels/conv/depthwise_parts.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/convolution_layer.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// (height, width, channels) -> (oh, ow, channels depth_multiplier), oh and ow as of Conv2D. Weights: kernel (kh, kw,
/// channels, depth_multiplier), bias (channels depth_multiplier). Keras: `DepthwiseConv2D`.
template <window Kernel, class... Options>  // strata: types, not values: DepthwiseConv2D<window{3, 3}, ReLU>
    requires detail::says<"strata: options are types; fix: write DepthwiseConv2D<window{3, 3}, ReLU>">
struct DepthwiseConv2D : depthwise_convolution<DepthwiseConv2D<Kernel, Options...>, Kernel, Options...> {
    using base = depthwise_convolution<DepthwiseConv2D, Kernel, Options...>;
    using base::has_bias, base::windows, base::geometry, base::output;
    using typename base::activation, typename base::options;

    static constexpr std::string_view type = "DepthwiseConv2D";
    static constexpr layer_config config() { return {{"kernel_size", Kernel}}; }
    static constexpr std::array takes{activation_kind,
                                      strides<1>::kind,
                                      padding::valid::kind,
                                      dilation<1>::kind,
                                      depth_multiplier<1>::kind,
                                      no_bias::kind,
                                      depthwise_initializer<Zeros>::kind,
                                      bias_initializer<Zeros>::kind,
                                      depthwise_regularizer<L1<>>::kind,
                                      bias_regularizer<L1<>>::kind};

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_depthwise_options<options>(); !own.ok) return own;
        return windows.check(in);
    }
    static constexpr std::size_t output_channels(const shape& in) { return geometry(in).out_channels(); }
    static constexpr parameter_table parameters(const shape& in) {
        const auto g = geometry(in);
        parameter_table table;
        table.push_back(
            depthwise_kernel<options>("kernel", {g.height.kernel, g.width.kernel, g.channels, g.multiplier}));
        push_bias<options>(table, g.out_channels());
        return table;
    }
    static constexpr std::size_t flops(const shape& in) {
        const auto g = geometry(in);
        return g.out_size() * flops_each(g.taps(), has_bias) + activation::flops(output(in));
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return kernels::depthwise_scratch(geometry(in), geometry(in).height.output);
    }

    template <shape In, class T>
    static constexpr text<48> algorithm_name() {
        return "direct, by channels";
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = geometry(In);
        for (std::size_t n = 0; n < N; ++n, x += g.in_size(), y += g.out_size()) {
            kernels::depthwise_conv2d<g, typename activation_function<last>::type>(
                x, weight<DepthwiseConv2D, In, "kernel">(s), optional_weight<DepthwiseConv2D, In, "bias">(s), y,
                s.scratch);
            finish_rows<last, pixels(g), g.out_channels()>(y);
        }
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t row_scratch(std::size_t rows) {
        return kernels::depthwise_scratch(geometry(In), rows);
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = geometry(In);
        kernels::depthwise_conv2d_rows<g, typename activation_function<last>::type>(
            s.x, s.first_row, weight<DepthwiseConv2D, In, "kernel">(s), optional_weight<DepthwiseConv2D, In, "bias">(s),
            s.y, s.range, s.scratch);
        finish_rows<last, g.out_channels()>(s.range.size() * g.width.output, s.y);
    }

    /// Slices of a map of one row.
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count() {
        return kernels::depthwise_parts<geometry(In)>;
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = geometry(In);
        kernels::depthwise_conv2d_row<g, typename activation_function<last>::type>(
            s.x, weight<DepthwiseConv2D, In, "kernel">(s), optional_weight<DepthwiseConv2D, In, "bias">(s), s.y,
            s.range, s.scratch);
        const item_range out = kernels::depthwise_columns<g>(s.range);
        finish_rows<last, g.out_channels()>(out.size(), s.y + out.begin * g.out_channels());
    }

    /// The input with its channels repeated, where they have several filters. The activation's input, where its
    /// derivative needs it.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return repeats<geometry(In)> + (trained<Fused>::keeps_input ? output(In).size() : 0);
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        return kernels::depthwise_gradient_scratch(geometry(In));
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        using act = trained<Fused>;
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        for (std::size_t n = 0; n < s.count; ++n) {
            T *y = s.y + n * g.out_size(), *saved = s.saved + n * kept,
              *linear = act::keeps_input ? saved + repeats<g> : y;
            const T* x = repeated_input<g>(s.x + n * g.in_size(), saved);
            kernels::depthwise_rows<kernels::repeated(g), typename act::in_kernel>(
                x, 0, weight<DepthwiseConv2D, In, "kernel">(s), optional_weight<DepthwiseConv2D, In, "bias">(s), linear,
                {0, g.height.output});
            act::template finish<g.out_channels()>(pixels(g), linear, y);
        }
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        for (std::size_t n = 0; n < s.count; ++n) {
            T* dy = s.dy + n * g.out_size();
            trained<Fused>::template through<g.out_channels()>(pixels(g), s.y + n * g.out_size(),
                                                               s.saved + n * kept + repeats<g>, dy);
            if (s.dx != nullptr)
                kernels::depthwise_data_gradient<g>(dy, weight<DepthwiseConv2D, In, "kernel">(s),
                                                    s.dx + n * g.in_size(), s.scratch);
        }
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        constexpr auto g = geometry(In);
        const T* dy = s.dy;
        const T* x = g.multiplier == 1 ? s.x : s.saved;
        constexpr std::size_t plane = g.multiplier == 1 ? g.in_size() : saved_size<In, Fused, T>();
        kernels::depthwise_weight_gradient<kernels::repeated(g)>(
            kernels::gradient_samples<T>{s.count, x, plane, dy, g.out_size()},
            {gradient<DepthwiseConv2D, In, "kernel">(s), s.first}, part);
        if constexpr (has_bias)
            kernels::bias_gradient<g.out_channels()>(s.count * pixels(g), dy, gradient<DepthwiseConv2D, In, "bias">(s),
                                                     s.first, part);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = DepthwiseConv2D<Kernel, Others...>;

private:
    using base::pixels;
    template <kernels::depthwise_geometry G>
    static constexpr std::size_t repeats = kernels::depthwise_gradient_scratch(G);
    template <class Fused>
    using trained = typename base::template trained<Fused>;
};

}  // namespace strata::inline STRATA_ISA
