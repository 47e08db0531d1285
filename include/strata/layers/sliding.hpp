// sliding: the options of layers with a sliding window, as values, and the checks of their inputs.
#pragma once

#include <cstddef>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/option.hpp>

namespace strata::inline STRATA_ISA {

/// Kernel, strides, dilation and padding of a two-dimensional window.
struct window_options {
    window kernel;
    window stride;
    window dilation;
    padding_mode mode;
    border edges{0};            // pads<>
    std::size_t pad_count = 0;  // numbers of pads<>

    constexpr sliding_axis height(const shape& in) const {
        if (pad_count > 0) return slide_padded(in[0], kernel.height, stride.height, edges.top, edges.bottom);
        return slide(in[0], kernel.height, stride.height, dilation.height, mode);
    }
    constexpr sliding_axis width(const shape& in) const {
        if (pad_count > 0) return slide_padded(in[1], kernel.width, stride.width, edges.left, edges.right);
        return slide(in[1], kernel.width, stride.width, dilation.width, mode);
    }
    /// Refuses sizes below 1, strides with dilation where the layer does not take both, and an input that is no image.
    constexpr diagnostic check_sizes(const shape& in, bool takes_both = false) const {
        if (!kernel.is_size())
            return refuse("a window of an integer, or of two", "three, a string or a real number",
                          "write window{height, width}, or one integer for both");
        const auto positive = [](window w) { return w.height > 0 && w.width > 0; };
        if (!positive(kernel) || !positive(stride) || !positive(dilation))
            return refuse("window, strides, dilation >= 1", sizes(), "write sizes of at least 1");
        if (const diagnostic pads = check_pads(); !pads.ok) return pads;
        if (!takes_both && stride != window{1} && dilation != window{1})
            return refuse("strides or dilation, not both", sizes(), "leave one of them at 1");
        if (mode == padding_mode::causal)
            return refuse("padding::valid or padding::same", "padding::causal", "take a layer for (steps, channels)");
        if (in.rank() != 3)
            return refuse("(height, width, channels)", to_text(in), "put Reshape<shape{h, w, c}> before it");
        return {};
    }
    /// Refuses these, and a window that does not fit into the input.
    constexpr diagnostic check(const shape& in, bool takes_both = false) const {
        if (const diagnostic sizes = check_sizes(in, takes_both); !sizes.ok) return sizes;
        if (height(in).output == 0 || width(in).output == 0)
            return refuse(text<200>() << "(>= " << height(in).span() << ", >= " << width(in).span() << ", channels)",
                          to_text(in), "use padding::same, a smaller window, or less pooling before it");
        return {};
    }

    /// Refuses a pooling with padding or pads, and dilation: a window might have no cell inside the input.
    constexpr diagnostic check_dilated_pooling() const {
        if (dilation == window{1} || (mode == padding_mode::valid && pad_count == 0)) return {};
        if (pad_count > 0) return refuse("pads<...> or a dilation", "both", "put a padding layer before it");
        return refuse("padding::valid with a dilation", "padding::same", "put a padding layer before it");
    }

private:
    /// A window must have a cell inside the input.
    constexpr diagnostic check_pads() const {
        if (pad_count == 0) return {};
        if (mode != padding_mode::valid) return refuse("pads<...> or padding::same", "both", "leave one of them out");
        if (pad_count != 1 && pad_count != 4)
            return refuse("pads<all> or pads<top, bottom, left, right>", text<64>() << pad_count << " numbers",
                          "write pads<1>");
        const auto fits = [](int edge, int size) { return edge >= 0 && edge < size; };
        if (fits(edges.top, kernel.height) && fits(edges.bottom, kernel.height) && fits(edges.left, kernel.width) &&
            fits(edges.right, kernel.width))
            return {};
        return refuse("pads of at least 0 that are smaller than the window",
                      text<200>() << to_text(edges) << " of a " << sizes(), "write smaller pads");
    }
    constexpr text<200> sizes() const {
        const auto pair = [](window w) { return text<64>() << w.height << "x" << w.width; };
        return text<200>() << "window " << pair(kernel) << ", strides " << pair(stride) << ", dilation "
                           << pair(dilation);
    }
};

/// Reads strides<>, dilation<> and padding:: from a layer's options; the default stride is the caller's.
template <class Options>
constexpr window_options window_options_of(window kernel, window default_stride) {
    window stride = default_stride;
    if constexpr (Options::template has<strides<1>>) stride = Options::template get<strides<1>>::value;
    return {.kernel = kernel,
            .stride = stride,
            .dilation = Options::template get<dilation<1>>::value,
            .mode = Options::template get<padding::valid>::value,
            .edges = Options::template get<pads<>>::value,
            .pad_count = Options::template get<pads<>>::count};
}

}  // namespace strata::inline STRATA_ISA
