// judge: the running loss and the metrics of an epoch or an evaluation.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/metrics/metric.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The metric that stands behind one argument of compile.
template <class Loss, class Argument>
using judging = decltype(as_metric<Loss::targets>(std::declval<const Argument&>()));

template <class Loss, class... Arguments>
class judge {
public:
    judge(const Loss& loss, const shape& output, const Arguments&... arguments)
        : loss_(loss), output_(output), metrics_(as_metric<Loss::targets>(arguments)...) {
        const auto prepare = [&](auto& each) {
            if constexpr (requires { each.prepare(output.back()); }) each.prepare(output.back());
        };
        for_each(prepare);
        reset();
    }

    void reset() {
        mean_ = {};
        for_each([](auto& each) { each.reset(); });
    }
    /// The mean loss of a batch, which counts as many samples as it has.
    void add_loss(double value, std::size_t samples) { mean_.add(value, static_cast<double>(samples)); }
    /// The output and the labels of one sample.
    template <class T, class Label>
    void see(const T* y, const Label* label) {
        for_each([&](auto& each) { each.update(output_.rows(), output_.back(), y, label, 1.0); });
    }
    /// The loss of one sample.
    template <class T, class Label>
    double loss_of(const T* y, const Label* label) const {
        return static_cast<double>(loss_(output_.rows(), output_.back(), y, label, T(1), static_cast<T*>(nullptr)));
    }
    /// Writes `loss` and the metrics, their names behind a prefix.
    void write(Scores& scores, const std::string& prefix = "") const {
        scores.set(prefix.empty() ? "loss" : prefix + "loss", mean_.result());
        std::apply(
            [&](const auto&... each) {
                (scores.set(
                     prefix.empty() ? std::string_view(each.name) : std::string_view(prefix + std::string(each.name)),
                     static_cast<double>(each.result())),
                 ...);
            },
            metrics_);
    }

private:
    template <class Visit>
    void for_each(Visit visit) {
        std::apply([&](auto&... each) { (visit(each), ...); }, metrics_);
    }

    Loss loss_;
    shape output_;
    std::tuple<judging<Loss, Arguments>...> metrics_;
    running_mean mean_{};
};

}  // namespace strata::inline STRATA_ISA::detail
