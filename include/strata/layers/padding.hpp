// ZeroPadding1D, ZeroPadding2D, Cropping1D and Cropping2D: edges of zeros added, edges taken away.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/shape/rearrange.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The smaller image and its edges: of a sequence, an image of one column.
constexpr kernels::border_geometry bordered(const shape& inner, const border& edges) {
    return {.height = inner[0], .width = inner.rank() == 3 ? inner[1] : 1, .channels = inner.back(), .edges = edges};
}
/// A shape with `rows` and `columns` more.
constexpr shape resized(shape in, int rows, int columns) {
    in[0] = static_cast<std::size_t>(static_cast<int>(in[0]) + rows);
    if (in.rank() == 3) in[1] = static_cast<std::size_t>(static_cast<int>(in[1]) + columns);
    return in;
}

}  // namespace detail

/// The base of paddings: edges are added, whose gradients nobody needs. No weights.
template <class Self, border Edges, class... Options>
struct padding_layer : layer<Self, Options...> {
    static constexpr shape output(const shape& in) {
        return detail::resized(in, Edges.top + Edges.bottom, Edges.left + Edges.right);
    }

    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::crop<detail::bordered(In, Edges)>(s.dy + n * padding_layer::output(In).size(),
                                                       s.dx + n * In.size());
    }

protected:
    static constexpr diagnostic check_edges() {
        if (!Edges.is_negative()) return {};
        return refuse("a padding of at least 0", to_text(Edges), "crop with Cropping1D or Cropping2D");
    }
};

/// The base of the paddings with zeros.
template <class Self, border Edges, class... Options>
struct zero_padding : padding_layer<Self, Edges, Options...> {
    static constexpr border zero_edges = Edges;

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::pad<detail::bordered(In, Edges)>(s.x + n * In.size(), s.y + n * zero_padding::output(In).size());
    }
};

/// (steps, channels) -> (before + steps + after, channels), zeros at the ends: one number for both, or
/// ends{before, after}. Keras: `ZeroPadding1D`.
template <ends Padding, class... Options>  // strata: types, not values: ZeroPadding1D<ends{1, 2}>
    requires detail::says<"strata: options are types; fix: write ZeroPadding1D<ends{1, 2}>">
struct ZeroPadding1D : zero_padding<ZeroPadding1D<Padding, Options...>, Padding.as_border(), Options...> {
    static constexpr std::string_view type = "ZeroPadding1D";
    static constexpr layer_config config() { return {{"padding", Padding}}; }

    static constexpr diagnostic check(const shape& in) {
        const diagnostic sequence = check_sequence(in);
        return sequence.ok ? ZeroPadding1D::check_edges() : sequence;
    }
};

/// (height, width, channels) -> (top + height + bottom, left + width + right, channels), zeros around: one number for
/// all sides, or border{top, bottom, left, right}. Keras: `ZeroPadding2D`.
template <border Padding, class... Options>  // strata: types, not values: ZeroPadding2D<border{1, 1, 2, 2}>
    requires detail::says<"strata: options are types; fix: write ZeroPadding2D<border{1, 1, 2, 2}>">
struct ZeroPadding2D : zero_padding<ZeroPadding2D<Padding, Options...>, Padding, Options...> {
    static constexpr std::string_view type = "ZeroPadding2D";
    static constexpr layer_config config() { return {{"padding", Padding}}; }

    static constexpr diagnostic check(const shape& in) {
        const diagnostic image = check_image(in);
        return image.ok ? ZeroPadding2D::check_edges() : image;
    }
};

/// The base of the two croppings. No weights.
template <class Self, border Edges, class... Options>
struct cropping : layer<Self, Options...> {
    static constexpr shape output(const shape& in) {
        return detail::resized(in, -Edges.top - Edges.bottom, -Edges.left - Edges.right);
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::crop<detail::bordered(output(In), Edges)>(s.x + n * In.size(), s.y + n * output(In).size());
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::pad<detail::bordered(output(In), Edges)>(s.dy + n * output(In).size(), s.dx + n * In.size());
    }

protected:
    static constexpr diagnostic check_edges(const shape& in) {
        if (Edges.is_negative())
            return refuse("a cropping of at least 0", to_text(Edges), "pad with ZeroPadding1D or ZeroPadding2D");
        const auto rows = static_cast<std::size_t>(Edges.top + Edges.bottom);
        const auto columns = static_cast<std::size_t>(Edges.left + Edges.right);
        if (rows < in[0] && (in.rank() != 3 || columns < in[1])) return {};
        return refuse("a cropping that leaves something", text<200>() << to_text(Edges) << " of " << to_text(in),
                      "crop less");
    }
};

/// (steps, channels) -> (steps - before - after, channels): one number for both ends, or ends{before, after}. Keras:
/// `Cropping1D`.
template <ends Cut, class... Options>  // strata: types, not values: Cropping1D<ends{1, 2}>
    requires detail::says<"strata: options are types; fix: write Cropping1D<ends{1, 2}>">
struct Cropping1D : cropping<Cropping1D<Cut, Options...>, Cut.as_border(), Options...> {
    static constexpr std::string_view type = "Cropping1D";
    static constexpr layer_config config() { return {{"cropping", Cut}}; }

    static constexpr diagnostic check(const shape& in) {
        const diagnostic sequence = check_sequence(in);
        return sequence.ok ? Cropping1D::check_edges(in) : sequence;
    }
};

/// (height, width, channels) -> (height - top - bottom, width - left - right, channels): one number for all sides, or
/// border{top, bottom, left, right}. Keras: `Cropping2D`.
template <border Cut, class... Options>  // strata: types, not values: Cropping2D<border{1, 1, 2, 2}>
    requires detail::says<"strata: options are types; fix: write Cropping2D<border{1, 1, 2, 2}>">
struct Cropping2D : cropping<Cropping2D<Cut, Options...>, Cut, Options...> {
    static constexpr std::string_view type = "Cropping2D";
    static constexpr layer_config config() { return {{"cropping", Cut}}; }

    static constexpr diagnostic check(const shape& in) {
        const diagnostic image = check_image(in);
        return image.ok ? Cropping2D::check_edges(in) : image;
    }
};

}  // namespace strata::inline STRATA_ISA
