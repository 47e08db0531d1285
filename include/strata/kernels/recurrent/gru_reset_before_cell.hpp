// gru_reset_before_cell: the gates of a GRU whose reset gate multiplies the last output before the recurrent product.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/math/hyperbolic.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/kernels/recurrent/recurrent_math.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// GRU, Cho et al. 2014, as Keras' with reset_after=False. Gates in Keras' order: update, reset, candidate. A step has
/// two products with the recurrent kernel: the last output h times the columns of the first two gates, then reset h
/// times those of the candidate.
template <class Activation, class Recurrent>
struct gru_reset_before_cell {
    static constexpr std::size_t gates = 3;
    static constexpr std::size_t sums = 3;
    static constexpr bool has_carry = false;
    static constexpr std::size_t input_sum(std::size_t gate) { return gate; }
    /// Whether the packed weights of the first two gates are scaled, so that exponentials become powers of two.
    template <class T>
    static constexpr bool is_scaled =
        shares_divisions<T, Activation, Recurrent> && !is_approximate<Activation, Recurrent>;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return is_scaled<T> && gate < 2 ? sigmoid_scale<Activation, Recurrent> : 1.0;
    }
    /// The update gate or the reset gate from its sum.
    template <class V>
    static constexpr V gate(const V& sum) {
        return Recurrent::apply(sum);
    }
    /// The output from the update gate, the sum of the candidate and the last output h.
    template <class V>
    static constexpr V output(const V& update, const V& sum, const V& h) {
        return update * h + (V(1) - update) * Activation::apply(sum);
    }

    // The same of scaled sums of T.

    /// The last output h times the reset gate.
    template <class T, class V>
    static STRATA_INLINE V reset_output(const V& sum, const V& h) {
        if constexpr (is_scaled<T>) return quotient(h, power_of_two_plus(sum, V(1))).value;
        else return gate(sum) * h;
    }
    /// The update gate in the form that scaled_output takes: the gate, or the power p of the gate 1 / (1 + p).
    template <class T, class V>
    static STRATA_INLINE V scaled_update(const V& sum) {
        if constexpr (is_scaled<T>) return power_of_two_plus(sum, V(0));
        else return gate(sum);
    }
    /// With one division for the update gate and the candidate a / b: (h b + p a) / (b (1 + p)).
    template <class T, class V>
    static STRATA_INLINE V scaled_output(const V& update, const V& sum, const V& h) {
        if constexpr (is_scaled<T>) {
            const auto candidate = tanh_fraction(sum);
            return quotient(multiply_add(h, candidate.denominator, update * candidate.numerator),
                            candidate.denominator * (V(1) + update))
                .value;
        } else {
            return output(update, sum, h);
        }
    }
};

/// Whether a cell multiplies the last output by a gate before the recurrent product.
template <class Cell>
inline constexpr bool resets_before = false;
template <class Activation, class Recurrent>
inline constexpr bool resets_before<gru_reset_before_cell<Activation, Recurrent>> = true;

}  // namespace strata::inline STRATA_ISA::kernels
