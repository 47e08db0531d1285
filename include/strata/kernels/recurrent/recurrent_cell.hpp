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
// - is_scaled<T>: whether advance_scaled takes the place of advance. It expects scaled sums, takes several vectors of
//   units, and writes 0 for negligible outputs and carries. After advance, recurrent_step does that. Where other than
//   the early sums are needed, it calls late(v), which completes them; v is a vector that the early sums lead to.

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

/// Calls f(v) for v from 0 to N - 1, in one piece of code.
template <std::size_t N, class F>
STRATA_INLINE void for_each_of(const F& f) {
    STRATA_UNROLL
    for (std::size_t v = 0; v < N; ++v) f(v);
}

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
    template <std::size_t N, class V, class Late>
    static STRATA_INLINE void advance_scaled(const V (&z)[N][sums], const V (&)[N], V (&carry)[N], V (&out)[N],
                                             const Late& late) {
        if constexpr (is_approximate<Activation, Recurrent>) return advance_approximately(z, carry, out, late);
        V f[N], i[N], o[N];
        fraction<V> candidate[N];
        estimated_quotient<V> next[N];
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { f[v] = power_of_two_plus(z[v][1], V(1)); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { i[v] = power_of_two_plus(z[v][0], V(1)); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { candidate[v] = tanh_fraction(z[v][2]); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            const V denominator = i[v] * candidate[v].denominator;
            next[v] = quotient(multiply_add(carry[v], denominator, candidate[v].numerator * f[v]), denominator * f[v]);
        });
        late(next[0].value);
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { o[v] = power_of_two_plus(z[v][3], V(1)); });
        fraction<V> output[N];
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { output[v] = tanh_fraction_times(next[v], o[v]); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            // The output is at least 2^-40 of the carry. Both are set to 0 where the carry is negligible: so the
            // comparison does not wait for the output.
            const auto is_negligible = abs(next[v].value) < V(negligible<typename V::value_type>);
            carry[v] = select(is_negligible, V(0), next[v].value);
            out[v] = select(is_negligible, V(0), quotient(output[v].numerator, output[v].denominator).value);
        });
    }

private:
    /// With sigmoid(x) = (1 + a / b) / 2, where a / b is tanh(x / 2).
    template <std::size_t N, class V, class Late>
    static STRATA_INLINE void advance_approximately(const V (&z)[N][sums], V (&carry)[N], V (&out)[N],
                                                    const Late& late) {
        V next[N];
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            const auto f = approximate_tanh_fraction(z[v][1]), i = approximate_tanh_fraction(z[v][0]);
            const auto candidate = approximate_tanh_fraction(z[v][2]);
            const V denominator = i.denominator * candidate.denominator;
            const V input = (i.denominator + i.numerator) * candidate.numerator;
            const V sum = multiply_add(carry[v] * (f.denominator + f.numerator), denominator, input * f.denominator);
            next[v] = approximate_quotient(V(V(0.5f) * sum), V(denominator * f.denominator));
        });
        late(next[0]);
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            const auto o = approximate_tanh_fraction(z[v][3]), of_carry = approximate_tanh_fraction(next[v]);
            const auto is_negligible = abs(next[v]) < V(negligible<typename V::value_type>);
            carry[v] = select(is_negligible, V(0), next[v]);
            const V numerator = (V(0.5f) * (o.denominator + o.numerator)) * of_carry.numerator;
            out[v] =
                select(is_negligible, V(0), approximate_quotient(numerator, V(o.denominator * of_carry.denominator)));
        });
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
    template <std::size_t N, class V, class Late>
    static STRATA_INLINE void advance_scaled(const V (&z)[N][sums], const V (&h)[N], V (&)[N], V (&out)[N],
                                             const Late& late) {
        if constexpr (is_approximate<Activation, Recurrent>) return advance_approximately(z, h, out, late);
        V sum[N], update[N];
        fraction<V> candidate[N];
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { sum[v] = power_of_two_plus(z[v][1], V(1)); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { sum[v] = z[v][3] + quotient(z[v][2], sum[v]).value; });
        late(sum[0]);
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { update[v] = power_of_two_plus(z[v][0], V(0)); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL { candidate[v] = tanh_fraction(sum[v]); });
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            const auto [a, b] = candidate[v];
            // The output lies between h and the candidate. The comparison uses those two, so that it does not wait for
            // the output.
            const auto is_negligible = max(abs(h[v]), abs(a)) < V(negligible<typename V::value_type>);
            const auto next = quotient(multiply_add(h[v], b, update[v] * a), b * (V(1) + update[v]));
            out[v] = select(is_negligible, V(0), next.value);
        });
    }

private:
    template <std::size_t N, class V, class Late>
    static STRATA_INLINE void advance_approximately(const V (&z)[N][sums], const V (&h)[N], V (&out)[N],
                                                    const Late& late) {
        const V half(0.5f);
        V sum[N];
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            const auto reset = approximate_tanh_fraction(z[v][1]);
            const V of = approximate_quotient(V(half * (reset.denominator + reset.numerator)), reset.denominator);
            sum[v] = multiply_add(z[v][2], of, z[v][3]);
        });
        late(sum[0]);
        for_each_of<N>([&](std::size_t v) STRATA_INLINE_CALL {
            const auto update = approximate_tanh_fraction(z[v][0]), candidate = approximate_tanh_fraction(sum[v]);
            const auto is_negligible = max(abs(h[v]), abs(candidate.numerator)) < V(negligible<typename V::value_type>);
            const V kept = (update.denominator + update.numerator) * h[v];
            const V taken = (update.denominator - update.numerator) * candidate.numerator;
            const V next = approximate_quotient(V(half * multiply_add(kept, candidate.denominator, taken)),
                                                V(update.denominator * candidate.denominator));
            out[v] = select(is_negligible, V(0), next);
        });
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
