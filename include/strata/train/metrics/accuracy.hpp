// Accuracies: the share of correct decisions.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/train/metrics/largest.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// The share of values that are on the target's side of the threshold; a value equal to it reads as 0. Keras:
/// `BinaryAccuracy`.
struct BinaryAccuracy {
    std::string_view name = "binary_accuracy";
    double threshold = 0.5;

    static constexpr std::string_view type = "BinaryAccuracy";
    static constexpr target_kind targets = target_kind::values;

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        const T edge = static_cast<T>(threshold);
        const auto is_hit = [&](std::size_t i) { return target[i] == static_cast<Target>(y[i] > edge); };
        mean.add(detail::share_of_rows(rows * columns, is_hit), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};

/// The share of rows whose largest value has the index of the largest target; of equal values the first counts.
/// Keras: `CategoricalAccuracy`.
struct CategoricalAccuracy {
    std::string_view name = "categorical_accuracy";

    static constexpr std::string_view type = "CategoricalAccuracy";
    static constexpr target_kind targets = target_kind::values;

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        const auto is_hit = [&](std::size_t row) {
            return detail::index_of_largest(columns, y + row * columns) ==
                   detail::index_of_largest(columns, target + row * columns);
        };
        mean.add(detail::share_of_rows(rows, is_hit), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};

/// The share of rows whose largest value has the index of the target's class; of equal values the first counts.
/// Keras: `SparseCategoricalAccuracy`.
struct SparseCategoricalAccuracy {
    std::string_view name = "sparse_categorical_accuracy";

    static constexpr std::string_view type = "SparseCategoricalAccuracy";
    static constexpr target_kind targets = target_kind::class_index;

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        const auto is_hit = [&](std::size_t row) {
            return static_cast<Target>(detail::index_of_largest(columns, y + row * columns)) == target[row];
        };
        mean.add(detail::share_of_rows(rows, is_hit), weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state
};

/// Accuracy where targets are of this kind.
template <target_kind Kind>
struct accuracy_for {
    std::string_view name = "accuracy";

    static constexpr std::string_view type = "Accuracy";
    static constexpr target_kind targets = Kind;

    void reset() { mean = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        if (columns == 1) add(BinaryAccuracy{}, rows, columns, y, target, weight);
        else if constexpr (Kind == target_kind::class_index)
            add(SparseCategoricalAccuracy{}, rows, columns, y, target, weight);
        else add(CategoricalAccuracy{}, rows, columns, y, target, weight);
    }
    double result() const { return mean.result(); }

    running_mean mean{};  // state

private:
    template <class Chosen, class T, class Target>
    void add(Chosen chosen, std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        chosen.update(rows, columns, y, target, 1.0);
        mean.add(chosen.result(), weight);
    }
};

/// The metric that the text "accuracy" chooses in Keras' compile: BinaryAccuracy where the output's last axis is 1;
/// otherwise SparseCategoricalAccuracy where targets are class indices, CategoricalAccuracy where they are values.
/// (Keras' class of this name is another: it compares outputs and targets for equality.)
struct Accuracy {
    std::string_view name = "accuracy";

    static constexpr std::string_view type = "Accuracy";

    template <target_kind Kind>
    constexpr accuracy_for<Kind> for_targets() const {
        return {.name = name};
    }
};

}  // namespace strata::inline STRATA_ISA
