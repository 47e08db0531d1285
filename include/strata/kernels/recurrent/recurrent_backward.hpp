// recurrent_backward: training's recurrent layers: steps that keep what their gradient needs, and the way back.
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

/// A recurrent layer of Units on sequences of Steps times Features when it is trained; Back: from the last step to the
/// first. Kernels lie in panels, biases as in Keras. Samples go side by side, so that each step is one product of
/// matrices.
template <class Cell, std::size_t Steps, std::size_t Features, std::size_t Units, bool Back, class T>
struct recurrent_training {
    using gradient = recurrent_gradient<Cell>;
    static constexpr std::size_t columns = Cell::gates * Units;
    static constexpr std::size_t sums = Cell::sums;
    /// Whether the gradients of the input's sums and of the recurrent ones differ.
    static constexpr bool is_split = sums != Cell::gates;

    // The saved activations of a sample: gates (Steps, columns), which become the gradients of the input's sums; those
    // of the recurrent ones where they differ; carries and outputs (Steps, Units). All by the step of the input.
    static constexpr std::size_t recurrent_offset = is_split ? Steps * columns : 0;
    static constexpr std::size_t carry_offset = recurrent_offset + Steps * columns;
    static constexpr std::size_t output_offset = carry_offset + (Cell::has_carry ? Steps * Units : 0);
    static constexpr std::size_t saved_size = output_offset + Steps * Units;

    // Scratch: the recurrent kernel transposed, then three arrays of (samples, Units); forward (samples, columns).
    static constexpr panels transposed = transposed_panels<Units, columns, T>();
    static constexpr std::size_t scratch_size(std::size_t samples) {
        return std::max(transposed.stored() + 3 * samples * Units, samples * columns);
    }

    /// Of step number t in the order of the walk, the step of the input; and what stands before it.
    static constexpr std::size_t place(std::size_t t) { return Back ? Steps - 1 - t : t; }

    /// x (count, Steps, Features) -> the saved activations; y takes all outputs in the order of the walk, or the last
    /// ones.
    static void forward(std::size_t count, const T* x, const T* const* weights, const T* bias, const T* recurrent_bias,
                        bool sequences, T* saved, T* y, T* scratch) {
        for (std::size_t n = 0; n < count; ++n)
            dense_rows<Features, columns, linear>(Steps, x + n * Steps * Features, weights[0],
                                                  static_cast<const T*>(nullptr), saved + n * saved_size);
        for (std::size_t t = 0; t < Steps; ++t) {
            const std::size_t at = place(t), before = t > 0 ? place(t - 1) : at;
            if (t > 0) times_panels<Units, columns>(count, saved + output_offset + before * Units, weights[1], scratch);
            for (std::size_t n = 0; n < count; ++n) {
                T* own = saved + n * saved_size;
                const auto each = [&](std::size_t u, std::size_t lanes_used) {
                    simd<T> z[sums];
                    for (std::size_t s = 0; s < sums; ++s) z[s] = broadcast(T(0));
                    for (std::size_t g = 0; g < Cell::gates; ++g) {
                        const std::size_t c = g * Units + u;
                        simd<T>& sum = z[Cell::input_sum(g)];
                        sum = sum + load_partial(static_cast<const T*>(own) + at * columns + c, lanes_used);
                        if (bias != nullptr) sum = sum + load_partial(bias + c, lanes_used);
                        if (recurrent_bias != nullptr) z[g] = z[g] + load_partial(recurrent_bias + c, lanes_used);
                        if (t > 0)
                            z[g] = z[g] + load_partial(static_cast<const T*>(scratch) + n * columns + c, lanes_used);
                    }
                    const auto last = [&](std::size_t offset) {
                        return t > 0
                                   ? load_partial(static_cast<const T*>(own) + offset + before * Units + u, lanes_used)
                                   : broadcast(T(0));
                    };
                    simd<T> carry = Cell::has_carry ? last(carry_offset) : broadcast(T(0));
                    const simd<T> out = gradient::forward(z, last(output_offset), carry);
                    for (std::size_t g = 0; g < Cell::gates; ++g) {
                        store_partial<T>(own + at * columns + g * Units + u, z[Cell::input_sum(g)], lanes_used);
                        if (Cell::input_sum(g) != g)
                            store_partial<T>(own + recurrent_offset + at * columns + g * Units + u, z[g], lanes_used);
                    }
                    if constexpr (Cell::has_carry)
                        store_partial<T>(own + carry_offset + at * Units + u, carry, lanes_used);
                    store_partial<T>(own + output_offset + at * Units + u, out, lanes_used);
                };
                for_units(each);
                const T* out = own + output_offset + at * Units;
                if (sequences) std::copy_n(out, Units, y + (n * Steps + t) * Units);
                else if (t + 1 == Steps) std::copy_n(out, Units, y + n * Units);
            }
        }
    }

    /// Through all steps: the saved gates become gradients of the sums; dx, where it is not null, the gradient of x
    /// by the transposed kernel.
    static void backward(std::size_t count, const T* dy, const T* const* weights, const T* transposed_kernel,
                         bool sequences, T* saved, T* dx, T* scratch) {
        transpose_weights<Units, columns>(weights[1], scratch, {});
        T* dh = scratch + transposed.stored();
        T* dcarry = dh + count * Units;
        T* product = dcarry + count * Units;
        std::fill_n(dh, 3 * count * Units, T(0));
        for (std::size_t t = Steps; t-- > 0;) {
            const std::size_t at = place(t), before = t > 0 ? place(t - 1) : at;
            for (std::size_t n = 0; n < count; ++n) {
                T* own = saved + n * saved_size;
                const T* given = sequences ? dy + (n * Steps + t) * Units : t + 1 == Steps ? dy + n * Units : nullptr;
                const auto each = [&](std::size_t u, std::size_t lanes_used) {
                    const auto part = [&](const T* from) { return load_partial(from + u, lanes_used); };
                    simd<T> z[sums];
                    for (std::size_t g = 0; g < Cell::gates; ++g) {
                        z[Cell::input_sum(g)] = part(own + at * columns + g * Units);
                        if (Cell::input_sum(g) != g) z[g] = part(own + recurrent_offset + at * columns + g * Units);
                    }
                    simd<T> gradient_of_h = part(dh + n * Units) + part(product + n * Units);
                    if (given != nullptr) gradient_of_h = gradient_of_h + part(given);
                    const simd<T> zero = broadcast(T(0));
                    const simd<T> h = t > 0 ? part(own + output_offset + before * Units) : zero;
                    const simd<T> carry = Cell::has_carry ? part(own + carry_offset + at * Units) : zero;
                    const simd<T> last = Cell::has_carry && t > 0 ? part(own + carry_offset + before * Units) : zero;
                    simd<T> gradient_of_carry = part(dcarry + n * Units);
                    gradient::backward(z, h, last, carry, gradient_of_h, gradient_of_carry);
                    for (std::size_t g = 0; g < Cell::gates; ++g) {
                        store_partial<T>(own + at * columns + g * Units + u, z[Cell::input_sum(g)], lanes_used);
                        if constexpr (is_split)
                            store_partial<T>(own + recurrent_offset + at * columns + g * Units + u, z[g], lanes_used);
                    }
                    store_partial<T>(dh + n * Units + u, gradient_of_h, lanes_used);
                    store_partial<T>(dcarry + n * Units + u, gradient_of_carry, lanes_used);
                };
                for_units(each);
            }
            if (t > 0)
                times_panels<columns, Units>(count, saved + recurrent_offset + at * columns,
                                             static_cast<const T*>(scratch), product);
        }
        if (dx != nullptr)
            for (std::size_t n = 0; n < count; ++n)
                dense_data_gradient<Features, columns>(Steps, static_cast<const T*>(saved) + n * saved_size,
                                                       transposed_kernel, dx + n * Steps * Features);
    }

    /// This thread's share of the gradients of the kernels.
    static void accumulate_kernel(std::size_t count, const T* x, const T* saved, T* to, bool first, thread_slice part) {
        products<Features>({.planes = count,
                            .x_plane = Steps * Features,
                            .dy_plane = saved_size,
                            .count = Steps,
                            .x_step = Features,
                            .dy_step = columns},
                           x, saved, to, first, part);
    }
    static void accumulate_recurrent(std::size_t count, const T* saved, T* to, bool first, thread_slice part) {
        products<Units>({.planes = count,
                         .x_plane = saved_size,
                         .dy_plane = saved_size,
                         .count = Steps - 1,
                         .x_step = Units,
                         .dy_step = columns},
                        saved + output_offset + (Back ? Units : 0), saved + recurrent_offset + (Back ? 0 : columns), to,
                        first, part);
    }
    /// This thread's share of the gradient of a bias, as in Keras: of the input's sums, or of the recurrent ones.
    static void accumulate_bias(std::size_t count, const T* saved, bool is_recurrent, T* to, bool first,
                                thread_slice part) {
        constexpr std::size_t L = lanes<T>;
        const item_range mine = part.of(columns, L);
        for (std::size_t c = mine.begin; c < mine.end; c += L) {
            const std::size_t n = std::min(L, columns - c);
            simd<T> sum = first ? broadcast(T(0)) : load_partial(static_cast<const T*>(to) + c, n);
            for (std::size_t sample = 0; sample < count; ++sample) {
                const T* row = saved + sample * saved_size + (is_recurrent ? recurrent_offset : 0) + c;
                for (std::size_t t = 0; t < Steps; ++t) sum = sum + load_partial(row + t * columns, n);
            }
            store_partial<T>(to + c, sum, n);
        }
    }

private:
    template <class Each>
    static void for_units(Each each) {
        for (std::size_t u = 0; u < Units; u += lanes<T>) each(u, std::min(lanes<T>, Units - u));
    }
    /// y (count, F) = rows of K elements, saved_size elements apart, times a matrix in panels.
    template <std::size_t K, std::size_t F>
    static void times_panels(std::size_t count, const T* x, const T* w, T* y) {
        constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
        for (std::size_t f = 0; f < F; f += width)
            any_rows_times_panel<NR, linear>(tile_input{.length = K, .row_step = saved_size}, count, x, w + f * K,
                                             static_cast<const T*>(nullptr), y + f, F, std::min(width, F - f));
    }
    template <std::size_t K>
    static void products(const gradient_input& in, const T* x, const T* dy, T* to, bool first, thread_slice part) {
        constexpr std::size_t NR = panel_vectors<T>(columns), width = NR * lanes<T>;
        using rows = gradient_rows<K, NR>;
        const item_range mine = part.of(rows::tiles);
        for (std::size_t tile = mine.begin; tile < mine.end; ++tile)
            for (std::size_t f = 0; f < columns; f += width)
                rows::run(tile, in, x + rows::row(tile), dy + f, to + f * K + rows::row(tile) * width,
                          std::min(width, columns - f), first);
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
