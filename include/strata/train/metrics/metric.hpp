// metric: the concept of metrics, means over samples, and losses as metrics.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/train/loss.hpp>

namespace strata::inline STRATA_ISA {

/// A metric: an aggregate of Keras' arguments, then its state. `reset` begins anew; `update` takes one sample, y (rows,
/// columns), its targets, as for a loss, and its weight; `result` is the score so far. None of them allocates. A metric
/// may have `prepare(columns)` too, called once before the first update: it sizes its state, and throws
/// std::invalid_argument for arguments that Keras refuses. One that does not take every output has
/// `check(output shape)`, which gives a diagnostic. `validate(output shape)` throws for arguments too.
template <class Metric>
concept metric = std::copy_constructible<Metric> && requires(Metric m, const Metric& c, std::size_t n) {
    { Metric::type } -> std::convertible_to<std::string_view>;
    { Metric::targets } -> std::convertible_to<target_kind>;
    { c.name } -> std::convertible_to<std::string_view>;
    m.reset();
    requires requires(const float* y, const detail::target_example<Metric>* target) { m.update(n, n, y, target, 1.0); };
    { c.result() } -> std::convertible_to<double>;
};

/// A weighted mean that grows sample by sample; 0 while the weights are 0. Keras: `Mean`.
struct running_mean {
    double total = 0.0;
    double weights = 0.0;

    constexpr void add(double value, double weight) {
        total += weight * value;
        weights += weight;
    }
    constexpr double result() const { return weights == 0.0 ? 0.0 : total / weights; }
};

namespace detail {

/// The share of a sample's rows of which hit(row) is true.
template <class Hit>
double share_of_rows(std::size_t rows, const Hit& hit) {
    std::size_t hits = 0;
    for (std::size_t row = 0; row < rows; ++row) hits += hit(row) ? 1u : 0u;
    return static_cast<double>(hits) / static_cast<double>(rows);
}

/// Keras' name of a loss that is given as a metric: its member `metric_name`, else its class, `mean_squared_error`.
template <class Loss>
inline constexpr auto metric_name_of = [] {
    if constexpr (requires { Loss::metric_name; }) return decltype(snake_case(Loss::type))(Loss::metric_name);
    else return snake_case(Loss::type);
}();

}  // namespace detail

/// A loss as a metric, its mean over samples, times its member `metric_factor` where it has one.
template <loss_function Loss>
struct metric_of {
    Loss loss{};
    std::string_view name = detail::metric_name_of<Loss>.view();

    static constexpr std::string_view type = Loss::type;
    static constexpr target_kind targets = Loss::targets;
    static constexpr diagnostic check(const shape& output) { return detail::check_output<Loss>(output); }
    void validate(const shape& output) const {
        if constexpr (requires { loss.validate(output); }) loss.validate(output);
    }

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        double factor = 1.0;
        if constexpr (requires { Loss::metric_factor; }) factor = Loss::metric_factor;
        mean.add(factor * static_cast<double>(loss(rows, columns, y, target, T(1), static_cast<T*>(nullptr))), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};
template <class Loss>
metric_of(Loss) -> metric_of<Loss>;

/// The metric of an argument of compile for targets of this kind: the argument itself; a loss as a metric; or the
/// result of the argument's member `for_targets<Kind>()`, as of Accuracy.
template <target_kind Kind, class Argument>
constexpr auto as_metric(const Argument& argument) {
    if constexpr (requires { argument.template for_targets<Kind>(); }) return argument.template for_targets<Kind>();
    else if constexpr (metric<Argument>) return argument;
    else return metric_of<Argument>{argument};
}

}  // namespace strata::inline STRATA_ISA
