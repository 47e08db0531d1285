// Dropout: sets values to zero at random when training.
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

/// Any shape, unchanged; the identity at inference. Rate is the part that is dropped, 0 <= Rate < 1. Keras: `Dropout`.
/// Srivastava et al. 2014.
template <double Rate, class... Options>  // strata: types, not values: Dropout<0.5>
    requires detail::says<"strata: options are types; fix: write Dropout<0.5>">
struct Dropout : layer<Dropout<Rate, Options...>, Options...> {
    static constexpr std::string_view type = "Dropout";
    static constexpr layer_config config() { return {{"rate", Rate}}; }
    static constexpr bool is_identity = true;
    static constexpr bool is_random = Rate > 0.0;

    static constexpr diagnostic check(const shape&) { return check_rate(Rate, "Dropout<0.5>"); }

    /// Values that stay are divided by 1 - Rate: the mean stays.
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        drop(s.count * In.size(), s.random, s.x, s.y);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) drop(s.count * In.size(), s.random, s.dy, s.dx);
    }

private:
    template <class T>
    static void drop(std::size_t count, random_stream random, const T* x, T* y) {
        constexpr T scale = T(1.0 / (1.0 - Rate));
        for (std::size_t i = 0; i < count; ++i)
            y[i] = random.uniform(static_cast<std::uint32_t>(i)) >= static_cast<float>(Rate) ? x[i] * scale : T(0);
    }
};

}  // namespace strata::inline STRATA_ISA
