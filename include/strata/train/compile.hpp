// compile: binds a model to an optimizer, a loss and metrics.
#pragma once

#include <tuple>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/report.hpp>
#include <strata/model/model.hpp>
#include <strata/train/history.hpp>
#include <strata/train/judge.hpp>
#include <strata/train/metrics/weighted.hpp>
#include <strata/train/scores.hpp>
#include <strata/train/trainer.hpp>
#include <strata/train/verdicts.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// What compile returns where it refuses: nothing more is said of what is asked of it.
struct refused_trainer {
    template <class... Arguments>
    History fit(const Arguments&...) const {
        return {};
    }
    template <class... Arguments>
    Scores evaluate(const Arguments&...) const {
        return {};
    }
};

}  // namespace detail

/// Binds a model to an optimizer, a loss, metrics and weighted_metrics; the model must outlive what comes back. Keras:
/// `compile`.
template <class Net, class T, class Storage, class Optimizer, class Loss, class... Metrics>
auto compile(Model<Net, T, Storage>& model, Optimizer optimizer, Loss loss, Metrics... metrics) {
    if constexpr (!(detail::is_one_metric<Metrics> && ...))
        return std::apply([&](const auto&... each) { return compile(model, std::move(optimizer), loss, each...); },
                          std::tuple_cat(detail::each_metric(metrics)...));
    else {
        using verdict = detail::compile_verdict<Net, Loss, detail::judging<Loss, Metrics>...>;
        static_cast<void>(asserted<verdict>{});
        if constexpr (verdict::value.ok)
            return Trainer<Model<Net, T, Storage>, Optimizer, Loss, Metrics...>(model, std::move(optimizer), loss,
                                                                                metrics...);
        else return detail::refused_trainer{};
    }
}

}  // namespace strata::inline STRATA_ISA
