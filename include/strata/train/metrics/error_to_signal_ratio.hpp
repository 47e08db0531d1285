// ErrorToSignalRatio: the power of the error over the power of the signal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/train/losses/signal.hpp>
#include <strata/train/metrics/metric.hpp>

namespace strata::inline STRATA_ISA {

/// sum((target - y)^2) / sum(target^2) over all samples and their steps from mask_first on: 0 where every output is
/// right, 1 for outputs of zero, 0 before the first target that is not 0. Output: (steps, channels). Samples of a data
/// set are taken together: silent ones add to the error alone. Keras: no metric of this kind; Wright et al. 2020, the
/// ESR of Neural Amp Modeler, which is that of one sample.
struct ErrorToSignalRatio {
    std::size_t mask_first = 0;
    std::string_view name = "error_to_signal_ratio";

    static constexpr std::string_view type = "ErrorToSignalRatio";
    static constexpr target_kind targets = target_kind::values;
    static constexpr diagnostic check(const shape& output) { return detail::check_signal(output); }
    /// Throws std::invalid_argument where mask_first leaves no step.
    void validate(const shape& output) const { detail::validate_mask(mask_first, output); }

    void reset() { error = signal = 0.0; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        for (std::size_t i = std::min(mask_first, rows - 1) * columns; i < rows * columns; ++i) {
            const double t = static_cast<double>(target[i]), difference = t - static_cast<double>(y[i]);
            error += weight * difference * difference;
            signal += weight * t * t;
        }
    }
    double result() const { return signal == 0.0 ? 0.0 : error / signal; }

    double error = 0.0, signal = 0.0;  // state
};

}  // namespace strata::inline STRATA_ISA
