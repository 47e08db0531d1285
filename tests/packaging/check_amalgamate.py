#!/usr/bin/env python3
# Makes the single headers in a folder of their own, and compiles and runs programs with nothing but a compiler and that
# folder: no file of Boost, xsimd or the tree is read. A refused program prints its sentence.
# usage: check_amalgamate.py ROOT [--compiler g++ --compiler clang++-19]
import argparse
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path

from foreign import PROGRAM, must_run, output_of, run

INFERENCE = """#include <strata/infer.hpp>
#include <cstdio>
using namespace strata;
int main() {
    constexpr auto net = Sequential{Input<12, 12, 3>{}, Conv2D<8, 3, ReLU>{}, MaxPooling2D<2>{}, Flatten<>{}, Dense<4, Softmax>{}};
    const auto y = net.build({.seed = 1})(ones<1, 12, 12, 3>());
    float sum = 0;
    for (const float value : y) sum += value;
    std::printf("%.3f\\n", double(sum));
}
"""
REFUSED = """#include <strata/infer.hpp>
auto model = strata::Sequential{strata::Input<2>{}, strata::Conv2D<8, 3>{}}.build();
"""
OTHERS = re.compile(r"[./]+ .*(/boost/|/xsimd/|/strata/(?!(?:infer|strata)\.hpp))")
MARCHES = {"x86_64": ["x86-64-v4"], "aarch64": []}


def read_by(compiler, program, single, *flags):
    """The files that the compiler reads beside the standard library."""
    done = run([compiler, "-std=c++20", f"-I{single}", "-H", *flags, program])
    if done.returncode:
        raise RuntimeError(f"{compiler} {' '.join(flags)}:\n{done.stderr[-4000:]}")
    return [line for line in done.stderr.splitlines() if OTHERS.match(line)]


def check(root, compiler, folder, single):
    """Problems with one compiler, as texts."""
    programs = {"infer": folder / "infer.cpp", "strata": folder / "strata.cpp"}
    programs["infer"].write_text(INFERENCE, encoding="utf-8")
    shutil.copy(PROGRAM, programs["strata"])
    strict = ["-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-pthread"]
    for name, program in programs.items():
        for other in read_by(compiler, program, single, *strict, "-o", folder / name):
            yield f"{compiler} reads {other}"
    if not read_by(compiler, programs["infer"], root / "include", "-fsyntax-only"):
        yield f"{compiler} names no file that it reads of the tree"
    for machine in MARCHES.get(platform.machine(), []):
        for other in read_by(compiler, programs["infer"], single, f"-march={machine}", "-fsyntax-only"):
            yield f"{compiler} reads {other}"
    if must_run([folder / "infer"]) != "1.000\n":
        yield f"{compiler}: the probabilities do not add up to 1"
    output_of(folder / "strata", folder)
    refused = folder / "refused.cpp"
    refused.write_text(REFUSED, encoding="utf-8")
    done = run([compiler, "-std=c++20", f"-I{single}", "-fsyntax-only", refused])
    if done.returncode == 0 or done.stderr.count("error:") != 1 or "height, width, channels" not in done.stderr:
        yield f"{compiler} says to a refused program:\n{done.stderr[-2000:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--compiler", action="append")
    given = parser.parse_args()
    root, compilers = given.root.resolve(), given.compiler or ["g++", "clang++-19"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        single = folder / "single"
        try:
            print(must_run([sys.executable, root / "tools/amalgamate/amalgamate.py", "--out", single]), end="")
            wrong = [problem for compiler in compilers for problem in check(root, compiler, folder, single)]
        except RuntimeError as mistake:
            wrong = [str(mistake)]
    print("\n".join(wrong) or f"one header is enough: {', '.join(compilers)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
