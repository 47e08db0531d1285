// causal_step: one time step of a causal convolution in a stream, which keeps partial sums of later outputs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <strata/core/config.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A causal convolution of K taps, Dilation steps apart, from C channels to F filters, computed one step at a time. The
/// state holds no inputs, but the partial sums of the outputs that the inputs so far belong to. So each channel is
/// broadcast once for all taps, and the taps are independent chains. Weights (K C, F) and bias (F) are in panels; bias
/// may be null.
template <std::size_t K, std::size_t Dilation, std::size_t C, std::size_t F, class T>
struct causal_step {
    using value_type = T;
    using V = simd_for<T, F>;
    static constexpr std::size_t taps = K, dilation = Dilation, channels = C, filters = F;
    static constexpr std::size_t L = V::size;
    static constexpr std::size_t vectors = (F + L - 1) / L;
    /// The most steps that causal_frames takes at once. One in programs without a heap, whose memory is small.
    static constexpr std::size_t frames = has_heap ? 16 : 1;
    /// Outputs with a partial sum: the present one and the (K - 1) Dilation after it; and as many more as frames add to
    /// at once. A multiple of 8, so that tiles of frames seldom wrap. A single tap keeps none.
    static constexpr std::size_t multiple = frames > 1 ? 8 : 1;
    static constexpr std::size_t slots =
        K == 1 ? 1 : ((K - 1) * Dilation + frames + multiple - 1) / multiple * multiple;
    static constexpr std::size_t slot_size = vectors * L;
    static constexpr panels layout{.rows = K * C, .columns = F, .width = panel_width<T>(F)};
    /// The largest number of taps whose sums fit the registers.
    static constexpr std::size_t block = vector_registers == 32 ? 24 : 12;

    // The state: sums [slot][filter], a ring, then one element that stores the slot of the present output as an
    // integer.
    static constexpr std::size_t sums_size = slots * slot_size, state_size = sums_size + 1;

    /// y (F) = activation(the convolution at this step) for the input x (C). y and x do not overlap and need no
    /// alignment; only F values of y are written. The state is zero before the first step. Negligible outputs are set
    /// to 0.
    template <class Activation>
    static STRATA_INLINE void run(const T* x, const T* weights, const T* bias, T* state, T* y) {
        std::uint32_t present = 0;
        std::memcpy(&present, state + slots * slot_size, sizeof(present));
        std::array<T*, K> sums{};
        STRATA_UNROLL
        for (std::size_t j = 0; j < K; ++j) {
            const std::size_t slot = present + j * Dilation;
            sums[j] = state + (slot >= slots ? slot - slots : slot) * slot_size;
        }
        for (std::size_t v = 0; v < vectors; ++v) {
            for (std::size_t first = 0; first + block < K; first += block)
                accumulate_taps<block, Activation>(first, v, x, weights, bias, sums.data(), y);
            accumulate_taps<(K - 1) % block + 1, Activation>((K - 1) / block * block, v, x, weights, bias, sums.data(),
                                                             y);
        }
        present = present + 1 == slots ? 0 : present + 1;
        std::memcpy(state + slots * slot_size, &present, sizeof(present));
    }

private:
    /// Adds the products of Count taps to the outputs `first`, first + 1, ... dilated steps from now, for vector v of
    /// the filters. The last output starts its sum here. The present output is complete after its tap and is written to
    /// y.
    template <std::size_t Count, class Activation>
    static STRATA_INLINE void accumulate_taps(std::size_t first, std::size_t v, const T* x, const T* weights,
                                              const T* bias, T* const* sums_of, T* y) {
        V sums[Count];
        STRATA_UNROLL
        for (std::size_t j = 0; j < Count; ++j) {
            const bool begins = first + j + 1 == K && K > 1;
            sums[j] = begins ? V(T(0)) : load_exactly<V, L>(sums_of[first + j] + v * L);
        }
        if (first == 0 && K == 1) sums[0] = V(T(0));
        if (first == 0 && bias != nullptr) sums[0] = sums[0] + load_exactly<V, L>(bias + v * L);
        const T* w = weights + layout.offset((K - 1 - first) * C, v * L);
        if constexpr (C * Count <= 256) {
            STRATA_UNROLL
            for (std::size_t c = 0; c < C; ++c) channel<Count>(x[c], w + c * layout.width, sums);
        } else {
            for (const T* end = x + C; x != end; ++x, w += layout.width) {
                STRATA_KEEP_LOOP(w);
                channel<Count>(*x, w, sums);
            }
        }
        STRATA_UNROLL
        for (std::size_t j = 0; j < Count; ++j)
            if (first + j > 0) store_exactly<L>(sums_of[first + j] + v * L, sums[j]);
        if (first > 0) return;
        const V out = without_negligible(Activation::apply(sums[0]));
        if (F % L == 0 || v + 1 < vectors) return store_exactly<L>(y + v * L, out);
        alignas(64) T elements[L];
        store_exactly<L>(elements, out);
        for (std::size_t i = 0; i < F % L; ++i) y[v * L + i] = elements[i];
    }
    template <std::size_t Count>
    static STRATA_INLINE void channel(T x, const T* w, V (&sums)[Count]) {
        const V factor(x);
        STRATA_UNROLL
        for (std::size_t j = 0; j < Count; ++j)
            sums[j] = multiply_add(factor, load_exactly<V, L>(w - j * C * layout.width), sums[j]);
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
