// GaussianNoise: adds normal noise when training.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/random.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// Any shape, unchanged; the identity at inference. When training, y = x + Deviation n with n normal, drawn anew for
/// each value. Deviation >= 0. Keras: `GaussianNoise(stddev)`.
template <double Deviation, class... Options>  // strata: types, not values: GaussianNoise<0.1>
    requires detail::says<"strata: options are types; fix: write GaussianNoise<0.1>">
struct GaussianNoise : layer<GaussianNoise<Deviation, Options...>, Options...> {
    static constexpr std::string_view type = "GaussianNoise";
    static constexpr layer_config config() { return {{"stddev", Deviation}}; }
    static constexpr bool is_identity = true;
    static constexpr bool is_random = Deviation > 0.0;

    static constexpr diagnostic check(const shape&) {
        if (Deviation >= 0.0) return {};
        return refuse("a deviation of at least 0", "a negative deviation", "write GaussianNoise<0.1>");
    }

    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        for (std::size_t i = 0; i < s.count * In.size(); ++i)
            s.y[i] =
                s.x[i] + static_cast<T>(Deviation) * static_cast<T>(s.random.normal(static_cast<std::uint32_t>(i)));
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        std::copy_n(s.dy, s.count * In.size(), s.dx);
    }
};

}  // namespace strata::inline STRATA_ISA
