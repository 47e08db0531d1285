# Mistakes that the language itself refuses, before strata sees them: language/NAME.cpp holds a mistake and its repair as
# the other cases do, language/NAME.COMPILER.txt what that compiler says. docs/errors.md quotes both.
# usage: language.py --write [CASE...] | language.py --include FOLDER --compiler COMMAND, which fails where the texts are stale
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile

from cases import FOLDER
from check import Compiler

WRITTEN = ("g++-12", "clang++-19")  # the compilers that docs/errors.md quotes


class LanguageCase:
    """A mistake and its repair: a title and what it means from the comment at the top, code from the branches of #if."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        lines = path.read_text(encoding="utf-8").splitlines()
        self.title = lines[0].removeprefix("// ").rstrip(".")
        self.meaning = " ".join(line.removeprefix("// means: ") for line in lines if line.startswith("// means: "))
        self.includes = [line for line in lines if line.startswith("#include")]
        begin, middle, end = (lines.index(mark) for mark in ("#if !defined(REPAIR)", "#else", "#endif"))
        code = next(i for i, line in enumerate(lines) if line.startswith("using namespace"))
        self.common, self.mistake, self.repair = lines[code + 1:begin], lines[begin + 1:middle], lines[middle + 1:end]
        if not self.meaning:
            raise ValueError(f"{path}: no line `// means: ...`")

    def written(self, compiler):
        return self.path.with_suffix(f".{compiler}.txt")


def read_language_cases():
    return [LanguageCase(path) for path in sorted((FOLDER / "language").glob("*.cpp"))]


def said(case, compiler, includes, defines=()):
    """Whether a compiler takes a case, and what it says: without line numbers and folders, which change."""
    run = compiler.run([*compiler.flags_for(case.includes), *(f"-D{name}" for name in defines), str(case.path)])
    text = (run.stdout + run.stderr).replace(str(case.path), "model.cpp")
    for folder in includes:
        for form in (os.path.abspath(folder), folder):  # Clang names files of a precompiled header by their whole path
            text = text.replace(f"{form}/", "")
    text = re.sub(r"(\.[ch]pp):\d+(:\d+)?", r"\1", text)
    text = re.sub(r"^In file included from .*\n( +from .*\n)*", "", text, flags=re.MULTILINE)  # the precompiled header
    text = re.sub(r"^ *\d+ \|", "      |", text, flags=re.MULTILINE)
    text = re.sub(r"strata::(sse\w*|x86_64\w*|avx\w*|neon\w*|v\d|scalar|generic)::", "strata::", text)
    return run.returncode == 0, "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def name_of(command):
    """`g++-12` of a command that runs it."""
    text = subprocess.run([*command, "--version"], capture_output=True, text=True).stdout
    if found := re.search(r"clang version (\d+)", text):
        return f"clang++-{found.group(1)}"
    version = subprocess.run([*command, "-dumpversion"], capture_output=True, text=True).stdout
    return f"g++-{version.split('.')[0].strip()}"


def is_wrong(case, compiler, name, includes, write):
    """Whether a mistake is not refused in the words that are written down, or its repair does not compile."""
    taken, text = said(case, compiler, includes)
    file = case.written(name)
    faults = ["the mistake compiles"] if taken else []
    if write:
        file.write_text(text, encoding="utf-8")
    elif file.exists() and file.read_text(encoding="utf-8") != text:
        faults.append(f"{file.name} is stale; make it anew: language.py --write; then make_docs.py")
    repaired, complaint = said(case, compiler, includes, ["REPAIR"])
    faults += [] if repaired else [f"the repair does not compile: {complaint}"]
    for fault in faults:
        print(f"{case.name}, {name}: {fault}")
    return bool(faults)


def main():
    options = argparse.ArgumentParser(description="Checks what compilers say to mistakes that strata cannot see.")
    options.add_argument("--compiler", action="append", default=[], help="a command; may be repeated")
    options.add_argument("--include", action="append", default=[], help="a folder of headers; may be repeated")
    options.add_argument("--write", action="store_true", help="write what the compilers say")
    options.add_argument("cases", nargs="*", help="names of cases; all without any")
    given = options.parse_args()
    includes = given.include or [str(FOLDER.parent.parent / "include")]
    bad = 0
    cases = [case for case in read_language_cases() if not given.cases or case.name in given.cases]
    for command in given.compiler or WRITTEN:
        compiler = Compiler(command, "c++20", includes)
        with tempfile.TemporaryDirectory() as folder:
            compiler.precompile(folder, warnings=[])
            bad += sum(is_wrong(case, compiler, name_of(shlex.split(command)), includes, given.write) for case in cases)
    print(f"{len(cases)} mistakes: {bad or 'none'} wrong")
    return 1 if bad or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
