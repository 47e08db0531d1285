// preprocessing: labels and values in the form that nets and losses take.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/train/dataset.hpp>

namespace strata::inline STRATA_ISA {

/// 1 for the class, 0 for all others. Throws std::invalid_argument for a class that is not below Classes.
template <std::size_t Classes, class T = float>
std::array<T, Classes> one_hot(std::integral auto label) {
    if (label < 0 || static_cast<std::size_t>(label) >= Classes)
        throw std::invalid_argument(
            internal::message({"strata: one_hot: class ", label, " is out of range; there are ", Classes, " classes"}));
    std::array<T, Classes> result{};
    result[static_cast<std::size_t>(label)] = T{1};
    return result;
}

/// A dataset whose labels are targets of a class each, for CategoricalCrossentropy. Keras: to_categorical.
template <std::size_t Classes, class T, shape Sample, std::integral Label>
Dataset<T, Sample, T, shape{Classes}> one_hot(const Dataset<T, Sample, Label>& data) {
    Dataset<T, Sample, T, shape{Classes}> result;
    result.reserve(data.size());
    for (std::size_t i = 0; i < data.size(); ++i)
        result.push_back(data.input(i), one_hot<Classes, T>(data.label(i)[0]));
    return result;
}

/// The position of the largest value, the first of equal ones. Throws std::invalid_argument for no values.
template <class Values>
    requires requires(const Values& values) { std::span(values); }
std::size_t argmax(const Values& values) {
    const std::span all(values);
    if (all.empty()) throw std::invalid_argument("strata: argmax of no values");
    return static_cast<std::size_t>(std::max_element(all.begin(), all.end()) - all.begin());
}

/// The class of each sample: the position of the largest of each `classes` values, as predict gives them.
template <class Values>
    requires requires(const Values& values) { std::span(values); }
std::vector<int> argmax(const Values& values, std::size_t classes) {
    const std::span all(values);
    if (classes == 0 || all.size() % classes != 0)
        throw std::invalid_argument(
            internal::message({"strata: argmax: ", all.size(), " values are no rows of ", classes}));
    std::vector<int> result;
    result.reserve(all.size() / classes);
    for (std::size_t at = 0; at < all.size(); at += classes)
        result.push_back(static_cast<int>(argmax(all.subspan(at, classes))));
    return result;
}

/// Divides each row of `length` values by its norm: order 2 is Euclid's, 1 the sum of the sizes. Rows of zeros stay.
/// Keras: utils.normalize.
template <std::floating_point T>
void normalize(std::span<T> values, std::size_t length, int order = 2) {
    if (length == 0 || values.size() % length != 0 || (order != 1 && order != 2))
        throw std::invalid_argument(
            internal::message({"strata: normalize: ", values.size(), " values in rows of ", length, ", order ", order,
                               "; expected whole rows, order 1 or 2"}));
    for (std::size_t at = 0; at < values.size(); at += length) {
        const std::span<T> row = values.subspan(at, length);
        double norm = 0;
        for (const T each : row) {
            const auto value = static_cast<double>(each);
            norm += order == 1 ? std::abs(value) : value * value;
        }
        if (order == 2) norm = std::sqrt(norm);
        if (norm == 0) continue;
        for (T& each : row) each = static_cast<T>(static_cast<double>(each) / norm);
    }
}

/// Shifts and scales each feature, the last axis of a sample, to mean 0 and variance 1 of the samples that it was
/// adapted to. A feature that is the same in all samples is only shifted. Keras: Normalization; scikit-learn:
/// StandardScaler.
template <std::floating_point T = float>
struct Standardization {
    std::vector<T> mean, deviation;

    /// The means and deviations of these samples, computed in double.
    template <class Data>
    static Standardization of(const Data& data) {
        constexpr std::size_t features = Data::sample_shape().back();
        if (data.empty()) throw std::invalid_argument("strata: Standardization of no samples");
        const auto values = data.inputs();
        std::vector<double> mean(features), square(features);
        const double rows = static_cast<double>(values.size() / features);
        for (std::size_t i = 0; i < values.size(); ++i) mean[i % features] += static_cast<double>(values[i]) / rows;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double distance = static_cast<double>(values[i]) - mean[i % features];
            square[i % features] += distance * distance / rows;
        }
        Standardization result;
        for (std::size_t i = 0; i < features; ++i) {
            result.mean.push_back(static_cast<T>(mean[i]));
            result.deviation.push_back(square[i] > 0 ? static_cast<T>(std::sqrt(square[i])) : T{1});
        }
        return result;
    }
    /// In place; for one sample or for many.
    void apply(std::span<T> values) const {
        if (mean.empty() || values.size() % mean.size() != 0)
            throw std::invalid_argument(internal::message(
                {"strata: Standardization: ", values.size(), " values are no rows of ", mean.size(), " features"}));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = (values[i] - mean[i % mean.size()]) / deviation[i % mean.size()];
    }
    /// A dataset with the same labels.
    template <shape Sample, class Label, shape Target>
    Dataset<T, Sample, Label, Target> apply(const Dataset<T, Sample, Label, Target>& data) const {
        Dataset<T, Sample, Label, Target> result;
        result.reserve(data.size());
        std::vector<T> sample;
        for (std::size_t i = 0; i < data.size(); ++i) {
            sample.assign(data.input(i).begin(), data.input(i).end());
            apply(std::span<T>(sample));
            result.push_back(sample, data.label(i));
        }
        return result;
    }
};

}  // namespace strata::inline STRATA_ISA
