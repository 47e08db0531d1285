// Layers of a user's own that take part in folding.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/strata.hpp>

struct squared {
    constexpr auto operator()(auto x) const { return x * x; }
    static constexpr auto derivative(auto x) { return x + x; }
};
/// Of scalars alone, and so without a derivative.
struct cubed {
    constexpr float operator()(float x) const { return x * x * x; }
};

/// An activation.
struct Softsquare : strata::elementwise_activation<Softsquare, strata::detail::value_functor<squared>> {
    static constexpr std::string_view type = "Softsquare";
};

/// Any shape, each channel times a weight.
template <class... Options>
struct Gains : strata::layer<Gains<Options...>, Options...> {
    static constexpr std::string_view type = "Gains";

    static constexpr strata::parameter_table parameters(const strata::shape& in) {
        return strata::parameter_table{}.push_back({.name = "gains",
                                                    .extents = strata::shape{in.back()},
                                                    .initializer = strata::Ones::value,
                                                    .layout = strata::weight_layout::plain});
    }
    template <strata::shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const strata::forward_context<T>& s) {
        const T* gains = strata::weight<Gains, In, "gains">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i) s.y[i] = s.x[i] * gains[i % In.back()];
    }

    static constexpr void affine(const strata::shape& in, const double* const* weights, double* scale, double* shift) {
        for (std::size_t c = 0; c < in.back(); ++c) {
            scale[c] = weights[0][c];
            shift[c] = 0.0;
        }
    }
};

/// A vector, each value times the sum of two weights plus a bias: a layer with two weights to scale.
template <class... Options>
struct Twofold : strata::layer<Twofold<Options...>, Options...> {
    using options = strata::option_list<Options...>;
    using activation = typename options::template get<strata::Linear>;

    static constexpr std::string_view type = "Twofold";
    static constexpr std::array takes{strata::activation_kind, strata::no_bias::kind};

    static constexpr strata::parameter_table parameters(const strata::shape& in) {
        strata::parameter_table table;
        for (const std::string_view name : {"first", "second", "bias"})
            if (name != "bias" || !options::template has<strata::no_bias>)
                table.push_back(
                    {.name = name, .extents = strata::shape{in.back()}, .layout = strata::weight_layout::plain});
        return table;
    }
    template <strata::shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const strata::forward_context<T>& s) {
        const T* first = strata::weight<Twofold, In, "first">(s);
        const T* second = strata::weight<Twofold, In, "second">(s);
        const T* bias = strata::optional_weight<Twofold, In, "bias">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i) {
            const std::size_t c = i % In.back();
            s.y[i] = s.x[i] * (first[c] + second[c]);
            if (bias != nullptr) s.y[i] += bias[c];
        }
        activation::template forward<In, N, strata::fused<>>(
            strata::forward_context<T>{.x = s.y, .y = s.y, .scratch = s.scratch});
    }

    template <class... Others>
    using with_options = Twofold<Others...>;
    static constexpr bool is_linear = strata::identity_at_inference<activation>;
    static constexpr void absorb(const strata::shape&, const strata::channel_affine& map, double* const* weights) {
        for (std::size_t c = 0; c < map.scale.size(); ++c) {
            weights[0][c] *= map.scale[c];
            weights[1][c] *= map.scale[c];
            weights[2][c] = weights[2][c] * map.scale[c] + map.shift[c];
        }
    }
};
