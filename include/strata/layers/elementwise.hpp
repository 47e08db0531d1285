// Elementwise: a user's function object on each value.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/elementwise/elementwise_backward.hpp>
#include <strata/kernels/math/dual.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Whether F is a function object on one value of T.
template <class F, class T>
concept value_function = std::is_empty_v<F> && std::is_default_constructible_v<F> && requires(T x) {
    { F{}(x) } -> std::convertible_to<T>;
};
/// F has a function for its derivative.
template <class F, class T>
concept has_derivative = requires(T x) {
    { F::derivative(x) } -> std::convertible_to<T>;
};
/// F's call takes dual numbers, which give the derivative.
template <class F, class T>
concept takes_dual_numbers = value_function<F, T> && requires(math::dual<T> x) {
    { F{}(x) } -> std::same_as<math::dual<T>>;
};
template <class F>
concept differentiable_function = has_derivative<F, float> || has_derivative<F, double> ||
                                  takes_dual_numbers<F, float> || takes_dual_numbers<F, double>;

/// Calls `function` with a vector where it takes one, else lane by lane.
template <class V, class Function>
constexpr V on_lanes(V x, Function function) {
    if constexpr (std::is_arithmetic_v<V>) {
        return static_cast<V>(function(x));
    } else if constexpr (requires {
                             { function(x) } -> std::convertible_to<V>;
                         }) {
        return function(x);
    } else {
        using T = typename V::value_type;
        alignas(64) T values[V::size];
        kernels::store<T>(values, x);
        for (T& value : values) value = static_cast<T>(function(value));
        return kernels::load(values);
    }
}

/// F as kernels want it.
template <class F>
struct value_functor {
    static constexpr bool is_monotone = [] {
        if constexpr (requires {
                          { F::is_monotone } -> std::convertible_to<bool>;
                      })
            return bool{F::is_monotone};
        else return false;
    }();
    static constexpr bool derives_from_output = false;
    template <class V>
    static constexpr V apply(V x) {
        return on_lanes(x, [](auto value) -> decltype(F{}(value)) { return F{}(value); });
    }
    template <class V>
    static constexpr V derivative(V x) {
        if constexpr (has_derivative<F, float> || has_derivative<F, double>)
            return on_lanes(x, [](auto value) -> decltype(F::derivative(value)) { return F::derivative(value); });
        else
            return on_lanes(x, [](auto value) -> decltype(F{}(math::dual{value, value}).slope) {
                using number = decltype(value);
                return F{}(math::dual<number>(value, number(kernels::scalar_of<number>(1.0)))).slope;
            });
    }
};

/// A function with a derivative is an option too.
template <class Self, bool IsDifferentiable>
struct function_as_option {};
template <class Self>
struct function_as_option<Self, true> {
    static constexpr std::string_view kind = activation_kind;
    using activation_option = Self;
};

}  // namespace detail

/// Any shape, unchanged: F{}(x) of each value, F an empty type. Its call takes anything with arithmetic (`auto
/// operator()(auto x) const`), and then it runs on vectors and gives its derivative by dual numbers; the functions of
/// strata::math (exp, log, sqrt, tanh, sin, cos, max, min, abs, select) take all three. A call that takes scalars alone
/// runs value by value. A `static derivative(x)` of F is used instead of dual numbers. Without a derivative nothing
/// before the layer can be trained; with one it is an option too, `Dense<8, Elementwise<F>>`. `static constexpr bool
/// is_monotone = true` lets a max pooling run before it. Keras: `Lambda`.
template <class F, class... Options>
struct Elementwise : layer<Elementwise<F, Options...>, Options...>,
                     detail::function_as_option<Elementwise<F>, detail::differentiable_function<F>> {
    using function = detail::value_functor<F>;

    static constexpr std::string_view type = "Elementwise";

    static constexpr diagnostic check(const shape&) {
        if (detail::value_function<F, float> || detail::value_function<F, double>) return {};
        return refuse("an empty function object on one value", "a type that float and double cannot call",
                      "give it `auto operator()(auto x) const`");
    }
    static constexpr std::size_t flops(const shape& in) { return in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::elementwise<function>(N * In.size(), s.x, s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s)
        requires detail::differentiable_function<F>
    {
        if (s.dx != nullptr) kernels::elementwise_gradient<function>(s.count * In.size(), s.x, s.dy, s.dx);
    }
};

}  // namespace strata::inline STRATA_ISA
