// Whether a thread flushes subnormal numbers, for the tests of their results and of their times.
#pragma once

#include <limits>

#include <strata/strata.hpp>

inline constexpr float smallest_normal = std::numeric_limits<float>::min();

/// Whether this thread flushes, found out by arithmetic.
inline bool flushes() {
    volatile float subnormal = smallest_normal / 4, one = 1;
    return subnormal * one == 0;
}

#if defined(STRATA_FLUSH_BITS)
inline constexpr bool has_mode = true;
#else
inline constexpr bool has_mode = false;
#endif
