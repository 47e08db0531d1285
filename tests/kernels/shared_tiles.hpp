// Register tiles that several files of kernel tests call. Where SHARED_TILES is defined, shared_tiles.cpp instantiates
// them once for a program; elsewhere each file instantiates its own.
#pragma once

#if defined(SHARED_TILES)

#include <cstddef>

#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/simd/tile.hpp>

// Each list calls X with numbers of rows: those of tile_rows for 16 and for 32 vector registers.
#define KERNEL_TILES_TO_6(X, ...) \
    X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__)
#define KERNEL_TILES_7_TO_12(X, ...) \
    X(7, __VA_ARGS__) X(8, __VA_ARGS__) X(9, __VA_ARGS__) X(10, __VA_ARGS__) X(11, __VA_ARGS__) X(12, __VA_ARGS__)
#define KERNEL_TILES_13_TO_18(X, ...) \
    X(13, __VA_ARGS__) X(14, __VA_ARGS__) X(15, __VA_ARGS__) X(16, __VA_ARGS__) X(17, __VA_ARGS__) X(18, __VA_ARGS__)
#define KERNEL_TILES_19_TO_24(X, ...) \
    X(19, __VA_ARGS__) X(20, __VA_ARGS__) X(21, __VA_ARGS__) X(22, __VA_ARGS__) X(23, __VA_ARGS__) X(24, __VA_ARGS__)
#define KERNEL_TILES_25_TO_28(X, ...) X(25, __VA_ARGS__) X(26, __VA_ARGS__) X(27, __VA_ARGS__) X(28, __VA_ARGS__)
#define KERNEL_TILES_TO_12(X, ...) KERNEL_TILES_TO_6(X, __VA_ARGS__) KERNEL_TILES_7_TO_12(X, __VA_ARGS__)
#define KERNEL_TILES_TO_14(X, ...) KERNEL_TILES_TO_12(X, __VA_ARGS__) X(13, __VA_ARGS__) X(14, __VA_ARGS__)
#define KERNEL_TILES_13_TO_24(X, ...) KERNEL_TILES_13_TO_18(X, __VA_ARGS__) KERNEL_TILES_19_TO_24(X, __VA_ARGS__)
#define KERNEL_TILES_TO_24(X, ...) KERNEL_TILES_TO_12(X, __VA_ARGS__) KERNEL_TILES_13_TO_24(X, __VA_ARGS__)
#define KERNEL_TILES_TO_28(X, ...) KERNEL_TILES_TO_24(X, __VA_ARGS__) KERNEL_TILES_25_TO_28(X, __VA_ARGS__)

#if defined(__AVX512F__)
#define KERNEL_TILES_OF_ONE_VECTOR KERNEL_TILES_TO_28
#define KERNEL_TILES_OF_TWO_VECTORS KERNEL_TILES_TO_14
#else
#define KERNEL_TILES_OF_ONE_VECTOR KERNEL_TILES_TO_12
#define KERNEL_TILES_OF_TWO_VECTORS KERNEL_TILES_TO_6
#endif

#define KERNEL_TILES_OF_TYPE(X, ACTIVATION, T) \
    KERNEL_TILES_OF_ONE_VECTOR(X, 1, ACTIVATION, T) KERNEL_TILES_OF_TWO_VECTORS(X, 2, ACTIVATION, T)
#define KERNEL_TILES_OF(X, ACTIVATION) \
    KERNEL_TILES_OF_TYPE(X, ACTIVATION, float) KERNEL_TILES_OF_TYPE(X, ACTIVATION, double)
#define KERNEL_TILES(X) KERNEL_TILES_OF(X, linear) KERNEL_TILES_OF(X, relu)

#define KERNEL_TILE(ROWS, VECTORS, ACTIVATION, T)                                                                      \
    template void tile<ROWS, VECTORS, ACTIVATION, false, T>(tile_input, const T*, const T*, const T*, T*, std::size_t, \
                                                            std::size_t);
#define KERNEL_TILE_DECLARATION(...) extern KERNEL_TILE(__VA_ARGS__)

namespace strata::inline STRATA_ISA::kernels {
KERNEL_TILES(KERNEL_TILE_DECLARATION)
}  // namespace strata::inline STRATA_ISA::kernels

#endif
