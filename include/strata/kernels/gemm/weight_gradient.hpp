// weight_gradient: the register tile of weight gradients, which sums products of inputs and output gradients over
// samples and pixels.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Elements after an array of output gradients that may be read: tiles load whole vectors and ignore the lanes that are
/// not columns.
template <class T>
inline constexpr std::size_t gradient_slack = 2 * lanes<T>;

/// The positions of a weight gradient's sum: `planes` samples of `lines` output rows of `count` pixels. x_plane, x_line
/// and x_step are the distances of samples, rows and pixels in x, in elements; dy_plane, dy_line and dy_step those in
/// dy.
struct gradient_input {
    std::size_t planes = 1;
    std::size_t x_plane = 0;
    std::size_t dy_plane = 0;
    std::size_t lines = 1;
    std::size_t x_line = 0;
    std::size_t dy_line = 0;
    std::size_t count = 0;
    std::size_t x_step = 0;
    std::size_t dy_step = 0;
};

/// dw (MR, NR vectors), MR rows of a panel, = or += the sum over positions of x[m] dy[n]. A position has MR consecutive
/// elements of x and NR vectors of dy. `first`: dw is overwritten. Positions are added in order, whichever thread
/// computes the tile. Whole vectors of dy are read, up to gradient_slack elements after the last position; only
/// `columns` of dw are written.
template <std::size_t MR, std::size_t NR, class T>
STRATA_NOINLINE void gradient_tile(const gradient_input& in, const T* x, const T* dy, T* dw, std::size_t columns,
                                   bool first) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[MR][NR];
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n) sums[m][n] = broadcast(T(0));
    }
    const std::size_t x_step = in.x_step, dy_step = in.dy_step;
    for (std::size_t plane = 0; plane < in.planes; ++plane)
        for (std::size_t line = 0; line < in.lines; ++line) {
            const T* a = x + plane * in.x_plane + line * in.x_line;
            const T* d = dy + plane * in.dy_plane + line * in.dy_line;
            for (std::size_t left = in.count; left > 0; --left, a += x_step, d += dy_step) {
                STRATA_KEEP_LOOP(d);
                simd<T> b[NR];
                STRATA_UNROLL
                for (std::size_t n = 0; n < NR; ++n) b[n] = load(d + n * L);
                STRATA_UNROLL
                for (std::size_t m = 0; m < MR; ++m) {
                    const simd<T> value = broadcast(a[m]);
                    STRATA_UNROLL
                    for (std::size_t n = 0; n < NR; ++n) sums[m][n] = multiply_add(value, b[n], sums[m][n]);
                }
            }
        }
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n) {
            T* to = dw + (m * NR + n) * L;
            const simd<T> sum = first ? sums[m][n] : load(to) + sums[m][n];
            if (columns >= (n + 1) * L) store<T>(to, sum);
            else if (columns > n * L) store_partial<T>(to, sum, columns - n * L);
        }
    }
}

/// The tiles of Length consecutive rows of a weight gradient.
template <std::size_t Length, std::size_t NR>
struct gradient_rows {
    static constexpr tile_split s = split(Length, tile_rows(NR));
    static constexpr std::size_t tiles = s.big_count + s.small_count;

    static constexpr std::size_t row(std::size_t tile) {
        return tile <= s.big_count ? tile * s.big : s.big_count * s.big + (tile - s.big_count) * (s.big - 1);
    }
    static constexpr std::size_t size(std::size_t tile) { return tile < s.big_count ? s.big : s.big - 1; }
    template <class T>
    static STRATA_INLINE void run(std::size_t tile, const gradient_input& in, const T* x, const T* dy, T* dw,
                                  std::size_t columns, bool first) {
        if constexpr (s.small_count > 0)
            if (tile >= s.big_count) return gradient_tile<s.big - 1, NR>(in, x, dy, dw, columns, first);
        gradient_tile<s.big, NR>(in, x, dy, dw, columns, first);
    }
};

/// db (F), padded to panels, = or += the sum over rows of dy (rows, F); this thread's share of the columns. `first`: it
/// is overwritten. Whole vectors of dy are read, up to gradient_slack elements after its end.
template <std::size_t F, class T>
void bias_gradient(std::size_t rows, const T* dy, T* db, bool first, thread_slice part) {
    constexpr std::size_t L = lanes<T>;
    const item_range mine = part.of(F, L);
    for (std::size_t f = mine.begin; f < mine.end; f += L) {
        const std::size_t n = std::min(L, F - f);
        simd<T> sums = first ? broadcast(T(0)) : load(db + f);
        for (std::size_t r = 0; r < rows; ++r) sums = sums + load(dy + r * F + f);
        store_partial<T>(db + f, sums, n);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
