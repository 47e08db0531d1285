// flush_subnormals: a scope in which the processor takes subnormal numbers for zero.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>

namespace strata {

/// While an object lives, its thread takes numbers between 0 and the smallest normal one (1.2e-38 of float, 2.2e-308 of
/// double) for 0, as operands and as results: x86 FTZ and DAZ, AArch64 FZ; elsewhere nothing. The destructor restores
/// these bits of the thread's mode, and no others. On Intel's processors an operation on a subnormal number takes some
/// 150 cycles instead of one; opening and closing a scope takes about 20, or two inside another scope. In constant
/// evaluation it does nothing.
class flush_subnormals {
public:
    flush_subnormals(const flush_subnormals&) = delete;
    flush_subnormals& operator=(const flush_subnormals&) = delete;

#if defined(STRATA_FLUSH_BITS)
    constexpr flush_subnormals() noexcept {
        if (!std::is_constant_evaluated()) begin();
    }
    constexpr ~flush_subnormals() {
        if (!std::is_constant_evaluated()) end();
    }

    /// Whether this thread flushes now.
    static bool is_active() noexcept { return (mode() & STRATA_FLUSH_BITS) == STRATA_FLUSH_BITS; }

private:
    static STRATA_FLOAT_MODE mode() noexcept {
        STRATA_FLOAT_MODE now;
        STRATA_READ_FLOAT_MODE(now);
        return now;
    }
    void begin() noexcept {
        const STRATA_FLOAT_MODE now = mode();
        added_ = STRATA_FLUSH_BITS & ~now;
        if (added_ == 0) return;
        const STRATA_FLOAT_MODE flushing = now | STRATA_FLUSH_BITS;
        STRATA_WRITE_FLOAT_MODE(flushing);
    }
    /// The mode is read again: flags of exceptions that were raised since stay.
    void end() noexcept {
        if (added_ == 0) return;
        const STRATA_FLOAT_MODE before = mode() & ~added_;
        STRATA_WRITE_FLOAT_MODE(before);
    }

    STRATA_FLOAT_MODE added_ = 0;
#else
    constexpr flush_subnormals() noexcept {}
    constexpr ~flush_subnormals() {}

    static bool is_active() noexcept { return false; }
#endif
};

}  // namespace strata
