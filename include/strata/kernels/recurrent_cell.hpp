// recurrent_cell: what one time step makes of the sums of LSTM, GRU and a simple recurrent cell.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/activation.hpp>
#include <strata/kernels/recurrent_math.hpp>
#include <strata/kernels/simd.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

// A cell has `gates` blocks of columns in both kernels. A unit's `sums` are what it adds up: column block g of the
// kernel goes to sum input_sum(g), of the recurrent kernel to sum g. `scale` multiplies weights and biases of a block
// when they are prepared for T. `advance` takes the sums, the unit's last output h and its carry (unused where
// has_carry is false), writes the carry and gives the next output.

/// Whether the gates of a cell are computed as fractions with one division: sigmoid and tanh of float vectors. The
/// scalar build and other types and activations take the functors one by one.
template <class T, class Activation, class Recurrent>
inline constexpr bool shares_divisions =
#if defined(STRATA_SCALAR)
    false;
#else
    std::is_same_v<T, float> && std::is_same_v<Activation, tanh> &&
    (std::is_same_v<Recurrent, sigmoid> || std::is_same_v<Recurrent, void>);
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
        return !is_scaled<T> ? 1.0 : gate == 2 ? 2.0 * log2_e : -log2_e;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V&, V& carry) {
        carry = Recurrent::apply(z[1]) * carry + Recurrent::apply(z[0]) * Activation::apply(z[2]);
        return Recurrent::apply(z[3]) * Activation::apply(carry);
    }
    /// sigmoid(x) = 1 / (1 + 2^z), tanh(x) = e / (e + 2): carry = (c (1 + i)(e + 2) + e (1 + f)) / ((1 + i)(1 + f)(e +
    /// 2)).
    template <class V>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V&, V& carry) {
        const V scale(static_cast<float>(2.0 * log2_e));
        const V forget = bounded_power_of_two(z[1]), f = V(1) + forget, scaled_f = multiply_add(forget, scale, scale);
        const V i = V(1) + bounded_power_of_two(z[0]), o = V(1) + bounded_power_of_two(z[3]);
        const V e = power_of_two_less_one(z[2]);
        const V below = i * (e + V(2));
        carry = multiply_add(carry, below, e * scaled_f) / (below * f);
        const V t = power_of_two_less_one(carry);
        return t / ((t + V(2)) * o);
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
        return !is_scaled<T> ? 1.0 : gate == 2 ? 2.0 * log2_e : -log2_e;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V& h, V&) {
        const V update = Recurrent::apply(z[0]);
        const V candidate = Activation::apply(z[3] + Recurrent::apply(z[1]) * z[2]);
        return update * h + (V(1) - update) * candidate;
    }
    template <class V>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V& h, V&) {
        const V e = power_of_two_less_one(z[3] + z[2] / (V(1) + bounded_power_of_two(z[1])));
        const V update = bounded_power_of_two(z[0]), below = e + V(2);
        return multiply_add(h, below, update * e) / (below * (V(1) + update));
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
    static constexpr bool is_scaled = shares_divisions<T, Activation, void>;
    template <class T>
    static constexpr double scale(std::size_t) {
        return is_scaled<T> ? 2.0 * log2_e : 1.0;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V&, V&) {
        return Activation::apply(z[0]);
    }
    template <class V>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V&, V&) {
        const V e = power_of_two_less_one(z[0]);
        return e / (e + V(2));
    }
};

}  // namespace STRATA_ISA
}  // namespace strata::kernels
