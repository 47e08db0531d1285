#!/usr/bin/env python3
# Runs clang-tidy 19 with the checks of .clang-tidy on both umbrellas: no header may be reported.
# usage: check_tidy.py ROOT [--library PKG_CONFIG_NAME,... DEFINITION]...
# Exits with 77, which Meson counts as skipped, where clang-tidy 19 is not installed: other versions check other things.
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from check_headers import flags_of

# A header with a defect that one of the checks finds: clang-tidy must report it, or it would pass whatever it reads.
DEFECT = """#include <string>
#include <utility>
inline std::size_t used_after_move(std::string text) {
    const std::string other = std::move(text);
    return text.size() + other.size();
}
"""
FOUND = re.compile(r"^(?P<place>\S+?:\d+:\d+): (?:error|warning): (?P<text>.*)$", re.MULTILINE)


def find_tool():
    for name in ("clang-tidy-19", "clang-tidy"):
        try:
            said = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
        except OSError:
            continue
        if re.search(r"version 19\.", said):
            return name
    return None


def reports(tool, root, program, flags):
    """What the tool reports of the headers of a program, as (place, text)."""
    command = [tool, "--quiet", f"--config-file={root / '.clang-tidy'}", str(program), "--", "-std=c++20", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    found = [(match["place"], match["text"]) for match in FOUND.finditer(done.stdout)]
    if done.returncode != 0 and not found:
        found = [(str(program), done.stderr)]
    return sorted(set(found))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--library", nargs=2, action="append", default=[], metavar=("PACKAGES", "DEFINITION"))
    given = parser.parse_args()
    root, tool = given.root.resolve(), find_tool()
    if tool is None:
        print("clang-tidy 19 is not installed (Debian: clang-tidy-19)")
        return 77
    flags = [f"-I{root / 'include'}"]
    for packages, definition in given.library:
        own = flags_of(packages.split(","))
        flags += [*own, f"-D{definition}"] if own is not None else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        defect = folder / "include/strata/defect.hpp"
        defect.parent.mkdir(parents=True)
        defect.write_text(DEFECT, encoding="utf-8")
        program = folder / "program.cpp"
        program.write_text("#include <strata/defect.hpp>\n", encoding="utf-8")
        if not any("bugprone-use-after-move" in text for _, text in reports(tool, root, program, [f"-I{folder / 'include'}"])):
            print("a use after a move is not reported: does .clang-tidy check headers?")
            return 1
        program.write_text("#include <strata/infer.hpp>\n#include <strata/strata.hpp>\n", encoding="utf-8")
        found = reports(tool, root, program, flags)
    for place, text in found:
        print(f"{place}: {text}")
    print(f"both umbrellas, {len(found)} reports of {tool}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
