// causal_frames: several time steps of a causal convolution in a stream, as products of frames and one tap after the
// other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <strata/core/config.hpp>
#include <strata/kernels/conv/causal_step.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Frames that some taps add to. x has C channels a frame. w is the first tap's rows of the kernel: rows lie w_step
/// elements apart, taps tap_step. sums[t] is the first of the sums that tap t adds to; those of the next frames lie
/// `step` elements apart. Tap 0 begins the sums where begins is set; the last tap adds the bias, which may be null.
template <class T>
struct causal_taps {
    const T* x = nullptr;
    std::size_t C = 0;
    const T* w = nullptr;
    std::size_t w_step = 0;
    std::size_t tap_step = 0;
    const T* bias = nullptr;
    T* const* sums = nullptr;
    std::size_t step = 0;
    bool begins = false;
};

/// Adds the products of MR frames and Taps taps to Count vectors of filters, channel after channel. No two frames and
/// taps may belong to the same output.
template <std::size_t MR, std::size_t Taps, std::size_t Count, class V, class T>
STRATA_NOINLINE void causal_tile(const causal_taps<T>& s) {
    constexpr std::size_t L = V::size;
    V sums[Taps][MR][Count];
    STRATA_UNROLL
    for (std::size_t t = 0; t < Taps; ++t) {
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            STRATA_UNROLL
            for (std::size_t v = 0; v < Count; ++v) {
                V& sum = sums[t][m][v];
                sum = t == 0 && s.begins ? V(T(0)) : load_exactly<V, L>(s.sums[t] + m * s.step + v * L);
                if (t + 1 == Taps && s.bias != nullptr) sum = sum + load_exactly<V, L>(s.bias + v * L);
            }
        }
    }
    const T* w = s.w;
    const T* x = s.x;
    const std::size_t row = s.C, tap = s.tap_step;
    for (const T* end = x + row; x != end; ++x, w += s.w_step) {
        STRATA_KEEP_LOOP(w);
        V values[MR];
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) values[m] = V(x[m * row]);
        STRATA_UNROLL
        for (std::size_t t = 0; t < Taps; ++t) {
            STRATA_UNROLL
            for (std::size_t v = 0; v < Count; ++v) {
                const V b = load_exactly<V, L>(w + t * tap + v * L);
                STRATA_UNROLL
                for (std::size_t m = 0; m < MR; ++m) sums[t][m][v] = multiply_add(values[m], b, sums[t][m][v]);
            }
        }
    }
    STRATA_UNROLL
    for (std::size_t t = 0; t < Taps; ++t) {
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            STRATA_UNROLL
            for (std::size_t v = 0; v < Count; ++v) store_exactly<L>(s.sums[t] + m * s.step + v * L, sums[t][m][v]);
        }
    }
}

/// The output of a causal convolution of its complete sum.
template <class Activation>
struct causal_output {
    template <class V>
    static STRATA_INLINE V apply(V x) {
        return without_negligible(Activation::apply(x));
    }
};

/// Steps of the causal convolution Step, a causal_step: they read and write its state, and each output is bit for bit
/// that of its run. The sum of an output gets its products in the order of time, and in each step in the order of
/// channels. Tiles of frames and taps share each load of a weight and of an input.
template <class Step, class Activation>
struct causal_frames {
    using T = typename Step::value_type;
    using V = typename Step::V;
    static constexpr std::size_t K = Step::taps, C = Step::channels, F = Step::filters, L = Step::L;

    /// n steps. x (n, C), y (n, F); y overlaps nothing else.
    static void run(std::size_t n, const T* x, const T* weights, const T* bias, T* state, T* y) {
        if constexpr (goes_by_steps) {
            for (std::size_t t = 0; t < n; ++t)
                Step::template run<Activation>(x + t * C, weights, bias, state, y + t * F);
            return;
        }
        for (std::size_t done = 0; done < n; done += Step::frames) {
            const std::size_t count = std::min(Step::frames, n - done);
            if constexpr (K == 1) {
                T sums[Step::frames * Step::slot_size];
                add_taps(count, 0, x + done * C, weights, bias, sums);
                finish(count, sums, y + done * F);
            } else {
                some(count, x + done * C, weights, bias, state, y + done * F);
            }
        }
    }

private:
    /// Vectors of filters of a tile, its accumulators, and the frames and taps that these allow. Frames are at most the
    /// dilation, so that two taps of a tile never add to the same output.
    static constexpr std::size_t vectors = Step::vectors == 1 ? 1 : 2;
    static constexpr std::size_t accumulators = (vector_registers == 32 ? 24 : 12) / vectors;
    static constexpr std::size_t apart = K == 1 || vectors == 2 ? 8 : Step::dilation;
    static constexpr std::size_t tile_frames = apart >= 8 && accumulators > 8 ? 8 : apart >= 4 ? 4 : apart >= 2 ? 2 : 1;
    static constexpr std::size_t tile_taps = vectors == 2 ? 1 : std::min(K, accumulators / tile_frames);

    /// Whether single steps are faster: tiles of few frames share little, and with many taps a step has chains enough.
    static constexpr bool goes_by_steps = tile_frames < 4 && K > 4;

    /// Up to Step::frames steps.
    static void some(std::size_t n, const T* x, const T* weights, const T* bias, T* state, T* y) {
        std::uint32_t present = 0;
        std::memcpy(&present, state + Step::slots * Step::slot_size, sizeof(present));
        add_taps(n, present, x, weights, bias, state);
        const std::size_t first = std::min<std::size_t>(n, Step::slots - present);
        finish(first, state + present * Step::slot_size, y);
        if (first < n) finish(n - first, state, y + first * F);
        present = static_cast<std::uint32_t>(wrapped(present + n));
        std::memcpy(state + Step::slots * Step::slot_size, &present, sizeof(present));
    }
    static constexpr std::size_t wrapped(std::size_t slot) {
        return K > 1 && slot >= Step::slots ? slot - Step::slots : slot;
    }

    /// Adds all products of n frames, the first of which is the output of slot `present`.
    static void add_taps(std::size_t n, std::size_t present, const T* x, const T* weights, const T* bias, T* sums) {
        for (std::size_t v = 0; v + vectors <= Step::vectors; v += vectors)
            add_to_filters<vectors>(v, n, present, x, weights, bias, sums);
        if constexpr (Step::vectors % vectors > 0)
            add_to_filters<1>(Step::vectors - 1, n, present, x, weights, bias, sums);
    }
    /// The same for Count vectors of filters from vector v on, the oldest taps first.
    template <std::size_t Count>
    static void add_to_filters(std::size_t v, std::size_t n, std::size_t present, const T* x, const T* weights,
                               const T* bias, T* sums) {
        std::size_t j = K;
        for (; j >= tile_taps; j -= tile_taps)
            add_some_taps<tile_taps, Count>(j - 1, v, n, present, x, weights, bias, sums);
        if constexpr (K % tile_taps > 0)
            add_some_taps<K % tile_taps, Count>(j - 1, v, n, present, x, weights, bias, sums);
    }
    /// The same for Taps taps. Tap j, counted back from the present step, is the oldest of them.
    template <std::size_t Taps, std::size_t Count>
    static void add_some_taps(std::size_t j, std::size_t v, std::size_t n, std::size_t present, const T* x,
                              const T* weights, const T* bias, T* sums) {
        T* sums_of[Taps]{};
        causal_taps<T> operands{.x = x,
                                .C = C,
                                .w = weights + Step::layout.offset((K - 1 - j) * C, v * L),
                                .w_step = Step::layout.width,
                                .tap_step = C * Step::layout.width,
                                .bias = j + 1 == Taps && bias != nullptr ? bias + v * L : nullptr,
                                .sums = sums_of,
                                .step = Step::slot_size,
                                .begins = j + 1 == K};
        for (std::size_t m = 0; m < n;) {
            bool is_whole = m + tile_frames <= n;
            for (std::size_t t = 0; t < Taps; ++t) {
                const std::size_t slot = wrapped(present + m + (j - t) * Step::dilation);
                is_whole = is_whole && (K == 1 || slot + tile_frames <= Step::slots);
                sums_of[t] = sums + slot * Step::slot_size + v * L;
            }
            const std::size_t rows = is_whole ? tile_frames : 1;
            if (is_whole) causal_tile<tile_frames, Taps, Count, V>(operands);
            else causal_tile<1, Taps, Count, V>(operands);
            operands.x += rows * C;
            m += rows;
        }
    }
    /// Writes the outputs of n frames from their sums.
    static void finish(std::size_t n, const T* sums, T* y) {
        using output = causal_output<Activation>;
        if constexpr (F == Step::slot_size) {
            elementwise<output>(n * F, sums, y);
        } else {
            for (std::size_t m = 0; m < n; ++m, sums += Step::slot_size, y += F)
                for (std::size_t v = 0; v < Step::vectors; ++v) {
                    const V out = output::apply(load_exactly<V, L>(sums + v * L));
                    if (v + 1 < Step::vectors) store_exactly<L>(y + v * L, out);
                    else store_exactly<(F - 1) % L + 1>(y + v * L, out);
                }
        }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
