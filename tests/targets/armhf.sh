#!/bin/bash
# 32-bit Arm with NEON under qemu: float in vectors, double in single numbers. The probe and the tests of kernels.
# usage: tests/targets/armhf.sh [--headers] [--jobs N]
#   --headers  the front ends alone, for what a number of 32 bits does not hold
headers=
if [ "${1:-}" = --headers ]; then headers=yes; shift; fi
source "$(dirname "$0")/common.sh"
arguments "$@"
need g++ clang-19 g++-arm-linux-gnueabihf qemu-user libboost-dev libxsimd-dev nlohmann-json3-dev catch2 python3
run=(qemu-arm -L /usr/arm-linux-gnueabihf)
folder=build-target-armhf

for compiler in "clang++-19 --target=arm-linux-gnueabihf" arm-linux-gnueabihf-g++; do
    # shellcheck disable=SC2086
    printf '#include <strata/%s.hpp>\n' strata data inspect applications/nam_any_of applications/nam_save \
        applications/rtneural_files |
        $compiler "${warnings[@]}" -Wsign-conversion -mfpu=neon -Iinclude -fsyntax-only -x c++ -
    done_with "headers, $compiler"
done
[ -z "$headers" ] || exit 0

host_values $folder/host.txt
probe() {  # name, instruction set, command...
    local name=$1 isa=$2
    shift 2
    "$@" "${warnings[@]}" -O2 -Iinclude tests/targets/probe.cpp -o $folder/probe -pthread
    "${run[@]}" $folder/probe >$folder/probe.txt
    python3 tests/targets/compare.py $folder/host.txt $folder/probe.txt --isa "$isa"
    done_with "the probe, $name"
}
probe "Clang, NEON with fused multiply-adds" neon32_fma clang++-19 --target=arm-linux-gnueabihf -mfpu=neon-vfpv4
probe "Clang, NEON of ARMv7" neon32 clang++-19 --target=arm-linux-gnueabihf -mfpu=neon
probe "GCC, NEON with fused multiply-adds" neon32_fma arm-linux-gnueabihf-g++ -march=armv7-a -mfpu=neon-vfpv4 -Wno-psabi

# NEON takes subnormal numbers for zero, whatever the processor's mode is, so tests of functions near zero do not hold.
clang=(clang++-19 --target=arm-linux-gnueabihf -mfpu=neon-vfpv4)
"${clang[@]}" -std=c++20 -O0 -c tests/main.cpp -o $folder/main.o
for test in simd dense; do
    "${clang[@]}" "${warnings[@]}" -O1 -Iinclude -Itests tests/kernels/$test.cpp $folder/main.o -o $folder/$test
    "${run[@]}" $folder/$test
    done_with "tests of kernels, $test"
done
echo "armhf: all passed"
