// The parts of C++ that a program may lack: exceptions, threads, files, a heap. Each has a macro STRATA_NO_...
#pragma once

#include <version>

// A program gives these macros to its compiler, or they are found here. All files of a program that use one net have
// the same ones. RTTI has none, since strata uses none. docs/configurations.md describes them.

// Without exceptions run-time mistakes call the handler of core/error.hpp. Found by -fno-exceptions.
#if !defined(STRATA_NO_EXCEPTIONS) && !defined(__cpp_exceptions)
#define STRATA_NO_EXCEPTIONS
#endif

// Without threads a thread_pool is its caller alone. Found where the standard library has no std::thread, and for
// WebAssembly whose memory threads cannot share.
#if !defined(STRATA_NO_THREADS)
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_HAS_GTHREADS)
#define STRATA_NO_THREADS
#elif defined(_LIBCPP_HAS_NO_THREADS) || (defined(_LIBCPP_HAS_THREADS) && _LIBCPP_HAS_THREADS + 0 == 0)
#define STRATA_NO_THREADS
#elif defined(__wasm__) && !defined(__wasm_atomics__)
#define STRATA_NO_THREADS
#endif
#endif

// Threads are made by POSIX's calls instead of std::thread.
#if !defined(STRATA_NO_THREADS) && !defined(_WIN32) && __has_include(<pthread.h>) && __has_include(<unistd.h>)
#define STRATA_POSIX_THREADS
#endif

// Without files there is no stderr either. Found where no operating system with files is known.
#if !defined(STRATA_NO_FILES) && !defined(__unix__) && !defined(__APPLE__) && !defined(_WIN32) && \
    !defined(__wasi__) && !defined(__EMSCRIPTEN__)
#define STRATA_NO_FILES
#endif

// Without a heap, STRATA_NO_HEAP, weights, arenas and tensors of any size lie inside their objects, and members that
// would allocate are refused. It is never found, only given.
