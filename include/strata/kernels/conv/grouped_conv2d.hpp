// grouped_conv2d: one interface to the algorithms of a grouped convolution.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/channel_groups.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/conv/grouped_lanes.hpp>
#include <strata/kernels/conv/winograd.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// lanes: several groups share a vector. slices: a direct convolution of each group. winograd: Winograd's algorithm for
/// each group.
enum class grouped_method { lanes, slices, winograd };

/// The fastest method. Groups share vectors where that saves a third of the multiply-adds: the permutations of the
/// input take up to a third of their time. Winograd's algorithm saves less with so few channels. `direct` excludes it.
template <class T>
constexpr grouped_method grouped_method_of(const grouped_geometry& g, bool direct) {
    const lanes_window window = lanes_window_of<T>(g);
    if (largest_lanes_tile(window) > 0 && 3 * ((g.count + window.groups - 1) / window.groups) <= 2 * g.count)
        return grouped_method::lanes;
    return !direct && winograd_tile(g.one, g.count) > 0 ? grouped_method::winograd : grouped_method::slices;
}

/// Elements of scratch of a method for `rows` output rows.
template <class T>
constexpr std::size_t grouped_scratch(const grouped_geometry& g, grouped_method method, std::size_t rows) {
    if (method != grouped_method::winograd)
        return conv2d_scratch<T>(g.whole(), std::min(rows, padded_band<T>(g.whole())));
    return plan_winograd<T>(g.one, winograd_tile(g.one, g.count)).scratch(rows);
}

/// A direct convolution of each group, one after another. The channels of a group are read and written in place, at the
/// stride of a pixel of all groups.
template <grouped_geometry G, class T>
struct grouped_slices : grouped_direct<grouped_slices<G, T>, G, T> {
    static constexpr std::size_t packed_size = 0;
    /// The split of a map of one row into parts for threads.
    static constexpr tile_split tiles = conv2d_tiles<G.one, T>;

    static constexpr void pack_weights(const T*, const T*, T*, thread_slice) {}
    template <class Activation>
    static void multiply(const T* x, const convolution_weights<T>& w, T* y, item_range out, item_range range) {
        using self = grouped_slices;
        constexpr panels kernel = conv2d_panels<G.one, T>();
        constexpr panels offset{.columns = G.one.out_channels, .width = kernel.width};
        constexpr bool groups_outer = G.count * kernel.stored() * sizeof(T) > streamed_weights;
        const std::size_t step = groups_outer ? out.size() : 1;
        for (std::size_t r = 0; r < out.size(); r += step)
            for (std::size_t i = 0; i < G.count; ++i)
                conv2d_direct<G.one, Activation, G.count>(
                    x + r * G.one.height.stride * self::in_row + i * G.one.in_channels, w.kernel + i * kernel.stored(),
                    w.bias != nullptr ? w.bias + i * offset.stored() : nullptr,
                    y + r * self::out_row + i * G.one.out_channels, {out.begin + r, out.begin + r + step}, range);
    }
};

/// Winograd's algorithm for each group, one after another, with the channels of a group in place. The interface is that
/// of grouped_direct.
template <grouped_geometry G, class T>
struct grouped_winograd {
    static constexpr std::size_t tile = winograd_tile(G.one, G.count);
    static constexpr std::size_t transformed = plan_winograd<T>(G.one, tile).packed_size();
    static constexpr std::size_t packed_size = G.count * transformed;
    static constexpr std::size_t row_multiple = tile;
    static constexpr tile_split tiles{};

    static constexpr void pack_weights(const T* weights, const T*, T* to, thread_slice part) {
        for (std::size_t i = 0; i < G.count; ++i)
            winograd_weights<G.one, tile>(weights + i * conv2d_panels<G.one, T>().stored(), to + i * transformed, part);
    }
    template <class Activation>
    static void rows(const T* x, std::size_t in_begin, const convolution_weights<T>& w, T* y, item_range out,
                     T* scratch) {
        constexpr panels offset{.columns = G.one.out_channels, .width = panel_width<T>(G.one.out_channels)};
        for (std::size_t i = 0; i < G.count; ++i)
            winograd_rows<G.one, tile, Activation, G.count>(
                x + i * G.one.in_channels, in_begin, w.packed + i * transformed,
                w.bias != nullptr ? w.bias + i * offset.stored() : nullptr, y + i * G.one.out_channels, out, scratch);
    }
};

template <grouped_geometry G, class T, grouped_method Method>
using grouped_convolution = std::conditional_t<
    Method == grouped_method::lanes, grouped_lanes<G, T>,
    std::conditional_t<Method == grouped_method::slices, grouped_slices<G, T>, grouped_winograd<G, T>>>;

/// The whole map y (oh, ow, groups oc); in constant evaluation by plain loops from the weights that are not packed.
template <class Method, grouped_geometry G, class Activation, class T>
constexpr void grouped_conv2d(const T* x, const T* weights, const T* bias, const T* packed, T* y, T* scratch) {
    if (std::is_constant_evaluated()) {
        constexpr panels kernel = conv2d_panels<G.one, T>();
        constexpr panels offset{.columns = G.one.out_channels, .width = kernel.width};
        T *in = new T[G.one.in_size()]{}, *out = new T[G.one.out_size()]{};
        for (std::size_t i = 0; i < G.count; ++i) {
            gather_group<G.count, G.one.in_channels>(G.one.height.input * G.one.width.input, i, x, in);
            reference::conv2d<Activation>(G.one, kernel, in, weights + i * kernel.stored(),
                                          bias != nullptr ? bias + i * offset.stored() : nullptr, out);
            scatter_group<G.count, G.one.out_channels>(G.one.height.output * G.one.width.output, i, out, y);
        }
        delete[] in;
        delete[] out;
    } else {
        Method::template rows<Activation>(x, 0, {weights, packed, bias}, y, {0, G.one.height.output}, scratch);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
