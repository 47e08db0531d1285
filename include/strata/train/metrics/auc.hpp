// AUC: the area under the curve of a binary decision over its threshold.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// ROC: recall over the share of false positives. PR: precision over recall.
enum class curve { ROC, PR };
/// The rule for the area between two thresholds: the trapezoid, the lower height, the higher height.
enum class summation_method { interpolation, minoring, majoring };

/// The area under the curve, over all values of all samples; a target is positive where it is not 0. The thresholds
/// divide [0, 1] evenly, values outside count as its ends. PR interpolates as Davis & Goadrich 2006. Keras: `AUC` of
/// one label, without the argument `thresholds`.
struct AUC {
    std::size_t num_thresholds = 200;
    strata::curve curve = strata::curve::ROC;
    strata::summation_method summation_method = strata::summation_method::interpolation;
    std::string_view name = "auc";
    bool from_logits = false;

    static constexpr std::string_view type = "AUC";
    static constexpr bool is_numbered = true;  // in the history, where it has no name of its own
    static constexpr target_kind targets = target_kind::values;

    template <class = internal::where_used>
    void prepare(std::size_t) {
        if (num_thresholds < 2)
            throw std::invalid_argument("AUC: num_thresholds must be at least 2, got " +
                                        std::to_string(num_thresholds));
        positives.assign(num_thresholds, 0.0);
        negatives.assign(num_thresholds, 0.0);
    }
    template <class = internal::where_used>
    void reset() {
        std::fill(positives.begin(), positives.end(), 0.0);
        std::fill(negatives.begin(), negatives.end(), 0.0);
    }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        if (positives.empty()) prepare(columns);
        const T last = static_cast<T>(num_thresholds - 1);
        for (std::size_t i = 0; i < rows * columns; ++i) {
            const T value = from_logits ? kernels::sigmoid::apply(y[i]) : y[i];
            // A value equal to a threshold is not above it: it belongs to the part below. NaN counts as 0.
            const T part = value > T(0) ? std::ceil(std::min(value, T(1)) * last) - T(1) : T(0);
            (target[i] != Target(0) ? positives : negatives)[static_cast<std::size_t>(std::max(part, T(0)))] += weight;
        }
    }
    template <class = internal::where_used>
    double result() const {
        double all_positives = 0.0, all_negatives = 0.0;
        for (const double count : positives) all_positives += count;
        for (const double count : negatives) all_negatives += count;
        double area = 0.0;
        point above{0.0, 0.0};
        for (std::size_t i = positives.size(); i-- > 0;) {
            const point below{above.tp + positives[i], above.fp + negatives[i]};
            if (i + 1 < positives.size()) area += step(below, above, all_positives, all_negatives);
            above = below;
        }
        return area;
    }

    std::vector<double> positives{}, negatives{};  // state: the weights between two thresholds

private:
    /// The counts of values above a threshold.
    struct point {
        double tp, fp;
    };
    static double quotient(double a, double b) { return b == 0.0 ? 0.0 : a / b; }

    double step(point low, point high, double all_positives, double all_negatives) const {
        const bool roc = curve == strata::curve::ROC;
        if (!roc && summation_method == strata::summation_method::interpolation)
            return interpolated_precision(low, high, all_positives);
        const double low_recall = quotient(low.tp, all_positives), high_recall = quotient(high.tp, all_positives);
        const double low_height = roc ? low_recall : quotient(low.tp, low.tp + low.fp);
        const double high_height = roc ? high_recall : quotient(high.tp, high.tp + high.fp);
        const double width =
            roc ? quotient(low.fp, all_negatives) - quotient(high.fp, all_negatives) : low_recall - high_recall;
        switch (summation_method) {
            case strata::summation_method::minoring:
                return width * std::min(low_height, high_height);
            case strata::summation_method::majoring:
                return width * std::max(low_height, high_height);
            default:
                return width * (low_height + high_height) / 2.0;
        }
    }
    /// Between two points the true positives grow linearly with the positive outputs, so that the integral of precision
    /// has a logarithm.
    static double interpolated_precision(point low, point high, double all_positives) {
        const double found_low = low.tp + low.fp, found_high = high.tp + high.fp, gained = low.tp - high.tp;
        const double slope = quotient(gained, std::max(found_low - found_high, 0.0)),
                     intercept = high.tp - slope * found_high;
        const double ratio = found_low > 0.0 && found_high > 0.0 ? found_low / found_high : 1.0;
        return quotient(slope * (gained + intercept * std::log(ratio)), all_positives);
    }
};

}  // namespace strata::inline STRATA_ISA
