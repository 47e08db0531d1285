#!/bin/bash
# 64-bit Arm under qemu: the probe by Clang and by GCC, all tests of kernels, instruction counts.
# usage: tests/targets/aarch64.sh [--full] [--jobs N]
#   --full   golden values of Keras, training, streams, subnormal numbers; kernels optimized by Clang and by GCC, and
#            every size without optimization
source "$(dirname "$0")/common.sh"
arguments "$@"
need g++ clang-19 g++-aarch64-linux-gnu qemu-user meson ninja-build pkg-config libboost-dev libxsimd-dev catch2 python3
run=(qemu-aarch64 -L /usr/aarch64-linux-gnu)
folder=build-target-aarch64

setup() {  # folder, cross file, options of Meson
    local to=$1 cross=$2
    shift 2
    [ -f "$to/build.ninja" ] || meson setup "$to" --cross-file "tests/targets/$cross" -Dmachine= -Dwerror=true \
        -Dhdf5=disabled -Dlibzip=disabled -Dexamples=disabled -Ddocs=disabled -Dbench=disabled -Dsources=disabled \
        "$@" >/dev/null
}
build() { ninja -C "$1" -j "$jobs" "${@:2}" | tail -n 1; }

host_values $folder/host.txt
for compiler in clang gcc; do
    command=(clang++-19 --target=aarch64-linux-gnu)
    [ $compiler = clang ] || command=(aarch64-linux-gnu-g++)
    "${command[@]}" "${warnings[@]}" -O2 -Iinclude tests/targets/probe.cpp -o $folder/probe-$compiler -pthread
    "${run[@]}" $folder/probe-$compiler >$folder/probe-$compiler.txt
    python3 tests/targets/compare.py $folder/host.txt $folder/probe-$compiler.txt --isa neon64
    done_with "the probe, $compiler"
done

# The probe and the counted kernels are optimized. These are not: optimized, they take twice as long to compile.
setup $folder/plain aarch64-clang.ini -Doptimization=0
build $folder/plain tests/kernels
"${run[@]}" $folder/plain/tests/kernels
done_with "kernels, clang"

python3 tests/targets/instructions.py $folder/instructions
done_with "instructions of main kernels"

if [ -n "$full" ]; then
    setup $folder/clang aarch64-clang.ini -Doptimization=1
    build $folder/clang tests/kernels
    "${run[@]}" $folder/clang/tests/kernels
    done_with "kernels, clang, optimized"
    build $folder/clang tests/golden/golden
    "${run[@]}" $folder/clang/tests/golden/golden
    done_with "golden values, clang"
    build $folder/clang tests/train/equals_keras
    "${run[@]}" $folder/clang/tests/train/equals_keras
    done_with "trainings equal Keras, clang"
    build $folder/clang tests/subnormals
    "${run[@]}" $folder/clang/tests/subnormals '~*no slower*'  # times mean nothing in an emulator
    done_with "flushing of subnormal numbers, clang"
    setup $folder/gcc aarch64-gcc.ini -Doptimization=2
    build $folder/gcc tests/kernels
    "${run[@]}" $folder/gcc/tests/kernels
    done_with "kernels, gcc"
    build $folder/clang tests/kernels_every_size tests/stream tests/train/train_trainer
    for program in kernels_every_size stream train/train_trainer; do
        "${run[@]}" "$folder/clang/tests/$program"
        done_with "$program, clang"
    done
fi
echo "aarch64: all passed"
