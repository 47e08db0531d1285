// Normalization: features by a mean and a variance that `adapt` takes from data.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/whole_samples.hpp>
#include <strata/kernels/normalization/normalization.hpp>
#include <strata/layers/capabilities/streaming.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/rank.hpp>

namespace strata::inline STRATA_ISA {

/// (..., features), unchanged: (x - mean) / max(sqrt(variance), 1e-7), as adapt(layer, data) found them. Weights: mean
/// (features), variance (features), count (); none is trained. Keras: `Normalization`.
template <class... Options>  // strata: types, not values: Normalization<>
    requires detail::says<"strata: options are types; fix: write Normalization<>">
struct Normalization : layer<Normalization<Options...>, Options...> {
    static constexpr std::string_view type = "Normalization";
    static constexpr layer_config config() { return {}; }

    static constexpr diagnostic check(const shape& in) { return check_has_axis(in); }
    static constexpr parameter_table parameters(const shape& in) {
        const shape features{in.back()};
        return parameter_table{}
            .push_back({.name = "mean", .extents = features, .trainable = false, .layout = weight_layout::plain})
            .push_back({.name = "variance",
                        .extents = features,
                        .initializer = Ones::value,
                        .trainable = false,
                        .layout = weight_layout::plain})
            .push_back({.name = "count",
                        .extents = shape{},
                        .trainable = false,
                        .layout = weight_layout::plain,
                        .is_integer = true});
    }
    static constexpr std::size_t flops(const shape& in) { return 2 * in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        kernels::standardize_columns(N * In.rows(), In.back(), s.x, weight<Normalization, In, "mean">(s),
                                     weight<Normalization, In, "variance">(s), s.y);
    }
    template <shape In>
    static constexpr streaming streams() {
        return each_step_of(In);
    }
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        if (s.dx != nullptr)
            kernels::standardize_columns(s.count * In.rows(), In.back(), s.dy, static_cast<const T*>(nullptr),
                                         weight<Normalization, In, "variance">(s), s.dx);
    }
};

namespace detail {

/// The check of a call of adapt: the layer is a Normalization of a model, samples are values.
template <class Handle, class Samples>
struct adapt_check {
    static constexpr diagnostic value = [] {
        if (!requires(const Handle& layer) {
                typename Handle::value_type;
                { Handle::input_shape() } -> std::convertible_to<shape>;
                { Handle::type() } -> std::convertible_to<std::string_view>;
            })
            return refuse("a Normalization of a model, then values", "something else in the layer's place",
                          "write adapt(model.get_layer<\"normalization\">(), values)", "adapt, layer");
        if (requires(const Samples& samples) { samples.inputs(); })
            return refuse("the values of samples, a vector or a span", "a Dataset", "write data.inputs() for the data",
                          "adapt, samples");
        if (!requires(const Samples& samples) {
                static_cast<double>(*std::data(samples));
                std::size(samples);
            })
            return refuse("the values of samples, a vector or a span", "something else",
                          "give numbers that follow each other", "adapt, samples");
        return diagnostic{};
    }();
};

template <class Handle, class Value>
void adapt_to_values(const Handle& layer, std::span<const Value> values) {
    using T = typename Handle::value_type;
    constexpr shape in = Handle::input_shape();
    constexpr std::size_t features = in.back();
    const std::size_t rows = whole_samples("adapt", in, values.size(), 1) * in.rows();
    std::vector<double> sums(features), squares(features);
    for (std::size_t i = 0; i < values.size(); ++i) sums[i % features] += static_cast<double>(values[i]);
    for (double& sum : sums) sum /= static_cast<double>(rows);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double difference = static_cast<double>(values[i]) - sums[i % features];
        squares[i % features] += difference * difference;
    }
    std::vector<T> mean(features), variance(features);
    for (std::size_t i = 0; i < features; ++i) {
        mean[i] = static_cast<T>(sums[i]);
        variance[i] = static_cast<T>(squares[i] / static_cast<double>(rows));
    }
    layer.template weight<"mean">().assign(mean);
    layer.template weight<"variance">().assign(variance);
}

}  // namespace detail

/// Sets mean and variance of a Normalization of a model to those of `samples`, inputs of the layer that follow each
/// other: `adapt(model.get_layer<"normalization">(), data.inputs())`. Throws std::invalid_argument where `samples` are
/// none or not whole. Keras: `Normalization.adapt`.
template <class Handle, class Samples>
void adapt(const Handle& layer, const Samples& samples) {
    using checked = detail::adapt_check<Handle, Samples>;
    using allocates = heap_check<Handle, "adapt(layer, values)", "adapt on another machine, and assign the weights">;
    static_cast<void>(require<checked>{});
    static_cast<void>(require<allocates>{});
    if constexpr (checked::value.ok && allocates::value.ok)
        detail::adapt_to_values(layer, std::span<const std::remove_cvref_t<decltype(*std::data(samples))>>(
                                           std::data(samples), std::size(samples)));
}

}  // namespace strata::inline STRATA_ISA
