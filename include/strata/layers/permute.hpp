// Permute: the axes in another order.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/axes.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/shape/rearrange.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// (a, b, c) -> for axes{3, 1, 2} (c, a, b): output axis i is input axis Order[i], counted from 1. Keras:
/// `Permute(dims)`.
template <axes Order, class... Options>  // strata: types, not values: Permute<axes{2, 1}>
    requires detail::says<"strata: options are types; fix: write Permute<axes{2, 1}>">
struct Permute : layer<Permute<Order, Options...>, Options...> {
    static constexpr std::string_view type = "Permute";
    static constexpr layer_config config() { return {{"dims", config_value(Order, Order.rank())}}; }

    static constexpr diagnostic check(const shape& in) {
        if (Order.rank() == in.rank() && Order.is_permutation()) return {};
        return refuse(text<200>("each axis of ") << to_text(in) << " once, 1 to " << in.rank(), to_text(Order),
                      "name every axis once, such as Permute<axes{2, 1}>");
    }
    static constexpr shape output(const shape& in) { return Order.of(in); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        for (std::size_t n = 0; n < N; ++n) kernels::permute<In, Order>(s.x + n * In.size(), s.y + n * In.size());
    }
    template <shape In>
    static constexpr streaming streams() {
        return In.rank() > 1 && Order[0] == 1 ? streaming::each_step : streaming::none;
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx == nullptr) return;
        for (std::size_t n = 0; n < s.count; ++n)
            kernels::permute<output(In), Order.inverse()>(s.dy + n * In.size(), s.dx + n * In.size());
    }
};

}  // namespace strata::inline STRATA_ISA
