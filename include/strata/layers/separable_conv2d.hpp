// SeparableConv2D: a depthwise convolution and the pointwise product that mixes its channels.
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
#include <strata/kernels/conv/depthwise_backward.hpp>
#include <strata/kernels/conv/depthwise_parts.hpp>
#include <strata/kernels/conv/separable.hpp>
#include <strata/kernels/conv/separable_backward.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
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

/// (height, width, channels) -> (oh, ow, Filters), oh and ow as of Conv2D. Weights: depthwise_kernel (kh, kw, channels,
/// depth_multiplier), pointwise_kernel (1, 1, channels depth_multiplier, Filters), bias (Filters). Keras:
/// `SeparableConv2D`.
template <int Filters, window Kernel, class... Options>  // strata: types, not values: SeparableConv2D<8, window{3, 3}>
    requires detail::says<"strata: options are types; fix: write SeparableConv2D<8, window{3, 3}>">
struct SeparableConv2D : depthwise_convolution<SeparableConv2D<Filters, Kernel, Options...>, Kernel, Options...> {
    using base = depthwise_convolution<SeparableConv2D, Kernel, Options...>;
    using base::has_bias, base::windows, base::geometry, base::output;
    using typename base::activation, typename base::options;

    static constexpr std::string_view type = "SeparableConv2D";
    static constexpr layer_config config() { return {{"filters", Filters}, {"kernel_size", Kernel}}; }
    static constexpr std::array takes{activation_kind,
                                      strides<1>::kind,
                                      padding::valid::kind,
                                      dilation<1>::kind,
                                      depth_multiplier<1>::kind,
                                      no_bias::kind,
                                      depthwise_initializer<Zeros>::kind,
                                      pointwise_initializer<Zeros>::kind,
                                      bias_initializer<Zeros>::kind,
                                      depthwise_regularizer<L1<>>::kind,
                                      pointwise_regularizer<L1<>>::kind,
                                      bias_regularizer<L1<>>::kind};

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_filters(type, Filters); !own.ok) return own;
        if (const diagnostic own = check_depthwise_options<options>(); !own.ok) return own;
        return windows.check(in);
    }
    static constexpr std::size_t output_channels(const shape&) { return filters; }
    static constexpr parameter_table parameters(const shape& in) {
        const auto g = geometry(in);
        parameter_table table;
        table.push_back(
            depthwise_kernel<options>("depthwise_kernel", {g.height.kernel, g.width.kernel, g.channels, g.multiplier}));
        table.push_back({.name = "pointwise_kernel",
                         .extents = shape{1, 1, g.out_channels(), filters},
                         .initializer = options::template get<pointwise_initializer<GlorotUniform>>::type::value,
                         .penalty = options::template get<pointwise_regularizer<L1L2<>>>::type::value});
        push_bias<options>(table, filters);
        return table;
    }
    static constexpr std::size_t flops(const shape& in) {
        const auto g = geometry(in);
        const shape out = output(in);
        return g.out_size() * 2 * g.taps() + out.size() * flops_each(g.out_channels(), has_bias) +
               activation::flops(out);
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return kernels::separable_scratch<T>(geometry(in), filters, geometry(in).height.output);
    }

    template <shape In, class T>
    static constexpr text<48> algorithm_name() {
        return "depthwise, then pointwise, by rows";
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = geometry(In);
        for (std::size_t n = 0; n < N; ++n, x += g.in_size(), y += pixels(g) * filters) {
            kernels::separable_conv2d<g, filters, typename activation_function<last>::type>(
                x, weight<SeparableConv2D, In, "depthwise_kernel">(s),
                weight<SeparableConv2D, In, "pointwise_kernel">(s), optional_weight<SeparableConv2D, In, "bias">(s), y,
                s.scratch);
            finish_rows<last, pixels(g), filters>(y);
        }
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t row_scratch(std::size_t rows) {
        return kernels::separable_scratch<T>(geometry(In), filters, rows);
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = geometry(In);
        kernels::separable_rows<g, filters, typename activation_function<last>::type>(
            s.x, s.first_row,
            {weight<SeparableConv2D, In, "depthwise_kernel">(s), weight<SeparableConv2D, In, "pointwise_kernel">(s),
             optional_weight<SeparableConv2D, In, "bias">(s)},
            s.y, s.range, s.scratch);
        finish_rows<last, filters>(s.range.size() * g.width.output, s.y);
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
        kernels::separable_row<g, filters, typename activation_function<last>::type>(
            s.x, weight<SeparableConv2D, In, "depthwise_kernel">(s), weight<SeparableConv2D, In, "pointwise_kernel">(s),
            optional_weight<SeparableConv2D, In, "bias">(s), s.y, s.range, s.scratch);
        const item_range out = kernels::depthwise_columns<g>(s.range);
        finish_rows<last, filters>(out.size(), s.y + out.begin * filters);
    }

    /// In this order: the input with its channels repeated, where they have several filters; the output of the
    /// depthwise part; the gradient of that output; the activation's input, where its derivative needs it.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return places<geometry(In)>::linear + (trained<Fused>::keeps_input ? output(In).size() : 0);
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size() {
        return kernels::transposed_panels<geometry(In).out_channels(), filters, T>().stored();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t samples) {
        constexpr auto g = geometry(In);
        return std::max(backward_packed_size<In, T>() + kernels::depthwise_gradient_scratch(g),
                        kernels::pointwise_gradient_scratch<filters, T>(samples * pixels(g)));
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        using act = trained<Fused>;
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        using at = places<g>;
        for (std::size_t n = 0; n < s.count; ++n) {
            T *y = s.y + n * pixels(g) * filters, *saved = s.saved + n * kept;
            T *map = saved + at::map, *linear = act::keeps_input ? saved + at::linear : y;
            const T* x = repeated_input<g>(s.x + n * g.in_size(), saved);
            kernels::depthwise_rows<kernels::repeated(g), kernels::linear>(
                x, 0, weight<SeparableConv2D, In, "depthwise_kernel">(s), static_cast<const T*>(nullptr), map,
                {0, g.height.output});
            kernels::dense_rows<g.out_channels(), filters, typename act::in_kernel>(
                pixels(g), map, weight<SeparableConv2D, In, "pointwise_kernel">(s),
                optional_weight<SeparableConv2D, In, "bias">(s), linear);
            act::template finish<filters>(pixels(g), linear, y);
        }
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part) {
        kernels::transpose_weights<geometry(In).out_channels(), filters>(
            weights[weight_index<SeparableConv2D, In, "pointwise_kernel">], transposed, part);
    }
    /// The gradient of the depthwise weights needs the gradient of the depthwise output. Where nothing before the layer
    /// learns, pack_for_backward was not called: the pointwise weights are transposed here.
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        using at = places<g>;
        const T* transposed = s.backward_weights;
        if (s.dx == nullptr) {
            pack_for_backward<In>(s.weights, s.scratch, {});
            transposed = s.scratch;
        }
        for (std::size_t n = 0; n < s.count; ++n) {
            T *dy = s.dy + n * pixels(g) * filters, *saved = s.saved + n * kept, *dmap = saved + at::gradient;
            trained<Fused>::template through<filters>(pixels(g), s.y + n * pixels(g) * filters, saved + at::linear, dy);
            kernels::dense_data_gradient<g.out_channels(), filters>(pixels(g), dy, transposed, dmap);
            if (s.dx != nullptr)
                kernels::depthwise_data_gradient<g>(dmap, weight<SeparableConv2D, In, "depthwise_kernel">(s),
                                                    s.dx + n * g.in_size(), s.scratch);
        }
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        using at = places<g>;
        const T *dy = s.dy, *saved = s.saved;
        const T* x = g.multiplier == 1 ? s.x : saved;
        constexpr std::size_t plane = g.multiplier == 1 ? g.in_size() : kept;
        kernels::depthwise_weight_gradient<kernels::repeated(g)>(
            kernels::gradient_samples<T>{s.count, x, plane, saved + at::gradient, kept},
            {gradient<SeparableConv2D, In, "depthwise_kernel">(s), s.first}, part);
        kernels::pointwise_weight_gradient<g.out_channels(), filters>(
            pixels(g), kernels::gradient_samples<T>{s.count, saved + at::map, kept, dy, pixels(g) * filters},
            {gradient<SeparableConv2D, In, "pointwise_kernel">(s), s.first}, part, s.scratch);
        if constexpr (has_bias)
            kernels::bias_gradient<filters>(s.count * pixels(g), dy, gradient<SeparableConv2D, In, "bias">(s), s.first,
                                            part);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = SeparableConv2D<Filters, Kernel, Others...>;
    static constexpr void absorb(const shape& in, const channel_affine& map, double* const* weights) {
        absorb_into_kernel(parameters(in), "pointwise_kernel", 1, map, weights);
    }

private:
    static constexpr std::size_t filters = static_cast<std::size_t>(Filters);
    template <class Fused>
    using trained = typename base::template trained<Fused>;

    using base::pixels;
    /// Where the parts of the saved activations of a sample begin.
    template <kernels::depthwise_geometry G>
    struct places {
        static constexpr std::size_t map = kernels::depthwise_gradient_scratch(G);
        static constexpr std::size_t gradient = map + G.out_size();
        static constexpr std::size_t linear = gradient + G.out_size();
    };
};

}  // namespace strata::inline STRATA_ISA
