// Rescaling: x scale + offset.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// x Scale + Offset.
template <double Scale, double Offset>
struct rescale {
    static constexpr bool is_monotone = Scale >= 0;
    static constexpr bool derives_from_output = true;
    template <class V>
    static constexpr V apply(V x) {
        return x * V(kernels::scalar_of<V>(Scale)) + V(kernels::scalar_of<V>(Offset));
    }
    template <class V>
    static constexpr V derivative(V) {
        return V(kernels::scalar_of<V>(Scale));
    }
};

constexpr bool is_finite(double x) {
    return x >= std::numeric_limits<double>::lowest() && x <= std::numeric_limits<double>::max();
}

}  // namespace detail

/// Any shape, unchanged: x Scale + Offset, such as Rescaling<1.0 / 255>. Keras: `Rescaling(scale, offset)`.
template <double Scale, double Offset = 0.0, class... Options>  // strata: types, not values: Rescaling<1.0 / 255>
    requires detail::says<"strata: options are types; fix: write Rescaling<1.0 / 255>">
struct Rescaling : layer<Rescaling<Scale, Offset, Options...>, Options...> {
    using function = detail::rescale<Scale, Offset>;

    static constexpr std::string_view type = "Rescaling";
    static constexpr layer_config config() { return {{"scale", Scale}, {"offset", Offset}}; }
    static constexpr double scale = Scale, offset = Offset;

    static constexpr diagnostic check(const shape&) {
        if (detail::is_finite(Scale) && detail::is_finite(Offset)) return {};
        return refuse("a finite scale and offset", "one that is infinite or NaN", "write Rescaling<1.0 / 255>");
    }
    static constexpr std::size_t flops(const shape& in) { return 2 * in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::elementwise<function>(N * In.size(), s.x, s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr) kernels::elementwise_gradient<function>(s.count * In.size(), s.y, s.dy, s.dx);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = Rescaling<Scale, Offset, Others...>;
    template <double OtherScale, double OtherOffset>
    using with_line = Rescaling<OtherScale, OtherOffset, Options...>;
    static constexpr void affine(const shape& in, const double* const*, double* factors, double* shifts) {
        std::fill_n(factors, in.back(), Scale);
        std::fill_n(shifts, in.back(), Offset);
    }
};

}  // namespace strata::inline STRATA_ISA
