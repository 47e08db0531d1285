#!/bin/bash
# MSVC and clang-cl cannot be had on Debian. This checks what Clang can check: their extensions, the macros that their
# preprocessors would define, and a build without any extension.
# usage: tests/targets/msvc_mode.sh [--jobs N]
source "$(dirname "$0")/common.sh"
arguments "$@"
need g++ clang-19 libboost-dev libxsimd-dev python3
folder=build-target-msvc_mode
mkdir -p $folder/empty

# Microsoft's extensions and their leniency, with AVX2. libstdc++ needs macros that Clang leaves out in this mode.
lenient=(-fms-extensions -fms-compatibility -fms-compatibility-version=19.40 -D__STRICT_ANSI__
         -D__GCC_ATOMIC_TEST_AND_SET_TRUEVAL=1)
for type in BOOL CHAR CHAR8_T CHAR16_T CHAR32_T WCHAR_T SHORT INT LONG LLONG POINTER; do
    lenient+=("-D__GCC_ATOMIC_${type}_LOCK_FREE=2")
done
for trains in 0 1; do
    clang++-19 "${warnings[@]}" "${lenient[@]}" -march=x86-64-v3 -Iinclude -DSTRATA_PROBE_TRAIN=$trains -fsyntax-only \
        tests/targets/probe.cpp
done
done_with "infer.hpp, strata.hpp and the probe with -fms-extensions -fms-compatibility"

# The macros of core/config.hpp as a compiler of Microsoft's would see them. Only the preprocessor runs; its intrinsics'
# header is empty here.
: >$folder/empty/intrin.h
macros() {  # arguments of the compiler; prints "name value"
    clang++-19 -std=c++20 -Iinclude -isystem $folder/empty -E -dM -x c++ - "$@" <<<'#include <strata/core/config.hpp>' |
        sed -n 's/^#define \(STRATA_[A-Z_0-9]*\(([^)]*)\)\?\) \?/\1 /p'
}
expect() {  # title, macros, lines that must be among them
    local line
    for line in "${@:3}"; do
        grep -qxF "$line" <<<"$2" ||
            { echo "$1: not defined so: $line" >&2; grep -F "${line%% *}" <<<"$2" >&2; exit 1; }
    done
    done_with "$1"
}
msvc=(--target=x86_64-pc-windows-msvc -U__clang__ -U__GNUC__ -fms-compatibility-version=19.40 -U__SSE2__ -U__FMA__)
expect "MSVC without /arch" "$(macros "${msvc[@]}")" \
    "STRATA_ISA sse2" "STRATA_INLINE __forceinline" "STRATA_NOINLINE __declspec(noinline)" \
    "STRATA_RESTRICT __restrict" \
    "STRATA_NO_ADDRESS [[msvc::no_unique_address]]" "STRATA_KEEP_LOOP(pointer) static_cast<void>(pointer)" \
    "STRATA_READ_FLOAT_MODE(mode) (mode) = _mm_getcsr()" "STRATA_PAUSE() _mm_pause()"
expect "MSVC with /arch:AVX2" "$(macros "${msvc[@]}" -D__AVX__ -D__AVX2__)" "STRATA_ISA avx2_fma" "STRATA_HAS_FMA " \
    "STRATA_HAS_SSE4_1 " "STRATA_KEEP_VECTOR(vector) static_cast<void>(vector)"
avx512=(-D__AVX__ -D__AVX2__ -D__AVX512F__ -D__AVX512VL__ -D__AVX512DQ__ -D__AVX512BW__)
expect "MSVC with /arch:AVX512" "$(macros "${msvc[@]}" "${avx512[@]}")" "STRATA_ISA avx512"
expect "clang-cl with /arch:AVX2" "$(macros --target=x86_64-pc-windows-msvc -mavx2 -mfma)" "STRATA_ISA avx2_fma" \
    'STRATA_KEEP_VECTOR(vector) asm("" : "+v"(vector))' "STRATA_NO_ADDRESS [[msvc::no_unique_address]]"
if macros "${msvc[@]}" -D_M_FP_FAST=1 >/dev/null 2>$folder/fast.txt; then echo "/fp:fast is not refused" >&2; exit 1; fi
grep -q "compile with /fp:precise" $folder/fast.txt
done_with "MSVC with /fp:fast is refused"

# MSVC's spellings of inlining, and no extension at all: the same values.
host_values $folder/host.txt
probe() {  # name, command...
    local name=$1
    shift
    "$@" "${warnings[@]}" -O1 -march=x86-64-v3 -Iinclude tests/targets/probe.cpp -o $folder/probe -pthread
    $folder/probe >$folder/probe.txt
    python3 tests/targets/compare.py $folder/host.txt $folder/probe.txt --isa avx2_fma
    done_with "the probe, $name"
}
probe "MSVC's extensions, Clang" clang++-19 -fms-extensions -DSTRATA_EXTENSIONS_OF_MSVC
probe "no extensions, Clang" clang++-19 -DSTRATA_NO_EXTENSIONS
probe "no extensions, GCC" g++ -DSTRATA_NO_EXTENSIONS
echo "msvc_mode: all passed"
