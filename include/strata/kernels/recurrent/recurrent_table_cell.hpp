// recurrent_table_cell: cells whose activations come from tables, for layers of one or two vectors of 16 floats. Such a
// layer waits for the chain from one step's outputs to the next one's, which tables make shorter. Layers of more
// vectors have other products to compute meanwhile; the loads of tables would take longer.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/tanh_table.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

#if defined(STRATA_HAS_TABLES)

/// The factor of the sums of a gate whose activation is a table. sigmoid(x) is (1 + tanh(x / 2)) / 2.
template <class Pieces>
constexpr double table_scale(bool is_sigmoid) {
    return (is_sigmoid ? 0.5 : 1.0) * Pieces::width_denominator / Pieces::width_numerator;
}

/// LSTM with a table for tanh of the carry. The gates are fractions: these have fewer operations.
struct lstm_table_cell : lstm_cell<tanh, sigmoid> {
    /// carry / width = (c (1 + i) b + a (1 + f)) / ((1 + i)(1 + f) b), as in lstm_cell. c and a are over the width of
    /// the pieces.
    template <class V, class Late>
    static STRATA_INLINE void advance_scaled(const V (&z)[1][sums], const V (&)[1], V (&carry)[1], V (&out)[1],
                                             const Late& late) {
        using table = tanh_table<exact_tanh_pieces>;
        constexpr auto inverse = static_cast<float>(table_scale<exact_tanh_pieces>(false));
        constexpr auto width = static_cast<float>(1 / table_scale<exact_tanh_pieces>(false));
        const V f = power_of_two_plus(z[0][1], V(1)), i = power_of_two_plus(z[0][0], V(1));
        const auto candidate = tanh_fraction(z[0][2], V(inverse));
        const V kept = (V(inverse) * carry[0]) * i;
        const V next = quotient(multiply_add(kept, candidate.denominator, candidate.numerator * f),
                                (f * i) * candidate.denominator)
                           .value;
        late(next);
        const V of_carry = table::apply(next);
        const V o = quotient(V(1), power_of_two_plus(z[0][3], V(1))).value;
        // The output is at least 2^-40 of the carry. Both are set to 0 where the carry is negligible.
        const auto is_negligible = abs(next) < V(negligible<float>);
        carry[0] = select(is_negligible, V(0), V(width) * next);
        out[0] = select(is_negligible, V(0), o * of_carry);
    }
};

/// The approximate LSTM with tables for all activations.
struct approximate_lstm_table_cell : lstm_cell<approximate_tanh, approximate_sigmoid> {
    using pieces = approximate_tanh_pieces;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return table_scale<pieces>(gate != 2);
    }
    /// carry / width = (1 + f) c + (1 + i) candidate. f and i are tanh of the halves of the sums. c is half the last
    /// carry over the width, and candidate half of tanh over the width.
    template <class V, class Late>
    static STRATA_INLINE void advance_scaled(const V (&z)[1][sums], const V (&)[1], V (&carry)[1], V (&out)[1],
                                             const Late& late) {
        using table = tanh_table<pieces>;
        using half_table = tanh_table<pieces, 1, 2>;
        using candidate_table = tanh_table<pieces, pieces::width_denominator, 2 * pieces::width_numerator>;
        constexpr auto width = static_cast<float>(1 / table_scale<pieces>(false));
        const V i = table::apply(z[0][0]), f = table::apply(z[0][1]), candidate = candidate_table::apply(z[0][2]);
        const V kept = V(static_cast<float>(table_scale<pieces>(true))) * carry[0];
        const V next = multiply_add(f, kept, kept) + multiply_add(i, candidate, candidate);
        late(next);
        const V of_carry = table::apply(next), o = V(half_table::apply(z[0][3])) + V(0.5f);
        const auto is_negligible = abs(next) < V(negligible<float>);
        carry[0] = select(is_negligible, V(0), V(width) * next);
        out[0] = select(is_negligible, V(0), o * of_carry);
    }
};

/// GRU with tables for all activations.
template <class Activation, class Recurrent, class Pieces>
struct gru_table_cell : gru_cell<Activation, Recurrent> {
    static constexpr std::size_t sums = gru_cell<Activation, Recurrent>::sums;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return table_scale<Pieces>(gate != 2);
    }
    template <class V, class Late>
    static STRATA_INLINE void advance_scaled(const V (&z)[1][sums], const V (&h)[1], V (&)[1], V (&out)[1],
                                             const Late& late) {
        using table = tanh_table<Pieces>;
        using half_table = tanh_table<Pieces, 1, 2>;
        const V recurrent = V(0.5f) * z[0][2];
        const V sum = multiply_add(V(table::apply(z[0][1])), recurrent, z[0][3] + recurrent);
        late(sum);
        const V candidate = table::apply(sum), update = half_table::apply(z[0][0]);
        // The output lies between h and the candidate. The comparison does not wait for the candidate.
        const auto is_negligible = max(abs(h[0]), abs(sum)) < V(negligible<float>);
        const V kept = multiply_add(update, h[0], V(0.5f) * h[0]);
        out[0] = select(is_negligible, V(0), multiply_add(V(0.5f) - update, candidate, kept));
    }
};
#endif

/// The cell that computes a step of Cell for `vectors` vectors of `width` elements of T.
template <class Cell, class T, std::size_t width, std::size_t vectors>
struct step_cell {
    using type = Cell;
};
#if defined(STRATA_HAS_TABLES)
template <std::size_t vectors>
    requires(vectors <= 2)
struct step_cell<lstm_cell<tanh, sigmoid>, float, 16, vectors> {
    using type = lstm_table_cell;
};
template <std::size_t vectors>
    requires(vectors <= 2)
struct step_cell<lstm_cell<approximate_tanh, approximate_sigmoid>, float, 16, vectors> {
    using type = approximate_lstm_table_cell;
};
template <std::size_t vectors>
    requires(vectors <= 2)
struct step_cell<gru_cell<tanh, sigmoid>, float, 16, vectors> {
    using type = gru_table_cell<tanh, sigmoid, exact_tanh_pieces>;
};
template <std::size_t vectors>
    requires(vectors <= 2)
struct step_cell<gru_cell<approximate_tanh, approximate_sigmoid>, float, 16, vectors> {
    using type = gru_table_cell<approximate_tanh, approximate_sigmoid, approximate_tanh_pieces>;
};
#endif

}  // namespace strata::inline STRATA_ISA::kernels
