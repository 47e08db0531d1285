# Compiles the pairs of this folder: each mistake must be refused with the facts that its file states, briefly, in one
# error of strata's own; each repair must compile without a warning.
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from cases import FACTS, printed_facts, read_cases

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion"]
MOST_LINES = 15
NO_CONSTANT = "must be initialized by a constant expression"
PRECOMPILED = ("strata/infer.hpp", "strata/strata.hpp")  # what the cases include takes most of their time


class Compiler:
    def __init__(self, command, std, includes):
        self.command = shlex.split(command) + [f"-std={std}", "-fsyntax-only"]
        self.includes = [f"-I{folder}" for folder in includes]
        self.precompiled = {}
        macros = self.run(["-dM", "-E", "-x", "c++", os.devnull]).stdout
        version, language = (re.search(rf"{macro} (\d+)", macros) for macro in ("__cpp_static_assert", "__cplusplus"))
        self.prints_sentences = version is not None and int(version[1]) >= 202306 and int(language[1]) > 202302

    def precompile(self, folder, warnings=WARNINGS):
        """Reads the headers that cases include once for all of them."""
        clang = "clang" in self.run(["--version"]).stdout
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


def faults_of_mistake(case, compiler):
    """What is wrong with what the compiler says to the mistake, and what it said."""
    result = compiler.run(compiler.flags_for(case.includes) + WARNINGS + [str(case.path)])
    output = result.stdout + result.stderr
    lines = [line for line in output.splitlines() if "/header.hpp:" not in line]  # of the precompiled header
    # Of a constant that was refused Clang says, too, that it is not constant.
    errors = [line for line in lines if "error:" in line and not line.endswith(NO_CONSTANT)]
    if result.returncode == 0:
        return ["the mistake compiles"], output
    faults = []
    if len(errors) != 1:
        faults.append(f"{len(errors)} errors")
    if not errors or "strata: " not in errors[0]:
        faults.append("the first error is not of strata")
    if len(lines) > MOST_LINES:
        faults.append(f"{len(lines)} lines")
    printed = printed_facts(output)
    faults += [f"{fact}: {printed[fact]!r} instead of {case.facts[fact]!r}"
               for fact in FACTS if printed[fact] != case.facts[fact]]
    if compiler.prints_sentences and not any(line.endswith(": " + case.sentence()) for line in errors):
        faults.append("the error is not the whole sentence")
    return faults, output


def faults_of_repairs(cases, compiler):
    """The repairs of many cases in one program, each file in a namespace: the headers are read once, before."""
    headers = sorted({line for case in cases for line in case.includes})
    umbrella = PRECOMPILED[-1]
    program = ["#define REPAIR", f"#include <{umbrella}>", *headers]
    program += [f'namespace {case.name} {{\n#include "{case.path}"\n}}' for case in cases]
    result = compiler.run(compiler.precompiled.get(umbrella, []) + WARNINGS + ["-Werror", "-x", "c++", "-"],
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
    cases = read_cases(given.cases)
    bad = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        if len(cases) > 4:
            compiler.precompile(folder)
        parts = [cases[part::given.jobs] for part in range(given.jobs)]  # as many programs as may compile at once
        repairs = [pool.submit(faults_of_repairs, part, compiler) for part in parts if part]
        mistakes = [pool.submit(faults_of_mistake, case, compiler) for case in cases]
        for name, check in zip([case.name for case in cases] + ["the repairs"] * len(repairs), mistakes + repairs):
            faults, output = check.result()
            if faults:
                print(f"{name}: {'; '.join(faults)}")
            if faults or given.print:
                print(output)
            bad += bool(faults)
    said = "whole sentences" if compiler.prints_sentences else "facts"
    print(f"{len(cases)} pairs, {given.compiler} -std={given.std}, {said}: {bad or 'none'} wrong")
    return 1 if bad or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
