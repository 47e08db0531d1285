// TopKCategoricalAccuracy and SparseTopKCategoricalAccuracy: the share of rows whose target is among the k largest.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/train/metrics/largest.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// The share of rows in which fewer than k values are larger than the one at the target's largest: all of them where k
/// is no less than the number of classes. Keras: `TopKCategoricalAccuracy`.
struct TopKCategoricalAccuracy {
    std::size_t k = 5;
    std::string_view name = "top_k_categorical_accuracy";

    static constexpr std::string_view type = "TopKCategoricalAccuracy";
    static constexpr target_kind targets = target_kind::values;
    static constexpr diagnostic check(const shape&) { return {}; }

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        std::size_t hits = 0;
        for (std::size_t r = 0; r < rows; ++r, y += columns, target += columns)
            hits += detail::is_in_top_k(columns, y, detail::index_of_largest(columns, target), k);
        mean.add(static_cast<double>(hits) / static_cast<double>(rows), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};

/// As TopKCategoricalAccuracy with class indices; one that is no class is a miss. Keras:
/// `SparseTopKCategoricalAccuracy`.
struct SparseTopKCategoricalAccuracy {
    std::size_t k = 5;
    std::string_view name = "sparse_top_k_categorical_accuracy";

    static constexpr std::string_view type = "SparseTopKCategoricalAccuracy";
    static constexpr target_kind targets = target_kind::class_index;
    static constexpr diagnostic check(const shape&) { return {}; }

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        std::size_t hits = 0;
        for (std::size_t r = 0; r < rows; ++r, y += columns) {
            const auto label = static_cast<std::ptrdiff_t>(target[r]);
            hits += detail::is_in_top_k(columns, y, static_cast<std::size_t>(label), k);
        }
        mean.add(static_cast<double>(hits) / static_cast<double>(rows), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};

}  // namespace strata::inline STRATA_ISA
