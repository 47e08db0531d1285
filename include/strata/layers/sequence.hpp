// sequence: the base of layers over sequences. Each is a layer over images of one row, (1, steps, channels).
#pragma once

#include <cstddef>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/sliding.hpp>

namespace strata::inline STRATA_ISA {

/// A sequence (steps, channels) as an image of one row, and back.
constexpr shape image_of(const shape& sequence) { return {1, sequence[0], sequence[1]}; }
constexpr shape without_rows(const shape& image) {
    shape result;
    for (std::size_t axis = 1; axis < image.rank(); ++axis) result.push_back(image[axis]);
    return result;
}

namespace detail {

template <class Option>
struct along_width {
    using type = Option;
};
template <int Height, int Width>
struct along_width<strides<Height, Width>> {
    using type = strides<1, Width>;
};
template <int Height, int Width>
struct along_width<dilation<Height, Width>> {
    using type = dilation<1, Width>;
};
template <int Both>
struct along_width<pads<Both>> {
    using type = pads<0, 0, Both, Both>;
};
template <int Before, int After>
struct along_width<pads<Before, After>> {
    using type = pads<0, 0, Before, After>;
};

}  // namespace detail

/// An option of a layer over sequences as the layer over images takes it.
template <class Option>
using along_width = typename detail::along_width<Option>::type;

/// The window of a layer over sequences: its ends are the left and right edges of an image of one row.
template <class Options>
constexpr window_options sequence_windows(int kernel, int default_stride) {
    window_options windows = window_options_of<Options>(kernel, default_stride);
    const border edges = windows.edges;
    if (windows.pad_count == 2) windows.edges = border(0, 0, edges.top, edges.bottom);
    return windows;
}

/// Refuses what is no sequence, sizes below 1, strides with dilation where the layer does not take both, and options
/// for two axes.
template <class Options>
constexpr diagnostic check_sequence_sizes(const shape& in, int kernel, int default_stride, bool takes_causal = false,
                                          bool takes_both = false) {
    const window_options windows = sequence_windows<Options>(kernel, default_stride);
    const window stride = windows.stride, apart = windows.dilation;
    const auto sizes = text<200>() << "window " << kernel << ", strides " << stride.width << ", dilation "
                                   << apart.width;
    if (stride.height != stride.width || apart.height != apart.width)
        return refuse("strides<n>, dilation<n>", "one for two axes", "write one number: it has one axis");
    if (kernel < 1 || stride.width < 1 || apart.width < 1)
        return refuse("window, strides, dilation >= 1", sizes, "write sizes of at least 1");
    if (!takes_both && stride.width > 1 && apart.width > 1)
        return refuse("strides or dilation, not both", sizes, "leave one of them at 1");
    if (windows.mode == padding_mode::causal && !takes_causal)
        return refuse("padding::valid or padding::same", "padding::causal", "take Conv1D, which can be causal");
    if (windows.pad_count > 2)
        return refuse("pads<before, after>", "one for two axes", "write two numbers, or one for both ends");
    if (windows.pad_count > 0 && windows.mode != padding_mode::valid)
        return refuse("pads<...> or padding::same", "both", "leave one of them out");
    const int before = windows.edges.left, after = windows.edges.right;
    if (before < 0 || after < 0 || (windows.pad_count > 0 && (before >= kernel || after >= kernel)))
        return refuse("pads of at least 0 that are smaller than the window",
                      text<200>() << before << " and " << after << " of a " << sizes, "write smaller pads");
    if (in.rank() != 2) return refuse("(steps, channels)", to_text(in), "put Reshape<shape{steps, c}> before it");
    return {};
}

/// Refuses these, and a window that does not fit into the sequence.
template <class Options>
constexpr diagnostic check_sequence(const shape& in, int kernel, int default_stride, bool takes_causal = false,
                                    bool takes_both = false) {
    if (const diagnostic sizes = check_sequence_sizes<Options>(in, kernel, default_stride, takes_causal, takes_both);
        !sizes.ok)
        return sizes;
    const sliding_axis axis = sequence_windows<Options>(kernel, default_stride).width(image_of(in));
    if (axis.output == 0)
        return refuse(text<200>() << "(>= " << axis.span() << ", channels)", to_text(in),
                      "use padding::same, a smaller window, or less pooling before it");
    return {};
}

/// The base of a layer over sequences. Image is the layer over images that computes it.
template <class Self, class Image, class... Options>
struct sequence_layer : layer<Self, Options...> {
    static constexpr auto takes = Image::takes;

    static constexpr shape output(const shape& in) { return without_rows(Image::output(image_of(in))); }
    static constexpr parameter_table parameters(const shape& in) {
        parameter_table table = Image::parameters(image_of(in));
        for (std::size_t i = 0; i < table.count; ++i)
            if (table.rows[i].extents.rank() > 1) table.rows[i].extents = without_rows(table.rows[i].extents);
        return table;
    }
    static constexpr std::size_t flops(const shape& in) { return Image::flops(image_of(in)); }
    template <class T>
    static constexpr std::size_t scratch(const shape& in)
        requires needs_scratch<Image>
    {
        return Image::template scratch<T>(image_of(in));
    }
    template <shape In, class T>
    static constexpr std::size_t packed_size()
        requires packs_weights<Image>
    {
        return Image::template packed_size<image_of(In), T>();
    }
    template <shape In, class T>
    static constexpr void pack_weights(const T* const* weights, T* packed, thread_slice part)
        requires packs_weights<Image>
    {
        Image::template pack_weights<image_of(In)>(weights, packed, part);
    }
    template <shape In, class... Next>
    static constexpr bool fuses()
        requires fuses_layers<Image>
    {
        return Image::template fuses<image_of(In), Next...>();
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        Image::template forward<image_of(In), N, Fused>(s);
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t slice_count()
        requires works_by_slices<Image>
    {
        return Image::template slice_count<image_of(In), Fused, T>();
    }
    template <shape In, class Fused, class T>
    static void forward_slices(const forward_context<T>& s)
        requires works_by_slices<Image>
    {
        Image::template forward_slices<image_of(In), Fused>(s);
    }

    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size()
        requires detail::has_saved_size<Image>
    {
        return Image::template saved_size<image_of(In), Fused, T>();
    }
    template <shape In, class T>
    static constexpr std::size_t backward_packed_size()
        requires packs_for_backward<Image>
    {
        return Image::template backward_packed_size<image_of(In), T>();
    }
    template <shape In, class Fused, class T>
    static constexpr std::size_t gradient_scratch(std::size_t samples)
        requires detail::has_gradient_scratch<Image>
    {
        return Image::template gradient_scratch<image_of(In), Fused, T>(samples);
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s)
        requires has_train_forward<Image>
    {
        Image::template train_forward<image_of(In), Fused>(s);
    }
    template <shape In, class T>
    static void pack_for_backward(const T* const* weights, T* backward_weights, thread_slice part)
        requires packs_for_backward<Image>
    {
        Image::template pack_for_backward<image_of(In)>(weights, backward_weights, part);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s)
        requires has_backward<Image>
    {
        Image::template backward<image_of(In), Fused>(s);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part)
        requires has_weight_gradients<Image>
    {
        Image::template weight_gradients<image_of(In), Fused>(s, part);
    }

    // Hooks for optimize, as far as the layer over images has them
    static constexpr bool is_linear = requires { requires Image::is_linear; };
    static constexpr void absorb(const shape& in, const channel_affine& map, double* const* weights)
        requires absorbs_affine<Image>
    {
        Image::absorb(image_of(in), map, weights);
    }
    static constexpr padding_mode padding_for(const shape& in, const border& edges)
        requires takes_border<Image>
    {
        return Image::padding_for(image_of(in), {0, 0, edges.top, edges.bottom});
    }
};

}  // namespace strata::inline STRATA_ISA
