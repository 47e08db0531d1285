// recurrent_frames: several time steps of a recurrent layer in a stream. The products of all inputs come first, as one
// matrix product; only the recurrence goes step by step.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/gemm/frames_product.hpp>
#include <strata/kernels/recurrent/recurrent.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Steps of Cell over the frames of one sequence. Each is bit for bit what recurrent_step gives for the same input.
template <class Cell, std::size_t Features, std::size_t Units, class T>
struct recurrent_frames {
    using step = recurrent_step<Cell, Features, Units, T>;

    /// Whether the products of the inputs are worth a pass of their own: where the kernel does not fit into an L1 cache
    /// beside the recurrent kernel. Otherwise a step adds them while it waits for the outputs of the step before.
    static constexpr bool hoists = Features * step::columns * sizeof(T) > (std::size_t{16} << 10);

    /// Scratch for `frames` frames: the sums of each frame, then the biases in the order of the kernel's columns.
    static constexpr std::size_t scratch_size(std::size_t frames) {
        return hoists ? frames * step::columns + (gathers_biases ? step::kernel.width + step::columns : 0) : 0;
    }

    /// n steps from `state` on. x holds n inputs. y receives the outputs of n steps and may be null. y overlaps nothing
    /// else. Memory is aligned as in recurrent_step.
    static void run(std::size_t n, const T* x, const T* packed, T* state, T* y, T* scratch) {
        if constexpr (hoists) {
            constexpr std::size_t vectors = panel_vectors<T>(step::columns);
            const T* bias = packed + step::bias_offset;
            if constexpr (gathers_biases) bias = gather_biases(packed, scratch + n * step::columns);
            // One chain: the sums of a step begin with the bias and add feature after feature.
            frames_product<vectors, 1>(n, frames_tile_operands<T>{.x = x,
                                                                  .length = Features,
                                                                  .row_step = Features,
                                                                  .w = packed,
                                                                  .bias = bias,
                                                                  .y = scratch,
                                                                  .out_step = step::columns,
                                                                  .columns = step::columns});
            for (std::size_t t = 0; t < n; ++t, y += y != nullptr ? Units : 0)
                step::template run<recurrent_input::sums>(scratch + t * step::columns, packed, state, y);
        } else {
            for (std::size_t t = 0; t < n; ++t, y += y != nullptr ? Units : 0)
                step::template run<recurrent_input::values>(x + t * Features, packed, state, y);
        }
    }

private:
    /// Whether the packed biases are not in the order of the kernel's columns: a GRU has more sums than gates.
    static constexpr bool gathers_biases = step::sums != step::gates;

    static const T* gather_biases(const T* packed, T* to) {
        constexpr std::size_t L = step::L;
        for (std::size_t v = 0; v < step::vectors; ++v)
            for (std::size_t g = 0; g < step::gates; ++g) {
                const T* from = packed + step::bias_offset + (v * step::sums + Cell::input_sum(g)) * L;
                for (std::size_t i = 0; i < L; ++i) to[(v * step::gates + g) * L + i] = from[i];
            }
        return to;
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
