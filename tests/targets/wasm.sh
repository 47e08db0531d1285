#!/bin/bash
# WebAssembly: the probe for simd128 and for one number at a time, under Node, has the host's values; vectors compute
# as numbers do; a compilation that says neither is refused.
# usage: tests/targets/wasm.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../packages.sh
source tests/packages.sh
need clang-19 lld-19 libc++-19-dev-wasm32 libclang-rt-19-dev-wasm32 wasi-libc nodejs libboost-dev libxsimd-dev python3

folder=build-target-wasm
mkdir -p $folder/include
ln -sfn /usr/include/boost $folder/include/boost  # Hana alone: the host's other headers are not the target's
flags=(-std=c++20 -O1 -Wall -Wextra -Werror -Iinclude -DSTRATA_PROBE_TRAIN=0)
target=(clang++-19 --target=wasm32-wasi -stdlib=libc++ -fno-exceptions -fno-rtti "${flags[@]}" -isystem $folder/include)
link=(-fuse-ld=/usr/bin/wasm-ld-19 -Wl,-z,stack-size=1048576)
run() {  # a program; Node 18 wants the flag, later ones do without
    local flag=--experimental-wasi-unstable-preview1
    node $flag -e 0 2>/dev/null || flag=--no-warnings
    NODE_NO_WARNINGS=1 node $flag tests/targets/wasi.js "$1"
}

failed=0
clang++-19 "${flags[@]}" -march=x86-64-v3 -pthread tests/targets/probe.cpp -o $folder/host
$folder/host >$folder/host.txt
build_and_compare() {  # the instruction set, options
    local isa=$1
    shift
    "${target[@]}" "${link[@]}" "$@" tests/targets/probe.cpp -o "$folder/$isa.wasm"
    run "$folder/$isa.wasm" >"$folder/$isa.txt"
    echo -n "$isa: "
    python3 tests/targets/compare.py $folder/host.txt "$folder/$isa.txt" --isa "$isa" || failed=$((failed + 1))
}
build_and_compare wasm_simd128 -msimd128
build_and_compare scalar -DSTRATA_SCALAR

"${target[@]}" "${link[@]}" -msimd128 tests/targets/wasm_vectors.cpp -o $folder/vectors.wasm
run $folder/vectors.wasm || failed=$((failed + 1))

sentence="give -msimd128, or -DSTRATA_SCALAR"
if said=$("${target[@]}" -fsyntax-only tests/targets/probe.cpp 2>&1) || [[ "$said" != *"$sentence"* ]]; then
    echo "FAILED: without -msimd128 and STRATA_SCALAR compiling does not stop with the sentence"
    failed=$((failed + 1))
else
    echo "without -msimd128 and STRATA_SCALAR: refused"
fi
[ $failed -eq 0 ] && echo "WebAssembly: simd128 and scalar have the host's values"
[ $failed -eq 0 ]
