// recurrent: one time step of a recurrent layer as a matrix-vector product whose gates are used up in registers.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/team_part.hpp>
#include <strata/kernels/panels.hpp>
#include <strata/kernels/recurrent_cell.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/tile.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

/// Lanes of the vectors that hold `units` units: the widest, or narrower ones where those waste less than half as much.
template <class T>
constexpr std::size_t recurrent_lanes(std::size_t units) {
    std::size_t best = lanes<T>;
    const auto padded = [units](std::size_t width) { return (units + width - 1) / width * width; };
    for (std::size_t width = best / 2; width * sizeof(T) >= 16; width /= 2)
        if (4 * padded(width) <= 3 * padded(best)) best = width;
    return best;
}

/// A step of Cell for one sequence: the sums of a vector of units are register accumulators, each weight is read once,
/// and the activations of a vector run while the next one's products do.
template <class Cell, std::size_t Features, std::size_t Units, class T>
struct recurrent_step {
    static constexpr std::size_t L = recurrent_lanes<T>(Units);
    using V = sized_simd<T, L>;
    static constexpr std::size_t gates = Cell::gates;
    static constexpr std::size_t sums = Cell::sums;
    static constexpr std::size_t vectors = (Units + L - 1) / L;
    static constexpr std::size_t padded = vectors * L;
    static constexpr std::size_t columns = gates * padded;

    /// Whether the recurrent weights are more than a first-level cache holds. Then every other step walks the vectors
    /// backwards, so that what was read last is read first, and half of the weights are still there.
    static constexpr bool turns = Units * columns * sizeof(T) > (std::size_t{32} << 10);
    /// The first rows of the recurrent kernel are added to the sums of all vectors at once, the last ones vector by
    /// vector: a step begins with the outputs that the step before gave first.
    static constexpr std::size_t head =
        !turns && vectors > 1 && gates * vectors <= (vector_registers == 32 ? 24 : 12) ? (vectors - 1) * L : 0;
    static constexpr std::size_t tail = Units - head;
    static constexpr std::size_t chains = head > 0 || gates * 2 > 8 ? 1 : gates == 1 ? 4 : 2;

    // The prepared form: kernel (Features, columns) in panels, columns in the order [vector][gate][lane]; biases
    // [vector][sum][lane]; recurrent rows [head][vector][gate][lane], then [vector][tail][gate][lane].
    static constexpr panels kernel{.rows = Features, .columns = columns, .width = panel_width<T>(columns)};
    static constexpr std::size_t bias_offset = kernel.stored();
    static constexpr std::size_t head_offset = bias_offset + (vectors * sums * L + 15) / 16 * 16;
    static constexpr std::size_t tail_offset = head_offset + head * columns;
    static constexpr std::size_t prepared_size = tail_offset + vectors * tail * gates * L;

    // The state: outputs (two of them where the walk turns), carries, the direction of the next walk.
    static constexpr std::size_t carry_offset = turns ? 2 * padded : padded;
    static constexpr std::size_t turn_offset = carry_offset + (Cell::has_carry ? padded : 0);
    static constexpr std::size_t state_size = turn_offset + (turns ? 1 : 0);

    /// This thread's share of the prepared form of weights in panels of Keras' columns; `bias` may be null, as may be
    /// `recurrent_bias`, which only a GRU has.
    static constexpr void prepare(const T* from, const T* recurrent, const T* bias, const T* recurrent_bias, T* to,
                                  team_part part) {
        constexpr panels own{.rows = 1, .columns = gates * Units, .width = panel_width<T>(gates * Units)};
        const auto column = [&](std::size_t v, std::size_t g, std::size_t lane) { return (v * gates + g) * L + lane; };
        const auto each = [&](auto use) {
            for (std::size_t v = 0; v < vectors; ++v)
                for (std::size_t g = 0; g < gates; ++g)
                    for (std::size_t lane = 0; lane < L; ++lane) {
                        const std::size_t unit = v * L + lane;
                        use(v, g, lane, unit < Units, g * Units + unit, static_cast<T>(Cell::template scale<T>(g)));
                    }
        };
        const auto cell = [&](std::size_t rows, std::size_t row, std::size_t c) {
            return panels{.rows = rows, .columns = own.columns, .width = own.width}.offset(row, c);
        };
        const item_range rows = part.of(Features);
        for (std::size_t r = rows.begin; r < rows.end; ++r)
            each([&](std::size_t v, std::size_t g, std::size_t lane, bool used, std::size_t c, T scale) {
                to[kernel.offset(r, column(v, g, lane))] = used ? scale * from[cell(Features, r, c)] : T(0);
            });
        const item_range units = part.of(Units);
        for (std::size_t k = units.begin; k < units.end; ++k)
            each([&](std::size_t v, std::size_t g, std::size_t lane, bool used, std::size_t c, T scale) {
                const std::size_t at = k < head ? head_offset + k * columns + column(v, g, lane)
                                                : tail_offset + ((v * tail + k - head) * gates + g) * L + lane;
                to[at] = used ? scale * recurrent[cell(Units, k, c)] : T(0);
            });
        if (part.index == 0)
            each([&](std::size_t v, std::size_t g, std::size_t lane, bool used, std::size_t c, T scale) {
                T* at = to + bias_offset + v * sums * L + lane;
                const T first = used && bias != nullptr ? scale * bias[c] : T(0);
                const T second = used && recurrent_bias != nullptr ? scale * recurrent_bias[c] : T(0);
                at[Cell::input_sum(g) * L] = first;
                if (Cell::input_sum(g) == g) at[g * L] += second;
                else at[g * L] = second;
            });
    }

    /// One step. x are the Features inputs, or, Hoisted, their products with the kernel (columns), biases not added.
    /// `state` and `prepared` are aligned; y takes the Units outputs, or is null.
    template <bool Hoisted>
    static STRATA_INLINE void run(const T* x, const T* prepared, T* state, T* y) {
        if constexpr (turns) {
            T* turn = state + turn_offset;
            if (*turn == T(0)) {
                for (std::size_t v = 0; v < vectors; ++v) vector_step<Hoisted>(v, x, prepared, state, state + padded, state + carry_offset, y);
                *turn = T(1);
            } else {
                for (std::size_t v = vectors; v-- > 0;) vector_step<Hoisted>(v, x, prepared, state + padded, state, state + carry_offset, y);
                *turn = T(0);
            }
        } else if constexpr (head > 0) {
            V all[vectors][gates];
            STRATA_UNROLL
            for (std::size_t v = 0; v < vectors; ++v) begin<Hoisted>(v, x, prepared, all[v]);
            const T* w = prepared + head_offset;
            const T* h = state;
            STRATA_UNROLL
            for (std::size_t k = 0; k < head; ++k, w += columns) {
                const V value(h[k]);
                STRATA_UNROLL
                for (std::size_t v = 0; v < vectors; ++v) {
                    STRATA_UNROLL
                    for (std::size_t g = 0; g < gates; ++g)
                        all[v][g] = multiply_add(value, load_as<V>(w + (v * gates + g) * L), all[v][g]);
                }
            }
            STRATA_UNROLL
            for (std::size_t v = 0; v < vectors; ++v) {
                add_tail(v, prepared, state, all[v]);
                finish<Hoisted>(v, x, prepared, all[v], state, state, state + carry_offset, y);
            }
        } else {
            V all[vectors][gates];
            STRATA_UNROLL
            for (std::size_t v = 0; v < vectors; ++v) {
                begin<Hoisted>(v, x, prepared, all[v]);
                add_tail(v, prepared, state, all[v]);
            }
            STRATA_UNROLL
            for (std::size_t v = 0; v < vectors; ++v) finish<Hoisted>(v, x, prepared, all[v], state, state, state + carry_offset, y);
        }
    }

private:
    template <bool Hoisted>
    static STRATA_INLINE void vector_step(std::size_t v, const T* x, const T* prepared, const T* h, T* next, T* carry, T* y) {
        V own[gates];
        begin<Hoisted>(v, x, prepared, own);
        add_tail(v, prepared, h, own);
        finish<Hoisted>(v, x, prepared, own, h, next, carry, y);
    }
    /// x times column block g of the kernel for vector v.
    static STRATA_INLINE V times_kernel(std::size_t v, std::size_t g, const T* x, const T* prepared, V sum) {
        for (std::size_t f = 0; f < Features; ++f)
            sum = multiply_add(V(x[f]), load_as<V>(prepared + kernel.offset(f, (v * gates + g) * L)), sum);
        return sum;
    }
    template <bool Hoisted>
    static STRATA_INLINE V input_part(std::size_t v, std::size_t g, const T* x, const T* prepared) {
        const V bias = load_as<V>(prepared + bias_offset + (v * sums + Cell::input_sum(g)) * L);
        if constexpr (Hoisted) return bias + load_as<V>(x + (v * gates + g) * L);
        else return times_kernel(v, g, x, prepared, bias);
    }
    template <bool Hoisted>
    static STRATA_INLINE void begin(std::size_t v, const T* x, const T* prepared, V (&own)[gates]) {
        STRATA_UNROLL
        for (std::size_t g = 0; g < gates; ++g)
            own[g] = Cell::input_sum(g) == g ? input_part<Hoisted>(v, g, x, prepared)
                                             : load_as<V>(prepared + bias_offset + (v * sums + g) * L);
    }
    /// Adds the last rows of the recurrent kernel to the sums of vector v, in `chains` independent chains.
    static STRATA_INLINE void add_tail(std::size_t v, const T* prepared, const T* state, V (&own)[gates]) {
        const T* w = prepared + tail_offset + v * tail * gates * L;
        const T* h = state + head;
        V more[chains][gates];
        STRATA_UNROLL
        for (std::size_t c = 1; c < chains; ++c) {
            STRATA_UNROLL
            for (std::size_t g = 0; g < gates; ++g) more[c][g] = V(T(0));
        }
        constexpr std::size_t block = tail <= 16 ? tail : 8, blocks = tail / block, rest = tail % block;
        for (std::size_t b = 0; b < blocks; ++b, w += block * gates * L, h += block) {
            if constexpr (blocks > 1) STRATA_KEEP_LOOP(w);
            rows<block>(w, h, own, more);
        }
        rows<rest>(w, h, own, more);
        STRATA_UNROLL
        for (std::size_t c = 1; c < chains; ++c) {
            STRATA_UNROLL
            for (std::size_t g = 0; g < gates; ++g) own[g] = own[g] + more[c][g];
        }
    }
    template <std::size_t Count>
    static STRATA_INLINE void rows(const T* w, const T* h, V (&own)[gates], V (&more)[chains][gates]) {
        STRATA_UNROLL
        for (std::size_t k = 0; k < Count; ++k) {
            const V value(h[k]);
            STRATA_UNROLL
            for (std::size_t g = 0; g < gates; ++g) {
                V& sum = k % chains == 0 ? own[g] : more[k % chains][g];
                sum = multiply_add(value, load_as<V>(w + (k * gates + g) * L), sum);
            }
        }
    }
    template <bool Hoisted>
    static STRATA_INLINE void finish(std::size_t v, const T* x, const T* prepared, const V (&own)[gates], const T* h,
                                     T* next, T* carries, T* y) {
        V z[sums];
        STRATA_UNROLL
        for (std::size_t g = 0; g < gates; ++g) {
            z[g] = own[g];
            if (Cell::input_sum(g) != g) z[Cell::input_sum(g)] = input_part<Hoisted>(v, g, x, prepared);
        }
        const V last = load_as<V>(h + v * L);
        V carry = Cell::has_carry ? load_as<V>(static_cast<const T*>(carries) + v * L) : last;
        V out = last;
        if constexpr (Cell::template is_scaled<T>) out = Cell::advance_scaled(z, last, carry);
        else out = Cell::advance(z, last, carry);
        if constexpr (Cell::has_carry) store_as<V>(carries + v * L, carry);
        store_as<V>(next + v * L, out);
        if (y != nullptr) store_partial_as<V>(y + v * L, out, std::min(L, Units - v * L));
    }
};

}  // namespace STRATA_ISA
}  // namespace strata::kernels
