// AlphaDropout: the dropout that keeps the mean and the variance that SELU gives.
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

/// Any shape, unchanged; the identity at inference. When training, a part Rate of the values becomes the limit of SELU,
/// and all are scaled so that mean 0 and variance 1 stay. 0 <= Rate < 1. Keras: `AlphaDropout`. Klambauer et al. 2017.
template <double Rate, class... Options>  // strata: types, not values: AlphaDropout<0.5>
    requires detail::says<"strata: options are types; fix: write AlphaDropout<0.5>">
struct AlphaDropout : layer<AlphaDropout<Rate, Options...>, Options...> {
    static constexpr std::string_view type = "AlphaDropout";
    static constexpr layer_config config() { return {{"rate", Rate}}; }
    static constexpr bool is_identity = true;
    static constexpr bool is_random = Rate > 0.0;

    static constexpr diagnostic check(const shape&) { return check_rate(Rate, "AlphaDropout<0.5>"); }

    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        const T a = static_cast<T>(scale()), dropped = static_cast<T>(limit),
                b = static_cast<T>(-scale() * limit * Rate);
        for (std::size_t i = 0; i < s.count * In.size(); ++i) s.y[i] = a * (keeps(s.random, i) ? s.x[i] : dropped) + b;
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        const T a = static_cast<T>(scale());
        for (std::size_t i = 0; i < s.count * In.size(); ++i) s.dx[i] = keeps(s.random, i) ? a * s.dy[i] : T(0);
    }

private:
    static constexpr double limit = -1.7580993408473766;  // of SELU

    static double scale() { return 1.0 / std::sqrt((1.0 - Rate) * (1.0 + Rate * limit * limit)); }
    static bool keeps(random_stream random, std::size_t i) {
        return random.uniform(static_cast<std::uint32_t>(i)) >= static_cast<float>(Rate);
    }
};

}  // namespace strata::inline STRATA_ISA
