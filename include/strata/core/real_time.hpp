// real_time: a scope whose system calls Clang's RealtimeSanitizer does not report.
#pragma once

#include <strata/core/config.hpp>

#if defined(STRATA_REALTIME_SANITIZER)
extern "C" {
void __rtsan_disable(void);
void __rtsan_enable(void);
}
#endif

namespace strata::internal {

/// While an object lives, system calls of this thread are permitted: those that wake a sleeping thread, and those that
/// let another thread have this core. Without the sanitizer it does nothing.
class permitted_system_calls {
public:
    permitted_system_calls(const permitted_system_calls&) = delete;
    permitted_system_calls& operator=(const permitted_system_calls&) = delete;
#if defined(STRATA_REALTIME_SANITIZER)
    permitted_system_calls() noexcept { __rtsan_disable(); }
    ~permitted_system_calls() { __rtsan_enable(); }
#else
    permitted_system_calls() noexcept {}
    ~permitted_system_calls() {}
#endif
};

}  // namespace strata::internal
