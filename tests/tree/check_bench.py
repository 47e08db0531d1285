#!/usr/bin/env python3
# Checks that the benchmarks compile, without making code: builds of the tests leave them out.
# usage: check_bench.py ROOT COMPILER...
import subprocess
import sys
from pathlib import Path

NEEDS_A_PEER = {"onednn.cpp"}


def main(root, *compiler):
    files = sorted(file for file in (Path(root) / "bench").glob("*.cpp") if file.name not in NEEDS_A_PEER)
    failed = [file.name for file in files
              if subprocess.run([*compiler, "-std=c++20", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsyntax-only",
                                 f"-I{root}/include", file], check=False).returncode != 0]
    print(f"{len(files)} benchmarks, {len(failed)} failed {' '.join(failed)}")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
