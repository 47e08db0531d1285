#!/usr/bin/env python3
# Builds and runs foreign CMake projects that use strata: by add_subdirectory, by FetchContent, and installed by
# find_package with the component hdf5; and that a component that does not exist is refused.
# usage: check_cmake.py ROOT [--compiler g++]
# Exit code 77, which Meson calls skipped, where CMake is not installed.
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = """#include <cstdio>
#include <strata/strata.hpp>

using namespace strata;

int main() {
    constexpr auto net = Sequential{Input<2>{}, Dense<3, ReLU>{}, Dense<1>{}};
    auto model = net.build({.seed = 1});
#if defined(STRATA_WITH_HDF5)
    model.save_weights("model.weights.h5");
    model.load_weights("model.weights.h5");
#endif
    std::printf("%zu weights, %g\\n", net.parameter_count(), double(model(ones<1, 2>())(0, 0)));
}
"""
PROJECT = """cmake_minimum_required(VERSION 3.21)
project(foreign LANGUAGES CXX)
{use}
add_executable(program main.cpp)
target_link_libraries(program PRIVATE {target})
target_compile_options(program PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Werror)
"""


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)


def built(folder, compiler, use, target, *arguments):
    """What the program of a foreign project prints; a RuntimeError with CMake's words where it is not built."""
    folder.mkdir()
    (folder / "main.cpp").write_text(PROGRAM, encoding="utf-8")
    (folder / "CMakeLists.txt").write_text(PROJECT.format(use=use, target=target), encoding="utf-8")
    build = folder / "build"
    for command in (["cmake", "-S", folder, "-B", build, f"-DCMAKE_CXX_COMPILER={compiler}", *arguments],
                    ["cmake", "--build", build]):
        done = run(command)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
    done = run([build / "program"], cwd=folder)
    if done.returncode or not done.stdout.startswith("13 weights, "):
        raise RuntimeError(f"the program prints {done.stdout!r} {done.stderr!r}, exit code {done.returncode}")
    return done.stdout


def installed(root, folder, compiler):
    """The prefix of an installation."""
    build, prefix = folder / "package", folder / "prefix"
    for command in (["cmake", "-S", root, "-B", build, f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_INSTALL_PREFIX={prefix}"],
                    ["cmake", "--install", build]):
        done = run(command)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
    version = re.search(r"version: '([0-9.]+)'", (root / "meson.build").read_text(encoding="utf-8"))[1]
    config = (prefix / "share/cmake/strata/strataConfigVersion.cmake").read_text(encoding="utf-8")
    if f'"{version}"' not in config:
        raise RuntimeError(f"the installed package does not say version {version}")
    return prefix


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--compiler", default="g++")
    given = parser.parse_args()
    if shutil.which("cmake") is None:
        print("cmake is not installed")
        return 77
    root = given.root.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            said = [built(folder / "subdirectory", given.compiler, f'add_subdirectory("{root}" strata)', "strata::strata"),
                    built(folder / "fetched", given.compiler,
                          f'include(FetchContent)\nFetchContent_Declare(strata SOURCE_DIR "{root}")\n'
                          "FetchContent_MakeAvailable(strata)", "strata::strata")]
            prefix = installed(root, folder, given.compiler)
            said.append(built(folder / "found", given.compiler, "find_package(strata 0.1 CONFIG REQUIRED COMPONENTS hdf5)",
                              "strata::hdf5", f"-DCMAKE_PREFIX_PATH={prefix}"))
        except RuntimeError as mistake:
            print(mistake)
            return 1
        try:
            built(folder / "refused", given.compiler, "find_package(strata CONFIG REQUIRED COMPONENTS nothing)",
                  "strata::strata", f"-DCMAKE_PREFIX_PATH={prefix}")
            print("a component that does not exist is found")
            return 1
        except RuntimeError as mistake:
            if "nothing" not in str(mistake):
                print(mistake)
                return 1
    if len(set(said)) != 1:
        print("the programs differ:", *said)
        return 1
    print(f"3 projects print {said[0].strip()}; a component that does not exist is refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
