// ConstantPadding, ReflectionPadding and ReplicationPadding of sequences and images: edges that are no zeros.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/shape/edges.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/padding.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the constant paddings.
template <class Self, border Edges, double Fill, class... Options>
struct constant_padding : padding_layer<Self, Edges, Options...> {
    static constexpr layer_config config() {
        layer_config result{{"padding", Edges}, {"value", Fill}};
        result.is_keras = false;
        return result;
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::pad_with<detail::bordered(In, Edges)>(
                s.x + n * In.size(), s.y + n * constant_padding::output(In).size(), static_cast<T>(Fill));
    }
};

/// The base of the paddings whose edges are values of the input.
template <class Self, class Mode, border Edges, class... Options>
struct edge_padding : padding_layer<Self, Edges, Options...> {
    static constexpr layer_config config() {
        layer_config result{{"padding", Edges}};
        result.is_keras = false;
        return result;
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n)
            kernels::pad_edges<detail::bordered(In, Edges), Mode>(s.x + n * In.size(),
                                                                  s.y + n * edge_padding::output(In).size());
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::sum_edges<detail::bordered(In, Edges), Mode>(s.dy + n * edge_padding::output(In).size(),
                                                                  s.dx + n * In.size());
    }

protected:
    /// Refuses negative edges, and reflected ones that are not narrower than the input.
    static constexpr diagnostic check_edges(const shape& in, bool reflects) {
        if (const diagnostic edges = edge_padding::padding_layer::check_edges(); !edges.ok) return edges;
        const auto fits = [&](int edge, std::size_t axis) {
            return !reflects || static_cast<std::size_t>(edge) < (axis < in.rank() - 1 ? in[axis] : 1) || edge == 0;
        };
        if (fits(Edges.top, 0) && fits(Edges.bottom, 0) && fits(Edges.left, 1) && fits(Edges.right, 1)) return {};
        return refuse("edges narrower than the input", text<200>() << to_text(Edges) << " of " << to_text(in),
                      "pad less, or take ReplicationPadding1D or ReplicationPadding2D");
    }
};

/// (steps, channels) -> (before + steps + after, channels), the number Fill at the ends: one number for both, or
/// ends{before, after}. Keras: none. PyTorch: `ConstantPad1d`.
template <ends Padding, double Fill, class... Options>  // strata: types, not values: ConstantPadding1D<2, 0.5>
    requires detail::says<"strata: options are types; fix: write ConstantPadding1D<2, 0.5>">
struct ConstantPadding1D
    : constant_padding<ConstantPadding1D<Padding, Fill, Options...>, Padding.as_border(), Fill, Options...> {
    static constexpr std::string_view type = "ConstantPadding1D";

    static constexpr diagnostic check(const shape& in) {
        const diagnostic sequence = check_sequence(in);
        return sequence.ok ? ConstantPadding1D::check_edges() : sequence;
    }
};

/// (height, width, channels) -> (top + height + bottom, left + width + right, channels), the number Fill around: one
/// number for all sides, or border{top, bottom, left, right}. Keras: none. PyTorch: `ConstantPad2d`.
template <border Padding, double Fill, class... Options>  // strata: types, not values: ConstantPadding2D<2, 0.5>
    requires detail::says<"strata: options are types; fix: write ConstantPadding2D<2, 0.5>">
struct ConstantPadding2D : constant_padding<ConstantPadding2D<Padding, Fill, Options...>, Padding, Fill, Options...> {
    static constexpr std::string_view type = "ConstantPadding2D";

    static constexpr diagnostic check(const shape& in) {
        const diagnostic image = check_image(in);
        return image.ok ? ConstantPadding2D::check_edges() : image;
    }
};

/// (steps, channels) -> (before + steps + after, channels), the mirror image of the input, without its last step, at
/// the ends: one number for both, or ends{before, after}. Keras: none. PyTorch: `ReflectionPad1d`.
template <ends Padding, class... Options>  // strata: types, not values: ReflectionPadding1D<ends{1, 2}>
    requires detail::says<"strata: options are types; fix: write ReflectionPadding1D<ends{1, 2}>">
struct ReflectionPadding1D
    : edge_padding<ReflectionPadding1D<Padding, Options...>, kernels::reflected, Padding.as_border(), Options...> {
    static constexpr std::string_view type = "ReflectionPadding1D";

    static constexpr diagnostic check(const shape& in) {
        const diagnostic sequence = check_sequence(in);
        return sequence.ok ? ReflectionPadding1D::check_edges(in, true) : sequence;
    }
};

/// (height, width, channels) -> (top + height + bottom, left + width + right, channels), the mirror image of the
/// input, without its edge, around: one number for all sides, or border{top, bottom, left, right}. Keras: none.
/// PyTorch: `ReflectionPad2d`.
template <border Padding, class... Options>  // strata: types, not values: ReflectionPadding2D<border{1, 1, 2, 2}>
    requires detail::says<"strata: options are types; fix: write ReflectionPadding2D<border{1, 1, 2, 2}>">
struct ReflectionPadding2D
    : edge_padding<ReflectionPadding2D<Padding, Options...>, kernels::reflected, Padding, Options...> {
    static constexpr std::string_view type = "ReflectionPadding2D";

    static constexpr diagnostic check(const shape& in) {
        const diagnostic image = check_image(in);
        return image.ok ? ReflectionPadding2D::check_edges(in, true) : image;
    }
};

/// (steps, channels) -> (before + steps + after, channels), the first and the last step repeated: one number for both,
/// or ends{before, after}. Keras: none. PyTorch: `ReplicationPad1d`.
template <ends Padding, class... Options>  // strata: types, not values: ReplicationPadding1D<ends{1, 2}>
    requires detail::says<"strata: options are types; fix: write ReplicationPadding1D<ends{1, 2}>">
struct ReplicationPadding1D
    : edge_padding<ReplicationPadding1D<Padding, Options...>, kernels::replicated, Padding.as_border(), Options...> {
    static constexpr std::string_view type = "ReplicationPadding1D";

    static constexpr diagnostic check(const shape& in) {
        const diagnostic sequence = check_sequence(in);
        return sequence.ok ? ReplicationPadding1D::check_edges(in, false) : sequence;
    }
};

/// (height, width, channels) -> (top + height + bottom, left + width + right, channels), the nearest value around: one
/// number for all sides, or border{top, bottom, left, right}. Keras: none. PyTorch: `ReplicationPad2d`.
template <border Padding, class... Options>  // strata: types, not values: ReplicationPadding2D<border{1, 1, 2, 2}>
    requires detail::says<"strata: options are types; fix: write ReplicationPadding2D<border{1, 1, 2, 2}>">
struct ReplicationPadding2D
    : edge_padding<ReplicationPadding2D<Padding, Options...>, kernels::replicated, Padding, Options...> {
    static constexpr std::string_view type = "ReplicationPadding2D";

    static constexpr diagnostic check(const shape& in) {
        const diagnostic image = check_image(in);
        return image.ok ? ReplicationPadding2D::check_edges(in, false) : image;
    }
};

}  // namespace strata::inline STRATA_ISA
