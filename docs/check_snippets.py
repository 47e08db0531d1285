#!/usr/bin/env python3
# Checks that the code in README.md and docs/*.md is code that is compiled.
# usage: check_snippets.py [--write] [ROOT] | check_snippets.py --self-test
#
# A block of code that follows the comment `<!-- from examples/x.cpp: region -->` must equal the lines between
# `// [region]` and `// [/region]` of that file, in Python `# [region]`, without their common indentation. With --write the documents are
# mended. The build or a test must name the file. Each block of C++ comes from a region, but for
# - `<!-- file: NAME -->`: tests/convert/documents.py writes, compiles and runs it;
# - `<!-- compared by FILE -->`: that test compares the block with what a program writes;
# - docs/errors.md: tests/compile_fail compiles each of its mistakes and prints the page.
import functools
import re
import sys
import tempfile
import textwrap
from pathlib import Path

PRINTED = ("docs/errors.md",)
SOURCE = re.compile(r"<!-- from (?P<file>\S+): (?P<region>\w+) -->$")
ANOTHER_TEST = re.compile(r"<!-- (?:(?P<written>file): \S+|compared by (?P<file>\S+)) -->$")
WRITES_FILES = "tests/convert/documents.py"  # for the blocks of its page
BUILDS = ("meson.build", "*.sh", "*.py", "CMakeLists.txt", "run")
FENCE = re.compile(r"(?P<ticks>`{3,})(?P<language>\w*)$")


INDENTED = re.compile(r" {4}\S.*(;|[{}],?)( +//.*)?$")  # code without a fence; items of lists go on with less or after text


def read_region(file, region):
    """The lines of a region; a ValueError where it is not there exactly once."""
    if not file.is_file():
        raise ValueError(f"there is no file {file}")
    lines = file.read_text(encoding="utf-8").splitlines()
    comment = "#" if file.suffix == ".py" else "//"
    marks = [[i for i, line in enumerate(lines) if line.strip() == mark]
             for mark in (f"{comment} [{region}]", f"{comment} [/{region}]")]
    if [len(found) for found in marks] != [1, 1] or marks[0][0] > marks[1][0]:
        raise ValueError(f"{file} has no region {region} that begins and ends once")
    inner = lines[marks[0][0] + 1:marks[1][0]]
    inner = [line for line in inner if not re.fullmatch(rf"\s*{comment} \[/?\w+\]", line)]  # marks of regions within
    if not any(line.strip() for line in inner):
        raise ValueError(f"region {region} of {file} is empty")
    return textwrap.dedent("\n".join(inner)).splitlines()


@functools.lru_cache
def build_texts(folder):
    files = (file for pattern in BUILDS for file in folder.rglob(pattern))
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


def is_built(root, file):
    """Whether a build file or a script of a test names the file, or its folder where it is a main.cpp; or a neighbour includes it."""
    path = root / file
    names = {path.parent.name} if path.stem == "main" else {path.name, f"'{path.stem}'"}
    texts = build_texts(root / Path(file).parts[0]) + build_texts(root / "tests")
    neighbours = (other for other in path.parent.glob("*.[ch]pp") if other != path)
    return (any(re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", texts) for name in names)
            or any(f'"{path.name}"' in other.read_text(encoding="utf-8") for other in neighbours))


def is_checked(root, document, line):
    """Whether the line before a block of C++ names a test that there is and that knows the document."""
    mark = ANOTHER_TEST.match(line)
    if mark is None:
        return False
    test = root / (mark["file"] or WRITES_FILES)
    return test.is_file() and Path(document).name in test.read_text(encoding="utf-8")


def check(root, document, errors):
    """The document's text with its blocks taken from their regions, and how many there are; appends to errors."""
    lines, result, wanted, compiled = document.read_text(encoding="utf-8").splitlines(), [], None, 0
    name = document.relative_to(root).as_posix()
    i = 0
    while i < len(lines):
        where = f"{name}:{i + 1}"
        fence = FENCE.match(lines[i])
        result.append(lines[i])
        i += 1
        if fence is None:
            if wanted is not None:
                errors.append(f"{where}: expected the block of code that the comment above announces")
            source = SOURCE.match(lines[i - 1])
            wanted = source
            if re.match(r"\s+`{3,}(cpp|c\+\+|cc)\b", lines[i - 1]) or re.match(r"`{3,}(c\+\+|cc|CPP)\b", lines[i - 1]):
                errors.append(f"{where}: a block of C++ is ```cpp at the begin of a line, so that it is compared")
            if INDENTED.match(lines[i - 1]) and i >= 2 and not lines[i - 2].strip():
                errors.append(f"{where}: code without a fence: ```cpp, after the comment that names its region")
            if source is None and lines[i - 1].startswith("<!-- from "):
                errors.append(f"{where}: expected <!-- from FILE: REGION -->")
            continue
        end = i
        while end < len(lines) and lines[end] != fence["ticks"]:
            end += 1
        block = lines[i:end]
        if end == len(lines):
            errors.append(f"{where}: this block has no end")
        if wanted is not None:
            compiled += 1
            try:
                region = read_region(root / wanted["file"], wanted["region"])
            except ValueError as error:
                errors.append(f"{where}: {error}")
                region = block
            else:
                if not is_built(root, wanted["file"]):
                    errors.append(f"{where}: no build file and no test names {wanted['file']}")
            if region != block:
                errors.append(f"{where}: differs from {wanted['file']}, region {wanted['region']}; mend with --write")
            block = region
        elif fence["language"] == "cpp" and name not in PRINTED and not is_checked(root, name, lines[i - 2]):
            errors.append(f"{where}: C++ that comes from no compiled region, and that no test is said to check")
        wanted = None
        result += block + lines[end:end + 1]
        i = end + 1
    if wanted is not None:
        errors.append(f"{name}: expected the block of code that the last comment announces")
    return "\n".join(result) + "\n", compiled


def check_tree(root, write, errors):
    """How many blocks come from regions; appends to errors."""
    documents = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    if write:
        for document in documents:
            document.write_text(check(root, document, [])[0], encoding="utf-8")
    total = sum(check(root, document, errors)[1] for document in documents)
    if total == 0:
        errors.append("no block of code comes from a region: are the comments there?")
    return total


GOOD = {"README.md": "<!-- from examples/a/main.cpp: net -->\n```cpp\nint a;\n```\n",
        "docs/convert.md": "<!-- file: b.cpp -->\n```cpp\nint b;\n```\n",
        "docs/errors.md": "```cpp\nint c\n```\n",
        "examples/a/main.cpp": "// [net]\nint a;\n// [/net]\n",
        "examples/meson.build": "executable('a', 'a/main.cpp')\n",
        "tests/convert/documents.py": "convert.md\n"}
BROKEN = {"differs from": {"examples/a/main.cpp": "// [net]\nint another;\n// [/net]\n"},
          "has no region": {"examples/a/main.cpp": "int a;\n"},
          "is empty": {"examples/a/main.cpp": "// [net]\n// [/net]\n"},
          "there is no file": {"README.md": GOOD["README.md"].replace("examples/a", "examples/b")},
          "no build file": {"examples/meson.build": "\n"},
          "expected <!-- from": {"README.md": GOOD["README.md"].replace(": net", "")},
          "expected the block": {"docs/a.md": "<!-- from examples/a/main.cpp: net -->\nint a;\n"},
          "has no end": {"docs/a.md": "```cpp\n"},
          "C++ that comes from no compiled region": {"docs/a.md": "Text.\n```cpp\nint a;\n```\n"},
          "C++ that comes from no compiled region, and": {"docs/a.md": GOOD["docs/convert.md"]},
          "code without a fence": {"docs/a.md": "Text.\n\n    auto a = b();\n"},
          "so that it is compared": {"docs/a.md": "1. Text.\n\n   ```cpp\n   int a;\n   ```\n"},
          "and that no test": {"docs/a.md": "<!-- compared by tests/none.py -->\n```cpp\nint a;\n```\n"}}


def self_test():
    """Each rule, broken alone, is reported."""
    failures = []
    for rule, change in {"": {}, **BROKEN}.items():
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (GOOD | change).items():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).write_text(text, encoding="utf-8")
            errors = []
            check_tree(Path(folder), False, errors)
            if not rule and errors or rule and not any(rule in error for error in errors):
                failures.append(f"'{rule}' was reported as {errors}")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{len(BROKEN)} broken trees, {len(failures)} failures")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    write = "--write" in arguments
    places = [argument for argument in arguments if argument != "--write"]
    errors = []
    total = check_tree(Path(places[0] if places else Path(__file__).parent.parent).resolve(), write, errors)
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{total} blocks from compiled regions, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
