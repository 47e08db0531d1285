// Macros of strata: the only ones, and the only place where compiler extensions are used.
#pragma once

#define STRATA_VERSION_MAJOR 0
#define STRATA_VERSION_MINOR 1
#define STRATA_VERSION_PATCH 0

// STRATA_INLINE forces a micro-kernel into its caller: its accumulators must stay in registers. STRATA_INLINE_CALL is
// the same for lambdas. STRATA_FLATTEN forces all that a function calls into it: a loop over a functor keeps the
// functor's constants in registers. STRATA_COLD is for functions that run seldom: the compiler makes them, and branches
// that call them, small.
#if defined(__GNUC__) || defined(__clang__)
#define STRATA_INLINE __attribute__((always_inline)) inline
#define STRATA_INLINE_CALL __attribute__((always_inline))
#define STRATA_NOINLINE __attribute__((noinline))
#define STRATA_COLD __attribute__((noinline, cold))
#define STRATA_FLATTEN __attribute__((flatten))
#define STRATA_RESTRICT __restrict__
#else
#define STRATA_INLINE inline
#define STRATA_INLINE_CALL
#define STRATA_NOINLINE
#define STRATA_COLD
#define STRATA_FLATTEN
#define STRATA_RESTRICT
#endif

// The lanes of a vector in another order, by constants.
#define STRATA_SHUFFLE(vector, ...) __builtin_shufflevector(vector, vector, __VA_ARGS__)

// At the top of a loop over k: the compiler may neither peel the loop nor merge broadcasts of two iterations, which
// spills.
#if defined(__GNUC__) || defined(__clang__)
#define STRATA_KEEP_LOOP(pointer) asm volatile("" : "+r"(pointer))
#else
#define STRATA_KEEP_LOOP(pointer) static_cast<void>(pointer)
#endif

// The compiler keeps a register of the machine's vectors as it is: it may not load it again for each use, nor make what
// comes of it of more loads.
#if defined(__AVX__) && !defined(STRATA_SCALAR)
#define STRATA_KEEP_VECTOR(vector) asm("" : "+v"(vector))
#else
#define STRATA_KEEP_VECTOR(vector) static_cast<void>(vector)
#endif

// A floating-point value, of one number or a machine's vector, is rounded as it is written: under -fassociative-math
// (of which -ffast-math and -Ofast are made) the compiler may not merge it with the sum or product that uses it, nor
// drop a pair of operations that rounds on purpose. It takes no instruction, and nothing at all where the option is not
// given.
#if defined(__clang__) && (defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)) && \
    __has_builtin(__arithmetic_fence)
#define STRATA_KEEP_ROUNDING(value) (value) = __arithmetic_fence(value)
#elif defined(__ASSOCIATIVE_MATH__) || defined(__FAST_MATH__) || defined(__clang__) || \
    (defined(__GNUC__) && __GNUC__ < 12)  // these do not say which options hold
#if defined(__AVX512F__)
#define STRATA_KEEP_ROUNDING(value) asm("" : "+v"(value))
#elif defined(__SSE2__)
#define STRATA_KEEP_ROUNDING(value) asm("" : "+x"(value))
#elif defined(__aarch64__)
#define STRATA_KEEP_ROUNDING(value) asm("" : "+w"(value))
#else
#define STRATA_KEEP_ROUNDING(value) asm("" : "+m"(value))
#endif
#else
#define STRATA_KEEP_ROUNDING(value) static_cast<void>(value)
#endif

// The compiler knows nothing of an integer's value: not even that the number whose bits it has cannot be NaN, as
// -ffinite-math-only claims.
#if defined(__GNUC__) || defined(__clang__)
#define STRATA_FORGET_VALUE(integer) asm("" : "+r"(integer))
#else
#define STRATA_FORGET_VALUE(integer) static_cast<void>(integer)
#endif

// Unrolls the next loop fully; its count is a small constant.
#if defined(__clang__)
#define STRATA_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define STRATA_UNROLL _Pragma("GCC unroll 64")
#else
#define STRATA_UNROLL
#endif

// Prefetch for the cache line at an address, which need not exist, into the L2 cache; the second to write to it.
#if defined(__GNUC__) || defined(__clang__)
#define STRATA_PREFETCH(pointer) __builtin_prefetch(pointer, 0, 2)
#define STRATA_PREFETCH_TO_WRITE(pointer) __builtin_prefetch(pointer, 1, 2)
#else
#define STRATA_PREFETCH(pointer) static_cast<void>(pointer)
#define STRATA_PREFETCH_TO_WRITE(pointer) static_cast<void>(pointer)
#endif

// Tells the processor that a thread spins.
#if (defined(__GNUC__) || defined(__clang__)) && (defined(__x86_64__) || defined(__i386__))
#define STRATA_PAUSE() __builtin_ia32_pause()
#elif (defined(__GNUC__) || defined(__clang__)) && defined(__aarch64__)
#define STRATA_PAUSE() asm volatile("yield")
#else
#define STRATA_PAUSE() static_cast<void>(0)
#endif

// How the processor takes subnormal numbers: STRATA_FLUSH_BITS of its mode, a STRATA_FLOAT_MODE, take them for zero as
// operands and as results. Nothing is kept in registers across a change of it. Intel's manual 1, 10.2.3 (DAZ, FTZ);
// Arm's FPCR (FZ).
#if (defined(__GNUC__) || defined(__clang__)) && defined(__SSE2__)
#define STRATA_FLOAT_MODE unsigned int
#define STRATA_FLUSH_BITS 0x8040u
#define STRATA_READ_FLOAT_MODE(mode) asm volatile("stmxcsr %0" : "=m"(mode) : : "memory")
#define STRATA_WRITE_FLOAT_MODE(mode) asm volatile("ldmxcsr %0" : : "m"(mode) : "memory")
#elif (defined(__GNUC__) || defined(__clang__)) && defined(__aarch64__)
#define STRATA_FLOAT_MODE unsigned long
#define STRATA_FLUSH_BITS 0x1000000ul
#define STRATA_READ_FLOAT_MODE(mode) asm volatile("mrs %0, fpcr" : "=r"(mode) : : "memory")
#define STRATA_WRITE_FLOAT_MODE(mode) asm volatile("msr fpcr, %0" : : "r"(mode) : "memory")
#endif

// All that depends on the instruction set lives in an inline namespace named after it, so that files compiled for
// different ones share nothing in a program but the value types of core/ and of results. A name is all that layouts and
// arithmetic depend on: the width of vectors, the number of registers, fused multiply-adds.
#if defined(STRATA_SCALAR)
#define STRATA_ISA scalar
#elif defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
#define STRATA_ISA avx512
#elif defined(__AVX512F__)
#define STRATA_ISA avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define STRATA_ISA avx2_fma
#elif defined(__AVX2__)
#define STRATA_ISA avx2
#elif defined(__AVX__) && defined(__FMA__)
#define STRATA_ISA avx_fma
#elif defined(__AVX__)
#define STRATA_ISA avx
#elif defined(__SSE4_1__)
#define STRATA_ISA sse4_1
#elif defined(__SSE2__)
#define STRATA_ISA sse2
#elif defined(__aarch64__)
#define STRATA_ISA neon64
#else
#define STRATA_ISA scalar
#define STRATA_SCALAR
#endif

// The tag makes what returns such a type, or is a variable of one, differ by its symbol too: handing a model to a file
// that is compiled for another instruction set does not link.
#define STRATA_TEXT_OF(name) #name
#define STRATA_TEXT(name) STRATA_TEXT_OF(name)
#if defined(__GNUC__) || defined(__clang__)
namespace strata {
inline namespace STRATA_ISA __attribute__((abi_tag(STRATA_TEXT(STRATA_ISA)))) {}
}  // namespace strata
#else
namespace strata {
inline namespace STRATA_ISA {}
}  // namespace strata
#endif
