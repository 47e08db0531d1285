// heap_check: the check of calls that allocate, which programs without a heap refuse.
#pragma once

#include <strata/core/diagnostic.hpp>
#include <strata/core/features.hpp>
#include <strata/core/fixed_string.hpp>

namespace strata {

/// Whether the library may allocate: not where STRATA_NO_HEAP is given.
#if defined(STRATA_NO_HEAP)
inline constexpr bool has_heap = false;
#else
inline constexpr bool has_heap = true;
#endif

/// A call that allocates; Fix says what to write without a heap. Context makes the check wait for the call.
template <class Context, fixed_string Call, fixed_string Fix>
struct heap_check {
    static constexpr diagnostic value =
        has_heap ? diagnostic{}
                 : refuse("a heap", "a program without one, as STRATA_NO_HEAP says", Fix.view(), Call.view());
};

}  // namespace strata
