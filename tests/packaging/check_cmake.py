#!/usr/bin/env python3
# Builds and runs foreign CMake projects that use strata: by add_subdirectory, by FetchContent, and by find_package with the
# component hdf5, installed by the preset; and that a component that does not exist is refused.
# usage: check_cmake.py ROOT [--compiler g++]
# Exit code 77, which Meson calls skipped, where CMake is not installed.
import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from foreign import PROGRAM, must_run, output_of, version_of

PROJECT = """cmake_minimum_required(VERSION 3.21)
project(foreign LANGUAGES CXX)
{use}
add_executable(program main.cpp)
target_link_libraries(program PRIVATE {target})
target_compile_options(program PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Werror)
"""


def built(folder, compiler, use, target, *arguments):
    """What the program of a foreign project prints; a RuntimeError with CMake's words where it is not built."""
    folder.mkdir()
    shutil.copy(PROGRAM, folder / "main.cpp")
    (folder / "CMakeLists.txt").write_text(PROJECT.format(use=use, target=target), encoding="utf-8")
    build = folder / "build"
    must_run(["cmake", "-S", folder, "-B", build, f"-DCMAKE_CXX_COMPILER={compiler}", *arguments])
    must_run(["cmake", "--build", build])
    return output_of(build / "program", folder)


def installed(root, folder, compiler):
    """The prefix of an installation by the preset, of a copy: the preset's build folder is in the source."""
    source, prefix = folder / "source", folder / "prefix"
    for name in ("CMakeLists.txt", "CMakePresets.json", "meson.build"):
        source.mkdir(exist_ok=True)
        shutil.copy(root / name, source / name)
    for name in ("cmake", "include", "tools"):
        shutil.copytree(root / name, source / name)
    must_run(["cmake", "--preset", "install", f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_INSTALL_PREFIX={prefix}"],
             cwd=source)
    must_run(["cmake", "--build", "--preset", "install"], cwd=source)
    config = (prefix / "share/cmake/strata/strataConfigVersion.cmake").read_text(encoding="utf-8")
    if f'"{version_of(root)}"' not in config:
        raise RuntimeError(f"the installed package does not say version {version_of(root)}")
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
