// LayerNormalization, RMSNormalization and UnitNormalization: each vector along the last axis by itself.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/normalization/normalization.hpp>
#include <strata/kernels/normalization/normalization_backward.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

/// The table of gamma and beta, one value of each for a channel, the last axis of `in`.
template <class Options>
constexpr parameter_table gamma_and_beta(const shape& in) {
    parameter_table table;
    if (!Options::template has<no_scale>) table.push_back(channel_weight("gamma", in, Ones::value));
    if (!Options::template has<no_center>) table.push_back(channel_weight("beta", in));
    return table;
}

/// Refuses an input without an axis, and a negative epsilon: the variance plus epsilon must have a square root.
constexpr diagnostic check_normalization(const shape& in, double smallest) {
    if (!(smallest >= 0.0)) return refuse("an epsilon of at least 0", "a negative one, or NaN", "write epsilon<1e-3>");
    return check_has_axis(in);
}

/// The base of the three: any shape of rank 1 or more, unchanged. Gamma is the name of the weight that multiplies; Self
/// gives `smallest` (the epsilon that is added to the variance, or the least length).
template <class Self, kernels::row_norm Kind, fixed_string Gamma, class... Options>
struct row_normalization : layer<Self, Options...> {
    static constexpr diagnostic check(const shape& in) { return check_normalization(in, Self::smallest); }
    static constexpr std::size_t flops(const shape& in) {
        return in.size() * ((Kind == kernels::row_norm::layer ? 5 : 3) + Self::parameters(in).size());
    }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::normalize_rows<Kind>(N * In.rows(), In.back(), s.x, terms<In>(s.weights), s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }

    /// Mean and scale of each row.
    template <shape In, class Fused, class T>
    static constexpr std::size_t saved_size() {
        return 2 * In.rows();
    }
    template <shape In, class Fused, class T>
    static void train_forward(const forward_context<T>& s) {
        kernels::normalize_rows<Kind>(s.count * In.rows(), In.back(), s.x, terms<In>(s.weights), s.y, s.saved);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr)
            kernels::normalize_rows_gradient<Kind>(s.count * In.rows(), In.back(), s.x, terms<In>(s.weights), s.saved,
                                                   s.dy, s.dx);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        const std::size_t rows = s.count * In.rows();
        const T* dy = s.dy;
        if constexpr (has_weight<Self, In, Gamma>)
            kernels::row_gamma_gradient(rows, In.back(), s.x, s.saved, dy, {gradient<Self, In, Gamma>(s), s.first},
                                        part);
        if constexpr (has_weight<Self, In, "beta">)
            kernels::column_sums(rows, In.back(), dy, gradient<Self, In, "beta">(s), s.first, part);
    }

private:
    template <shape In, class T>
    static constexpr kernels::normalization_parameters<T> terms(const T* const* weights) {
        return {.gamma = optional_entry<Self, In, Gamma>(weights),
                .beta = optional_entry<Self, In, "beta">(weights),
                .epsilon = static_cast<T>(Self::smallest)};
    }
};

/// Each vector along the last axis with mean 0 and variance 1, times gamma plus beta. Weights: gamma (features), beta
/// (features). `epsilon` is 1e-3 where none is given. Keras: `LayerNormalization`. Ba et al. 2016.
template <class... Options>  // strata: types, not values: LayerNormalization<epsilon<1e-3>>
    requires detail::says<"strata: options are types; fix: write LayerNormalization<epsilon<1e-3>>">
struct LayerNormalization
    : row_normalization<LayerNormalization<Options...>, kernels::row_norm::layer, "gamma", Options...> {
    using options = option_list<Options...>;
    static constexpr double smallest = options::template get<epsilon<1e-3>>::value;

    static constexpr std::string_view type = "LayerNormalization";
    static constexpr layer_config config() { return {{"epsilon", smallest}}; }
    static constexpr std::array takes{epsilon<0.0>::kind, no_center::kind, no_scale::kind};

    static constexpr parameter_table parameters(const shape& in) { return gamma_and_beta<options>(in); }
};

/// Each vector along the last axis over the root of its mean square, times scale. Weights: scale (features).
/// `epsilon` is 1e-6 where none is given. Keras: `RMSNormalization`. Zhang and Sennrich 2019.
template <class... Options>  // strata: types, not values: RMSNormalization<epsilon<1e-6>>
    requires detail::says<"strata: options are types; fix: write RMSNormalization<epsilon<1e-6>>">
struct RMSNormalization : row_normalization<RMSNormalization<Options...>, kernels::row_norm::rms, "scale", Options...> {
    using options = option_list<Options...>;
    static constexpr double smallest = options::template get<epsilon<1e-6>>::value;

    static constexpr std::string_view type = "RMSNormalization";
    static constexpr layer_config config() { return {{"epsilon", smallest}}; }
    static constexpr std::array takes{epsilon<0.0>::kind};

    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(channel_weight("scale", in, Ones::value));
    }
};

/// Each vector along the last axis over its length, at least 1e-12. Keras: `UnitNormalization`.
template <class... Options>  // strata: types, not values: UnitNormalization<>
    requires detail::says<"strata: options are types; fix: write UnitNormalization<>">
struct UnitNormalization
    : row_normalization<UnitNormalization<Options...>, kernels::row_norm::unit, "gamma", Options...> {
    static constexpr double smallest = 1e-12;

    static constexpr std::string_view type = "UnitNormalization";
    static constexpr layer_config config() { return {}; }
};

}  // namespace strata::inline STRATA_ISA
