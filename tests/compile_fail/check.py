# Compiles the pairs of this folder: each mistake must be refused with the facts that its file states, briefly, in one
# error of strata's own; each repair must compile without a warning.
# Many mistakes are compiled in one program, each in a namespace, and each error belongs to the file that it names. A
# mistake whose errors are not beyond doubt right there is compiled alone, and that decides.
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from cases import FACTS, printed_facts, read_cases

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion"]
MOST_LINES = 15
NO_CONSTANT = "must be initialized by a constant expression"
TOGETHER = 24  # mistakes in one program
DIAGNOSTIC = re.compile(r"\S+:\d+:\d+: (?:fatal )?(?:error|warning): ")
CONTEXT = re.compile(r"In file included from |\S+: (?:In |At global scope)")  # comes before a diagnostic
INCLUDED_FROM = re.compile(r"In file included from | +from ")
SOURCE_LINE = re.compile(r" +\d+ \|")
PRECOMPILED = ("strata/infer.hpp", "strata/strata.hpp")  # what the cases include takes most of their time


class Compiler:
    def __init__(self, command, std, includes):
        self.command = shlex.split(command) + [f"-std={std}", "-fsyntax-only"]
        self.includes = [f"-I{folder}" for folder in includes]
        self.precompiled = {}
        macros = self.run(["-dM", "-E", "-x", "c++", os.devnull]).stdout
        version, language = (re.search(rf"{macro} (\d+)", macros) for macro in ("__cpp_static_assert", "__cplusplus"))
        self.is_clang = "clang" in self.run(["--version"]).stdout
        self.prints_sentences = version is not None and int(version[1]) >= 202306 and int(language[1]) > 202302

    def precompile(self, folder, warnings=WARNINGS):
        """Reads the headers that cases include once for all of them."""
        clang = self.is_clang
        command = [part for part in self.command if part != "-fsyntax-only"] + self.includes
        for name in PRECOMPILED:
            target = os.path.join(folder, name + (".pch" if clang else ".gch"))
            header = os.path.join(folder, name.replace("/", "_"), "header.hpp")  # clang wants it unchanged
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.makedirs(os.path.dirname(header), exist_ok=True)
            with open(header, "w", encoding="utf-8") as file:
                file.write(f"#include <{name}>\n")
            # Clang instantiates what headers ask for once, not in each program that includes the precompiled form.
            once = ["-fpch-instantiate-templates"] if clang else []
            subprocess.run(command + warnings + once + ["-x", "c++-header", header, "-o", target], check=True)
            # GCC takes X.gch where it would find <X> first. Named by an option, as a case may include others before it.
            self.precompiled[name] = ["-include-pch", target] if clang else [f"-I{folder}", "-include", name]
            if not clang:
                # Where the header is included once more, the precompiled form is not taken.
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(f'#pragma once\n#include "{self.path_of(name)}"\n')
                files = self.run([*self.precompiled[name], *warnings, "-H", "-x", "c++", "-"], f"#include <{name}>\n")
                if f"! {target}" not in files.stderr:
                    sys.exit(f"{name}: the compiler does not take the precompiled header")

    def flags_for(self, includes):
        """The precompiled form of the first header of `includes` that has one."""
        names = [re.search("<(.*)>", line).group(1) for line in includes]
        return next((self.precompiled[name] for name in names if name in self.precompiled), [])

    def path_of(self, name):
        """Where a header lies in the folders of headers."""
        paths = [os.path.abspath(os.path.join(folder[2:], name)) for folder in self.includes]
        return next(path for path in paths if os.path.exists(path))

    def run(self, arguments, program=None):
        # Folders of the arguments are searched first.
        return subprocess.run(self.command + arguments + self.includes, input=program, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"})


def faults_of_output(case, compiler, output, not_repeated=0):
    """What is wrong with what a compiler says to a mistake; alone it says at most not_repeated lines more."""
    lines = [line for line in output.splitlines() if "/header.hpp:" not in line]  # of the precompiled header
    # Of a constant that was refused Clang says, too, that it is not constant.
    errors = [line for line in lines if "error:" in line and not line.endswith(NO_CONSTANT)]
    faults = []
    if len(errors) != 1:
        faults.append(f"{len(errors)} errors")
    if not errors or "strata: " not in errors[0]:
        faults.append("the first error is not of strata")
    if len(lines) + not_repeated > MOST_LINES:
        faults.append(f"{len(lines)} lines")
    printed = printed_facts(output)
    faults += [f"{fact}: {printed[fact]!r} instead of {case.facts[fact]!r}"
               for fact in FACTS if printed[fact] != case.facts[fact]]
    if compiler.prints_sentences and not any(line.endswith(": " + case.sentence()) for line in errors):
        faults.append("the error is not the whole sentence")
    return faults


def faults_of_mistake(case, compiler):
    """What is wrong with what the compiler says to the mistake, and what it said."""
    result = compiler.run(compiler.flags_for(case.includes) + WARNINGS + [str(case.path)])
    output = result.stdout + result.stderr
    return (["the mistake compiles"] if result.returncode == 0 else faults_of_output(case, compiler, output)), output


def diagnostics_of(output):
    """A compiler's output in pieces: an error or a warning each, with what stands before it and its notes."""
    pieces, piece, has_one = [], [], False
    for line in output.splitlines():
        is_one = DIAGNOSTIC.match(line)
        if has_one and (is_one or CONTEXT.match(line)):
            pieces.append(piece)
            piece, has_one = [], False
        piece.append(line)
        has_one = has_one or bool(is_one)
    return [*pieces, piece]


def one_program(cases):
    """Many cases in one program, each file in a namespace: the headers are read once, before."""
    headers = sorted({line for case in cases for line in case.includes})
    program = [f"#include <{PRECOMPILED[-1]}>", *headers]
    return program + [f'namespace {case.name} {{\n#include "{case.path}"\n}}' for case in cases]


def lines_of(pattern, piece):
    return sum(pattern.match(line) is not None for line in piece)


def doubtful(cases, output, compiler):
    """The cases of one program of mistakes that must be compiled alone, by what the compiler says to the program."""
    from_program = INCLUDED_FROM.pattern.replace("from ", "from <stdin>")
    of_program = re.compile(from_program + r"|\d+ errors? generated|cc1plus: ")
    output = "".join(line for line in output.splitlines(keepends=True) if not of_program.match(line))
    said, of_nobody = {case.name: [] for case in cases}, 0
    pieces = diagnostics_of(output)
    most_before = max(lines_of(INCLUDED_FROM, piece) for piece in pieces)
    for piece in pieces:
        text = "\n".join(piece)
        named = [case.name for case in cases if re.search(rf"{re.escape(str(case.path))}:\d+:\d+:", text)]
        if not named and "error:" not in text:
            of_nobody += len(piece)  # lines of a warning
        elif len(named) != 1:
            return cases  # an error of nobody, or of two
        else:
            said[named[0]].append(piece)

    def is_doubtful(case):
        # Alone a compiler repeats where a header is included and the line of an error, and counts the errors.
        not_repeated = of_nobody + 1
        for piece in said[case.name]:
            not_repeated += 0 if lines_of(INCLUDED_FROM, piece) else most_before
            not_repeated += 0 if lines_of(SOURCE_LINE, piece) else 2
        output = "\n".join(line for piece in said[case.name] for line in piece)
        return bool(faults_of_output(case, compiler, output, not_repeated))
    return [case for case in cases if is_doubtful(case)]


def doubtful_of_program(cases, compiler):
    all_errors = "-ferror-limit=0" if compiler.is_clang else "-fmax-errors=0"
    result = compiler.run([*compiler.precompiled.get(PRECOMPILED[-1], []), *WARNINGS, all_errors, "-x", "c++", "-"],
                          "\n".join(one_program(cases)) + "\n")
    return doubtful(cases, result.stderr, compiler)


def self_test(compiler):
    """Whether what two mistakes are told in one program is theirs, and each fault of one makes it doubtful."""
    def case(name):
        return SimpleNamespace(name=name, path=f"/{name}.cpp", facts={**dict.fromkeys(FACTS, name), "got": ""},
                               sentence=lambda: "refused")

    def error(name, fact, text="strata: refused"):
        facts = "".join(f'strata::{each}<"{fact}">' for each in FACTS if each != "got")
        return f"/h.hpp: In {facts}:\n/{name}.cpp:9:1: required from here\n/h.hpp:1:2: error: {text}\n   1 | x\n"
    both = [case("first"), case("second")]
    good = error("first", "first") + error("second", "second")
    doubts = {good: [], error("first", "first"): ["second"],
              error("first", "second") + error("second", "second"): ["first"],
              good + error("second", "second"): ["second"], good + "/second.cpp:1:1: error: unknown\n": ["second"],
              error("first", "first", "unknown") + error("second", "second"): ["first"],
              good + "/second.cpp:1:1: warning: unused\n" + " | x\n" * 9: ["second"],
              good + "/h.hpp:1:1: warning: of nobody\n": [],
              good + "/h.hpp:1:1: warning: of nobody\n" + " | x\n" * 12: ["first", "second"],
              "In file included from a,\n" * 11 + good: ["first", "second"],
              "In file included from a,\n" * 3 + good: [],
              good + "/h.hpp:1:1: error: of nobody\n": ["first", "second"],
              good + "<stdin>:1:1: error: expected '}'\n": ["first", "second"]}
    return all([each.name for each in doubtful(both, said, compiler)] == expected for said, expected in doubts.items())


def programs_of_mistakes(cases, compiler):
    """Cases that share a program: none with the same facts, as a compiler gives the same error once."""
    count = -(-len(cases) // TOGETHER)
    in_order = sorted(cases, key=lambda case: ([case.facts[fact] for fact in FACTS], case.name))
    # An error that two cases have is printed for the first one. The other compiler has them in the other order, and
    # finds the case that has another case's error besides its own.
    return [in_order[part::count][::1 if compiler.is_clang else -1] for part in range(count)]


def faults_of_repairs(cases, compiler):
    """The repairs of many cases in one program."""
    program = ["#define REPAIR", *one_program(cases)]
    result = compiler.run(compiler.precompiled.get(PRECOMPILED[-1], []) + WARNINGS + ["-Werror", "-x", "c++", "-"],
                          "\n".join(program) + "\n")
    output = result.stdout + result.stderr
    if result.returncode == 0:
        return [], output
    named = [case.name for case in cases if f"{case.path}:" in output]
    return [f"do not compile, see {', '.join(named)}"], output


def main():
    options = argparse.ArgumentParser(description="Checks the refusals of strata with one compiler.")
    options.add_argument("--compiler", default="g++", help="a command, such as 'ccache g++'")
    options.add_argument("--std", default="c++20")
    options.add_argument("--include", action="append", default=[], help="a folder of headers; may be repeated")
    options.add_argument("--jobs", type=int, default=2, help="compilers at a time")
    options.add_argument("--print", action="store_true", help="print what the compiler says to the mistakes")
    options.add_argument("cases", nargs="*", help="names of cases; all without any")
    given = options.parse_args()

    compiler = Compiler(given.compiler, given.std, given.include)
    if not self_test(compiler):
        sys.exit("the check cannot fail")
    cases = read_cases(given.cases)
    bad = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        if len(cases) > 4:
            compiler.precompile(folder)
        # As many programs as may compile at once; one where reading the headers takes longer than a case.
        count = given.jobs if compiler.precompiled else 1
        parts = [cases[part::count] for part in range(count)]
        repairs = [pool.submit(faults_of_repairs, part, compiler) for part in parts if part]
        alone = cases
        if len(cases) > 1 and not given.print:
            programs = programs_of_mistakes(cases, compiler)
            left = pool.map(lambda some: doubtful_of_program(some, compiler), programs)
            alone = [case for some in left for case in some]
        mistakes = [pool.submit(faults_of_mistake, case, compiler) for case in alone]
        for name, check in zip([case.name for case in alone] + ["the repairs"] * len(repairs), mistakes + repairs):
            faults, output = check.result()
            if faults:
                print(f"{name}: {'; '.join(faults)}")
            if faults or given.print:
                print(output)
            bad += bool(faults)
    said = "whole sentences" if compiler.prints_sentences else "facts"
    used = os.times()
    print(f"{len(cases)} pairs, {given.compiler} -std={given.std}, {said}: {bad or 'none'} wrong; {len(alone)} "
          f"mistakes alone, {used.children_user + used.children_system:.0f} s of CPU time")
    return 1 if bad or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
