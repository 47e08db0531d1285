#!/usr/bin/env python3
# Compiles every header alone, included twice, with warnings as errors.
# usage: check_headers.py ROOT [--together] [--library NAME=PKG_CONFIG_NAME,...]... [--jobs N] COMPILER...
#   --together  all headers in one program: for the warnings of a second compiler with the same standard library
# Headers that need a library which pkg-config does not know are named and not compiled.
# Each is compiled with one lane, without xsimd, which takes a third of the time; those with code for vectors of their own
# with vectors, too.
import argparse
import concurrent.futures
import os
import subprocess
import sys
from pathlib import Path

# Warnings that a user's project may ask for.
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wold-style-cast",
            "-Wdouble-promotion", "-Wcast-align", "-Wnull-dereference", "-Wformat=2", "-Werror"]


def needs(path, folder, name, seen=None):
    """Whether a header includes <name...>, itself or through strata's headers."""
    seen = set() if seen is None else seen
    if path in seen or not (folder / path).is_file():
        return False
    seen.add(path)
    included = [line.split("<")[1].split(">")[0] for line in (folder / path).read_text(encoding="utf-8").splitlines()
                if line.lstrip().startswith("#include <")]
    return any(i.startswith(name) or needs(i, folder, name, seen) for i in included)


def flags_of(packages):
    """What pkg-config says of the first package that it knows; None where it knows none."""
    for package in packages:
        done = subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split()
    return None


def builds_of(path, folder):
    """The flags of each compilation of a header."""
    has_vector_code = "STRATA_SCALAR" in (folder / path).read_text(encoding="utf-8")
    return [["-DSTRATA_SCALAR"]] + ([[]] if has_vector_code else [])


def compile_headers(compiler, flags, folder, paths):
    command = [*compiler, "-std=c++20", *WARNINGS, *flags, f"-I{folder}", "-fsyntax-only", "-x", "c++", "-"]
    program = "".join(f"#include <{path}>\n#include <{path}>\n" for path in paths) + "int main() {}\n"
    done = subprocess.run(command, input=program, capture_output=True, text=True)
    return " ".join(paths), done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("compiler", nargs="+", help="the compiler's command")
    given = parser.parse_args()
    folder = given.root / "include"
    headers = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.hpp"))
    if not headers:
        print(f"no headers below {folder}")
        return 2
    flags, left = [], {}
    for library in given.library:
        name, packages = library.split("=")
        found = flags_of(packages.split(","))
        flags += found or []
        left |= {path: name for path in headers if found is None and needs(path, folder, name)}
    for path, name in left.items():
        print(f"{path}: not compiled, {name} is not installed")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        todo = [path for path in headers if path not in left]
        builds = [([path], build) for path in todo for build in builds_of(path, folder)]
        if given.together:
            builds = [(todo, ["-DSTRATA_SCALAR"]), (todo, [])]
        for path, code, messages in pool.map(lambda b: compile_headers(given.compiler, flags + b[1], folder, b[0]), builds):
            if code != 0:
                failed += 1
                print(f"{path}: {'do' if given.together else 'does'} not compile {'' if given.together else 'alone'}\n{messages}")
    used = os.times()
    print(f"{len(todo)} headers with {' '.join(given.compiler)}, {failed} failures, "
          f"{used.children_user + used.children_system:.0f} s of CPU time")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
