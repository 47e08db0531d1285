#!/usr/bin/env python3
# Runs the vcpkg port by cmake -P, with functions that stand in for vcpkg's; builds a program with what it installs; checks its
# manifest, and that each dependency and feature is one that the CMake files look for.
# usage: check_vcpkg.py ROOT [--compiler g++]
# Exit code 77, which Meson calls skipped, where CMake is not installed.
import argparse
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from foreign import PROGRAM, must_run, output_of

HERE = Path(__file__).resolve().parent
PROJECT = """cmake_minimum_required(VERSION 3.21)
project(foreign LANGUAGES CXX)
find_package(strata CONFIG REQUIRED)
add_executable(program main.cpp)
target_link_libraries(program PRIVATE strata::strata)
"""
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = {"name", "version-semver", "description", "license", "dependencies", "features"}


def wrong_in_manifest(port, components):
    """What is wrong with vcpkg.json."""
    manifest = json.loads((port / "vcpkg.json").read_text(encoding="utf-8"))
    if set(manifest) != KEYS or manifest["name"] != port.name:
        yield f"the manifest has {sorted(manifest)}, and the name {manifest['name']}"
    for one in [manifest, *manifest["features"].values()]:
        for dependency in one["dependencies"]:
            name = dependency["name"] if isinstance(dependency, dict) else dependency
            if not NAME.fullmatch(name):
                yield f"{name} is no name of a port"
    if set(manifest["features"]) != components:
        yield f"features {sorted(manifest['features'])}, components of CMake {sorted(components)}"


def installed(port, folder, compiler):
    """What a program prints that uses the installed port."""
    packages = folder / "packages"
    given = {"CURRENT_PORT_DIR": port, "CURRENT_PACKAGES_DIR": packages, "CURRENT_BUILDTREES_DIR": folder / "trees",
             "PORT": port.name, "PORTFILE": port / "portfile.cmake", "COMPILER": compiler}
    must_run(["cmake", *(f"-D{name}={value}" for name, value in given.items()), "-P", HERE / "vcpkg_stubs.cmake"])
    for file in ("include/strata/strata.hpp", "share/strata/strataConfig.cmake", "share/strata/usage", "share/strata/LICENSE"):
        if not (packages / file).is_file():
            raise RuntimeError(f"the port installs no {file}")
    if (packages / "share/cmake").exists():
        raise RuntimeError("the port leaves share/cmake")
    program = folder / "program"
    program.mkdir()
    shutil.copy(PROGRAM, program / "main.cpp")
    (program / "CMakeLists.txt").write_text(PROJECT, encoding="utf-8")
    must_run(["cmake", "-S", program, "-B", program / "build", f"-DCMAKE_CXX_COMPILER={compiler}",
              f"-DCMAKE_PREFIX_PATH={packages}"])
    must_run(["cmake", "--build", program / "build"])
    return output_of(program / "build/program", program)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--compiler", default="g++")
    given = parser.parse_args()
    if shutil.which("cmake") is None:
        print("cmake is not installed")
        return 77
    root = given.root.resolve()
    port = root / "packaging/vcpkg/strata"
    text = (root / "cmake/strataComponents.cmake").read_text(encoding="utf-8")
    wrong = list(wrong_in_manifest(port, set(re.findall(r"strata_add_component\((\w+) STRATA_WITH", text))))
    with tempfile.TemporaryDirectory() as name:
        try:
            said = "" if wrong else installed(port, Path(name), given.compiler)
        except RuntimeError as mistake:
            wrong.append(str(mistake))
    print("\n".join(wrong) or f"the port's program prints {said.strip()}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
