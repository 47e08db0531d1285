// Errors that run-time data makes: thrown, or, in programs without exceptions, given to a handler.
#pragma once

#include <cstdlib>

#include <strata/core/config.hpp>
#include <strata/core/features.hpp>

#if defined(STRATA_NO_EXCEPTIONS) && !defined(STRATA_NO_FILES)
#include <cstdio>
#endif

namespace strata {

/// Called with the message of an error, one sentence that ends with a zero. A program without exceptions cannot go on
/// after an error: where a handler returns, std::abort is called.
using error_handler = void (*)(const char* message);

namespace internal {

/// The handler of a program that sets none.
inline void print_error([[maybe_unused]] const char* message) {
#if defined(STRATA_NO_EXCEPTIONS) && !defined(STRATA_NO_FILES)
    std::fputs(message, stderr);
    std::fputs("\n", stderr);
#endif
}

inline error_handler current_error_handler = print_error;

}  // namespace internal

/// Sets the handler of errors in programs without exceptions (-fno-exceptions or STRATA_NO_EXCEPTIONS), and returns the
/// handler before. Null stands for the first one, which prints the message to stderr where there is one. Programs with
/// exceptions throw and call no handler. To be called before other threads use strata.
inline error_handler set_error_handler(error_handler handler) noexcept {
    const error_handler before = internal::current_error_handler;
    internal::current_error_handler = handler == nullptr ? internal::print_error : handler;
    return before;
}

/// Throws Error(first..., message), or calls the handler with the message. The one place where core/, kernels/,
/// layers/, net/, graph/, runtime/ and model/ throw, their files excepted, which need exceptions.
template <class Error, class... First>
[[noreturn]] STRATA_NOINLINE void raise_error(const char* message, [[maybe_unused]] const First&... first) {
#if defined(STRATA_NO_EXCEPTIONS)
    internal::current_error_handler(message);
    std::abort();
#else
    throw Error(first..., message);
#endif
}

}  // namespace strata
