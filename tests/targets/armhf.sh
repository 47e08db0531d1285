#!/bin/bash
# 32-bit Arm with NEON under qemu: float in vectors, double in single numbers. The probe and the tests of kernels.
# usage: tests/targets/armhf.sh [--jobs N]
source "$(dirname "$0")/common.sh"
arguments "$@"
need g++ clang-19 g++-arm-linux-gnueabihf qemu-user libboost-dev libxsimd-dev catch2 python3
run=(qemu-arm -L /usr/arm-linux-gnueabihf)
folder=build-target-armhf

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
