#!/bin/bash
# RISC-V under qemu: without vectors known to strata it is refused; with STRATA_SCALAR the probe agrees with the host.
# usage: tests/targets/riscv64.sh [--jobs N]
source "$(dirname "$0")/common.sh"
arguments "$@"
need g++ clang-19 g++-riscv64-linux-gnu qemu-user libboost-dev libxsimd-dev python3
folder=build-target-riscv64

# The same of other processors, which need no libraries for it.
no_vectors="no vector instructions of this processor are known; give -DSTRATA_SCALAR"
refused "riscv64, GCC" "$no_vectors" riscv64-linux-gnu-g++
refused "riscv64, Clang" "$no_vectors" clang++-19 --target=riscv64-linux-gnu
for target in powerpc64le-linux-gnu s390x-linux-gnu loongarch64-linux-gnu mips64el-linux-gnuabi64 \
    riscv32-unknown-elf; do
    refused "$target" "$no_vectors" clang++-19 --target=$target
done
refused "32-bit Arm without NEON" "give -mfpu=neon, or -DSTRATA_SCALAR" \
    clang++-19 --target=arm-linux-gnueabihf -mfpu=vfpv3-d16
refused "Cortex-M4" "Cortex-M has no vectors that are known; give -DSTRATA_SCALAR" \
    clang++-19 --target=thumbv7em-none-eabihf -mcpu=cortex-m4
refused "x86 without SSE2" "give -msse2, or -DSTRATA_SCALAR" clang++-19 --target=i686-linux-gnu -mno-sse
done_with "processors without vectors are refused, and not with STRATA_SCALAR"

host_values $folder/host.txt
riscv64-linux-gnu-g++ "${warnings[@]}" -O2 -DSTRATA_SCALAR -Iinclude tests/targets/probe.cpp -o $folder/probe -pthread
qemu-riscv64 -L /usr/riscv64-linux-gnu $folder/probe >$folder/probe.txt
python3 tests/targets/compare.py $folder/host.txt $folder/probe.txt --isa scalar
done_with "the probe"
echo "riscv64: all passed"
