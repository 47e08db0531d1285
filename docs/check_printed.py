#!/usr/bin/env python3
# Checks that the output of examples in the documents is what these programs print.
# usage: check_printed.py [--write] FOLDER      FOLDER holds the programs that were built
#
# A block of text that follows `<!-- printed by examples/NAME -->` must equal what FOLDER/NAME prints, without blanks at the
# ends of lines. With `<!-- printed by examples/NAME, numbers within 20 % -->` numbers may differ by so much: trainings add
# in another order on other processors. With --write the documents are mended.
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"(<!-- printed by examples/(\w+)(?:, numbers within (\d+) %)? -->\n```text\n)(.*?)(```\n)", re.DOTALL)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def equal(now, before, percent):
    """Whether two texts are the same but for blanks and numbers that differ by less than some percent."""
    if not percent:
        return now == before
    if NUMBER.sub("#", now).split() != NUMBER.sub("#", before).split():
        return False
    pairs = zip(map(float, NUMBER.findall(now)), map(float, NUMBER.findall(before)))
    return all(abs(a - b) <= float(percent) / 100 * max(abs(a), abs(b)) for a, b in pairs)


def main(arguments):
    write = arguments[:1] == ["--write"]
    folder = Path(arguments[-1])
    errors, total = [], 0

    def renewed(found):
        nonlocal total
        total += 1
        done = subprocess.run([folder / found[2]], capture_output=True, text=True, check=True)
        now = "".join(line.rstrip() + "\n" for line in done.stdout.splitlines())
        if equal(now, found[4], found[3]):
            return found[0]
        errors.append(f"examples/{found[2]} prints another text; mend with --write")
        return found[1] + now + found[5]

    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = document.read_text(encoding="utf-8")
        made = MARK.sub(renewed, text)
        if text.count("<!-- printed by") != len(MARK.findall(text)):
            errors.append(f"{document.name}: a comment `printed by` without its block of text")
        if write and made != text:
            document.write_text(made, encoding="utf-8")
    if total == 0:
        errors.append("no document shows what a program prints: are the comments there?")
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{total} outputs, {len(errors)} errors")
    return 1 if errors and not write else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
