// recurrent_backward: recurrent layers in training: a forward pass that saves activations, and backpropagation through
// time.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/kernels/recurrent/recurrent_gradient.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Values that training saves of each step and unit of a cell besides gates, carries and outputs.
template <class Cell>
inline constexpr std::size_t more_saved_values = 0;

/// A recurrent layer of Units units in training, on sequences (Steps, Features). Reversed: steps are taken from the
/// last to the first. Carries: a sequence may begin with outputs and carries of an earlier one; no gradient goes there,
/// and it is not Reversed. All samples of a batch take a step together, so that each step is one matrix product.
/// Kernels are in panels, biases as in Keras.
template <class Cell, std::size_t Steps, std::size_t Features, std::size_t Units, bool Reversed, bool Carries, class T>
struct recurrent_training {
    using gradient = recurrent_gradient<Cell>;
    static constexpr std::size_t columns = Cell::gates * Units;
    static constexpr std::size_t sums = Cell::sums;
    /// Whether input products and recurrent products have separate sums (GRU), and so separate gradients.
    static constexpr bool is_split = sums != Cell::gates;

    // The saved activations of a sample, indexed by the step of the input: gates (Steps, columns), where is_split also
    // the recurrent sums (Steps, columns), carries and outputs (Steps, Units). With Carries the carries and the outputs
    // that the sequence begins with come before those of step 0. The more_saved_values of the cell come last.
    // `backward` overwrites the first two with the gradients of the sums.
    static constexpr std::size_t initial = Carries ? Units : 0;
    static constexpr std::size_t recurrent_offset = is_split ? Steps * columns : 0;
    static constexpr std::size_t carry_offset = recurrent_offset + Steps * columns + (Cell::has_carry ? initial : 0);
    static constexpr std::size_t output_offset = carry_offset + (Cell::has_carry ? Steps * Units : 0) + initial;
    static constexpr std::size_t saved_size = output_offset + (1 + more_saved_values<Cell>)*Steps * Units;

    // Scratch of `backward`: the transposed recurrent kernel, then three arrays (samples, Units). Scratch of `forward`:
    // (samples, columns).
    static constexpr panels transposed = transposed_panels<Units, columns, T>();
    static constexpr std::size_t scratch_size(std::size_t samples) {
        return std::max(transposed.stored() + 3 * samples * Units, samples * columns);
    }

    /// The step of the input that is processed in step t.
    static constexpr std::size_t input_step(std::size_t t) { return Reversed ? Steps - 1 - t : t; }

    /// Outputs (Units), then carries (Units) of sequences: those that they begin with, overwritten by those that they
    /// end with. Null: all begin at zero. Used with Carries.
    struct carried_values {
        T* values = nullptr;
        std::size_t stride = 0;  // elements from one sample to the next
    };

    /// x (count, Steps, Features) -> the saved activations. y receives the outputs of all steps, in the order in which
    /// they are computed, or only the last ones. scratch holds scratch_size(count) elements.
    static void forward(std::size_t count, const T* x, const recurrent_weights<T>& w, bool sequences, T* saved, T* y,
                        T* scratch, [[maybe_unused]] carried_values carried = {}) {
        if constexpr (Carries) load_carried(count, carried, saved);
        for (std::size_t n = 0; n < count; ++n)
            dense_rows<Features, columns, linear>(Steps, x + n * Steps * Features, w.kernel, null_bias<T>,
                                                  saved + n * saved_size);
        for (std::size_t t = 0; t < Steps; ++t) {
            const std::size_t at = input_step(t);
            if (has_before(t))
                times_panels<Units, columns>(count, before(saved + output_offset, t), w.recurrent_kernel, scratch);
            for (std::size_t n = 0; n < count; ++n) {
                T* own = saved + n * saved_size;
                const auto each = [&](std::size_t u, std::size_t used)
                                      STRATA_INLINE_CALL { forward_units(w, t, u, used, own, scratch + n * columns); };
                for_units(each);
                const T* out = own + output_offset + at * Units;
                if (sequences) std::copy_n(out, Units, y + (n * Steps + t) * Units);
                else if (t + 1 == Steps) std::copy_n(out, Units, y + n * Units);
            }
        }
        if constexpr (Carries) store_carried(count, carried, saved);
    }

    /// The weights that `backward` reads: the recurrent kernel, and the kernel transposed by transpose_weights.
    struct backward_weights {
        const T* recurrent_kernel = nullptr;
        const T* transposed_kernel = nullptr;
    };

    /// Backpropagation through time: replaces the saved gates by the gradients of the sums. dx may be null; else it is
    /// overwritten with the gradient of x. scratch holds scratch_size(count) elements.
    static void backward(std::size_t count, const T* dy, const backward_weights& w, bool sequences, T* saved, T* dx,
                         T* scratch) {
        transpose_weights<Units, columns>(w.recurrent_kernel, scratch, {});
        T* dh = scratch + transposed.stored();
        T* dcarry = dh + count * Units;
        T* product = dcarry + count * Units;
        std::fill_n(dh, 3 * count * Units, T(0));
        for (std::size_t t = Steps; t-- > 0;) {
            for (std::size_t n = 0; n < count; ++n) {
                T* own = saved + n * saved_size;
                const T* dy_step = sequences ? dy + (n * Steps + t) * Units : t + 1 == Steps ? dy + n * Units : nullptr;
                const auto each = [&](std::size_t u, std::size_t used) STRATA_INLINE_CALL {
                    backward_units(t, u, used, own, dy_step, {dh + n * Units, dcarry + n * Units, product + n * Units});
                };
                for_units(each);
            }
            if (t > 0)
                times_panels<columns, Units>(count, saved + recurrent_offset + input_step(t) * columns, scratch,
                                             product);
        }
        if (dx != nullptr)
            for (std::size_t n = 0; n < count; ++n)
                dense_data_gradient<Features, columns>(Steps, saved + n * saved_size, w.transposed_kernel,
                                                       dx + n * Steps * Features);
    }

    /// The gradient of the kernel, to (Features, columns) in panels; this thread's share. `saved` is that of
    /// `backward`.
    static void accumulate_kernel(std::size_t count, const T* x, const T* saved, T* to, bool first, thread_slice part) {
        products<Features>({.planes = count,
                            .x_plane = Steps * Features,
                            .dy_plane = saved_size,
                            .count = Steps,
                            .x_step = Features,
                            .dy_step = columns},
                           x, saved, to, first, part);
    }
    /// The gradient of the recurrent kernel, to (Units, columns) in panels; this thread's share.
    static void accumulate_recurrent(std::size_t count, const T* saved, T* to, bool first, thread_slice part) {
        products<Units>({.planes = count,
                         .x_plane = saved_size,
                         .dy_plane = saved_size,
                         .count = Carries ? Steps : Steps - 1,
                         .x_step = Units,
                         .dy_step = columns},
                        saved + output_offset + (Reversed ? Units : 0) - initial,
                        saved + recurrent_offset + (Reversed || Carries ? 0 : columns), to, first, part);
    }
    /// The gradient of a bias, to (columns): that of the input sums, or, if is_recurrent, of the recurrent sums. This
    /// thread's share.
    static void accumulate_bias(std::size_t count, const T* saved, bool is_recurrent, T* to, bool first,
                                thread_slice part) {
        constexpr std::size_t L = lanes<T>;
        const item_range mine = part.of(columns, L);
        for (std::size_t c = mine.begin; c < mine.end; c += L) {
            const std::size_t n = std::min(L, columns - c);
            simd<T> sum = first ? broadcast(T(0)) : load_partial(to + c, n);
            for (std::size_t sample = 0; sample < count; ++sample) {
                const T* row = saved + sample * saved_size + (is_recurrent ? recurrent_offset : 0) + c;
                for (std::size_t t = 0; t < Steps; ++t) sum = sum + load_partial(row + t * columns, n);
            }
            store_partial<T>(to + c, sum, n);
        }
    }

protected:
    static_assert(!(Carries && Reversed));

    /// Whether a step has outputs and carries of a step before it.
    static constexpr bool has_before(std::size_t t) { return Carries || t > 0; }
    /// From the values (Steps, Units) of a sample at `values`, those of the step before t.
    template <class Value>
    static constexpr Value* before(Value* values, std::size_t t) {
        return Carries ? values + t * Units - Units : values + input_step(t - 1) * Units;
    }
    static void load_carried(std::size_t count, const carried_values& from, T* saved) {
        for (std::size_t n = 0; n < count; ++n, saved += saved_size) {
            const T* values = from.values == nullptr ? nullptr : from.values + n * from.stride;
            const auto load = [&](T* to, std::size_t offset) {
                if (values == nullptr) std::fill_n(to, Units, T(0));
                else std::copy_n(values + offset, Units, to);
            };
            load(before(saved + output_offset, 0), 0);
            if constexpr (Cell::has_carry) load(before(saved + carry_offset, 0), Units);
        }
    }
    static void store_carried(std::size_t count, const carried_values& to, const T* saved) {
        if (to.values == nullptr) return;
        for (std::size_t n = 0; n < count; ++n, saved += saved_size) {
            T* values = to.values + n * to.stride;
            std::copy_n(before(saved + output_offset, Steps), Units, values);
            if constexpr (Cell::has_carry) std::copy_n(before(saved + carry_offset, Steps), Units, values + Units);
        }
    }

    /// Step t of one sample for `used` units from u on. `own` are the sample's saved activations, in which the products
    /// of the input already are; `products` (columns) are those of the last output.
    static STRATA_INLINE void forward_units(const recurrent_weights<T>& w, std::size_t t, std::size_t u,
                                            std::size_t used, T* own, const T* products) {
        const std::size_t at = input_step(t);
        simd<T> z[sums];
        for (std::size_t s = 0; s < sums; ++s) z[s] = broadcast(T(0));
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            const std::size_t c = g * Units + u;
            simd<T>& sum = z[Cell::input_sum(g)];
            sum = sum + load_partial(own + at * columns + c, used);
            if (w.bias != nullptr) sum = sum + load_partial(w.bias + c, used);
            if (w.recurrent_bias != nullptr) z[g] = z[g] + load_partial(w.recurrent_bias + c, used);
            if (has_before(t)) z[g] = z[g] + load_partial(products + c, used);
        }
        const auto last = [&](std::size_t offset) {
            return has_before(t) ? load_partial(before(own + offset, t) + u, used) : broadcast(T(0));
        };
        simd<T> carry = Cell::has_carry ? last(carry_offset) : broadcast(T(0));
        const simd<T> out = gradient::forward(z, last(output_offset), carry);
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            store_partial<T>(own + at * columns + g * Units + u, z[Cell::input_sum(g)], used);
            if (Cell::input_sum(g) != g)
                store_partial<T>(own + recurrent_offset + at * columns + g * Units + u, z[g], used);
        }
        if constexpr (Cell::has_carry) store_partial<T>(own + carry_offset + at * Units + u, carry, used);
        store_partial<T>(own + output_offset + at * Units + u, out, used);
    }

    /// The gradients of one sample's h and carry (Units), and the product of the gradients of the next step's sums with
    /// the transposed recurrent kernel (Units).
    struct unit_gradients {
        T* dh = nullptr;
        T* dcarry = nullptr;
        const T* product = nullptr;
    };

    /// Step t of one sample backward, for `used` units from u on. `dy_step` is dy of this step, or null.
    static STRATA_INLINE void backward_units(std::size_t t, std::size_t u, std::size_t used, T* own, const T* dy_step,
                                             const unit_gradients& d) {
        const std::size_t at = input_step(t);
        const auto part = [&](const T* from) { return load_partial(from + u, used); };
        simd<T> z[sums];
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            z[Cell::input_sum(g)] = part(own + at * columns + g * Units);
            if (Cell::input_sum(g) != g) z[g] = part(own + recurrent_offset + at * columns + g * Units);
        }
        simd<T> gradient_of_h = part(d.dh) + part(d.product);
        if (dy_step != nullptr) gradient_of_h = gradient_of_h + part(dy_step);
        const simd<T> zero = broadcast(T(0));
        const simd<T> h = has_before(t) ? part(before(own + output_offset, t)) : zero;
        const simd<T> carry = Cell::has_carry ? part(own + carry_offset + at * Units) : zero;
        const simd<T> last = Cell::has_carry && has_before(t) ? part(before(own + carry_offset, t)) : zero;
        simd<T> gradient_of_carry = part(d.dcarry);
        gradient::backward(z, h, last, carry, gradient_of_h, gradient_of_carry);
        for (std::size_t g = 0; g < Cell::gates; ++g) {
            store_partial<T>(own + at * columns + g * Units + u, z[Cell::input_sum(g)], used);
            if constexpr (is_split) store_partial<T>(own + recurrent_offset + at * columns + g * Units + u, z[g], used);
        }
        store_partial<T>(d.dh + u, gradient_of_h, used);
        store_partial<T>(d.dcarry + u, gradient_of_carry, used);
    }

    /// Calls each(first unit, number of lanes) for the vectors of units.
    template <class Each>
    static void for_units(Each each) {
        for (std::size_t u = 0; u < Units; u += lanes<T>) each(u, std::min(lanes<T>, Units - u));
    }
    /// y (count, F) = x (count, K) times w (K, F) in panels. Rows of x lie saved_size elements apart.
    template <std::size_t K, std::size_t F>
    static void times_panels(std::size_t count, const T* x, const T* w, T* y) {
        constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
        for (std::size_t f = 0; f < F; f += width)
            any_rows_times_panel<NR, linear>(tile_input{.length = K, .row_step = saved_size}, count, x, w + f * K,
                                             null_bias<T>, y + f, F, std::min(width, F - f));
    }
    /// to (K, columns) = or += the sum of the products of x and dy at the positions of `in`; this thread's share of the
    /// columns before End.
    template <std::size_t K, std::size_t End = columns>
    static void products(const gradient_input& in, const T* x, const T* dy, T* to, bool first, thread_slice part) {
        constexpr std::size_t NR = panel_vectors<T>(columns), width = NR * lanes<T>;
        using rows = gradient_rows<K, NR>;
        const item_range mine = part.of(rows::tiles);
        for (std::size_t tile = mine.begin; tile < mine.end; ++tile)
            for (std::size_t f = 0; f < End; f += width)
                rows::run(tile, in, x + rows::row(tile), dy + f, to + f * K + rows::row(tile) * width,
                          std::min(width, End - f), first);
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
