// metric_tracker: the running loss and the metrics of an epoch or an evaluation.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/metric_names.hpp>
#include <strata/train/metrics/metric.hpp>
#include <strata/train/metrics/weighted.hpp>
#include <strata/train/reduction.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The metric that an argument of compile stands for: itself, or one that is made from a loss.
template <class Loss, class Argument>
using compiled_metric = decltype(as_metric<Loss::targets>(std::declval<const Argument&>()));

/// Sets a score whose name has the prefix. Without a prefix it allocates for a new name only.
template <class = internal::where_used>
void set_score(Scores& scores, std::string_view prefix, std::string_view name, double value) {
    if (prefix.empty()) scores.set(name, value);
    else scores.set(internal::message({prefix, name}), value);
}

template <class Loss, class... Arguments>
class metric_tracker {
public:
    /// Throws std::invalid_argument for arguments of the loss or a metric, and for a metric that is named as the loss.
    STRATA_NOINLINE metric_tracker(const Loss& loss, const shape& output, const Arguments&... arguments)
        : loss_(loss), output_(output), metrics_(as_metric<Loss::targets>(arguments)...) {
        if constexpr (requires { loss.validate(output); }) loss.validate(output);
        const auto prepare = [&](auto& each) {
            if constexpr (requires { each.validate(output); }) each.validate(output);
            if constexpr (requires { each.prepare(output.back()); }) each.prepare(output.back());
        };
        for_each(prepare);
        std::array<named_metric, sizeof...(Arguments) + 1> names{};
        std::size_t count = 0;
        for_each([&]<class Metric>(Metric& each) {
            const bool is_numbered = requires { Metric::is_numbered; } && each.name == snake_case(Metric::type).view();
            names[count++] = {each.name, is_weighted<Metric>, is_numbered};
        });
        names_ = unique_names({names.data(), count});
        reset();
    }

    void reset() {
        mean_ = {};
        for_each([](auto& each) { each.reset(); });
    }
    /// The loss of a batch, which counts as many samples as it has.
    void add_loss(double value, std::size_t samples) { mean_.add(value, static_cast<double>(samples)); }
    void add_loss(const batch_loss& batch, double penalties) {
        add_loss(batch.result(reduction_of(loss_), output_.rows()) + penalties, batch.samples);
    }
    /// The output and the labels of one sample, and its weight.
    template <class T, class Label>
    void update(const T* y, const Label* label, double weight) {
        for_each([&]<class Metric>(Metric& each) {
            each.update(output_.rows(), output_.back(), y, label, is_weighted<Metric> ? weight : 1.0);
        });
    }
    /// The loss of one sample.
    template <class T, class Label>
    double loss_of(const T* y, const Label* label) const {
        return static_cast<double>(loss_(output_.rows(), output_.back(), y, label, T(1), static_cast<T*>(nullptr)));
    }
    /// The metric that an argument of compile became; of several of one type the first.
    template <class Argument>
        requires(std::is_same_v<Argument, Arguments> || ...)
    const auto& metric_of() const {
        constexpr std::size_t place = [] {
            std::size_t i = 0;
            for (const bool is_it : {std::is_same_v<Argument, Arguments>..., true}) {
                if (is_it) break;
                ++i;
            }
            return i;
        }();
        return std::get<place>(metrics_);
    }
    /// Writes `loss` and the metrics, their names after a prefix; weighted metrics last.
    void write(Scores& scores, std::string_view prefix = "") const {
        set_score(scores, prefix, "loss", mean_.result());
        std::size_t next = 0;
        for (const bool weighted : {false, true})
            std::apply([&](const auto&... each) { (write_one(scores, prefix, each, weighted, next), ...); }, metrics_);
    }

private:
    template <class Visit>
    void for_each(Visit visit) {
        std::apply([&](auto&... each) { (visit(each), ...); }, metrics_);
    }
    template <class Metric>
    void write_one(Scores& scores, std::string_view prefix, const Metric& metric, bool weighted,
                   std::size_t& next) const {
        if (is_weighted<Metric> == weighted)
            set_score(scores, prefix, names_[next++], static_cast<double>(metric.result()));
    }

    Loss loss_;
    shape output_;
    std::tuple<compiled_metric<Loss, Arguments>...> metrics_;
    std::vector<std::string> names_;
    running_mean mean_{};
};

}  // namespace strata::inline STRATA_ISA::detail
