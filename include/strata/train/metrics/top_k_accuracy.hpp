// TopKCategoricalAccuracy and SparseTopKCategoricalAccuracy: the share of rows whose target is among the k largest.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
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

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        const auto is_hit = [&](std::size_t row) {
            const std::size_t label = detail::index_of_largest(columns, target + row * columns);
            return detail::is_in_top_k(columns, y + row * columns, label, k);
        };
        mean.add(detail::share_of_rows(rows, is_hit), weight);
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

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        const auto is_hit = [&](std::size_t row) {
            const auto label = static_cast<std::ptrdiff_t>(target[row]);
            return detail::is_in_top_k(columns, y + row * columns, static_cast<std::size_t>(label), k);
        };
        mean.add(detail::share_of_rows(rows, is_hit), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};

}  // namespace strata::inline STRATA_ISA
