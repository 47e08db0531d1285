// Regularizers: penalties that the size of a weight adds to the loss, those of Keras' classes of the same names.
#pragma once

#include <limits>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA {

/// A regularizer as a value: it adds l1 sum |w| + l2 sum w^2 to the loss.
struct regularizer {
    double l1 = 0.0;
    double l2 = 0.0;

    constexpr bool is_none() const { return l1 == 0.0 && l2 == 0.0; }
    /// Whether both factors are finite and not negative.
    constexpr bool is_valid() const {
        constexpr double largest = std::numeric_limits<double>::max();
        return l1 >= 0.0 && l2 >= 0.0 && l1 <= largest && l2 <= largest;
    }
    friend constexpr bool operator==(const regularizer&, const regularizer&) = default;
};

/// Factor sum |w|.
template <double Factor = 0.01>
struct L1 {
    static constexpr regularizer value{Factor, 0.0};
};
/// Factor sum w^2.
template <double Factor = 0.01>
struct L2 {
    static constexpr regularizer value{0.0, Factor};
};
/// First sum |w| + Second sum w^2.
template <double First = 0.0, double Second = 0.0>
struct L1L2 {
    static constexpr regularizer value{First, Second};
};

}  // namespace strata::inline STRATA_ISA
