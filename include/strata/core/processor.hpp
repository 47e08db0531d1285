// processor: which x86-64 level this machine's processor has, for programs that carry a net for several.
#pragma once

#include <strata/core/config.hpp>

namespace strata {

/// The levels of the x86-64 psABI, as `-march=x86-64-v3` names them: v1 is SSE2, v2 adds SSE4.2, v3 adds AVX2 and FMA,
/// v4 adds AVX-512 (F, BW, CD, DQ, VL).
enum class cpu_level { v1 = 1, v2, v3, v4 };

/// Whether the processor and the operating system run code that was compiled for this level. Each call asks the
/// processor, which takes some microseconds in a virtual machine: keep the answer. Processors other than x86-64 have
/// level v1 only.
inline bool cpu_supports([[maybe_unused]] cpu_level level) {
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
    __builtin_cpu_init();
    switch (level) {
        case cpu_level::v1:
            return true;
        case cpu_level::v2:
            return __builtin_cpu_supports("x86-64-v2") != 0;
        case cpu_level::v3:
            return __builtin_cpu_supports("x86-64-v3") != 0;
        case cpu_level::v4:
            return __builtin_cpu_supports("x86-64-v4") != 0;
    }
    return false;
#else
    return level == cpu_level::v1;
#endif
}

}  // namespace strata
