// gru_reset_before_training: training of a GRU whose reset gate multiplies the last output before the recurrent
// product.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/recurrent/gru_reset_before_cell.hpp>
#include <strata/kernels/recurrent/recurrent_backward.hpp>
#include <strata/kernels/recurrent/recurrent_gradient.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The sizes of gru_reset_before_cell, for the part of its training that does not depend on activations.
struct gru_reset_before_sizes {
    static constexpr std::size_t gates = 3;
    static constexpr std::size_t sums = 3;
    static constexpr bool has_carry = false;
};
/// The reset outputs are saved too: the gradient of the candidate's recurrent weights needs them.
template <>
inline constexpr std::size_t more_saved_values<gru_reset_before_sizes> = 1;

/// As the primary template. A step has two products, one after the other: of the outputs for the update and reset
/// gates, and of the reset outputs for the candidates.
template <class Activation, class Recurrent, std::size_t Steps, std::size_t Features, std::size_t Units, bool Reversed,
          bool Carries, class T>
struct recurrent_training<gru_reset_before_cell<Activation, Recurrent>, Steps, Features, Units, Reversed, Carries, T>
    : recurrent_training<gru_reset_before_sizes, Steps, Features, Units, Reversed, Carries, T> {
    using base = recurrent_training<gru_reset_before_sizes, Steps, Features, Units, Reversed, Carries, T>;
    using base::columns;
    using base::input_step;
    using base::output_offset;
    using base::saved_size;
    using base::transposed;
    using typename base::backward_weights;
    using typename base::carried_values;
    static constexpr std::size_t reset_offset = output_offset + Steps * Units;

    static void forward(std::size_t count, const T* x, const recurrent_weights<T>& w, bool sequences, T* saved, T* y,
                        T* scratch, [[maybe_unused]] carried_values carried = {}) {
        if constexpr (Carries) base::load_carried(count, carried, saved);
        for (std::size_t n = 0; n < count; ++n)
            dense_rows<Features, columns, linear>(Steps, x + n * Steps * Features, w.kernel, null_bias<T>,
                                                  saved + n * saved_size);
        const auto for_samples = [&](auto step) {
            for (std::size_t n = 0; n < count; ++n)
                base::for_units([&](std::size_t u, std::size_t used) STRATA_INLINE_CALL {
                    step(u, used, saved + n * saved_size, scratch + n * columns);
                });
        };
        for (std::size_t t = 0; t < Steps; ++t) {
            const std::size_t at = input_step(t);
            if (has_before(t)) times_kernel(count, before(saved + output_offset, t), w, {0, 2 * Units}, scratch);
            for_samples([&](std::size_t u, std::size_t used, T* own, const T* products)
                            STRATA_INLINE_CALL { forward_gates(w, t, u, used, own, products); });
            if (has_before(t)) times_kernel(count, saved + reset_offset + at * Units, w, {2 * Units, columns}, scratch);
            for_samples([&](std::size_t u, std::size_t used, T* own, const T* products)
                            STRATA_INLINE_CALL { forward_output(w, t, u, used, own, products); });
            for (std::size_t n = 0; n < count; ++n) {
                const T* out = saved + n * saved_size + output_offset + at * Units;
                if (sequences) std::copy_n(out, Units, y + (n * Steps + t) * Units);
                else if (t + 1 == Steps) std::copy_n(out, Units, y + n * Units);
            }
        }
        if constexpr (Carries) base::store_carried(count, carried, saved);
    }

    static void backward(std::size_t count, const T* dy, const backward_weights& w, bool sequences, T* saved, T* dx,
                         T* scratch) {
        transpose_weights<Units, columns>(w.recurrent_kernel, scratch, {});
        T* dh = scratch + transposed.stored();
        T* dreset = dh + count * Units;  // of the reset outputs
        T* product = dreset + count * Units;
        std::fill_n(dh, 3 * count * Units, T(0));
        const auto for_samples = [&](auto step) {
            for (std::size_t n = 0; n < count; ++n)
                base::for_units([&](std::size_t u, std::size_t used)
                                    STRATA_INLINE_CALL { step(n, u, used, saved + n * saved_size); });
        };
        for (std::size_t t = Steps; t-- > 0;) {
            T* gradients = saved + input_step(t) * columns;
            for_samples([&](std::size_t n, std::size_t u, std::size_t used, T* own) STRATA_INLINE_CALL {
                const T* dy_step = sequences ? dy + (n * Steps + t) * Units : t + 1 == Steps ? dy + n * Units : nullptr;
                backward_output(t, u, used, own, dy_step, dh + n * Units, product + n * Units);
            });
            if (has_before(t)) times_transposed(count, gradients, scratch, {2 * Units, columns}, dreset);
            for_samples([&](std::size_t n, std::size_t u, std::size_t used, T* own) STRATA_INLINE_CALL {
                backward_reset(t, u, used, own, dreset + n * Units, dh + n * Units);
            });
            if (t > 0) times_transposed(count, gradients, scratch, {0, 2 * Units}, product);
        }
        if (dx != nullptr)
            for (std::size_t n = 0; n < count; ++n)
                dense_data_gradient<Features, columns>(Steps, saved + n * saved_size, w.transposed_kernel,
                                                       dx + n * Steps * Features);
    }

    /// As that of the primary template. The candidate's columns are products of the reset outputs.
    static void accumulate_recurrent(std::size_t count, const T* saved, T* to, bool first, thread_slice part) {
        base::template products<Units, 2 * Units>({.planes = count,
                                                   .x_plane = saved_size,
                                                   .dy_plane = saved_size,
                                                   .count = Carries ? Steps : Steps - 1,
                                                   .x_step = Units,
                                                   .dy_step = columns},
                                                  saved + output_offset + (Reversed ? Units : 0) - base::initial,
                                                  saved + (Reversed || Carries ? 0 : columns), to, first, part);
        accumulate_candidate(count, saved, to, first, part);
    }

private:
    using base::before;
    using base::has_before;
    using activation = Activation;
    using gate = Recurrent;

    /// y (count, columns): those of `range`, and perhaps some around them, = x (count, Units) times the recurrent
    /// kernel. Rows of x lie saved_size elements apart.
    static void times_kernel(std::size_t count, const T* x, const recurrent_weights<T>& w, item_range range, T* y) {
        constexpr std::size_t NR = panel_vectors<T>(columns), width = NR * lanes<T>;
        for (std::size_t f = range.begin / width * width; f < range.end; f += width)
            any_rows_times_panel<NR, linear>(tile_input{.length = Units, .row_step = saved_size}, count, x,
                                             w.recurrent_kernel + f * Units, null_bias<T>, y + f, columns,
                                             std::min(width, columns - f));
    }
    /// y (count, Units) = the columns of `range` of the gradients times these rows of the transposed recurrent kernel.
    static void times_transposed(std::size_t count, const T* gradients, const T* w, item_range range, T* y) {
        constexpr std::size_t NR = panel_vectors<T>(Units), width = NR * lanes<T>;
        for (std::size_t f = 0; f < Units; f += width)
            any_rows_times_panel<NR, linear>(tile_input{.length = range.size(), .row_step = saved_size}, count,
                                             gradients + range.begin, w + f * columns + range.begin * width,
                                             null_bias<T>, y + f, Units, std::min(width, Units - f));
    }

    /// The outputs of the step before t, for `used` units from u on.
    static STRATA_INLINE simd<T> last_output(std::size_t t, std::size_t u, std::size_t used, const T* own) {
        return has_before(t) ? load_partial(before(own + output_offset, t) + u, used) : broadcast(T(0));
    }
    /// The sums of gate g of step t, for `used` units from u on. `own` are the sample's saved activations, in which the
    /// products of the input already are; `products` (columns) are those of the recurrent kernel.
    static STRATA_INLINE simd<T> sum(const recurrent_weights<T>& w, std::size_t t, std::size_t g, std::size_t u,
                                     std::size_t used, const T* own, const T* products) {
        const std::size_t c = g * Units + u;
        simd<T> z = load_partial(own + input_step(t) * columns + c, used);
        if (w.bias != nullptr) z = z + load_partial(w.bias + c, used);
        return has_before(t) ? simd<T>(z + load_partial(products + c, used)) : z;
    }
    static STRATA_INLINE void forward_gates(const recurrent_weights<T>& w, std::size_t t, std::size_t u,
                                            std::size_t used, T* own, const T* products) {
        T* gates = own + input_step(t) * columns + u;
        store_partial<T>(gates, saved_form<gate>(sum(w, t, 0, u, used, own, products)), used);
        const simd<T> reset = saved_form<gate>(sum(w, t, 1, u, used, own, products));
        store_partial<T>(gates + Units, reset, used);
        store_partial<T>(own + reset_offset + input_step(t) * Units + u,
                         value_of<gate>(reset) * last_output(t, u, used, own), used);
    }
    static STRATA_INLINE void forward_output(const recurrent_weights<T>& w, std::size_t t, std::size_t u,
                                             std::size_t used, T* own, const T* products) {
        T* gates = own + input_step(t) * columns + u;
        const simd<T> candidate = saved_form<activation>(sum(w, t, 2, u, used, own, products));
        store_partial<T>(gates + 2 * Units, candidate, used);
        const simd<T> update = value_of<gate>(load_partial(gates, used));
        const simd<T> out =
            update * last_output(t, u, used, own) + (broadcast(T(1)) - update) * value_of<activation>(candidate);
        store_partial<T>(own + output_offset + input_step(t) * Units + u, out, used);
    }

    /// The gradients of the sums of the update gate and of the candidate. dh is that of the output without dy_step and
    /// `product`; it becomes the part of the last output's that flows through the update gate.
    static STRATA_INLINE void backward_output(std::size_t t, std::size_t u, std::size_t used, T* own, const T* dy_step,
                                              T* dh, const T* product) {
        T* gates = own + input_step(t) * columns + u;
        const simd<T> z = load_partial(gates, used), c = load_partial(gates + 2 * Units, used);
        simd<T> d = load_partial(dh + u, used) + load_partial(product + u, used);
        if (dy_step != nullptr) d = d + load_partial(dy_step + u, used);
        const simd<T> update = value_of<gate>(z), candidate = value_of<activation>(c);
        store_partial<T>(gates, d * (last_output(t, u, used, own) - candidate) * gate::derivative(z), used);
        store_partial<T>(gates + 2 * Units, d * (broadcast(T(1)) - update) * activation::derivative(c), used);
        store_partial<T>(dh + u, d * update, used);
    }
    /// The gradient of the sum of the reset gate; adds to dh the part of the last output's that flows through it.
    static STRATA_INLINE void backward_reset(std::size_t t, std::size_t u, std::size_t used, T* own, const T* dreset,
                                             T* dh) {
        T* at = own + input_step(t) * columns + Units + u;
        if (!has_before(t)) return store_partial<T>(at, broadcast(T(0)), used);
        const simd<T> z = load_partial(at, used), d = load_partial(dreset + u, used);
        store_partial<T>(at, d * last_output(t, u, used, own) * gate::derivative(z), used);
        store_partial<T>(dh + u, load_partial(dh + u, used) + d * value_of<gate>(z), used);
    }

    /// The candidate's columns of accumulate_recurrent. They may begin inside of a panel, where tiles do not.
    static void accumulate_candidate(std::size_t count, const T* saved, T* to, bool first, thread_slice part) {
        constexpr std::size_t rows = 4, width = panel_width<T>(columns);
        constexpr panels weights{.rows = Units, .columns = columns, .width = width};
        const item_range mine = part.of(Units, rows);
        for (std::size_t k = mine.begin; k < mine.end; k += rows)
            for (std::size_t c = 2 * Units, used = 0; c < columns; c += used) {
                used = std::min({lanes<T>, columns - c, width - c % width});
                simd<T> sums[rows];
                for (std::size_t i = 0; i < rows; ++i) sums[i] = broadcast(T(0));
                for (std::size_t n = 0; n < count; ++n)
                    for (std::size_t t = 0; t < Steps; ++t) {
                        const T* own = saved + n * saved_size;
                        const simd<T> d = load_partial(own + t * columns + c, used);
                        const T* x = own + reset_offset + t * Units;
                        STRATA_UNROLL
                        for (std::size_t i = 0; i < rows; ++i)
                            sums[i] = multiply_add(broadcast(x[std::min(k + i, Units - 1)]), d, sums[i]);
                    }
                for (std::size_t i = 0; i < rows && k + i < mine.end; ++i) {
                    T* at = to + weights.offset(k + i, c);
                    store_partial<T>(at, first ? sums[i] : simd<T>(load_partial(at, used) + sums[i]), used);
                }
            }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
