// recurrent: one time step of a recurrent layer: a matrix-vector product with the gates applied in registers.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>
#include <strata/kernels/recurrent/recurrent_gates.hpp>
#include <strata/kernels/recurrent/recurrent_packing.hpp>
#include <strata/kernels/recurrent/recurrent_table_cell.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Lanes of the vectors that hold `units` units. Usually the widest. Narrower ones where at least a quarter of the
/// lanes is saved.
template <class T>
constexpr std::size_t recurrent_lanes(std::size_t units) {
    std::size_t best = lanes<T>;
    const auto padded = [units](std::size_t width) { return (units + width - 1) / width * width; };
    for (std::size_t width = best / 2; width * sizeof(T) >= 32; width /= 2)
        if (4 * padded(width) <= 3 * padded(best)) best = width;
    return best;
}

/// The input of a time step: its values; their products with the kernel; or the sums of these and of the
/// biases, which are what the values alone give, bit for bit.
enum class recurrent_input { values, products, sums };

/// A time step of Cell for one sequence. The sums of all vectors of units are register accumulators; each weight is
/// read once. Most rows of the recurrent kernel are added to the sums of all vectors at once. The last rows are added
/// vector by vector, so that the activations of one vector overlap the products of the next. A step starts with the
/// outputs that the step before finished first.
template <class Cell, std::size_t Features, std::size_t Units, class T>
struct recurrent_step {
    static constexpr std::size_t L = recurrent_lanes<T>(Units);
    using V = simd_for<T, L>;
    static constexpr std::size_t vectors = (Units + L - 1) / L;
    using cell = typename step_cell<Cell, T, L, vectors>::type;
    static constexpr std::size_t gates = cell::gates;
    static constexpr std::size_t sums = cell::sums;
    static constexpr std::size_t padded = vectors * L;
    static constexpr std::size_t columns = gates * padded;

    /// Whether the sums of all vectors fit the registers. If not, each vector by itself is summed over all rows.
    static constexpr bool all_sums_fit = sums * vectors <= (vector_registers == 32 ? 24 : 12);
    /// Whether the recurrent weights are larger than an L1 cache. Then every other step reads them in reverse: the half
    /// that was read last is still in the cache and is read first.
    static constexpr bool alternates = vectors > 1 && Units* columns * sizeof(T) > (std::size_t{32} << 10);

    /// Vectors whose gates are applied together, operation by operation. Those of an LSTM wait less for each other, and
    /// two vectors of them need more registers than there are.
    static constexpr std::size_t group = alternates && gates == 3 && vectors % 2 == 0 && vector_registers == 32 ? 2 : 1;

    // Three groups of rows of the recurrent kernel: `first` rows are stored vector by vector (reversed steps end
    // there), `middle` rows for all vectors at once, `last` rows vector by vector (other steps end there).
    static constexpr std::size_t first = all_sums_fit && alternates ? L : 0;
    static constexpr std::size_t last = !all_sums_fit ? Units : vectors > 1 ? Units - (vectors - 1) * L : 0;
    static constexpr std::size_t middle = Units - first - last;

    // Packed weights: the kernel (Features, columns) in panels, columns [vector][gate][lane]; biases; groups of rows of
    // the recurrent kernel: [vector][first], [middle][vector], [vector][last], each [gate][lane].
    static constexpr panels kernel{.rows = Features, .columns = columns, .width = panel_width<T>(columns)};
    static constexpr std::size_t bias_offset = kernel.stored();  // [vector][sum][lane]
    static constexpr std::size_t first_offset = bias_offset + (vectors * sums * L + 15) / 16 * 16;
    static constexpr std::size_t middle_offset = first_offset + first * columns;
    static constexpr std::size_t last_offset = middle_offset + middle * columns;
    static constexpr std::size_t packed_size = last_offset + last * columns;
    static constexpr packed_row_groups groups{{{0, first, first_offset, gates* L, first* gates* L},
                                               {first, first + middle, middle_offset, columns, gates* L},
                                               {Units - last, Units, last_offset, gates* L, last* gates* L}}};
    static constexpr std::size_t row_offset(std::size_t k, std::size_t v) {
        return groups[k < first ? 0 : k < first + middle ? 1 : 2].offset_of(k, v);
    }

    // The state: outputs h (twice where a step reads old ones after it has written new ones), carries, and whether the
    // next step reads the weights in reverse. It is zero before the first step.
    static constexpr std::size_t carry_offset = all_sums_fit && !alternates ? padded : 2 * padded;
    static constexpr std::size_t direction_offset = carry_offset + (cell::has_carry ? padded : 0);
    static constexpr std::size_t state_size = direction_offset + (alternates || !all_sums_fit ? 1 : 0);

    /// Where the outputs h of the last step lie in a state.
    static std::size_t output_offset([[maybe_unused]] const T* state) {
        if constexpr (all_sums_fit && !alternates) return 0;
        else return state[direction_offset] != T(0) ? padded : 0;
    }

    /// Packs weights; writes this thread's share. Lanes after the last unit are zero.
    static constexpr void pack_weights(const recurrent_weights<T>& from, T* to, thread_slice part) {
        pack_recurrent_weights(packed_layout<recurrent_step, Units, T>, from, to, part);
    }

    /// One step. x holds the Features inputs, or what Input says of them (columns). y receives the Units outputs; it
    /// may be null. `state` and `packed` are aligned to a vector. y overlaps nothing else.
    template <recurrent_input Input>
    static STRATA_INLINE void run(const T* x, const T* packed, T* state, T* y) {
        time_step<Input> step{x, packed, state, state, state + carry_offset, y};
        if constexpr (vectors == 1 && all_sums_fit) return step.by_gates();
        else if constexpr (all_sums_fit && !alternates) return step.template all_vectors<false>();
        else {
            T* direction = state + direction_offset;
            const bool reversed = *direction != T(0);
            *direction = reversed ? T(0) : T(1);
            step.h = state + (reversed ? padded : 0);
            step.next = state + (reversed ? 0 : padded);
            if constexpr (!all_sums_fit)
                for (std::size_t v = 0; v < vectors; ++v) step.one_vector(reversed ? vectors - 1 - v : v);
            else if (reversed) step.template all_vectors<true>();
            else step.template all_vectors<false>();
        }
    }

private:
    /// For sums that are complete.
    struct no_late_sums {
        STRATA_INLINE void operator()(const V&) const {}
    };
    template <recurrent_input Input>
    struct time_step {
        const T* x;
        const T* packed;
        const T* h;
        T* next;
        T* carries;
        T* y;

        /// The sums of all vectors of units in registers. Reversed: rows are taken from the last to the first.
        template <bool Reversed>
        STRATA_INLINE void all_vectors() const {
            V all[vectors][sums];
            begin<vectors>(0, all);
            if constexpr (Reversed) {
                rows<last, Units - 1, -1>(all);
                rows<middle, first + middle - 1, -1>(all);
            } else {
                rows<first, 0, 1>(all);
                rows<middle, first, 1>(all);
            }
            for_each_of<vectors / group>([&](std::size_t i) STRATA_INLINE_CALL {
                const std::size_t v = alternates && !Reversed ? vectors - group - i * group : i * group;
                for_each_of<group>([&](std::size_t k) STRATA_INLINE_CALL {
                    add_to_vector<Reversed ? first : last, Reversed ? 0 : Units - last>(v + k, all[v + k]);
                });
                if constexpr (alternates) finish_group(v, all);
            });
            if constexpr (!alternates)
                for_each_of<vectors>([&](std::size_t v) STRATA_INLINE_CALL { finish_group(v, all); });
        }
        /// Applies the gates of the vectors of a group, which begins at vector v.
        STRATA_INLINE void finish_group(std::size_t v, const V (&all)[vectors][sums]) const {
            V own[group][sums];
            for_each_of<group * sums>(
                [&](std::size_t k) STRATA_INLINE_CALL { own[k / sums][k % sums] = all[v + k / sums][k % sums]; });
            finish<group>(v, own);
        }
        /// As all_vectors, for a single vector. The sums of the early gates come first: the activations that need them
        /// overlap the products of the other gates.
        STRATA_INLINE void by_gates() const {
            V all[1][sums];
            begin<1>(0, all);
            const T* w = packed + middle_offset;
            add_rows_to_gates<Units, gates, cell::early>(h, w, all[0]);
            finish<1>(0, all, [&](const V& after) STRATA_INLINE_CALL {
                STRATA_KEEP_AFTER(w, after);
                add_rows_to_gates<Units, gates, item_range{.begin = 0, .end = cell::early.begin}>(h, w, all[0]);
                add_rows_to_gates<Units, gates, item_range{.begin = cell::early.end, .end = gates}>(h, w, all[0]);
            });
        }
        /// The sums of one vector of units over all rows.
        STRATA_INLINE void one_vector(std::size_t v) const {
            V own[1][sums];
            begin<1>(v, own);
            add_to_vector<last, 0>(v, own[0]);
            finish<1>(v, own);
        }

        /// Starts the sums of Count vectors from v on: biases and the products of the inputs.
        template <std::size_t Count>
        STRATA_INLINE void begin(std::size_t v, V (&all)[Count][sums]) const {
            for_each_of<Count * sums>([&](std::size_t k) STRATA_INLINE_CALL {
                all[k / sums][k % sums] = load_exactly<V, L>(packed + bias_offset + (v * sums + k) * L);
            });
            const auto column = [v](std::size_t i, std::size_t g) { return ((v + i) * gates + g) * L; };
            if constexpr (Input != recurrent_input::values) {
                STRATA_UNROLL
                for (std::size_t i = 0; i < Count; ++i) {
                    STRATA_UNROLL
                    for (std::size_t g = 0; g < gates; ++g) {
                        V& sum = all[i][cell::input_sum(g)];
                        const V of_input = load_exactly<V, L>(x + column(i, g));
                        sum = Input == recurrent_input::sums ? of_input : sum + of_input;
                    }
                }
            } else {
                for (std::size_t f = 0; f < Features; ++f) {
                    const V factor(x[f]);
                    STRATA_UNROLL
                    for (std::size_t i = 0; i < Count; ++i) {
                        STRATA_UNROLL
                        for (std::size_t g = 0; g < gates; ++g) {
                            V& sum = all[i][cell::input_sum(g)];
                            sum =
                                multiply_add(factor, load_exactly<V, L>(packed + kernel.offset(f, column(i, g))), sum);
                        }
                    }
                }
            }
        }
        /// Adds the products of Count rows of the recurrent kernel to the sums of all vectors: row From, then every
        /// Step-th.
        template <std::size_t Count, std::size_t From, int Step>
        STRATA_INLINE void rows(V (&all)[vectors][sums]) const {
            constexpr auto step =
                Count < 2 ? std::ptrdiff_t{0}
                          : static_cast<std::ptrdiff_t>(row_offset(From + static_cast<std::size_t>(Step), 0)) -
                                static_cast<std::ptrdiff_t>(row_offset(From, 0));
            constexpr std::size_t to_vector = row_offset(From, vectors > 1 ? 1 : 0) - row_offset(From, 0);
            const T* w = packed + (Count > 0 ? row_offset(From, 0) : 0);
            const T* value = h + From;
            if constexpr (Count * vectors * gates <= 192) {
                STRATA_UNROLL
                for (std::size_t k = 0; k < Count; ++k, w += step, value += Step) add_row<to_vector>(*value, w, all);
            } else {
                for (std::size_t k = 0; k < Count; ++k, w += step, value += Step) {
                    STRATA_KEEP_LOOP(w);
                    add_row<to_vector>(*value, w, all);
                }
            }
        }
        /// Adds one row to the sums of all vectors. The weights of the vectors lie ToVector elements apart.
        template <std::size_t ToVector>
        static STRATA_INLINE void add_row(T value, const T* w, V (&all)[vectors][sums]) {
            const V factor(value);
            STRATA_UNROLL
            for (std::size_t v = 0; v < vectors; ++v) {
                STRATA_UNROLL
                for (std::size_t g = 0; g < gates; ++g)
                    all[v][g] = multiply_add(factor, load_exactly<V, L>(w + v * ToVector + g * L), all[v][g]);
            }
        }
        /// Adds the products of Count rows from row From on to the sums of vector v, in independent chains.
        template <std::size_t Count, std::size_t From>
        STRATA_INLINE void add_to_vector(std::size_t v, V (&own)[sums]) const {
            constexpr std::size_t chains = gates == 1 ? 4 : 2;
            constexpr std::size_t block = Count <= 16 ? Count : 8, blocks = block == 0 ? 0 : Count / block;
            V more[chains][gates];
            STRATA_UNROLL
            for (std::size_t c = 1; c < chains; ++c) {
                STRATA_UNROLL
                for (std::size_t g = 0; g < gates; ++g) more[c][g] = V(T(0));
            }
            const T* w = packed + row_offset(From, v);
            const T* value = h + From;
            for (std::size_t b = 0; b < blocks; ++b, w += block * gates * L, value += block) {
                if constexpr (blocks > 1) STRATA_KEEP_LOOP(w);
                add_rows_to_vector<block>(value, w, own, more);
            }
            if constexpr (block > 0) add_rows_to_vector<Count % block>(value, w, own, more);
            STRATA_UNROLL
            for (std::size_t c = 1; c < chains; ++c) {
                STRATA_UNROLL
                for (std::size_t g = 0; g < gates; ++g) own[g] = own[g] + more[c][g];
            }
        }
        /// Applies the gates of Count vectors from v on to their sums z and writes h, carry and y.
        template <std::size_t Count, class Late = no_late_sums>
        STRATA_INLINE void finish(std::size_t v, const V (&z)[Count][sums], const Late& late = {}) const {
            V before[Count], carry[Count], out[Count];
            for_each_of<Count>([&](std::size_t i) STRATA_INLINE_CALL {
                out[i] = carry[i] = before[i] = load_exactly<V, L>(h + (v + i) * L);
                if constexpr (cell::has_carry) carry[i] = load_exactly<V, L>(carries + (v + i) * L);
            });
            if constexpr (cell::template is_scaled<T>) {
                cell::advance_scaled(z, before, carry, out, late);
            } else {
                late(before[0]);
                for_each_of<Count>([&](std::size_t i) STRATA_INLINE_CALL {
                    out[i] = without_negligible(cell::advance(z[i], before[i], carry[i]));
                    if constexpr (cell::has_carry) carry[i] = without_negligible(carry[i]);
                });
            }
            for_each_of<Count>([&](std::size_t i) STRATA_INLINE_CALL {
                if constexpr (cell::has_carry) store_exactly<L>(carries + (v + i) * L, carry[i]);
                store_exactly<L>(next + (v + i) * L, out[i]);
            });
            if (y == nullptr) return;
            for_each_of<Count>([&](std::size_t i) STRATA_INLINE_CALL {
                if (Units % L == 0 || v + i + 1 < vectors) return store_exactly<L>(y + (v + i) * L, out[i]);
                alignas(64) T elements[L];
                store_exactly<L>(elements, out[i]);
                for (std::size_t e = 0; e < Units % L; ++e) y[(v + i) * L + e] = elements[e];
            });
        }
    };
};

}  // namespace strata::inline STRATA_ISA::kernels
