#!/usr/bin/env python3
# Compiles every header alone, included twice, with warnings as errors.
# usage: check_headers.py ROOT [--together] [--std c++20] [--library NAME=PKG_CONFIG_NAME,...]... [--jobs N] COMPILER...
#   --together  all headers in one program: for the warnings of a second compiler with the same standard library
# Headers that need a library which pkg-config does not know are named and not compiled.
# Clang reads some headers once, precompiled: a header is compiled with one that it includes anyway, itself or through
# others, so that nothing that it lacks is there.
# Each is compiled with one lane, without xsimd, which takes a third of the time; those with code for vectors of their own
# with vectors, too.
import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Warnings that a user's project may ask for.
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wold-style-cast",
            "-Wdouble-promotion", "-Wcast-align", "-Wnull-dereference", "-Wformat=2", "-Werror"]
MOST_PRECOMPILED = 16
ONE_LANE = ["-DSTRATA_SCALAR"]


def included(path, folder, found=None):
    """What a header includes, itself or through strata's headers: these, and names of others."""
    found = set() if found is None else found
    for line in (folder / path).read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("#include <"):
            name = line.split("<")[1].split(">")[0]
            if name not in found:
                found.add(name)
                if (folder / name).is_file():
                    included(name, folder, found)
    return found


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
    return [ONE_LANE] + ([[]] if has_vector_code else [])


class Precompiled:
    """The headers that Clang reads once for those that include them."""

    def __init__(self, compiler, flags, folder, paths, target):
        self.target, self.of = target, {}
        if "clang" not in subprocess.run([*compiler, "--version"], capture_output=True, text=True).stdout:
            return
        closures = {path: included(path, folder) for path in paths}
        size = {path: len(closure) for path, closure in closures.items()}
        for _ in range(MOST_PRECOMPILED):  # each time the one that spares most
            gain = {path: sum(max(0, size[path] - size.get(self.of.get(other), 0)) for other in paths
                              if path in closures[other]) for path in paths}
            best = max(paths, key=gain.get)
            self.of |= {other: best for other in paths
                        if best in closures[other] and size[best] > size.get(self.of.get(other), 0)}
        for number, path in enumerate(sorted(set(self.of.values()))):
            file = target / f"{number}.pch"
            done = subprocess.run([*compiler, *WARNINGS, *flags, f"-I{folder}", "-fpch-instantiate-templates", "-x",
                                   "c++-header", "-o", file, folder / path], capture_output=True, text=True)
            made = {other for other, by in self.of.items() if by == path}
            self.of |= dict.fromkeys(made, file if done.returncode == 0 else None)

    def flags(self, path):
        file = self.of.get(path)
        return ["-include-pch", str(file)] if file else []


def compile_headers(compiler, flags, folder, paths):
    command = [*compiler, *WARNINGS, *flags, f"-I{folder}", "-fsyntax-only", "-x", "c++", "-"]
    program = "".join(f"#include <{path}>\n#include <{path}>\n" for path in paths) + "int main() {}\n"
    done = subprocess.run(command, input=program, capture_output=True, text=True)
    return " ".join(paths), done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--std", default="c++20", help="the language")
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("compiler", nargs="+", help="the compiler's command")
    given = parser.parse_args()
    command = [*given.compiler, f"-std={given.std}"]
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
        left |= {path: name for path in headers if found is None and
                 any(i.startswith(name) for i in included(path, folder))}
    for path, name in left.items():
        print(f"{path}: not compiled, {name} is not installed")
    failed = 0
    todo = [path for path in headers if path not in left]
    with tempfile.TemporaryDirectory() as target, concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        if given.together:
            builds, fault = [(todo, ONE_LANE), (todo, [])], "do not compile in one program"
        else:
            known = Precompiled(command, flags + ONE_LANE, folder, todo, Path(target))
            builds = [([path], build + (known.flags(path) if build == ONE_LANE else []))
                      for path in todo for build in builds_of(path, folder)]
            fault = "does not compile alone"
        for path, code, messages in pool.map(lambda b: compile_headers(command, flags + b[1], folder, b[0]), builds):
            if code != 0:
                failed += 1
                print(f"{path}: {fault}\n{messages}")
    used = os.times()
    print(f"{len(todo)} headers with {' '.join(command)}, {failed} failures, "
          f"{used.children_user + used.children_system:.0f} s of CPU time")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
