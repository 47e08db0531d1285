// SpatialDropout1D and SpatialDropout2D: set whole channels to zero at random when training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/random.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rate.hpp>

namespace strata::inline STRATA_ISA {

/// The base of the two: the shape stays; the identity at inference. When training, each channel of a sample is dropped
/// with the probability Rate, else divided by 1 - Rate. 0 <= Rate < 1. Tompson et al. 2015.
template <class Self, double Rate, class... Options>
struct spatial_dropout : layer<Self, Options...> {
    static constexpr bool is_identity = true;
    static constexpr bool is_random = Rate > 0.0;

    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        drop<In>(s.count, s.random, s.x, s.y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) drop<In>(s.count, s.random, s.dy, s.dx);
    }

private:
    template <shape In, class T>
    static void drop(std::size_t count, random_stream random, const T* x, T* y) {
        constexpr T scale = T(1.0 / (1.0 - Rate));
        for (std::size_t n = 0; n < count; ++n)
            for (std::size_t i = 0; i < In.size(); ++i, ++x, ++y) {
                const auto channel = static_cast<std::uint32_t>(n * In.size() + i % In.back());
                *y = random.uniform(channel) >= static_cast<float>(Rate) ? *x * scale : T(0);
            }
    }
};

/// (steps, channels), unchanged; the identity at inference. Each channel is dropped with the probability Rate.
/// Tompson et al. 2015. Keras: `SpatialDropout1D`.
template <double Rate, class... Options>  // strata: types, not values: SpatialDropout1D<0.5>
    requires detail::says<"strata: options are types; fix: write SpatialDropout1D<0.5>">
struct SpatialDropout1D : spatial_dropout<SpatialDropout1D<Rate, Options...>, Rate, Options...> {
    static constexpr std::string_view type = "SpatialDropout1D";
    static constexpr layer_config config() { return {{"rate", Rate}}; }

    static constexpr diagnostic check(const shape& in) {
        if (in.rank() != 2)
            return refuse("(steps, channels)", to_text(in), "put it after a layer that gives a sequence");
        return check_rate(Rate, "SpatialDropout1D<0.5>");
    }
};

/// (height, width, channels), unchanged; the identity at inference. Each channel is dropped with the probability Rate.
/// Tompson et al. 2015. Keras: `SpatialDropout2D`.
template <double Rate, class... Options>  // strata: types, not values: SpatialDropout2D<0.5>
    requires detail::says<"strata: options are types; fix: write SpatialDropout2D<0.5>">
struct SpatialDropout2D : spatial_dropout<SpatialDropout2D<Rate, Options...>, Rate, Options...> {
    static constexpr std::string_view type = "SpatialDropout2D";
    static constexpr layer_config config() { return {{"rate", Rate}}; }

    static constexpr diagnostic check(const shape& in) {
        if (in.rank() != 3)
            return refuse("(height, width, channels)", to_text(in), "put it after a layer that gives an image");
        return check_rate(Rate, "SpatialDropout2D<0.5>");
    }
};

}  // namespace strata::inline STRATA_ISA
