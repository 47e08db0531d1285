// Precision and Recall: true positives over positive outputs, and over positive targets.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/metrics/largest.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The rule for positive outputs: values above the threshold, which is 0.5 where none is given. With top_k only the k
/// largest of each row count, and without a threshold all of these. With class_id only that column counts.
struct decision {
    std::string_view type;
    std::optional<double> thresholds;
    std::optional<std::size_t> top_k, class_id;

    template <class = internal::where_used>
    void validate(std::size_t columns) const {
        const std::string metric(type);
        if (thresholds && !(*thresholds >= 0.0 && *thresholds <= 1.0))
            throw std::invalid_argument(metric + ": thresholds must be in [0, 1], got " + std::to_string(*thresholds));
        if (top_k && *top_k == 0) throw std::invalid_argument(metric + ": top_k must be at least 1");
        if (class_id && *class_id >= columns)
            throw std::invalid_argument(metric + ": class_id " + std::to_string(*class_id) + " of an output with " +
                                        std::to_string(columns) + " classes");
    }

    /// Calls visit(output is positive, target is positive) for each value that counts.
    template <class T, class Target, class Visit>
    void each(std::size_t rows, std::size_t columns, const T* y, const Target* target, const Visit& visit) const {
        const T none = T(-1e10), edge = thresholds ? static_cast<T>(*thresholds) : top_k ? none : T(0.5);
        const std::size_t begin = class_id.value_or(0), end = class_id ? *class_id + 1 : columns;
        for (std::size_t r = 0; r < rows; ++r, y += columns, target += columns) {
            const std::size_t last = top_k && *top_k < columns ? index_of_kth_largest(columns, y, *top_k) : columns;
            for (std::size_t i = begin; i < end; ++i) {
                const bool left_out = last != columns && (y[i] < y[last] || (y[i] == y[last] && i > last));
                visit((left_out ? none : y[i]) > edge, target[i] != Target(0));
            }
        }
    }
};

}  // namespace detail

/// True positives over positive outputs, 0 while there are none; a target is positive where it is not 0.
/// Keras: `Precision` with one threshold.
struct Precision {
    std::optional<double> thresholds{};
    std::optional<std::size_t> top_k{};
    std::optional<std::size_t> class_id{};
    std::string_view name = "precision";

    static constexpr std::string_view type = "Precision";
    static constexpr bool is_numbered = true;  // in the history, where it has no name of its own
    static constexpr target_kind targets = target_kind::values;

    template <class = internal::where_used>
    void prepare(std::size_t columns) const {
        detail::decision{type, thresholds, top_k, class_id}.validate(columns);
    }
    void reset() { true_positives = false_positives = 0.0; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        detail::decision{type, thresholds, top_k, class_id}.each(rows, columns, y, target, [&](bool found, bool right) {
            if (found) (right ? true_positives : false_positives) += weight;
        });
    }
    double result() const {
        const double found = true_positives + false_positives;
        return found == 0.0 ? 0.0 : true_positives / found;
    }

    double true_positives = 0.0, false_positives = 0.0;  // state
};

/// True positives over positive targets, 0 while there are none; a target is positive where it is not 0.
/// Keras: `Recall` with one threshold.
struct Recall {
    std::optional<double> thresholds{};
    std::optional<std::size_t> top_k{};
    std::optional<std::size_t> class_id{};
    std::string_view name = "recall";

    static constexpr std::string_view type = "Recall";
    static constexpr bool is_numbered = true;  // in the history, where it has no name of its own
    static constexpr target_kind targets = target_kind::values;

    template <class = internal::where_used>
    void prepare(std::size_t columns) const {
        detail::decision{type, thresholds, top_k, class_id}.validate(columns);
    }
    void reset() { true_positives = false_negatives = 0.0; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        detail::decision{type, thresholds, top_k, class_id}.each(rows, columns, y, target, [&](bool found, bool right) {
            if (right) (found ? true_positives : false_negatives) += weight;
        });
    }
    double result() const {
        const double right = true_positives + false_negatives;
        return right == 0.0 ? 0.0 : true_positives / right;
    }

    double true_positives = 0.0, false_negatives = 0.0;  // state
};

}  // namespace strata::inline STRATA_ISA
