// F1Score: the harmonic mean of precision and recall, class by class.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/metrics/largest.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// The way from the scores of classes to one number: micro counts over all classes, macro is their mean, weighted is
/// their mean weighted by the targets.
enum class average { micro, macro, weighted };

/// The positive outputs are all values above the threshold; without one, the largest values of each row, where they are
/// not 0. Keras: `F1Score`, whose default gives one number for each class: here that is `result(column)`, and the
/// default is their mean.
struct F1Score {
    strata::average average = strata::average::macro;
    std::optional<double> threshold{};
    std::string_view name = "f1_score";

    static constexpr std::string_view type = "F1Score";
    static constexpr target_kind targets = target_kind::values;
    static constexpr diagnostic check(const shape& output) {
        if (output.rank() == 1) return {};
        return refuse("an output of one axis", to_text(output), "end the net with Flatten<> or a Dense layer after it");
    }

    template <class = internal::where_used>
    void prepare(std::size_t columns) {
        if (threshold && !(*threshold > 0.0 && *threshold <= 1.0))
            throw std::invalid_argument("F1Score: threshold must be in (0, 1], got " + std::to_string(*threshold));
        classes.assign(columns, {});
    }
    template <class = internal::where_used>
    void reset() {
        std::fill(classes.begin(), classes.end(), counts{});
    }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        if (classes.empty()) prepare(columns);
        for (std::size_t r = 0; r < rows; ++r, y += columns, target += columns) {
            const T best = y[detail::index_of_largest(columns, y)];
            for (std::size_t i = 0; i < columns; ++i) {
                const bool found =
                    threshold ? y[i] > static_cast<T>(*threshold) : y[i] >= best && std::abs(y[i]) > T(1e-9);
                const double right = weight * static_cast<double>(target[i]);
                if (found) {
                    classes[i].true_positives += right;
                    classes[i].false_positives += weight - right;
                } else {
                    classes[i].false_negatives += right;
                }
                classes[i].weights += right;
            }
        }
    }
    template <class = internal::where_used>
    double result() const {
        counts all{};
        double sum = 0.0, weighted = 0.0;
        for (std::size_t column = 0; column < classes.size(); ++column) {
            const counts& one = classes[column];
            all = {all.true_positives + one.true_positives, all.false_positives + one.false_positives,
                   all.false_negatives + one.false_negatives, all.weights + one.weights};
            sum += result(column);
            weighted += one.weights * result(column);
        }
        if (average == strata::average::micro) return score(all);
        if (average == strata::average::weighted) return weighted / (all.weights + epsilon);
        return classes.empty() ? 0.0 : sum / static_cast<double>(classes.size());
    }
    /// The score of one class.
    template <class = internal::where_used>
    double result(std::size_t column) const {
        return score(classes.at(column));
    }

    struct counts {
        double true_positives = 0.0, false_positives = 0.0, false_negatives = 0.0, weights = 0.0;
    };
    std::vector<counts> classes{};  // state

private:
    static constexpr double epsilon = 1e-7;

    static double score(const counts& of) {
        const double precision = of.true_positives / (of.true_positives + of.false_positives + epsilon);
        const double recall = of.true_positives / (of.true_positives + of.false_negatives + epsilon);
        return 2.0 * precision * recall / (precision + recall + epsilon);
    }
};

}  // namespace strata::inline STRATA_ISA
