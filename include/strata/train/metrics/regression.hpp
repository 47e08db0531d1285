// RootMeanSquaredError and R2Score; losses are metrics by metric_of.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/losses/regression.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// The root of the mean over all samples of (target - y)^2. Keras: `RootMeanSquaredError`.
struct RootMeanSquaredError {
    std::string_view name = "root_mean_squared_error";

    static constexpr std::string_view type = "RootMeanSquaredError";
    static constexpr target_kind targets = target_kind::values;

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        mean.add(static_cast<double>(MeanSquaredError{}(rows, columns, y, target, T(1), static_cast<T*>(nullptr))),
                 weight);
    }
    double result() const { return std::sqrt(mean.result()); }

    running_mean mean{};  // state
};

/// The way from the scores of columns to one number: their mean, or their mean weighted by the targets' variance.
enum class class_aggregation { uniform_average, variance_weighted_average };

/// 1 - residual / variance for each column of the targets, over all samples: 1 where every output is right, 0 where all
/// are the targets' mean, NaN before the first sample. A column without variance counts as 0, or NaN where every output
/// is right. With num_regressors, adjusted for that many independent variables where there are more values. Keras:
/// `R2Score`.
struct R2Score {
    strata::class_aggregation class_aggregation = strata::class_aggregation::uniform_average;
    std::size_t num_regressors = 0;
    std::string_view name = "r2_score";

    static constexpr std::string_view type = "R2Score";
    static constexpr target_kind targets = target_kind::values;
    static constexpr diagnostic check(const shape& output) {
        if (output.rank() == 1) return {};
        return refuse("an output of one axis", to_text(output), "end the net with Flatten<> or a Dense layer after it");
    }

    template <class = internal::where_used>
    void prepare(std::size_t count) {
        columns.assign(count, {});
    }
    template <class = internal::where_used>
    void reset() {
        std::fill(columns.begin(), columns.end(), sums{});
        weights = num_values = 0.0;
    }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t count, const T* y, const Target* target, double weight) {
        if (columns.empty()) prepare(count);
        for (std::size_t r = 0; r < rows; ++r, y += count, target += count) {
            for (std::size_t i = 0; i < count; ++i) {
                const double t = static_cast<double>(target[i]), error = t - static_cast<double>(y[i]);
                columns[i].total += weight * t;
                columns[i].squared += weight * t * t;
                columns[i].residual += weight * error * error;
            }
            weights += weight;
            num_values += static_cast<double>(count);
        }
    }
    template <class = internal::where_used>
    double result() const {
        double sum = 0.0, weighted = 0.0, variances = 0.0;
        for (std::size_t column = 0; column < columns.size(); ++column) {
            sum += result(column);
            weighted += variance(column) * result(column);
            variances += variance(column);
        }
        const bool uniform = class_aggregation == strata::class_aggregation::uniform_average;
        const double score = uniform ? sum / static_cast<double>(columns.size()) : weighted / variances;
        const double regressors = static_cast<double>(num_regressors);
        if (num_regressors == 0 || regressors >= num_values - 1.0) return score;
        return 1.0 - (1.0 - score) * (num_values - 1.0) / (num_values - regressors - 1.0);
    }
    /// The score of one column.
    template <class = internal::where_used>
    double result(std::size_t column) const {
        const double score = 1.0 - columns.at(column).residual / variance(column);
        return internal::is_infinite(score) ? 0.0 : score;
    }

    struct sums {
        double total = 0.0, squared = 0.0, residual = 0.0;
    };
    std::vector<sums> columns{};             // state
    double weights = 0.0, num_values = 0.0;  // state

private:
    /// The variance of a column, multiplied by the sum of the weights.
    double variance(std::size_t column) const {
        const sums& of = columns[column];
        return of.squared - of.total * of.total / weights;
    }
};

}  // namespace strata::inline STRATA_ISA
