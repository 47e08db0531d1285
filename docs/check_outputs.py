#!/usr/bin/env python3
# Checks that the compiler outputs in the documents are what the compiler prints.
# usage: check_outputs.py [--write] COMPILER...
#
# A block of text that follows `<!-- output of g++ 12, -std=c++20: FILE -->` must equal what that compiler prints for
# FILE; after `<!-- error of ... -->` it is the line with the error alone. Of a file of tests/compile_fail the mistake is
# compiled, as model.cpp with all of strata. Outputs of other compilers and versions than the given one are not made
# anew, but the lines of headers that any block quotes must be the lines of these headers. Each block of text has such a
# comment. With --write the documents are mended; then docs/errors.md is made anew by tests/compile_fail/make_docs.py.
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/compile_fail"))
from cases import read_cases  # noqa: E402

MADE = ROOT / "docs/errors.md"  # of errors_head.md
MARK = re.compile(r"<!-- (?P<part>output|error) of (?P<compiler>\S+ \d+), (?P<flags>[^:]+): (?P<file>\S+) -->$")
ASSERTED = re.compile(r"(?P<file>include/strata/\S+?\.hpp):(?P<line>\d+):\d+: error: static assertion")
QUOTED = re.compile(r"(?P<file>include/strata/\S+?\.hpp):(?P<line>\d+):\d+:[^\n]*\n +(?P=line) \|(?P<text>[^\n]*)")


def version_of(compiler):
    """Such as `g++ 12`, or `clang++ 19`."""
    said = subprocess.run([*compiler, "--version"], capture_output=True, text=True).stdout
    name = "clang++" if "clang" in said else "g++"
    return f"{name} " + re.search(r"(\d+)\.\d+\.\d+", said).group(1)


def printed(compiler, mark):
    """What the compiler prints, its paths as seen from the root of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "include").symlink_to(ROOT / "include")
        file = Path(mark["file"])
        if file.parent.as_posix() == "tests/compile_fail":
            case = read_cases([file.stem])[0]
            lines = ["#include <strata/strata.hpp>", "", "using namespace strata;", "", *case.common, *case.mistake]
            (Path(folder) / "model.cpp").write_text("\n".join(lines).replace("\n\n\n", "\n\n") + "\n", encoding="utf-8")
            file = Path("model.cpp")
        else:
            (Path(folder) / file.name).write_bytes((ROOT / file).read_bytes())
        command = [*compiler, *mark["flags"].split(), "-fsyntax-only", "-Iinclude", file.name]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={**os.environ, "LC_ALL": "C"})
    lines = [line.rstrip() for line in done.stderr.splitlines()]
    return [line for line in lines if "error: " in line] if mark["part"] == "error" else lines


def wrong_lines(block):
    """The lines of headers that the block quotes, or says to assert something, and that are other ones by now."""
    text = "\n".join(block)
    places = [(found, found["text"].strip()) for found in QUOTED.finditer(text)]
    places += [(found, "static_assert(") for found in ASSERTED.finditer(text)]
    for found, wanted in places:
        lines = (ROOT / found["file"]).read_text(encoding="utf-8").splitlines()
        number = int(found["line"])
        if number > len(lines) or not lines[number - 1].strip().startswith(wanted):
            yield f"line {number} of {found['file']} is another one"


def check(document, compiler, version, errors):
    """The document's text with its outputs made anew, and how many were; appends to errors."""
    lines, result, mark, compared = document.read_text(encoding="utf-8").splitlines(), [], None, 0
    i = 0
    while i < len(lines):
        where = f"{document.relative_to(ROOT).as_posix()}:{i + 1}"
        result.append(lines[i])
        i += 1
        if lines[i - 1] != "```text":
            if lines[i - 1].startswith(("<!-- output", "<!-- error")):
                mark = MARK.match(lines[i - 1])
                if mark is None or i == len(lines) or lines[i] != "```text":
                    errors.append(f"{where}: expected <!-- output of COMPILER VERSION, FLAGS: FILE --> and a block of text")
            continue
        end = lines.index("```", i)
        block = lines[i:end]
        if mark is None and i >= 2 and lines[i - 2].startswith("<!-- printed by "):
            pass  # check_printed.py compares it
        elif mark is None:
            errors.append(f"{where}: an output that nothing is said to have printed")
        elif mark["compiler"] == version and platform.machine() == "x86_64":  # others name other instruction sets
            compared += 1
            now = printed(compiler, mark)
            if now != block:
                errors.append(f"{where}: {version} prints another text; mend with --write")
            block = now
        errors += [f"{where}: {fault}" for fault in wrong_lines(block)]
        mark = None
        result += block + ["```"]
        i = end + 1
    return "\n".join(result) + "\n", compared


def main(arguments):
    write = arguments[:1] == ["--write"]
    compiler = arguments[1:] if write else arguments
    version = version_of(compiler)
    documents = [ROOT / "README.md", ROOT / "tests/compile_fail/errors_head.md", *sorted((ROOT / "docs").glob("*.md"))]
    errors, total = [], 0
    for document in documents:
        if document != MADE:
            found = []
            text, compared = check(document, compiler, version, found)
            total += compared
            errors += found
            if write and document.read_text(encoding="utf-8") != text:
                document.write_text(text, encoding="utf-8")
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{total} outputs of {version}, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
