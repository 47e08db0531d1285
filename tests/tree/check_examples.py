#!/usr/bin/env python3
# Compiles the examples by another compiler than the one that built them: the front end alone, warnings are errors.
# usage: check_examples.py BUILD_FOLDER [--jobs N] COMPILER
# BUILD_FOLDER is one of Meson, whose compile_commands.json has the flags. Precompiled headers are left out, so that each
# program must include what it needs.
import argparse
import concurrent.futures
import json
import shlex
import subprocess
import sys
from pathlib import Path


def command_of(entry, compiler):
    """The command of an entry by the other compiler, without its outputs and precompiled headers."""
    given, kept = shlex.split(entry["command"])[1:], []
    while given:
        flag = given.pop(0)
        if flag in ("-o", "-MF", "-MQ", "-include", "-include-pch"):
            given.pop(0)
        elif flag not in ("-c", "-MD", "-fcolor-diagnostics", "-fpch-instantiate-templates", "-Winvalid-pch"):
            kept.append(flag)
    return [compiler, *kept, "-fsyntax-only"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("compiler")
    given = parser.parse_args()
    entries = [entry for entry in json.loads((given.folder / "compile_commands.json").read_text())
               if entry["output"].startswith("examples/") and "-x c++-header" not in entry["command"]]

    def compile_entry(entry):
        done = subprocess.run(command_of(entry, given.compiler), cwd=entry["directory"], capture_output=True, text=True)
        return entry["file"], done.returncode, done.stderr

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for file, code, messages in pool.map(compile_entry, entries):
            if code != 0:
                failed += 1
                print(f"{file}:\n{messages}")
    print(f"{len(entries)} files of examples with {given.compiler}, {failed} with errors or warnings")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
