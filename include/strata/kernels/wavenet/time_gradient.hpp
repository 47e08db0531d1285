// time_gradient: sums over time of products of channels, the gradients of weights whose product is a time_product.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Rows of channels, `stride` elements from row to row.
template <class T>
struct time_rows {
    const T* data = nullptr;
    std::size_t count = 0;
    std::size_t stride = 0;
};

namespace detail {

template <std::size_t M, std::size_t N, class T>
STRATA_INLINE void time_gradient_tile(std::size_t frames, const T* a, std::size_t a_stride, const T* b,
                                      std::size_t b_stride, T* to, std::size_t to_stride) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[M][N];
    STRATA_UNROLL
    for (std::size_t m = 0; m < M; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < N; ++n) sums[m][n] = broadcast(T(0));
    }
    for (std::size_t f = 0; f < frames; f += L) {
        simd<T> values[N];
        STRATA_UNROLL
        for (std::size_t n = 0; n < N; ++n) values[n] = load_once(b + n * b_stride + f);
        STRATA_UNROLL
        for (std::size_t m = 0; m < M; ++m) {
            const simd<T> value = load_once(a + m * a_stride + f);
            STRATA_UNROLL
            for (std::size_t n = 0; n < N; ++n) sums[m][n] = multiply_add(value, values[n], sums[m][n]);
        }
    }
    for (std::size_t m = 0; m < M; ++m)
        for (std::size_t n = 0; n < N; ++n) to[m * to_stride + n] += lane_sum(sums[m][n]);
}

}  // namespace detail

/// to[m * b.count + n] += the sum over frames of a row m times b row n, for this thread's rows of a; `clear`: to begins
/// as zeros. Frames are whole vectors; what follows the last frame is zero in one of both.
template <class T>
void time_gradient(std::size_t frames, const time_rows<T>& a, const time_rows<T>& b, bool clear, T* to,
                   thread_slice part) {
    constexpr std::size_t tile = vector_registers == 32 ? 4 : 2;
    const item_range mine = part.of(a.count);
    if (clear) std::fill(to + mine.begin * b.count, to + mine.end * b.count, T(0));
    for (std::size_t m = mine.begin; m < mine.end;) {
        const std::size_t height = m + tile <= mine.end ? tile : 1;
        for (std::size_t n = 0; n < b.count;) {
            const std::size_t width = n + tile <= b.count ? tile : 1;
            const T* const left = a.data + m * a.stride;
            const T* const right = b.data + n * b.stride;
            T* const at = to + m * b.count + n;
            if (height == tile && width == tile)
                detail::time_gradient_tile<tile, tile>(frames, left, a.stride, right, b.stride, at, b.count);
            else if (height == tile)
                detail::time_gradient_tile<tile, 1>(frames, left, a.stride, right, b.stride, at, b.count);
            else if (width == tile)
                detail::time_gradient_tile<1, tile>(frames, left, a.stride, right, b.stride, at, b.count);
            else detail::time_gradient_tile<1, 1>(frames, left, a.stride, right, b.stride, at, b.count);
            n += width;
        }
        m += height;
    }
}

/// to[n] += the sum over frames of row n, for this thread's rows; `clear`: to begins as zeros.
template <class T>
void time_sums(std::size_t frames, const time_rows<T>& rows, bool clear, T* to, thread_slice part) {
    const item_range mine = part.of(rows.count);
    for (std::size_t n = mine.begin; n < mine.end; ++n) {
        simd<T> sum = broadcast(T(0));
        for (std::size_t f = 0; f < frames; f += lanes<T>) sum = sum + load(rows.data + n * rows.stride + f);
        to[n] = (clear ? T(0) : to[n]) + lane_sum(sum);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
