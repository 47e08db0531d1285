#!/bin/bash
# Foreign projects that use strata: by CMake, Meson, pkg-config, Conan (from PyPI, in an environment of its own) and the
# vcpkg port; the version in all of them; the single headers; the C interface.
# usage: tests/targets/packaging.sh [--compiler clang++-19]
set -euo pipefail
cd "$(dirname "$0")/../.."
compiler=clang++-19
if [ "${1:-}" = --compiler ]; then compiler=$2; fi
# shellcheck source=../packages.sh
source tests/packages.sh
need clang-19 cmake g++ git libboost-dev libcli11-dev libhdf5-dev libxsimd-dev libzip-dev meson \
    ninja-build nlohmann-json3-dev pkg-config python3-venv

folder=build-target-packaging
mkdir -p $folder
[ -x $folder/conan/bin/conan ] || { python3 -m venv $folder/conan && $folder/conan/bin/pip install -q conan; }
failed=0
check() { echo "== $*"; python3 "tests/packaging/$1" . "${@:2}" || failed=$((failed + 1)); }
check check_version.py
check check_cmake.py --compiler "$compiler" --build-convert
check check_meson.py --compiler "$compiler" --build-convert
check check_vcpkg.py --compiler "$compiler"
check check_conan.py --conan $folder/conan/bin/conan
check check_amalgamate.py
check check_c_interface.py --compiler "$compiler"
echo "$failed failed"
[ $failed -eq 0 ]
