#!/usr/bin/env python3
# Makes single_include/strata/infer.hpp and strata.hpp: each one file with all that it needs of strata, Boost.Hana and xsimd.
# usage: tools/amalgamate/amalgamate.py [--out single_include] [--boost FOLDER] [--xsimd FOLDER]
#   --boost, --xsimd  the folder that has boost/hana or xsimd in it; /usr/include
# An include stays in the branch of #if that it is in. A file is written again where it is not known that an earlier copy was
# compiled; guards make the second copy empty then.
import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADERS = ("infer.hpp", "strata.hpp")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
DIRECTIVE = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b\s*(\S*)")
COPYRIGHT = re.compile(r"copyright\s+(?:\(c\)\s*)?([A-Z].*)", re.IGNORECASE)
SYSTEM_HEADER = re.compile(r"\s*#\s*pragma GCC system_header")


def without_comments(text):
    """A header without its comments; strings stay, and so do the numbers of lines of what spans several."""
    token = re.compile(r'//(?:\\\n|[^\n])*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|' r"'(?:\\.|[^'\\\n])+'", re.DOTALL)
    text = token.sub(lambda m: (" " if m[0].startswith("/*") else "") if m[0].startswith(("//", "/*")) else m[0], text)
    lines = [line.rstrip() for line in text.splitlines()]
    # An empty line ends a macro whose last line asks for one more.
    return [line for before, line in zip(["", *lines], lines) if line or before.endswith("\\")]


def own_guard(lines):
    """The first and the last line of the guard that encloses a whole file, or None."""
    directives = [(number, DIRECTIVE.match(line)) for number, line in enumerate(lines) if DIRECTIVE.match(line)]
    if not directives or directives[0][1][1] != "ifndef" or directives[0][0] != 0:
        return None
    name, depth = directives[0][1][2], 0
    if not re.match(rf"\s*#\s*define\s+{re.escape(name)}\b", lines[1]):
        return None
    for number, found in directives:
        depth += found[1].startswith("if")
        depth -= found[1] == "endif"
        if depth == 0:
            return (0, number) if number == len(lines) - 1 else None
    return None


class Amalgamation:
    """One file that is written, and where the text of each header stands in it."""

    def __init__(self, folders):
        self.folders = folders
        self.lines, self.copyrights, self.system = [], set(), False
        self.branches = []   # the branches of #if around the next line; each has a number of its own
        self.next_branch = 0
        self.copies = {}     # of each header: the branches around its copies
        self.guards = {}     # of each header: the macro that says that it was compiled

    def find(self, bracket, name, here):
        """The file that an include names, where it is one of those that are written."""
        for folder in ([here.parent] if bracket == '"' else []) + self.folders:
            file = (folder / name).resolve()
            if file.is_file() and any(file.is_relative_to(known) for known in self.known):
                return file
        return None

    @property
    def known(self):
        return [self.folders[0] / "strata", self.folders[1] / "boost", self.folders[2] / "xsimd"]

    def is_compiled(self, file):
        """Whether a copy was compiled wherever the next line is: all branches around it are around this line, too."""
        return any(self.branches[:len(copy)] == copy for copy in self.copies.get(file, []))

    def add(self, file):
        if self.is_compiled(file):
            return
        text = file.read_text(encoding="utf-8")
        self.copyrights |= {re.sub(r"[\s*]+$", "", found[1]) for found in COPYRIGHT.finditer(text) if re.search(r"\d{4}|\(c\)", found[0])}
        lines = without_comments(text)
        guarded = self.branches or file in self.copies
        self.copies.setdefault(file, []).append(list(self.branches))
        guard = own_guard(lines)
        once = any(line.split() == ["#pragma", "once"] for line in lines) and not guard
        if once and guarded:
            macro = self.guards.setdefault(file, f"STRATA_ONE_HEADER_{len(self.guards)}")
            self.lines += [f"#ifndef {macro}", f"#define {macro}"]
        elif once:
            self.lines.append(f"#define {self.guards.setdefault(file, f'STRATA_ONE_HEADER_{len(self.guards)}')}")
        for number, line in enumerate(lines):
            if not (line.split() == ["#pragma", "once"] or SYSTEM_HEADER.match(line)):
                self.add_line(file, line, guard is not None and number in guard)
        if once and guarded:
            self.lines.append("#endif")

    def add_line(self, file, line, is_guard):
        if include := INCLUDE.match(line):
            if target := self.find(include[1], include[2], file):
                self.add(target)
                return
        elif (directive := DIRECTIVE.match(line)) and not is_guard:
            if directive[1] in ("elif", "else", "endif"):
                self.branches.pop()
            if directive[1] != "endif":
                self.branches.append(self.next_branch)
                self.next_branch += 1
        self.lines.append(line)


def licences(amalgamation):
    """The head of the file: what is in it, by whom, and under which terms."""
    boost, xsimd = ((Path(__file__).parent / f"licenses/{name}.txt").read_text("utf-8") for name in ("boost", "xsimd"))
    strata = (ROOT / "LICENSE").read_text(encoding="utf-8")
    version = re.search(r"version: '([0-9.]+)'", (ROOT / "meson.build").read_text(encoding="utf-8"))[1]
    parts = (f"strata {version} in one file, made by tools/amalgamate. It contains parts of Boost.Hana and xsimd.\n\n"
             f"strata\n\n{strata}\nBoost.Hana\n\n{boost}\nxsimd\n\n{xsimd}\nCopyrights of the parts\n\n" +
             "".join(f"Copyright {line}\n" for line in sorted(amalgamation.copyrights)))
    return "".join(f"// {line}".rstrip() + "\n" for line in parts.splitlines())


def amalgamate(header, folders):
    made = Amalgamation(folders)
    made.add(folders[0] / "strata" / header)
    # A system header: warnings of the program's own compiler options do not apply to the parts.
    return licences(made) + "#pragma once\n#if defined(__GNUC__)\n#pragma GCC system_header\n#endif\n" + "\n".join(made.lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "single_include")
    parser.add_argument("--boost", type=Path, default=Path("/usr/include"))
    parser.add_argument("--xsimd", type=Path, default=Path("/usr/include"))
    given = parser.parse_args()
    for folder, file in ((given.boost, "boost/hana.hpp"), (given.xsimd, "xsimd/xsimd.hpp")):
        if not (folder / file).is_file():
            print(f"there is no {file} in {folder}; on Debian: apt-get install libboost-dev libxsimd-dev", file=sys.stderr)
            return 1
    folders = [ROOT / "include", given.boost.resolve(), given.xsimd.resolve()]
    (given.out / "strata").mkdir(parents=True, exist_ok=True)
    for header in HEADERS:
        target = given.out / "strata" / header
        target.write_text(amalgamate(header, folders), encoding="utf-8")
        print(f"{target}: {target.stat().st_size / 1024:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
