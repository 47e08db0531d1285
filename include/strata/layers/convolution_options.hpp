// Options of depthwise and separable convolutions, and the checks and weights that they share.
#pragma once

#include <string_view>

#include <strata/core/report.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/regularizer.hpp>

namespace strata {

/// How many filters each input channel has. Keras: `depth_multiplier=`.
template <int Count>
struct depth_multiplier {
    static constexpr std::string_view kind = "depth_multiplier<...>";
    static constexpr int value = Count;
};

/// How the kernel of the depthwise part begins. Keras: `depthwise_initializer=`.
template <class Initializer>
struct depthwise_initializer {
    static constexpr std::string_view kind = "depthwise_initializer<...>";
    using type = Initializer;
};

/// How the kernel of the pointwise part begins. Keras: `pointwise_initializer=`.
template <class Initializer>
struct pointwise_initializer {
    static constexpr std::string_view kind = "pointwise_initializer<...>";
    using type = Initializer;
};

/// What the size of the depthwise kernel adds to the loss. Keras: `depthwise_regularizer=`.
template <class Regularizer>
struct depthwise_regularizer {
    static constexpr std::string_view kind = "depthwise_regularizer<...>";
    using type = Regularizer;
};

/// What the size of the pointwise kernel adds to the loss. Keras: `pointwise_regularizer=`.
template <class Regularizer>
struct pointwise_regularizer {
    static constexpr std::string_view kind = "pointwise_regularizer<...>";
    using type = Regularizer;
};

/// Refuses a depth multiplier below 1, and regularizers with a factor that Keras refuses.
template <class Options>
constexpr report check_depthwise_options() {
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
            .begin = Options::template get<depthwise_initializer<GlorotUniform>>::type::value,
            .penalty = Options::template get<depthwise_regularizer<L1L2<>>>::type::value,
            .layout = weight_layout::plain};
}

}  // namespace strata
