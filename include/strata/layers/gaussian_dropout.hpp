// GaussianDropout: multiplies by normal noise when training.
#pragma once

#include <cmath>
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

/// Any shape, unchanged; the identity at inference. When training, y = x (1 + d n) with n normal and d = sqrt(Rate / (1
/// - Rate)): mean and variance are those of Dropout<Rate>. 0 <= Rate < 1. Keras: `GaussianDropout`. Srivastava et al.
/// 2014.
template <double Rate, class... Options>  // strata: types, not values: GaussianDropout<0.5>
    requires detail::says<"strata: options are types; fix: write GaussianDropout<0.5>">
struct GaussianDropout : layer<GaussianDropout<Rate, Options...>, Options...> {
    static constexpr std::string_view type = "GaussianDropout";
    static constexpr layer_config config() { return {{"rate", Rate}}; }
    static constexpr bool is_identity = true;
    static constexpr bool is_random = Rate > 0.0;

    static constexpr diagnostic check(const shape&) { return check_rate(Rate, "GaussianDropout<0.5>"); }

    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        multiply(s.count * In.size(), s.random, s.x, s.y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        multiply(s.count * In.size(), s.random, s.dy, s.dx);
    }

private:
    template <class T>
    static void multiply(std::size_t count, random_stream random, const T* x, T* y) {
        const T deviation = static_cast<T>(std::sqrt(Rate / (1.0 - Rate)));
        for (std::size_t i = 0; i < count; ++i)
            y[i] = x[i] * (T(1) + deviation * static_cast<T>(random.normal(static_cast<std::uint32_t>(i))));
    }
};

}  // namespace strata::inline STRATA_ISA
