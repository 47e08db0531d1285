#!/usr/bin/env python3
# Compiles warnings.cpp, a user's program, as strict projects compile theirs: nothing may be warned of.
# usage: check_warnings.py ROOT [--std c++20] [--front-end] [--jobs N] COMPILER...
#   --front-end  without the optimizer
# The front end alone sees most, for each instruction set, as each has code of its own; the optimizer sees the rest.
# A net of every layer is in all compilations but one, nets of layers with options in two: what both need costs most.
import argparse
import concurrent.futures
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from check_headers import WARNINGS

FRONT_END = [["-march=x86-64-v3"], ["-march=x86-64-v4", "-DNO_OPTIONS"], ["-DSTRATA_SCALAR", "-DNO_OPTIONS"]]
WHOLE = [["-O2", "-DNO_OPTIONS"], ["-O3", "-mavx2", "-DNO_CHAIN"]]


def flag_sets(front_end_alone, is_clang):
    """The flags of each compilation; -m flags only on the processors that know them."""
    sets = [[*flags, "-fsyntax-only"] for flags in FRONT_END]
    if front_end_alone:
        sets.append(["-O0", "-DNO_OPTIONS", "-fsyntax-only"])
    else:
        # Clang has warned before it makes code of the machine.
        no_code = ["-emit-llvm"] if is_clang else []
        sets += [[*flags, "-S", *no_code] for flags in WHOLE]
    knows = platform.machine() == "x86_64"
    return [[flag for flag in flags if knows or not flag.startswith("-m")] for flags in sets]


def compile_program(compiler, root, flags):
    # Not to the null device: where Clang fails it removes its output, and as root it could.
    with tempfile.TemporaryDirectory() as folder:
        command = [*compiler, *WARNINGS, *flags, f"-I{root / 'include'}", str(root / "tests/tree/warnings.cpp"),
                   "-o", f"{folder}/output"]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return flags, done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--std", default="c++20", help="the language")
    parser.add_argument("--front-end", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("compiler", nargs="+", help="the compiler's command")
    given = parser.parse_args()
    command = [*given.compiler, f"-std={given.std}"]
    is_clang = "clang" in subprocess.run([*command, "--version"], capture_output=True, text=True).stdout
    sets, failed = flag_sets(given.front_end, is_clang), 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for flags, code, messages in pool.map(lambda f: compile_program(command, given.root, f), sets):
            if code != 0 or messages:
                failed += 1
                print(f"{' '.join(flags)}:\n{messages}")
    used = os.times()
    print(f"{len(sets)} compilations with {' '.join(command)}, {failed} with warnings, "
          f"{used.children_user + used.children_system:.0f} s of CPU time")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
