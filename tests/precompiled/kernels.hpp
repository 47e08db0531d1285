// Headers that every kernel test reads: compiled once a program instead of once a file.
#include "../catch.hpp"

#include <strata/kernels/simd/simd.hpp>
