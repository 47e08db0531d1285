// PreEmphasizedSquaredError: the loss of sound, in which high frequencies count more than their power.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/train/data_checks.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/losses/regression.hpp>
#include <strata/train/losses/terms.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Outputs (steps, channels), of which the first `masked` steps do not count.
constexpr diagnostic check_signal(const shape& output) {
    if (output.rank() == 2) return {};
    return refuse("an output (steps, channels)", to_text(output), "end the net with a layer that gives sequences");
}
inline void validate_mask(std::size_t masked, const shape& output) {
    if (masked >= output[0])
        refuse_data({"mask_first is ", masked, ", and the output has ", output[0], " steps; fix: give fewer"});
}

}  // namespace detail

/// mean(e^2) + pre_emphasis_weight mean((e(t) - pre_emphasis e(t - 1))^2), with the errors e = y - target of steps t
/// from mask_first on. Output: (steps, channels). Keras: no loss of this kind; Neural Amp Modeler's mean squared error
/// with `pre_emph_coef`, `pre_emph_weight` and `mask_first`.
struct PreEmphasizedSquaredError {
    double pre_emphasis = 0.85;
    double pre_emphasis_weight = 1.0;
    std::size_t mask_first = 0;
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "PreEmphasizedSquaredError";
    static constexpr target_kind targets = target_kind::values;
    static constexpr diagnostic check(const shape& output) { return detail::check_signal(output); }
    /// Throws std::invalid_argument for arguments that leave no step, and for numbers that are not finite.
    void validate(const shape& output) const {
        detail::validate_mask(mask_first, output);
        if (!internal::is_finite(pre_emphasis) || !internal::is_finite(pre_emphasis_weight) ||
            pre_emphasis_weight < 0.0)
            detail::refuse_data({"pre_emphasis and pre_emphasis_weight are finite, and the weight is at least 0"});
    }

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const std::size_t masked = std::min(mask_first, rows - 1) * columns, count = rows * columns - masked;
        y += masked;
        target += masked;
        if (dy != nullptr) dy = std::fill_n(dy, masked, T(0));
        const T plain = detail::mean_of_terms(detail::squared_error{}, count, y, target, scale, dy);
        if (count == columns) return plain;
        const std::size_t pairs = count - columns;
        const T coefficient = static_cast<T>(pre_emphasis),
                weight = static_cast<T>(pre_emphasis_weight / static_cast<double>(pairs));
        const auto error = [&](std::size_t i) { return y[i] - static_cast<T>(target[i]); };
        T sum = T(0);
        for (std::size_t i = 0; i < pairs; ++i) {
            const T change = error(i + columns) - coefficient * error(i);
            sum += change * change;
            if (dy == nullptr) continue;
            const T slope = T(2) * scale * weight * change;
            dy[i] -= coefficient * slope;
            dy[i + columns] += slope;
        }
        return plain + weight * sum;
    }
};

}  // namespace strata::inline STRATA_ISA
