#!/bin/bash
# macOS, compiled and not run: ziglang (PyPI) is a Clang with libc++ and the headers of macOS.
# usage: tests/targets/macos.sh [--jobs N]
source "$(dirname "$0")/common.sh"
arguments "$@"
need python3-venv libboost-dev libxsimd-dev
folder=build-target-macos
mkdir -p $folder/headers

[ -x $folder/venv/bin/python ] || python3 -m venv $folder/venv
"$folder/venv/bin/python" -c "import ziglang" 2>/dev/null ||
    "$folder/venv/bin/python" -m pip install -q --disable-pip-version-check ziglang
# Of /usr/include these two alone: its other headers are Linux'.
for library in boost xsimd; do ln -sfn /usr/include/$library $folder/headers/$library; done
for target in aarch64-macos x86_64-macos; do
    "$folder/venv/bin/python" -m ziglang c++ -target $target "${warnings[@]}" -O1 -Iinclude -isystem $folder/headers \
        -c tests/targets/probe.cpp -o $folder/$target.o
    done_with "the probe compiles for $target"
done
# The objects are Mach-O for the processor that was asked for.
file_type() { od -An -tx4 -N8 "$1" | tr -d ' '; }
[ "$(file_type $folder/aarch64-macos.o)" = feedfacf0100000c ] || { echo "no object for 64-bit Arm" >&2; exit 1; }
[ "$(file_type $folder/x86_64-macos.o)" = feedfacf01000007 ] || { echo "no object for x86-64" >&2; exit 1; }
echo "macos: all passed (compiled, not run)"
