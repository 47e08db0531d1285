// compile: binds a model to an optimizer, a loss and metrics.
#pragma once

#include <initializer_list>
#include <tuple>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/type_list.hpp>
#include <strata/model/model.hpp>
#include <strata/train/call_checks.hpp>
#include <strata/train/checks.hpp>
#include <strata/train/history_scores.hpp>
#include <strata/train/metric_tracker.hpp>
#include <strata/train/metrics/weighted.hpp>
#include <strata/train/scores.hpp>
#include <strata/train/trainer.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Makes the trainer where the arguments, whose kinds are right, fit together.
template <class Model, class Optimizer, class Loss, class... Metrics>
auto make_trainer(Model& model, Optimizer optimizer, Loss loss, Metrics... metrics) {
    using checked = compile_check<typename Model::net_type, Loss, compiled_metric<Loss, Metrics>...>;
    static_cast<void>(require<checked>{});
    if constexpr (checked::value.ok)
        return Trainer<Model, Optimizer, Loss, Metrics...>(model, std::move(optimizer), loss, metrics...);
    else return refused_trainer{};
}

}  // namespace detail

/// Binds a model to an optimizer, a loss, metrics and weighted_metrics, in this order. The trainer refers to the model,
/// which must outlive it and stay where it is; a temporary model is refused. Keras: `compile`.
template <class ModelArgument, class... Arguments>
auto compile(ModelArgument&& model, Arguments... arguments) {
    using call = detail::compile_call_check<ModelArgument, Arguments...>;
    static_cast<void>(require<call>{});
    if constexpr (!call::value.ok) return detail::refused_trainer{};
    else if constexpr ((detail::is_one_metric<Arguments> && ...))
        return detail::make_trainer(model, std::move(arguments)...);
    else
        return std::apply([&](auto&&... each) { return detail::make_trainer(model, std::move(each)...); },
                          std::tuple_cat(detail::each_metric(arguments)...));
}
/// Metrics in braces are refused.
template <class ModelArgument, class Optimizer, class Loss>
auto compile(ModelArgument&&, const Optimizer&, const Loss&, detail::anything) {
    using checked =
        detail::arguments_check<type_list<ModelArgument, Optimizer, Loss>, "compile, metrics", "metrics after the loss",
                                "write Accuracy{} or another metric; a list without braces around it",
                                std::initializer_list<int>>;
    static_cast<void>(require<checked>{});
    return detail::refused_trainer{};
}

}  // namespace strata::inline STRATA_ISA
