// grouped_conv2d: the base of Conv2D with groups, one convolution for each group of channels.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/channel_groups.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/conv2d_backward.hpp>
#include <strata/kernels/conv/grouped_conv2d.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/convolution_layer.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/sliding.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/trained_activation.hpp>

namespace strata::inline STRATA_ISA {

/// Weights lie in memory group by group, so that each group has the weights of a convolution by itself.
template <class Self, int Filters, window Kernel, class... Options>
struct grouped_conv2d : convolution_layer<Self, Kernel, Options...> {
    using base = convolution_layer<Self, Kernel, Options...>;
    using base::has_bias, base::windows;
    using typename base::activation, typename base::options;

    static constexpr auto takes = options_of_conv2d;

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_filters<options>(Self::type, Filters); !own.ok) return own;
        if (const diagnostic sizes = windows.check(in); !sizes.ok) return sizes;
        return check_groups<options>(in.back(), Filters);
    }
    /// Of one group.
    static constexpr kernels::conv2d_geometry geometry(const shape& in) {
        return {.height = windows.height(in),
                .width = windows.width(in),
                .in_channels = in[2] / count,
                .out_channels = filters / count};
    }
    static constexpr shape output(const shape& in) {
        return {windows.height(in).output, windows.width(in).output, filters};
    }
    static constexpr parameter_table parameters(const shape& in) {
        const auto g = geometry(in);
        parameter_table table =
            kernel_and_bias<options>(shape{g.height.kernel, g.width.kernel, g.in_channels, filters});
        for (std::size_t i = 0; i < table.count; ++i) table.rows[i].groups = count;
        return table;
    }
    static constexpr std::size_t flops(const shape& in) {
        const shape out = output(in);
        return out.size() * flops_each(geometry(in).depth(), has_bias) + activation::flops(out);
    }
    template <class T>
    static constexpr std::size_t scratch(const shape& in) {
        return scratch_for<T>(in, geometry(in).height.output);
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size() {
        return method<In, T>::packed_size;
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* packed, thread_slice part) {
        method<In, T>::pack_weights(weights[weight_index<Self, In, "kernel">],
                                    has_bias ? weights[weight_index<Self, In, "bias">] : nullptr, packed, part);
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* x = s.x;
        T* y = s.y;
        using last = typename final_activation<Fused, activation>::type;
        constexpr auto g = groups_of(In);
        for (std::size_t n = 0; n < N; ++n, x += In.size(), y += g.whole().out_size()) {
            kernels::grouped_conv2d<method<In, T>, g, typename activation_function<last>::type>(
                x, weight<Self, In, "kernel">(s), optional_weight<Self, In, "bias">(s), packed_weights<Self, In>(s), y,
                s.scratch);
            finish_rows<last, pixels(g.one), filters>(y);
        }
    }

    template <shape In, class Fused>
    static constexpr row_window rows() {
        constexpr auto g = geometry(In);
        return {.span = g.height.span(),
                .stride = g.height.stride,
                .before = g.height.before,
                .row_multiple = std::max<std::size_t>(1, is_direct ? 0 : kernels::winograd_tile(g, count))};
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t row_scratch(std::size_t rows) {
        return scratch_for<T>(In, rows);
    }
    template <shape In, class Fused, class T>
    static void forward_rows(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        constexpr std::size_t width = geometry(In).width.output;
        method<In, T>::template rows<typename activation_function<last>::type>(
            s.x, s.first_row,
            {weight<Self, In, "kernel">(s), packed_weights<Self, In>(s), optional_weight<Self, In, "bias">(s)}, s.y,
            s.range, s.scratch);
        finish_rows<last, filters>(s.range.size() * width, s.y);
    }

    /// Slices of a map of one row: its tiles.
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count() {
        return kernels::is_one_row(geometry(In)) ? method<In, T>::tiles.count() : 1;
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s) {
        using last = typename final_activation<Fused, activation>::type;
        method<In, T>::template row<typename activation_function<last>::type>(
            s.x, {weight<Self, In, "kernel">(s), packed_weights<Self, In>(s), optional_weight<Self, In, "bias">(s)},
            s.y, s.range, s.scratch);
        const item_range out = method<In, T>::tiles.rows(s.range);
        finish_rows<last, filters>(out.size(), s.y + out.begin * filters);
    }

    /// The groups' inputs with their padding. The activation's input, where its derivative needs it.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return count * plane<In, T> + (trained<Fused>::keeps_input ? output(In).size() : 0);
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size() {
        return count * kernels::transposed_weights_size<geometry(In), T>();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t) {
        constexpr auto g = geometry(In);
        return std::max(count * g.out_size(), g.in_size() + kernels::conv2d_gradient_scratch<g, T>());
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        using act = trained<Fused>;
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        for (std::size_t n = 0; n < s.count; ++n) {
            T *y = s.y + n * count * g.out_size(), *saved = s.saved + n * kept;
            T* linear = act::keeps_input ? saved + count * plane<In, T> : y;
            method<In, T>::template rows<typename act::in_kernel>(
                s.x + n * In.size(), 0,
                {weight<Self, In, "kernel">(s), packed_weights<Self, In>(s), optional_weight<Self, In, "bias">(s)},
                linear, {0, g.height.output}, s.scratch);
            for (std::size_t i = 0; i < count; ++i) {
                T* kept_input = saved + i * plane<In, T>;
                T* input = g.is_padded() ? s.scratch : kept_input;
                kernels::gather_group<count, g.in_channels>(g.height.input * g.width.input, i, s.x + n * In.size(),
                                                            input);
                if constexpr (g.is_padded())
                    kernels::write_padding<g>(input, 0, kernels::padded_rows(g.height, {0, g.height.output}),
                                              kept_input);
            }
            act::template finish<filters>(pixels(g), linear, y);
        }
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* transposed, thread_slice part) {
        constexpr auto g = geometry(In);
        for (std::size_t i = 0; i < count; ++i)
            kernels::pack_backward_weights<g>(weights[weight_index<Self, In, "kernel">] + i * kernel_size<In, T>,
                                              transposed + i * kernels::transposed_weights_size<g, T>(), part);
    }
    /// dy becomes a map for each group.
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        constexpr auto g = geometry(In);
        constexpr std::size_t out = count * g.out_size(), kept = saved_size<In, Fused, T>();
        for (std::size_t n = 0; n < s.count; ++n) {
            T* dy = s.dy + n * out;
            trained<Fused>::template through<filters>(pixels(g), s.y + n * out,
                                                      s.saved + n * kept + count * plane<In, T>, dy);
            std::copy_n(dy, out, s.scratch);
            for (std::size_t i = 0; i < count; ++i)
                kernels::gather_group<count, g.out_channels>(pixels(g), i, s.scratch, dy + i * g.out_size());
            if (s.dx == nullptr) continue;
            for (std::size_t i = 0; i < count; ++i) {
                kernels::conv2d_data_gradient<g>(dy + i * g.out_size(),
                                                 s.backward_weights + i * kernels::transposed_weights_size<g, T>(),
                                                 s.scratch, s.scratch + g.in_size());
                kernels::scatter_group<count, g.in_channels>(g.height.input * g.width.input, i, s.scratch,
                                                             s.dx + n * In.size());
            }
        }
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        constexpr auto g = geometry(In);
        constexpr std::size_t kept = saved_size<In, Fused, T>();
        constexpr kernels::panels bias{.columns = g.out_channels, .width = kernels::panel_width<T>(g.out_channels)};
        for (std::size_t n = 0; n < s.count; ++n)
            for (std::size_t i = 0; i < count; ++i) {
                const T *x = s.saved + n * kept + i * plane<In, T>, *dy = s.dy + (n * count + i) * g.out_size();
                const bool first = s.first && n == 0;
                kernels::conv2d_weight_gradient<g>(
                    1, x, kept, dy, gradient<Self, In, "kernel">(s) + i * kernel_size<In, T>, first, part);
                if constexpr (has_bias)
                    kernels::bias_gradient<g.out_channels>(
                        pixels(g), dy, gradient<Self, In, "bias">(s) + i * bias.stored(), first, part);
            }
    }

private:
    static constexpr std::size_t filters = static_cast<std::size_t>(Filters);
    static constexpr std::size_t count = static_cast<std::size_t>(std::max(1, options::template get<groups<1>>::value));
    template <class Fused>
    using trained = typename base::template trained<Fused>;

    static constexpr bool is_direct = options::template has<algorithm::direct>;
    static constexpr kernels::grouped_geometry groups_of(const shape& in) {
        return {.one = geometry(in), .count = count};
    }
    template <class T>
    static constexpr std::size_t scratch_for(const shape& in, std::size_t rows) {
        const auto g = groups_of(in);
        return kernels::grouped_scratch<T>(g, kernels::grouped_method_of<T>(g, is_direct), rows);
    }
    template <shape In, class T>
    using method =
        kernels::grouped_convolution<groups_of(In), T, kernels::grouped_method_of<T>(groups_of(In), is_direct)>;
    static constexpr std::size_t pixels(const kernels::conv2d_geometry& g) { return g.height.output * g.width.output; }
    /// Elements of one group's kernel, and of its kept input.
    template <shape In, class T>
    static constexpr std::size_t kernel_size = kernels::conv2d_panels<geometry(In), T>().stored();
    template <shape In, class T>
    static constexpr std::size_t plane =
        geometry(In).is_padded() ? kernels::conv2d_scratch<T>(geometry(In)) : geometry(In).in_size();
};

}  // namespace strata::inline STRATA_ISA
