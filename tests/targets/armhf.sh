#!/bin/bash
# 32-bit Arm with NEON under qemu: float in vectors, double in single numbers. The probe and the tests of kernels.
# usage: tests/targets/armhf.sh [--jobs N]
source "$(dirname "$0")/common.sh"
arguments "$@"
need g++ clang-19 g++-arm-linux-gnueabihf qemu-user meson ninja-build pkg-config libboost-dev libxsimd-dev \
    catch2 python3
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

setup() {
    [ -f "$1/build.ninja" ] || meson setup "$1" --cross-file tests/targets/armhf-clang.ini -Dmachine= -Dwerror=true \
        -Doptimization=1 -Dhdf5=disabled -Dlibzip=disabled -Dexamples=disabled -Ddocs=disabled -Dbench=disabled \
        -Dsources=disabled >/dev/null
}
setup $folder/clang
ninja -C $folder/clang -j "$jobs" tests/kernels | tail -n 1
# NEON takes subnormal numbers for zero, whatever the mode says: tests of their values hold for single numbers alone.
"${run[@]}" $folder/clang/tests/kernels
done_with "kernels, Clang"
echo "armhf: all passed"
