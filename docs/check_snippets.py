#!/usr/bin/env python3
# Checks that the code in README.md and docs/*.md is code that is compiled.   usage: check_snippets.py [--write] [ROOT]
#
# A block of code that follows the comment `<!-- from examples/x.cpp: region -->` must equal the lines between
# `// [region]` and `// [/region]` of that file, in Python `# [region]`, without their common indentation. With --write the documents are
# mended. In README.md every block of C++ must come from a region.
import re
import sys
import textwrap
from pathlib import Path

ALL_FROM_REGIONS = ("README.md",)
SOURCE = re.compile(r"<!-- from (?P<file>\S+): (?P<region>\w+) -->$")
FENCE = re.compile(r"(?P<ticks>`{3,})(?P<language>\w*)$")


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
            if region != block:
                errors.append(f"{where}: differs from {wanted['file']}, region {wanted['region']}; mend with --write")
            block = region
        elif fence["language"] == "cpp" and name in ALL_FROM_REGIONS:
            errors.append(f"{where}: C++ that comes from no compiled region")
        wanted = None
        result += block + lines[end:end + 1]
        i = end + 1
    if wanted is not None:
        errors.append(f"{name}: expected the block of code that the last comment announces")
    return "\n".join(result) + "\n", compiled


def main(arguments):
    write = "--write" in arguments
    places = [argument for argument in arguments if argument != "--write"]
    root = Path(places[0] if places else Path(__file__).parent.parent).resolve()
    documents = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    if write:
        for document in documents:
            document.write_text(check(root, document, [])[0], encoding="utf-8")
    errors = []
    total = sum(check(root, document, errors)[1] for document in documents)
    if total == 0:
        errors.append("no block of code comes from a region: are the comments there?")
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{total} blocks from compiled regions, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
