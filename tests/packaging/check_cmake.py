#!/usr/bin/env python3
# Builds and runs foreign CMake projects that use strata: by add_subdirectory, by FetchContent (the project of
# docs/install.md), and by find_package with the component hdf5, installed by the preset; and that a component that does not
# exist is refused. Then examples/convert, whose net is a header that strata_convert makes while it is built: by
# add_subdirectory, and by find_package with the component convert.
# usage: check_cmake.py ROOT [--compiler g++] [--convert PROGRAM | --build-convert]
# --convert: a strata-convert that is built; --build-convert: CMake builds and installs it; without them no file is converted.
# Exit code 77, which Meson calls skipped, where CMake is not installed.
import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from foreign import PROGRAM, must_run, output_of, run, version_of

PROJECT = """cmake_minimum_required(VERSION 3.21)
project(foreign LANGUAGES CXX)
{use}
add_executable(program main.cpp)
target_link_libraries(program PRIVATE {target})
target_compile_options(program PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Werror)
"""


def built(folder, compiler, use, target, *arguments):
    """What the program of a foreign project prints; a RuntimeError with CMake's words where it is not built."""
    return built_from(PROJECT.format(use=use, target=target), folder, compiler, *arguments)


def project_of_page(root):
    """The project that docs/install.md shows, with its precompiled header, the folder in place of the address and any
    machine's instructions."""
    page = (root / "docs/install.md").read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"```cmake\n(.*?)```", page, re.DOTALL))
    if "target_precompile_headers" not in shown:
        raise RuntimeError("docs/install.md shows no precompiled header")
    text = re.sub(r"GIT_REPOSITORY \S+ GIT_TAG [^\s)]+", f'SOURCE_DIR "{root}"', shown).replace("-march=native", "-O0")
    if str(root) not in text:
        raise RuntimeError("the project of docs/install.md fetches no repository")
    return text


def built_from(project, folder, compiler, *arguments):
    folder.mkdir()
    shutil.copy(PROGRAM, folder / "main.cpp")
    (folder / "CMakeLists.txt").write_text(project, encoding="utf-8")
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


def converted(root, folder, compiler, *arguments):
    """What examples/convert prints; then again after its file has changed."""
    shutil.copytree(root / "examples/convert", folder)
    must_run(["cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_CXX_COMPILER={compiler}", *arguments])
    must_run(["cmake", "--build", folder / "build"])
    said = must_run([folder / "build/amp"])
    if not said.startswith("101 weights"):
        raise RuntimeError(f"examples/convert prints {said!r}")
    file = folder / "amp.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"weights": [[[', '"weights": [[[1', 1), encoding="utf-8")
    must_run(["cmake", "--build", folder / "build"])
    done = run([folder / "build/amp"])
    if done.returncode != 1 or done.stdout == said:
        raise RuntimeError(f"after its file has changed, examples/convert prints {done.stdout!r}, exit code {done.returncode}")
    return said


OPTIONS = """cmake_minimum_required(VERSION 3.21)
project(foreign LANGUAGES CXX ASM)
add_subdirectory("{root}" strata)
add_executable(first first.cpp)
add_executable(second second.cpp)
target_link_libraries(first PRIVATE strata::strata)
add_library(net INTERFACE)
target_link_libraries(net INTERFACE strata::strata)
target_link_libraries(second PRIVATE net)
strata_convert(first nets/amp.json NAME lead NAMESPACE product WEIGHTS object SCALAR double STEPS 8 CHECK x.csv,y.csv OPTIMIZE)
strata_convert(net nets/amp.json WEIGHTS file STEPS any FOLDER nets)
"""
FIRST = """#include <cstdio>
#include "lead.hpp"
static_assert(product::lead::Net::input_shape() == strata::shape{8, 1});
int main() {
    const std::vector<double> x(8, 0.5), y = product::lead::model().predict(x);
    std::printf("%.6f\\n", y.back());
}
"""
SECOND = """#include <cstdio>
#include "amp.hpp"
int main(int, char** words) {
    const auto model = amp::model(words[1]);
    auto stream = model.stream();
    const std::vector<float> x(8, 0.5f);
    std::vector<float> y(8);
    stream.process(x, y, 8);
    std::printf("%.6f\\n", static_cast<double>(y.back()));
}
"""


def with_options(root, folder, compiler, convert):
    """All options of strata_convert, in two programs that have one net and say the same; and words that are none."""
    (folder / "nets").mkdir(parents=True)
    shutil.copy(root / "examples/convert/amp.json", folder / "nets")
    (folder / "CMakeLists.txt").write_text(OPTIONS.format(root=root), encoding="utf-8")
    for name, text in (("first.cpp", "#include <vector>\n" + FIRST), ("second.cpp", SECOND), ("x.csv", "0.5\n" * 8), ("y.csv", "0.5\n" * 8)):
        (folder / name).write_text(text, encoding="utf-8")
    build = folder / "build"
    setup = ["cmake", "-S", folder, "-B", build, f"-DCMAKE_CXX_COMPILER={compiler}", f"-DSTRATA_CONVERT_PROGRAM={convert}"]
    must_run(setup)
    must_run(["cmake", "--build", build])
    said = must_run([build / "first"]), must_run([build / "second", build / "nets/amp.bin"])
    if said[0] != said[1] or not (build / "strata_convert/first/lead_golden.bin").exists():
        raise RuntimeError(f"programs with options print {said}")
    for words, wanted in (("strata_convert(first nets/amp.json SIZE 3)", "SIZE"), ("strata_convert(third nets/amp.json)", "no target third"),
                          ("strata_convert(first nets/a+b.json)", "give NAME")):
        (folder / "CMakeLists.txt").write_text(OPTIONS.format(root=root) + words, encoding="utf-8")
        done = run(setup)
        if done.returncode == 0 or wanted not in " ".join(done.stderr.split()):
            raise RuntimeError(f"{words} is not refused: {done.stderr}")


def check_convert(root, folder, prefix, given):
    source = f"-DSTRATA_SOURCE={root}"
    if given.build_convert:
        converted(root, folder / "convert_subdirectory", given.compiler, source)
        must_run(["cmake", "-S", root, "-B", folder / "convert_build", f"-DCMAKE_CXX_COMPILER={given.compiler}",
                  "-DSTRATA_CONVERT=ON", f"-DCMAKE_INSTALL_PREFIX={prefix}"])
        must_run(["cmake", "--build", folder / "convert_build", "--target", "install"])
    elif given.convert:
        converted(root, folder / "convert_subdirectory", given.compiler, source, f"-DSTRATA_CONVERT_PROGRAM={given.convert.resolve()}")
        (prefix / "bin").mkdir(exist_ok=True)
        shutil.copy(given.convert, prefix / "bin/strata-convert")
    else:
        return
    converted(root, folder / "convert_found", given.compiler, f"-DCMAKE_PREFIX_PATH={prefix}")
    with_options(root, folder / "convert_options", given.compiler, prefix / "bin/strata-convert")
    print("examples/convert is built in both ways; all options of strata_convert do what they say")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--convert", type=Path)
    parser.add_argument("--build-convert", action="store_true")
    given = parser.parse_args()
    if shutil.which("cmake") is None:
        print("cmake is not installed")
        return 77
    root = given.root.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            said = [built(folder / "subdirectory", given.compiler, f'add_subdirectory("{root}" strata)', "strata::strata"),
                    built_from(project_of_page(root), folder / "fetched", given.compiler)]
            if not [file for ending in ("gch", "pch") for file in (folder / "fetched/build").rglob(f"*.{ending}")]:
                raise RuntimeError("the project of docs/install.md has no precompiled header")
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
        try:
            check_convert(root, folder, prefix, given)
        except RuntimeError as mistake:
            print(mistake)
            return 1
    if len(set(said)) != 1:
        print("the programs differ:", *said)
        return 1
    print(f"3 projects print {said[0].strip()}; a component that does not exist is refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
