// time_product: a small matrix times windows of channels. Lanes are frames, so that each weight is one number for a
// whole vector.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/wavenet/frame_ring.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Outputs that share each load of a vector of inputs, and vectors that share each weight: sums of all stay in
/// registers.
inline constexpr std::size_t time_outputs = vector_registers == 32 ? 8 : 4;

/// Windows of `rows` channels each, `stride` elements apart from channel to channel.
template <class T>
struct time_windows {
    const T* const* taps = nullptr;  // the first channel of each window, at the first frame
    std::size_t tap_count = 0;
    std::size_t rows = 0;
    std::size_t stride = 0;
};

namespace detail {

template <std::size_t Outputs, std::size_t Vectors, class T, class Begin, class End>
STRATA_INLINE void time_product_tile(const time_windows<T>& in, const T* w, std::size_t frame, const Begin& begin,
                                     const End& end) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[Outputs][Vectors];
    STRATA_UNROLL
    for (std::size_t o = 0; o < Outputs; ++o) {
        STRATA_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v) sums[o][v] = begin(o, frame + v * L);
    }
    for (std::size_t k = 0; k < in.tap_count; ++k) {
        const T* x = in.taps[k] + frame;
        for (std::size_t i = 0; i < in.rows; ++i, x += in.stride, w += Outputs) {
            STRATA_KEEP_LOOP(w);
            simd<T> values[Vectors];
            STRATA_UNROLL
            for (std::size_t v = 0; v < Vectors; ++v) values[v] = load_once(x + v * L);
            STRATA_UNROLL
            for (std::size_t o = 0; o < Outputs; ++o) {
                const simd<T> weight = broadcast(w[o]);
                STRATA_UNROLL
                for (std::size_t v = 0; v < Vectors; ++v) sums[o][v] = multiply_add(weight, values[v], sums[o][v]);
            }
        }
    }
    STRATA_UNROLL
    for (std::size_t o = 0; o < Outputs; ++o) {
        STRATA_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v) end(o, frame + v * L, sums[o][v]);
    }
}

template <std::size_t Outputs, class T, class Begin, class End>
STRATA_INLINE void time_product_group(const time_windows<T>& in, const T* w, std::size_t frames, const Begin& begin,
                                      const End& end) {
    constexpr std::size_t L = lanes<T>, vectors = Outputs <= 4 && vector_registers == 32 ? 4 : 2;
    std::size_t frame = 0;
    for (; frame + vectors * L <= frames; frame += vectors * L)
        time_product_tile<Outputs, vectors>(in, w, frame, begin, end);
    for (; frame < frames; frame += L) time_product_tile<Outputs, 1>(in, w, frame, begin, end);
}

}  // namespace detail

/// sum(o, frame) = begin(o, frame) + the products of all channels of all windows, in their order; then end(o, frame,
/// sum) for each of Outputs outputs and each vector of frames. Weights are in groups of time_outputs outputs: of each
/// group those of window after window, channel after channel, output after output. Each frame gets the same sums
/// whatever frames are beside it.
template <std::size_t Outputs, class T, class Begin, class End>
STRATA_INLINE void time_product(const time_windows<T>& in, const T* w, std::size_t frames, const Begin& begin,
                                const End& end) {
    constexpr std::size_t group = time_outputs, rest = Outputs % group;
    const std::size_t length = in.tap_count * in.rows;
    std::size_t o = 0;
    const auto at = [&](const auto& f) {
        return [&f, &o](std::size_t output, auto... rest_of) STRATA_INLINE_CALL { return f(o + output, rest_of...); };
    };
    for (; o + group <= Outputs; o += group, w += length * group)
        detail::time_product_group<group>(in, w, frames, at(begin), at(end));
    if constexpr (rest > 0) detail::time_product_group<rest>(in, w, frames, at(begin), at(end));
}

/// Writes the weights of a product in its order, from `weights[row * outputs + output]`, rows those of all windows.
template <class T>
constexpr void pack_time_product(const T* weights, std::size_t rows, std::size_t outputs, T* to) {
    constexpr std::size_t group = time_outputs;
    for (std::size_t o = 0; o < outputs; o += group) {
        const std::size_t here = o + group <= outputs ? group : outputs - o;
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t i = 0; i < here; ++i) *to++ = weights[r * outputs + o + i];
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
