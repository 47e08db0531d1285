// Macros of strata: the only ones, and the only place where compiler extensions are used.
#pragma once

#define STRATA_VERSION_MAJOR 0
#define STRATA_VERSION_MINOR 1
#define STRATA_VERSION_PATCH 0

// Which compiler's extensions are used: those of GCC, which Clang and clang-cl share, or those of MSVC. A test may ask
// for one or none of them: STRATA_EXTENSIONS_OF_MSVC is understood by Clang with -fms-extensions too.
#if !defined(STRATA_EXTENSIONS_OF_GCC) && !defined(STRATA_EXTENSIONS_OF_MSVC) && !defined(STRATA_NO_EXTENSIONS)
#if defined(__GNUC__) || defined(__clang__)
#define STRATA_EXTENSIONS_OF_GCC
#elif defined(_MSC_VER)
#define STRATA_EXTENSIONS_OF_MSVC
#endif
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#if defined(_M_FP_FAST)
#error strata: MSVC has no way to keep the order of operations of some kernels under /fp:fast; compile with /fp:precise
#endif
#include <intrin.h>
#endif

// The processor's instructions by names of our own. MSVC says __AVX2__ for what others call AVX2 and FMA, and names
// nothing below AVX; 64-bit processors of Intel's and AMD's kind have SSE2.
#if defined(__SSE2__) || defined(_M_X64) || (defined(_M_IX86_FP) && _M_IX86_FP >= 2)
#define STRATA_HAS_SSE2
#endif
#if defined(__SSE4_1__) || (defined(STRATA_HAS_SSE2) && defined(__AVX__))
#define STRATA_HAS_SSE4_1
#endif
#if defined(__FMA__) || (defined(_MSC_VER) && defined(__AVX2__))
#define STRATA_HAS_FMA
#endif
#if defined(__AVX512DQ__) && !defined(STRATA_SCALAR)
#define STRATA_HAS_TABLES  // a value of 32 for each lane of 16 floats, by one instruction
#endif
#if defined(__aarch64__) || defined(_M_ARM64)
#define STRATA_HAS_NEON64
#elif defined(__ARM_NEON) || defined(__ARM_NEON__)
#define STRATA_HAS_NEON32
#endif

// STRATA_INLINE forces a micro-kernel into its caller: its accumulators must stay in registers. STRATA_INLINE_CALL is
// for lambdas. STRATA_FLATTEN forces all that a function calls into it: a loop over a functor keeps the functor's
// constants in registers. STRATA_COLD is for functions that run seldom: the compiler makes them, and branches that call
// them, small. STRATA_NO_ADDRESS is for members that may be empty. Compilers warn where a STRATA_RESULT is dropped.
#if defined(STRATA_EXTENSIONS_OF_GCC)
#if defined(__OPTIMIZE__)
#define STRATA_INLINE __attribute__((always_inline)) inline
#define STRATA_INLINE_CALL __attribute__((always_inline))
#define STRATA_FLATTEN __attribute__((flatten))
#else  // without optimization no accumulator is in a register, and code that is copied into its callers takes as long
#define STRATA_INLINE inline
#define STRATA_INLINE_CALL
#define STRATA_FLATTEN
#endif
#define STRATA_NOINLINE __attribute__((noinline))
#define STRATA_COLD __attribute__((noinline, cold))
#define STRATA_RESTRICT __restrict__
#if __has_builtin(__type_pack_element)  // a type of a pack without a template for each: Clang, GCC from 14 on
#define STRATA_HAS_TYPE_PACK_ELEMENT
#endif
#elif defined(STRATA_EXTENSIONS_OF_MSVC)
#define STRATA_INLINE __forceinline
#define STRATA_INLINE_CALL
#define STRATA_NOINLINE __declspec(noinline)
#define STRATA_COLD __declspec(noinline)
#define STRATA_FLATTEN
#define STRATA_RESTRICT __restrict
#else
#define STRATA_INLINE inline
#define STRATA_INLINE_CALL
#define STRATA_NOINLINE
#define STRATA_COLD
#define STRATA_FLATTEN
#define STRATA_RESTRICT
#endif
#if defined(_MSC_VER)
#define STRATA_NO_ADDRESS [[msvc::no_unique_address]]
#else
#define STRATA_NO_ADDRESS [[no_unique_address]]
#endif
#define STRATA_RESULT [[nodiscard("strata: this changes nothing and gives a new net or model; fix: name the result")]]

// STRATA_SHUFFLE puts the lanes of a vector in another order, by constants. Where it is not defined, lanes go through
// memory. STRATA_KEEP_LOOP stands at the top of a loop over k: the compiler may neither peel it nor merge broadcasts of
// two iterations, which spills. After STRATA_FORGET_VALUE it knows nothing of an integer's value: not even that the
// number whose bits it has cannot be NaN, as -ffinite-math-only claims.
#if defined(STRATA_EXTENSIONS_OF_GCC)
#define STRATA_SHUFFLE(vector, ...) __builtin_shufflevector(vector, vector, __VA_ARGS__)
#define STRATA_KEEP_LOOP(pointer) asm volatile("" : "+r"(pointer))
#define STRATA_FORGET_VALUE(integer) asm("" : "+r"(integer))
#else
#define STRATA_KEEP_LOOP(pointer) static_cast<void>(pointer)
#define STRATA_FORGET_VALUE(integer) static_cast<void>(integer)
#endif

// The compiler keeps a register of the machine's vectors as it is: it may not load it again for each use, nor make what
// comes of it of more loads.
#if defined(STRATA_EXTENSIONS_OF_GCC) && defined(__AVX__) && !defined(STRATA_SCALAR)
#define STRATA_KEEP_VECTOR(vector) asm("" : "+v"(vector))
#else
#define STRATA_KEEP_VECTOR(vector) static_cast<void>(vector)
#endif

// The compiler writes loads through the pointer after the instructions that make the vector, so that a processor, which
// takes the oldest instruction first, prefers those.
#if defined(STRATA_EXTENSIONS_OF_GCC) && defined(__AVX512F__) && !defined(STRATA_SCALAR)
#define STRATA_KEEP_AFTER(pointer, vector) asm volatile("" : "+r"(pointer) : "v"((vector).data))
#else
#define STRATA_KEEP_AFTER(pointer, vector) static_cast<void>(vector)
#endif

// A floating-point value, of one number or a machine's vector, is rounded as it is written: under -fassociative-math
// (of which -ffast-math and -Ofast are made) the compiler may not merge it with the sum or product that uses it, nor
// drop a pair of operations that rounds on purpose. It takes no instruction, and nothing at all where the option is not
// given.
#if !defined(STRATA_EXTENSIONS_OF_GCC)
#define STRATA_KEEP_ROUNDING(value) static_cast<void>(value)
#elif defined(__clang__) && (defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)) && \
    __has_builtin(__arithmetic_fence)
#define STRATA_KEEP_ROUNDING(value) (value) = __arithmetic_fence(value)
#elif defined(__ASSOCIATIVE_MATH__) || defined(__FAST_MATH__) || defined(__clang__) || \
    (defined(__GNUC__) && __GNUC__ < 12)  // these do not say which options hold
#if defined(__AVX512F__)
#define STRATA_KEEP_ROUNDING(value) asm("" : "+v"(value))
#elif defined(__SSE2__)
#define STRATA_KEEP_ROUNDING(value) asm("" : "+x"(value))
#elif defined(__aarch64__) || defined(STRATA_HAS_NEON32)
#define STRATA_KEEP_ROUNDING(value) asm("" : "+w"(value))
#elif defined(__wasm__) && !defined(__FAST_MATH__)
#define STRATA_KEEP_ROUNDING(value) static_cast<void>(value)  // there is no register class for vectors in asm
#else
#define STRATA_KEEP_ROUNDING(value) asm("" : "+m"(value))
#endif
#else
#define STRATA_KEEP_ROUNDING(value) static_cast<void>(value)
#endif

// Unrolls the next loop fully; its count is a small constant.
#if defined(STRATA_EXTENSIONS_OF_GCC) && defined(__clang__)
#define STRATA_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(STRATA_EXTENSIONS_OF_GCC)
#define STRATA_UNROLL _Pragma("GCC unroll 64")
#else
#define STRATA_UNROLL
#endif

// Prefetch for the cache line at an address, which need not exist, into the L2 cache; the second to write to it.
#if defined(STRATA_EXTENSIONS_OF_GCC)
#define STRATA_PREFETCH(pointer) __builtin_prefetch(pointer, 0, 2)
#define STRATA_PREFETCH_TO_WRITE(pointer) __builtin_prefetch(pointer, 1, 2)
#elif defined(_MSC_VER) && defined(_M_X64)
#define STRATA_PREFETCH(pointer) _mm_prefetch(reinterpret_cast<const char*>(pointer), _MM_HINT_T1)
#define STRATA_PREFETCH_TO_WRITE(pointer) STRATA_PREFETCH(pointer)
#else
#define STRATA_PREFETCH(pointer) static_cast<void>(pointer)
#define STRATA_PREFETCH_TO_WRITE(pointer) static_cast<void>(pointer)
#endif

// Tells the processor that a thread spins.
#if defined(STRATA_EXTENSIONS_OF_GCC) && (defined(__x86_64__) || defined(__i386__))
#define STRATA_PAUSE() __builtin_ia32_pause()
#elif defined(STRATA_EXTENSIONS_OF_GCC) && defined(__aarch64__)
#define STRATA_PAUSE() asm volatile("yield")
#elif defined(_MSC_VER) && defined(_M_X64)
#define STRATA_PAUSE() _mm_pause()
#elif defined(_MSC_VER) && defined(_M_ARM64)
#define STRATA_PAUSE() __yield()
#else
#define STRATA_PAUSE() static_cast<void>(0)
#endif

// After noexcept: the function neither allocates nor waits. Clang's -Wfunction-effects then lets functions of that kind
// call it, and its RealtimeSanitizer stops where the function does either. Between the other two the warning is off,
// for calls that the compiler cannot look through and for those whose comment says why they may be there.
#if defined(__has_cpp_attribute) && defined(__clang__)
#if __has_cpp_attribute(clang::nonblocking)
#define STRATA_NONBLOCKING [[clang::nonblocking]]
#define STRATA_BEGIN_PERMITTED \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#define STRATA_END_PERMITTED _Pragma("clang diagnostic pop")
#endif
#endif
#if !defined(STRATA_NONBLOCKING)
#define STRATA_NONBLOCKING
#define STRATA_BEGIN_PERMITTED
#define STRATA_END_PERMITTED
#endif

#if defined(__clang__) && defined(__has_feature)
#if __has_feature(realtime_sanitizer)
#define STRATA_REALTIME_SANITIZER
#endif
#endif

// How the processor takes subnormal numbers: STRATA_FLUSH_BITS of its mode, a STRATA_FLOAT_MODE, take them for zero as
// operands and as results. Nothing is kept in registers across a change of it. Intel's manual 1, 10.2.3 (DAZ, FTZ);
// Arm's FPCR and FPSCR (FZ).
#if defined(STRATA_EXTENSIONS_OF_GCC) && defined(__SSE2__)
#define STRATA_FLOAT_MODE unsigned int
#define STRATA_FLUSH_BITS 0x8040u
#define STRATA_READ_FLOAT_MODE(mode) asm volatile("stmxcsr %0" : "=m"(mode) : : "memory")
#define STRATA_WRITE_FLOAT_MODE(mode) asm volatile("ldmxcsr %0" : : "m"(mode) : "memory")
#elif defined(STRATA_EXTENSIONS_OF_GCC) && defined(__aarch64__)
#define STRATA_FLOAT_MODE unsigned long long
#define STRATA_FLUSH_BITS 0x1000000ull
#define STRATA_READ_FLOAT_MODE(mode) asm volatile("mrs %0, fpcr" : "=r"(mode) : : "memory")
#define STRATA_WRITE_FLOAT_MODE(mode) asm volatile("msr fpcr, %0" : : "r"(mode) : "memory")
#elif defined(STRATA_EXTENSIONS_OF_GCC) && defined(STRATA_HAS_NEON32)
#define STRATA_FLOAT_MODE unsigned int
#define STRATA_FLUSH_BITS 0x1000000u
#define STRATA_READ_FLOAT_MODE(mode) asm volatile("vmrs %0, fpscr" : "=r"(mode) : : "memory")
#define STRATA_WRITE_FLOAT_MODE(mode) asm volatile("vmsr fpscr, %0" : : "r"(mode) : "memory")
#elif defined(_MSC_VER) && defined(_M_X64)
#define STRATA_FLOAT_MODE unsigned int
#define STRATA_FLUSH_BITS 0x8040u
#define STRATA_READ_FLOAT_MODE(mode) (mode) = _mm_getcsr()
#define STRATA_WRITE_FLOAT_MODE(mode) _mm_setcsr(mode)
#endif

// All that depends on the instruction set lives in an inline namespace named after it, so that files compiled for
// different ones share nothing in a program but the value types of core/ and of results. A name is all that layouts and
// arithmetic depend on: the width of vectors, the number of registers, fused multiply-adds. Where no vectors are known,
// the program says whether it wants to compute one number at a time: STRATA_SCALAR.
#if defined(STRATA_SCALAR)
#define STRATA_ISA scalar
#elif defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
#define STRATA_ISA avx512
#elif defined(__AVX512F__)
#define STRATA_ISA avx512f
#elif defined(__AVX2__) && defined(STRATA_HAS_FMA)
#define STRATA_ISA avx2_fma
#elif defined(__AVX2__)
#define STRATA_ISA avx2
#elif defined(__AVX__) && defined(STRATA_HAS_FMA)
#define STRATA_ISA avx_fma
#elif defined(__AVX__)
#define STRATA_ISA avx
#elif defined(STRATA_HAS_SSE4_1)
#define STRATA_ISA sse4_1
#elif defined(STRATA_HAS_SSE2)
#define STRATA_ISA sse2
#elif defined(STRATA_HAS_NEON64)
#define STRATA_ISA neon64
#elif defined(STRATA_HAS_NEON32) && defined(__ARM_FEATURE_FMA)
#define STRATA_ISA neon32_fma
#elif defined(STRATA_HAS_NEON32)
#define STRATA_ISA neon32
#elif defined(__wasm_simd128__)
#define STRATA_ISA wasm_simd128
#elif defined(__wasm__)
#error strata: no vectors of WebAssembly; give -msimd128, or -DSTRATA_SCALAR to compute one number at a time
#define STRATA_ISA scalar
#define STRATA_SCALAR
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#error strata: Cortex-M has no vectors that are known; give -DSTRATA_SCALAR to compute one number at a time
#define STRATA_ISA scalar
#define STRATA_SCALAR
#elif defined(__arm__) || defined(_M_ARM)
#error strata: no NEON on this Arm processor; give -mfpu=neon, or -DSTRATA_SCALAR to compute one number at a time
#define STRATA_ISA scalar
#define STRATA_SCALAR
#elif defined(__i386__) || defined(_M_IX86)
#error strata: no SSE2 on this x86 processor; give -msse2, or -DSTRATA_SCALAR to compute one number at a time
#define STRATA_ISA scalar
#define STRATA_SCALAR
#else
#error strata: no vector instructions of this processor are known; give -DSTRATA_SCALAR to compute one number at a time
#define STRATA_ISA scalar
#define STRATA_SCALAR
#endif

// Vectors are those of Arm.
#if !defined(STRATA_SCALAR) && (defined(STRATA_HAS_NEON64) || defined(STRATA_HAS_NEON32))
#define STRATA_NEON
#endif

// Vectors are those of WebAssembly; the second makes such a vector of the type after `=` in an alias.
#if !defined(STRATA_SCALAR) && defined(__wasm_simd128__)
#define STRATA_WASM
#define STRATA_VECTOR_OF_16_BYTES __attribute__((vector_size(16)))
#endif

// The tag makes what returns such a type, or is a variable of one, differ by its symbol too: handing a model to a file
// that is compiled for another instruction set does not link.
#define STRATA_TEXT_OF(name) #name
#define STRATA_TEXT(name) STRATA_TEXT_OF(name)
#if defined(STRATA_EXTENSIONS_OF_GCC)
namespace strata {
inline namespace STRATA_ISA __attribute__((abi_tag(STRATA_TEXT(STRATA_ISA)))) {}
}  // namespace strata
#else
namespace strata {
inline namespace STRATA_ISA {}
}  // namespace strata
#endif
