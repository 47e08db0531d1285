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

/// The frames that one tap adds to: x has C channels a frame; w is the tap's rows of the kernel, which lie w_step
/// elements apart. Sums of a frame lie `step` elements apart. They begin with zero where is_first, and get the bias,
/// which may be null.
template <class T>
struct causal_tap {
    const T* x = nullptr;
    std::size_t C = 0;
    const T* w = nullptr;
    std::size_t w_step = 0;
    const T* bias = nullptr;
    T* sums = nullptr;
    std::size_t step = 0;
    bool is_first = false;
};

/// Adds the products of MR frames to Count vectors of filters, channel after channel.
template <std::size_t MR, std::size_t Count, class V, class T>
STRATA_NOINLINE void causal_tile(const causal_tap<T>& s) {
    constexpr std::size_t L = V::size;
    V sums[MR][Count];
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t v = 0; v < Count; ++v) {
            sums[m][v] = s.is_first ? V(T(0)) : load_exactly<V, L>(s.sums + m * s.step + v * L);
            if (s.bias != nullptr) sums[m][v] = sums[m][v] + load_exactly<V, L>(s.bias + v * L);
        }
    }
    const T* w = s.w;
    const T* x = s.x;
    const std::size_t row = s.C;
    for (const T* end = x + row; x != end; ++x, w += s.w_step) {
        STRATA_KEEP_LOOP(w);
        V b[Count];
        STRATA_UNROLL
        for (std::size_t v = 0; v < Count; ++v) b[v] = load_exactly<V, L>(w + v * L);
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            const V value(x[m * row]);
            STRATA_UNROLL
            for (std::size_t v = 0; v < Count; ++v) sums[m][v] = multiply_add(value, b[v], sums[m][v]);
        }
    }
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t v = 0; v < Count; ++v) store_exactly<L>(s.sums + m * s.step + v * L, sums[m][v]);
    }
}

/// Adds the products of n frames to Count vectors of filters.
template <std::size_t Count, class V, class T>
void causal_tap_of_frames(std::size_t n, causal_tap<T> s) {
    constexpr std::size_t rows = Count == 2 && vector_registers < 32 ? 4 : 8;
    std::size_t m = 0;
    for (; m + rows <= n; m += rows, s.x += rows * s.C, s.sums += rows * s.step) causal_tile<rows, Count, V>(s);
    for (; m < n; ++m, s.x += s.C, s.sums += s.step) causal_tile<1, Count, V>(s);
}

/// What a causal convolution writes of its sums.
template <class Activation>
struct causal_output {
    template <class V>
    static STRATA_INLINE V apply(V x) {
        return without_negligible(Activation::apply(x));
    }
};

/// Steps of the causal convolution Step, a causal_step: they read and write its state, and each output is bit for bit
/// that of its run. Each tap, the oldest first, adds the products of all frames to the partial sums of the outputs that
/// it belongs to, so that weights are read once for several frames. The sum of an output is complete after the last
/// tap.
template <class Step, class Activation>
struct causal_frames {
    using T = typename Step::value_type;
    using V = typename Step::V;
    static constexpr std::size_t K = Step::taps, C = Step::channels, F = Step::filters, L = Step::L;

    /// n steps. x (n, C), y (n, F); y overlaps nothing else.
    static void run(std::size_t n, const T* x, const T* weights, const T* bias, T* state, T* y) {
        for (std::size_t done = 0; done < n; done += Step::frames) {
            const std::size_t count = std::min(Step::frames, n - done);
            some(count, x + done * C, weights, bias, state, y + done * F);
        }
    }

private:
    /// Up to Step::frames steps.
    static void some(std::size_t n, const T* x, const T* weights, const T* bias, T* state, T* y) {
        std::uint32_t present = 0;
        std::memcpy(&present, state + Step::slots * Step::slot_size, sizeof(present));
        if constexpr (K == 1) {
            T sums[Step::frames * Step::slot_size];
            tap(0, n, x, weights, bias, sums);
            finish(n, sums, y);
        } else {
            for (std::size_t j = K; j-- > 0;) {
                const std::size_t unwrapped = present + j * Step::dilation;
                const std::size_t slot = unwrapped >= Step::slots ? unwrapped - Step::slots : unwrapped;
                const std::size_t first = std::min(n, Step::slots - slot);
                tap(j, first, x, weights, bias, state + slot * Step::slot_size);
                if (first < n) tap(j, n - first, x + first * C, weights, bias, state);
            }
            const std::size_t first = std::min(n, Step::slots - present);
            finish(first, state + present * Step::slot_size, y);
            if (first < n) finish(n - first, state, y + first * F);
            const std::size_t next = present + n;
            present = static_cast<std::uint32_t>(next >= Step::slots ? next - Step::slots : next);
            std::memcpy(state + Step::slots * Step::slot_size, &present, sizeof(present));
        }
    }
    /// Tap j, counted back from the present step, of n frames for all filters.
    static void tap(std::size_t j, std::size_t n, const T* x, const T* weights, const T* bias, T* sums) {
        constexpr std::size_t pair = Step::layout.width / L >= 2 && Step::vectors >= 2 ? 2 : 1;
        causal_tap<T> operands{.x = x,
                               .C = C,
                               .w_step = Step::layout.width,
                               .step = Step::slot_size,
                               .is_first = j + 1 == K};
        const auto vectors_from = [&](std::size_t v) {
            operands.w = weights + Step::layout.offset((K - 1 - j) * C, v * L);
            operands.bias = j == 0 && bias != nullptr ? bias + v * L : nullptr;
            operands.sums = sums + v * L;
        };
        std::size_t v = 0;
        for (; v + pair <= Step::vectors; v += pair) {
            vectors_from(v);
            causal_tap_of_frames<pair, V>(n, operands);
        }
        if constexpr (Step::vectors % pair > 0) {
            vectors_from(v);
            causal_tap_of_frames<1, V>(n, operands);
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
