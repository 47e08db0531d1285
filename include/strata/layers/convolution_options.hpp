// Options of convolutions and their checks; weights and rows of depthwise convolutions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/layers/capabilities/rows.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/regularizer.hpp>

namespace strata::inline STRATA_ISA {

/// Channels and filters in so many groups, each convolved by itself. Keras: `groups=`.
template <int Count>
struct groups {
    static constexpr std::string_view kind = "groups<...>";
    static constexpr int value = Count;
};

/// How many filters each input channel has. Keras: `depth_multiplier=`.
template <int Count>
struct depth_multiplier {
    static constexpr std::string_view kind = "depth_multiplier<...>";
    static constexpr int value = Count;
};

/// The initializer of the depthwise kernel. Keras: `depthwise_initializer=`.
template <class Initializer>
struct depthwise_initializer {
    static constexpr std::string_view kind = "depthwise_initializer<...>";
    using type = Initializer;
};

/// The initializer of the pointwise kernel. Keras: `pointwise_initializer=`.
template <class Initializer>
struct pointwise_initializer {
    static constexpr std::string_view kind = "pointwise_initializer<...>";
    using type = Initializer;
};

/// The penalty of the depthwise kernel. Keras: `depthwise_regularizer=`.
template <class Regularizer>
struct depthwise_regularizer {
    static constexpr std::string_view kind = "depthwise_regularizer<...>";
    using type = Regularizer;
};

/// The penalty of the pointwise kernel. Keras: `pointwise_regularizer=`.
template <class Regularizer>
struct pointwise_regularizer {
    static constexpr std::string_view kind = "pointwise_regularizer<...>";
    using type = Regularizer;
};

/// Refuses a convolution without filters.
constexpr diagnostic check_filters(std::string_view layer, int filters) {
    if (filters > 0) return {};
    return refuse("at least 1 filter", text<64>() << layer << "<" << filters << ", ...>",
                  text<64>() << "write " << layer << "<filters, k>");
}

/// Refuses that, and regularizers with a factor that Keras refuses.
template <class Options>
constexpr diagnostic check_filters(std::string_view layer, int filters) {
    const diagnostic own = check_filters(layer, filters);
    return own.ok ? check_regularizers<Options>() : own;
}

/// Refuses groups that do not share channels and filters equally.
template <class Options>
constexpr diagnostic check_groups(std::size_t channels, int filters) {
    constexpr int count = Options::template get<groups<1>>::value, divisor = std::max(1, count);
    if (count == divisor && channels % static_cast<std::size_t>(divisor) == 0 && filters % divisor == 0) return {};
    return refuse("groups that divide channels and filters",
                  text<96>() << "groups<" << count << ">, " << channels << " channels, " << filters << " filters",
                  "take a divisor of both");
}

/// Refuses a depth multiplier below 1, and regularizers with a factor that Keras refuses.
template <class Options>
constexpr diagnostic check_depthwise_options() {
    constexpr int multiplier = Options::template get<depth_multiplier<1>>::value;
    if (multiplier < 1)
        return refuse("a depth multiplier of at least 1", text<64>() << "depth_multiplier<" << multiplier << ">",
                      "write depth_multiplier<n>, n >= 1");
    constexpr regularizer depthwise = Options::template get<depthwise_regularizer<L1L2<>>>::type::value;
    constexpr regularizer pointwise = Options::template get<pointwise_regularizer<L1L2<>>>::type::value;
    constexpr regularizer bias = Options::template get<bias_regularizer<L1L2<>>>::type::value;
    if (depthwise.is_valid() && pointwise.is_valid() && bias.is_valid()) return {};
    return refuse_regularizers();
}

/// A depthwise kernel (kh, kw, channels, multiplier): in memory as in Keras, so that a tap's channels are contiguous.
template <class Options>
constexpr parameter depthwise_kernel(std::string_view name, const shape& extents) {
    return {.name = name,
            .extents = extents,
            .initializer = Options::template get<depthwise_initializer<GlorotUniform>>::type::value,
            .penalty = Options::template get<depthwise_regularizer<L1L2<>>>::type::value,
            .layout = weight_layout::plain};
}

/// How rows of a depthwise convolution's output depend on rows of its input.
template <kernels::depthwise_geometry G>
constexpr row_window depthwise_row_window() {
    return {.span = G.height.span(),
            .stride = G.height.stride,
            .before = G.height.before,
            .row_multiple = std::max<std::size_t>(1, kernels::depthwise_row<kernels::repeated(G)>::largest.rows),
            .begins_anywhere = true};
}

/// The input as kernels::depthwise_rows wants it: x itself, or in `to` each channel as often as it has filters.
template <kernels::depthwise_geometry G, class T>
const T* repeated_input(const T* x, [[maybe_unused]] T* to) {
    if constexpr (G.multiplier == 1) {
        return x;
    } else {
        kernels::repeat_channels<G.multiplier>(G.in_size(), x, to);
        return to;
    }
}

}  // namespace strata::inline STRATA_ISA
