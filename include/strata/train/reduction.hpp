// reduction: the loss of a batch from the losses of its samples.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' argument `reduction` of a loss. sum_over_batch_size and mean: the sum of the weighted losses over their
/// number. sum: their sum. mean_with_sample_weight: their sum over the sum of the weights, 0 where that is 0. With time
/// steps or pixels each of them is a loss of its own, with its sample's weight.
enum class reduction { sum_over_batch_size, sum, mean, mean_with_sample_weight };

namespace detail {

/// A loss that has no such member is averaged.
template <class Loss>
constexpr reduction reduction_of(const Loss& loss) {
    if constexpr (requires { loss.reduction; }) return loss.reduction;
    else return reduction::sum_over_batch_size;
}

/// The divisor of the sum of weighted losses. The loss of a sample is the mean over its rows.
constexpr double loss_divisor(reduction kind, std::size_t samples, double weights, std::size_t rows) {
    switch (kind) {
        case reduction::sum:
            return 1.0 / static_cast<double>(rows);
        case reduction::mean_with_sample_weight:
            return weights == 0.0 ? internal::infinity<double> : weights;
        default:
            return static_cast<double>(samples);
    }
}

/// Sets the divisor of the losses of a batch.
template <class Batch>
void set_divisor(Batch& samples, reduction kind, std::size_t rows) {
    double weights = 0.0;
    for (std::size_t i = 0; i < samples.size(); ++i) weights += samples.weight(i);
    samples.divisor = loss_divisor(kind, samples.size(), weights, rows);
}

/// The loss of a batch, summed up sample by sample.
struct batch_loss {
    double total = 0.0;
    double weights = 0.0;
    std::size_t samples = 0;

    constexpr void add(double loss, double weight) {
        total += weight * loss;
        weights += weight;
        ++samples;
    }
    constexpr double result(reduction kind, std::size_t rows) const {
        return total / loss_divisor(kind, samples, weights, rows);
    }
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
