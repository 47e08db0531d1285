// recurrent_cell: the gates of LSTM, GRU and simple recurrent cells for one time step, and the weights of such a layer.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/recurrent/recurrent_math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The weights of a recurrent layer. Kernels (features, gates units) and (units, gates units) are in panels, biases
/// (gates units) as in Keras. Biases may be null; only a GRU has recurrent_bias.
template <class T>
struct recurrent_weights {
    const T* kernel = nullptr;
    const T* recurrent_kernel = nullptr;
    const T* bias = nullptr;
    const T* recurrent_bias = nullptr;
};

// The interface of a cell:
// - gates: blocks of `units` columns in both kernels.
// - sums: pre-activations of a unit. Block g of the kernel is added to sum input_sum(g), block g of the recurrent
// kernel
//   to sum g.
// - early: the gates whose sums are needed first; those before or after them are needed at the end of advance.
// - has_carry: whether the cell has a state besides its output h.
// - scale<T>(g): the factor of weights and biases of block g when they are packed for T.
// - advance(z, h, carry): takes the sums z and the last h and carry, writes the new carry and returns the new h.
// - is_scaled<T>: whether advance_scaled takes the place of advance. It expects scaled sums and returns 0 for
// negligible
//   outputs and carries. After advance, recurrent_step does that. Where other than the early sums are needed, it calls
//   late(v), which completes them; v is a vector that the early sums lead to.

/// Whether a cell has the approximate functions.
template <class Activation, class Recurrent>
inline constexpr bool is_approximate =
    std::is_same_v<Activation, approximate_tanh> && std::is_same_v<Recurrent, approximate_sigmoid>;

/// Whether the gates of a cell are computed as fractions over a common denominator, with one division. This holds for
/// sigmoid and tanh of float vectors, and for both approximate functions. The scalar build, other types and other
/// activations apply each function by itself.
template <class T, class Activation, class Recurrent>
inline constexpr bool shares_divisions =
#if defined(STRATA_SCALAR)
    false;
#else
    std::is_same_v<T, float> &&
    (is_approximate<Activation, Recurrent> || (std::is_same_v<Activation, tanh> && std::is_same_v<Recurrent, sigmoid>));
#endif

/// The factor of the sums of a sigmoid: 2^z and tanh(x / 2) are computed for it.
template <class Activation, class Recurrent>
inline constexpr double sigmoid_scale = is_approximate<Activation, Recurrent> ? 0.5 : -log2_e;

/// LSTM, Hochreiter and Schmidhuber 1997. Gates in Keras' order: input, forget, candidate, output.
template <class Activation, class Recurrent>
struct lstm_cell {
    static constexpr std::size_t gates = 4;
    static constexpr std::size_t sums = 4;
    static constexpr item_range early{.begin = 0, .end = 3};
    static constexpr bool has_carry = true;
    static constexpr std::size_t input_sum(std::size_t gate) { return gate; }
    template <class T>
    static constexpr bool is_scaled = shares_divisions<T, Activation, Recurrent>;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return !is_scaled<T> || gate == 2 ? 1.0 : sigmoid_scale<Activation, Recurrent>;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V&, V& carry) {
        carry = Recurrent::apply(z[1]) * carry + Recurrent::apply(z[0]) * Activation::apply(z[2]);
        return Recurrent::apply(z[3]) * Activation::apply(carry);
    }
    /// With sigmoid(x) = 1 / (1 + 2^z) and tanh(x) = a / b: carry = (c (1 + i) b + a (1 + f)) / ((1 + i)(1 + f) b),
    /// where i and f are the powers of the input and forget gates.
    template <class V, class Late>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V&, V& carry, const Late& late) {
        if constexpr (is_approximate<Activation, Recurrent>) return advance_approximately(z, carry, late);
        const V f = power_of_two_plus(z[1], V(1)), i = power_of_two_plus(z[0], V(1));
        const auto candidate = tanh_fraction(z[2]);
        const V denominator = i * candidate.denominator;
        const auto next = quotient(multiply_add(carry, denominator, candidate.numerator * f), denominator * f);
        late(next.value);
        const V o = power_of_two_plus(z[3], V(1));
        const auto out = tanh_fraction_times(next, o);
        // The output is at least 2^-40 of the carry. Both are set to 0 where the carry is negligible: so the comparison
        // does not wait for the output.
        const auto is_negligible = abs(next.value) < V(negligible<typename V::value_type>);
        carry = select(is_negligible, V(0), next.value);
        return select(is_negligible, V(0), quotient(out.numerator, out.denominator).value);
    }

private:
    /// With sigmoid(x) = (1 + a / b) / 2, where a / b is tanh(x / 2).
    template <class V, class Late>
    static STRATA_INLINE V advance_approximately(const V (&z)[sums], V& carry, const Late& late) {
        const auto f = approximate_tanh_fraction(z[1]), i = approximate_tanh_fraction(z[0]);
        const auto candidate = approximate_tanh_fraction(z[2]);
        const V denominator = i.denominator * candidate.denominator;
        const V input = (i.denominator + i.numerator) * candidate.numerator;
        const V sum = multiply_add(carry * (f.denominator + f.numerator), denominator, input * f.denominator);
        const V next = approximate_quotient(V(V(0.5f) * sum), V(denominator * f.denominator));
        late(next);
        const auto o = approximate_tanh_fraction(z[3]), out = approximate_tanh_fraction(next);
        const auto is_negligible = abs(next) < V(negligible<typename V::value_type>);
        carry = select(is_negligible, V(0), next);
        const V numerator = (V(0.5f) * (o.denominator + o.numerator)) * out.numerator;
        return select(is_negligible, V(0), approximate_quotient(numerator, V(o.denominator * out.denominator)));
    }
};

/// GRU, Cho et al. 2014, as Keras' with reset_after. Gates in Keras' order: update, reset, candidate. The recurrent
/// part of the candidate is a separate sum, which the reset gate multiplies.
template <class Activation, class Recurrent>
struct gru_cell {
    static constexpr std::size_t gates = 3;
    static constexpr std::size_t sums = 4;
    static constexpr item_range early{.begin = 1, .end = 3};
    static constexpr bool has_carry = false;
    static constexpr std::size_t input_sum(std::size_t gate) { return gate == 2 ? 3 : gate; }
    template <class T>
    static constexpr bool is_scaled = shares_divisions<T, Activation, Recurrent>;
    template <class T>
    static constexpr double scale(std::size_t gate) {
        return !is_scaled<T> || gate == 2 ? 1.0 : sigmoid_scale<Activation, Recurrent>;
    }
    template <class V>
    static constexpr V advance(const V (&z)[sums], const V& h, V&) {
        const V update = Recurrent::apply(z[0]);
        const V candidate = Activation::apply(z[3] + Recurrent::apply(z[1]) * z[2]);
        return update * h + (V(1) - update) * candidate;
    }
    template <class V, class Late>
    static STRATA_INLINE V advance_scaled(const V (&z)[sums], const V& h, V&, const Late& late) {
        if constexpr (is_approximate<Activation, Recurrent>) return advance_approximately(z, h, late);
        const V sum = z[3] + quotient(z[2], power_of_two_plus(z[1], V(1))).value;
        late(sum);
        const auto candidate = tanh_fraction(sum);
        const V update = power_of_two_plus(z[0], V(0));
        // The output lies between h and the candidate. The comparison uses those two, so that it does not wait for the
        // output.
        const auto is_negligible = max(abs(h), abs(candidate.numerator)) < V(negligible<typename V::value_type>);
        const auto next = quotient(multiply_add(h, candidate.denominator, update * candidate.numerator),
                                   candidate.denominator * (V(1) + update));
        return select(is_negligible, V(0), next.value);
    }

private:
    template <class V, class Late>
    static STRATA_INLINE V advance_approximately(const V (&z)[sums], const V& h, const Late& late) {
        const V half(0.5f);
        const auto reset = approximate_tanh_fraction(z[1]);
        const V sum = multiply_add(
            z[2], approximate_quotient(V(half * (reset.denominator + reset.numerator)), reset.denominator), z[3]);
        late(sum);
        const auto update = approximate_tanh_fraction(z[0]), candidate = approximate_tanh_fraction(sum);
        const auto is_negligible = max(abs(h), abs(candidate.numerator)) < V(negligible<typename V::value_type>);
        const V kept = (update.denominator + update.numerator) * h;
        const V taken = (update.denominator - update.numerator) * candidate.numerator;
        const V next = approximate_quotient(V(half * multiply_add(kept, candidate.denominator, taken)),
                                            V(update.denominator * candidate.denominator));
        return select(is_negligible, V(0), next);
    }
};

/// Keras' SimpleRNN cell: h = activation(x kernel + h recurrent_kernel + bias).
template <class Activation>
struct simple_cell {
    static constexpr std::size_t gates = 1;
    static constexpr std::size_t sums = 1;
    static constexpr item_range early{.begin = 0, .end = 1};
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
