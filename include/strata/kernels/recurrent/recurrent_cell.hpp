// recurrent_cell: what one time step makes of the sums of LSTM, GRU and a simple recurrent cell.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/recurrent/recurrent_math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

// A cell has `gates` blocks of columns in both kernels. A unit's `sums` are what it adds up: column block g of the
// kernel goes to sum input_sum(g), of the recurrent kernel to sum g. `scale` multiplies weights and biases of a block
// when they are packed for T. `advance` takes the sums, the unit's last output h and its carry (unused where
// has_carry is false), writes the carry and gives the next output;
// `advance_scaled` makes negligible ones zero, recurrent_step those of `advance`.

/// Whether the gates of a cell are computed as fractions with one division: sigmoid and tanh of float vectors. The
/// scalar build and other types and activations take the functors one by one.
template <class T, class Activation, class Recurrent>
inline constexpr bool shares_divisions =
#if defined(STRATA_SCALAR)
    false;
#else
    std::is_same_v<T, float> && std::is_same_v<Activation, tanh> && std::is_same_v<Recurrent, sigmoid>;
#endif

/// Hochreiter and Schmidhuber 1997, gates in Keras' order: input, forget, candidate, output.
template <class Activation, class Recurrent>
struct lstm_cell {
    static constexpr std::size_t gates = 4;
    static constexpr std::size_t sums = 4;
    static constexpr bool has_carry = true;
    static constexpr std::size_t input_sum(std::size_t gate) { return gate; }
    template <class T>
    static constexpr bool is_scaled = shares_divisions<T, Activation, Recurrent>;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return !is_scaled<T> || gate == 2 ? 1.0 : -log2_e;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V&, V& carry) {
        carry = Recurrent::apply(z[1]) * carry + Recurrent::apply(z[0]) * Activation::apply(z[2]);
        return Recurrent::apply(z[3]) * Activation::apply(carry);
    }
    /// sigmoid(x) = 1 / (1 + 2^z), tanh(x) = a / b: carry = (c (1 + i) b + a (1 + f)) / ((1 + i)(1 + f) b).
    template <class V>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V&, V& carry) {
        const V f = V(1) + bounded_power_of_two(z[1]), i = V(1) + bounded_power_of_two(z[0]);
        const V o = V(1) + bounded_power_of_two(z[3]);
        const auto candidate = tanh_fraction(z[2]);
        const V below = i * candidate.below;
        carry = multiply_add(carry, below, candidate.above * f) / (below * f);
        const auto out = tanh_fraction(carry);
        // An output is at least 2^-40 of its carry: where that is negligible, both are, before the output is known.
        const auto is_negligible = abs(carry) < V(negligible<typename V::value_type>);
        carry = select(is_negligible, V(0), carry);
        return select(is_negligible, V(0), out.above / (out.below * o));
    }
};

/// Cho et al. 2014 as in Keras with reset_after: update, reset, candidate. The recurrent part of the candidate is a sum
/// of its own, which the reset gate multiplies.
template <class Activation, class Recurrent>
struct gru_cell {
    static constexpr std::size_t gates = 3;
    static constexpr std::size_t sums = 4;
    static constexpr bool has_carry = false;
    static constexpr std::size_t input_sum(std::size_t gate) { return gate == 2 ? 3 : gate; }
    template <class T>
    static constexpr bool is_scaled = shares_divisions<T, Activation, Recurrent>;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return !is_scaled<T> || gate == 2 ? 1.0 : -log2_e;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V& h, V&) {
        const V update = Recurrent::apply(z[0]);
        const V candidate = Activation::apply(z[3] + Recurrent::apply(z[1]) * z[2]);
        return update * h + (V(1) - update) * candidate;
    }
    template <class V>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V& h, V&) {
        const auto candidate = tanh_fraction(z[3] + z[2] / (V(1) + bounded_power_of_two(z[1])));
        const V update = bounded_power_of_two(z[0]);
        // The output lies between h and the candidate: whether it is negligible is known before it is.
        const auto is_negligible = max(abs(h), abs(candidate.above)) < V(negligible<typename V::value_type>);
        return select(is_negligible, V(0),
                      multiply_add(h, candidate.below, update * candidate.above) / (candidate.below * (V(1) + update)));
    }
};

/// h = activation(x kernel + h recurrent_kernel + bias).
template <class Activation>
struct simple_cell {
    static constexpr std::size_t gates = 1;
    static constexpr std::size_t sums = 1;
    static constexpr bool has_carry = false;
    static constexpr std::size_t input_sum(std::size_t gate) { return gate; }
    template <class T>
    static constexpr bool is_scaled = false;
    template <class T>
    static constexpr double scale(std::size_t) {
        return 1.0;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V&, V&) {
        return Activation::apply(z[0]);
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
