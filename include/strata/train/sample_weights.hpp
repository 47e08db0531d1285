// sample_weights: the factor of each sample's loss, from sample_weight or class_weight.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/extents_text.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/class_weights.hpp>
#include <strata/train/data_checks.hpp>
#include <strata/train/loss.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Refuses weights that are not one finite number for each sample. No weights at all are accepted.
template <class = internal::where_used>
void check_sample_weight(std::span<const double> weights, std::size_t samples, const char* name) {
    if (weights.empty()) return;
    if (weights.size() != samples)
        refuse_data({name, " has ", weights.size(), " values for ", samples, " samples; fix: give one a sample"});
    for (std::size_t i = 0; i < weights.size(); ++i)
        if (!internal::is_finite(weights[i])) refuse_data({name, " number ", i, " is no finite number"});
}

/// Refuses class weights together with sample weights, as Keras does; weights that are no finite numbers; and targets
/// with more than one class a sample, as with time steps or pixels.
template <class = internal::where_used>
void check_class_weight(const class_weights& weights, bool has_sample_weight, target_kind targets,
                        const shape& labels) {
    if (weights.empty()) return;
    if (has_sample_weight)
        refuse_data({"class_weight and sample_weight are given both; fix: multiply them into one sample_weight"});
    for (const auto& [label, weight] : weights)
        if (!internal::is_finite(weight)) refuse_data({"class_weight of class ", label, " is no finite number"});
    const bool has_one_class = targets == target_kind::class_index ? labels.size() == 1 : labels.rank() <= 1;
    if (!has_one_class)
        refuse_data({"class_weight needs one class a sample, and targets have the shape ", internal::shape_text(labels),
                     "; fix: give sample_weight"});
}

/// The class of a sample for class_weight: the first largest column of one-hot targets, or a single target, rounded as
/// numpy rounds: halves to the even number. A target that no int can hold has the class of the nearest int.
template <class Label>
int class_of(std::span<const Label> label) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < label.size(); ++i)
        if (label[i] > label[best]) best = i;
    if (label.size() > 1) return static_cast<int>(best);
    constexpr double lowest = std::numeric_limits<int>::min(), highest = std::numeric_limits<int>::max();
    const double value = std::clamp(static_cast<double>(label[0]), lowest, highest);
    const double below = std::floor(value), part = value - below;
    const bool rounds_up = part > 0.5 || (part == 0.5 && std::fmod(below, 2.0) != 0.0);
    return static_cast<int>(below + (rounds_up ? 1.0 : 0.0));
}

/// The factor of each sample's loss; empty where all are 1.
template <class Data>
std::vector<double> loss_weights(const Data& data, target_kind targets, const class_weights& class_weight,
                                 std::span<const double> sample_weight) {
    check_sample_weight(sample_weight, data.size(), "sample_weight");
    check_class_weight(class_weight, !sample_weight.empty(), targets, Data::label_shape());
    if (class_weight.empty()) return {sample_weight.begin(), sample_weight.end()};
    std::vector<double> result(data.size(), 1.0);
    for (std::size_t i = 0; i < data.size(); ++i) result[i] = class_weight.factor(class_of(data.label(i)));
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
