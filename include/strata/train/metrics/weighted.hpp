// weighted: metrics that count samples by their weights.
#pragma once

#include <tuple>

#include <strata/core/config.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// Metrics for compile whose samples count by sample_weight or class_weight, after the others: `compile(model, Adam{},
/// loss, Accuracy{}, weighted_metrics{Precision{}, Recall{}})`. Keras: `compile(weighted_metrics=[...])`.
template <class... Metrics>
struct weighted_metrics {
    std::tuple<Metrics...> each;

    constexpr weighted_metrics(Metrics... metrics) : each(metrics...) {}
};

namespace detail {

/// A metric that metric_tracker gives the weights of samples; other metrics get 1.
template <class Metric>
struct counts_weights : Metric {
    static constexpr bool is_weighted = true;
};
template <class Metric>
inline constexpr bool is_weighted = requires { Metric::is_weighted; };

/// One of weighted_metrics, as an argument of compile.
template <class Argument>
struct weighted_argument {
    Argument argument;

    template <target_kind Kind>
    constexpr auto for_targets() const {
        return counts_weights<decltype(as_metric<Kind>(argument))>{as_metric<Kind>(argument)};
    }
};

/// Arguments of compile one by one.
template <class Argument>
constexpr auto each_metric(const Argument& argument) {
    return std::tuple<Argument>(argument);
}
template <class... Metrics>
constexpr auto each_metric(const weighted_metrics<Metrics...>& metrics) {
    return std::apply(
        [](const Metrics&... each) {
            return std::tuple<weighted_argument<Metrics>...>(weighted_argument<Metrics>{each}...);
        },
        metrics.each);
}
template <class Argument>
inline constexpr bool is_one_metric = true;
template <class... Metrics>
inline constexpr bool is_one_metric<weighted_metrics<Metrics...>> = false;

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
