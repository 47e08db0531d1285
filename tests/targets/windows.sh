#!/bin/bash
# Windows by mingw-w64 under Wine: the probe has the host's values; tests of files, training, threads; the example
# train_digits; the console. HDF5 and libzip are not in Debian for mingw: .h5 and .npz files are not tested.
# usage: tests/targets/windows.sh [--jobs N] [--only probe|tests|example|console]
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../packages.sh
source tests/packages.sh
jobs=2 only=
while [ $# -gt 0 ]; do
    case $1 in
        --jobs) jobs=$2 ;;
        --only) only=$2 ;;
        *) sed -n 4p "$0" >&2; exit 2 ;;
    esac
    shift 2
done
need g++ g++-mingw-w64-x86-64-posix wine64 catch2 libboost-dev libxsimd-dev python3 bsdutils
[ -f /usr/include/catch2/catch.hpp ] || { echo "FAILED: needed is Catch2 2, whose headers are all of it" >&2; exit 1; }

root=$PWD
folder=$root/build-target-windows
mkdir -p "$folder/include" "$folder/output"
# The host's other headers are not the target's.
for library in boost xsimd catch2; do ln -sfn /usr/include/$library "$folder/include/$library"; done
export WINEPREFIX=$folder/wine WINEDEBUG=-all DISPLAY= WINEDLLOVERRIDES="mscoree,mshtml=;winemenubuilder.exe="
wine() { timeout 600 "$(command -v wine64 || echo /usr/lib/wine/wine64)" "$@"; }
trap 'WINEPREFIX=$folder/wine /usr/lib/wine/wineserver64 -k 2>/dev/null || true' EXIT
[ -d "$WINEPREFIX" ] || wine wineboot >/dev/null 2>&1 || true
flags=(-std=c++20 -Wall -Wextra -Wconversion -Werror -march=x86-64-v3 -I"$root/include" -isystem "$folder/include")
target=(x86_64-w64-mingw32-g++-posix "${flags[@]}" -static -Wa,-mbig-obj)
golden=$root/tests/golden/data

# The name of a program, its options, its files. An object is compiled once, with the options of its first program.
rules=$folder/rules.mk
printf 'all:\n' >"$rules"
declare -A known
program() {
    local exe=$folder/$1.exe options=$2 file object objects=()
    shift 2
    for file in "$@"; do
        object=${file%.cpp}
        object=$folder/${object//\//_}.o
        objects+=("$object")
        [ -z "${known[$object]:-}" ] || continue
        known[$object]=1
        printf '%s: %s\n\t%s %s -MMD -c $< -o $@\n' "$object" "$root/$file" "${target[*]}" "$options" >>"$rules"
        printf -- '-include %s\n' "${object%.o}.d" >>"$rules"
    done
    printf '%s: %s\n\t%s $^ -o $@\nall: %s\n' "$exe" "${objects[*]}" "${target[*]}" "$exe" >>"$rules"
}
wants() { [ -z "$only" ] || [ "$only" = "$1" ]; }
wants probe && program probe -O1 tests/targets/probe.cpp
wants console && program console -O0 tests/targets/windows_console.cpp
wants example && program train_digits "-O1 -DDIGITS_FOLDER='\"examples/digits\"'" examples/train_digits/main.cpp
# A program each: the linker's time grows with the square of the number of sections.
tests=(io/golden_files io/mapped_weights io/replace_file_windows io/safetensors io/weight_files
    model/thread_pool train/checkpoints train/history train/progress)
if wants tests; then
    golden_files="-DGOLDEN_FOLDER='\"$golden\"' -DGOLDEN_FILES='\"$golden/files/files.inc\"'"
    for name in "${tests[@]}"; do
        program "test_$(basename "$name")" "-O0 $golden_files" "tests/$name.cpp" tests/main.cpp
    done
fi
make -f "$rules" -j "$jobs" --no-print-directory --silent all

failed=0
fails() { echo "FAILED: $*"; failed=$((failed + 1)); }
if wants probe; then
    g++ "${flags[@]}" -O1 -pthread tests/targets/probe.cpp -o "$folder/host"
    "$folder/host" >"$folder/host.txt"
    wine "$folder/probe.exe" | tr -d '\r' >"$folder/windows.txt"
    python3 tests/targets/compare.py "$folder/host.txt" "$folder/windows.txt" --isa avx2_fma ||
        fails "the probe's values"
    # Windows aligns the stack to 16 bytes. Debian's GCC knows; others need -Wa,-muse-unaligned-vector-move.
    if x86_64-w64-mingw32-objdump -d --no-show-raw-insn "$folder/probe.exe" |
        grep -E 'vmov(ap[sd]|dqa[0-9]*) .*%[yz]mm' | grep -qE '\(%r[sb]p'; then
        fails "wide vectors on the stack are moved as if they were aligned"
    fi
fi
if wants tests; then
    for name in "${tests[@]}"; do
        echo "tests/$name.cpp"
        wine "$folder/test_$(basename "$name").exe" || fails "the tests of $name"
    done
fi
if wants example; then
    # Names of files in any script.
    wine "$folder/train_digits.exe" "$folder/output" >"$folder/train_digits.txt" || fails "examples/train_digits"
    tail -n 8 "$folder/train_digits.txt"
fi
if wants console; then
    said=$(wine "$folder/console.exe" | tr -d '\r')
    [[ "$said" == *"größe-日本"*"terminal 0, columns 0"* ]] || fails "the output into a file: $said"
    [[ "$said" != *━* ]] || fails "a bar is drawn into a file"
    wine64=$(command -v wine64 || echo /usr/lib/wine/wine64)
    said=$(timeout 60 script -qec "stty cols 70 rows 20; $wine64 $folder/console.exe" /dev/null </dev/null |
        sed -E 's/\x1b\[1C/ /g; s/\x1b\[[0-9;?]*[a-zA-Z]//g' | tr -d '\r')
    if [[ "$said" == *━━━━━━━━━━*"größe-日本"*"terminal 1, columns 70"* ]]; then
        echo "the console shows the bar and names of files, and its width is known"
    else
        fails "the output in a console: $said"
    fi
fi
[ $failed -eq 0 ] && echo "Windows: all of it passes"
[ $failed -eq 0 ]
