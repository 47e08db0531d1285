#!/usr/bin/env python3
# Checks that the benchmarks compile, without making code: builds of the tests leave them out.
# usage: check_bench.py ROOT COMPILER...
# Where the compiler is Clang, those that include strata/strata.hpp, themselves or by a header of bench, read it once,
# precompiled.
import re
import subprocess
import sys
import tempfile
from pathlib import Path

NEEDS_A_PEER = {"onednn.cpp"}
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]


def precompile(command, folder):
    """The options that put a precompiled strata.hpp before a program."""
    header, target = Path(folder) / "header.hpp", Path(folder) / "header.pch"
    header.write_text("#include <strata/strata.hpp>\n", encoding="utf-8")
    made = subprocess.run([*command, "-fpch-instantiate-templates", "-x", "c++-header", header, "-o", target], check=False)
    return ["-include-pch", str(target)] if made.returncode == 0 else []


def includes_umbrella(file):
    text = file.read_text(encoding="utf-8")
    return ("#include <strata/strata.hpp>" in text or
            any(includes_umbrella(file.parent / name) for name in re.findall(r'^#include "(.*)"', text, re.MULTILINE)))


def main(root, *compiler):
    files = sorted(file for file in (Path(root) / "bench").glob("*.cpp") if file.name not in NEEDS_A_PEER)
    command = [*compiler, "-std=c++20", *WARNINGS, f"-I{root}/include"]
    is_clang = "clang" in subprocess.run([*compiler, "--version"], capture_output=True, text=True).stdout
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        precompiled = precompile(command, folder) if is_clang else []
        for file in files:
            takes = precompiled if includes_umbrella(file) else []
            if subprocess.run([*command, *takes, "-fsyntax-only", file], check=False).returncode != 0:
                failed.append(file.name)
    print(f"{len(files)} benchmarks, {len(failed)} failed {' '.join(failed)}")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
