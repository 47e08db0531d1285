#!/usr/bin/env python3
# Inference without exceptions, RTTI, threads, files or a heap: compiles program.cpp in each of these configurations and
# all together, runs it, and compares results, errors, included headers and the symbols that are used.
# usage: check.py ROOT [CONFIGURATION...] -- COMPILER...
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SENTENCES = {
    "assign": "strata: weight dense/bias of shape (6) takes 6 values, got 2; fix: give as many as the weight has",
    "predict": "strata: predict takes whole samples of shape (4), 4 values each; got 7 values; fix: give a multiple of 4",
    "adapt": "strata: adapt takes whole samples of shape (3), 3 values each; got 7 values; fix: give a multiple of 3",
    "threads": "strata: the system gives 1 of 2 threads; fix: ask for fewer",
}
FILES = ("filesystem", "fstream", "iostream")
THREADS = ("thread", "mutex", "atomic", "condition_variable", "future", "semaphore")
CONFIGURATIONS = {
    "as it is": [],
    "no exceptions": ["-fno-exceptions"],
    "exceptions, but a handler": ["-DSTRATA_NO_EXCEPTIONS"],
    "no RTTI": ["-fno-rtti"],
    "no threads": ["-DSTRATA_NO_THREADS"],
    "no files": ["-DSTRATA_NO_FILES"],
    # Optimized: without, GCC keeps the code that only constant evaluation runs, which allocates.
    "no heap": ["-DSTRATA_NO_HEAP", "-O1"],
    "nothing of these": ["-fno-exceptions", "-fno-rtti", "-DSTRATA_NO_THREADS", "-DSTRATA_NO_FILES", "-DSTRATA_NO_HEAP",
                         "-DSTRATA_SCALAR", "-DNDEBUG", "-O1"],
}
# What a program without a heap says to calls that allocate: macros of refused.cpp, and words of the diagnostic.
REFUSED = {
    "PREDICT": ("predict(values)", "infer(x, y, workspace)"),
    "TO_VECTOR": ("to_vector()", "view.size())"),
    "WORKSPACE": ("workspace({.threads = ...})", "write workspace()"),
    "ADAPT": ("adapt(layer, values)", "assign the weights"),
    "BUILD": ("lstm/recurrent_kernel", "Orthogonal", "net.bind(values)"),
}
COMMON = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-pthread"]
failures = []


def check(holds, configuration, message):
    if not holds:
        failures.append(f"{configuration}: {message}")


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def forbid(folder, headers):
    """A folder whose headers stop the compiler, to be searched before the standard library's."""
    folder.mkdir()
    for header in headers:
        (folder / header).write_text(f'#error "<{header}> is included"\n', encoding="utf-8")
    return folder


def errors_of(result):
    return "\n".join([line for line in result.stderr.splitlines() if "error" in line][:5])


def undefined_symbols(program):
    """Names of functions that the program takes from libraries, and type information that it holds, mangled."""
    listed = run("nm", program).stdout
    return set(re.findall(r" [UuwV] (\S+)$", listed, re.MULTILINE)) | set(re.findall(r"\b(_ZT[IS]\S+)$", listed, re.MULTILINE))


def check_errors(name, flags, program):
    """Every mistake: thrown, or given to the handler; an error that nothing handles ends the program."""
    throws = "-fno-exceptions" not in flags and "-DSTRATA_NO_EXCEPTIONS" not in flags
    mistakes = ["assign"] if "-DSTRATA_NO_HEAP" in flags else ["assign", "predict", "adapt"]
    if "-DSTRATA_NO_THREADS" in flags and "-DSTRATA_NO_HEAP" not in flags:
        mistakes.append("threads")
    for mistake in mistakes:
        said = run(program, mistake, "ends")
        expected = f"{'caught' if throws else 'handled'}: {SENTENCES[mistake]}"
        check(said.stdout.startswith(expected) and said.returncode == 7, name, f"{mistake} says {said.stdout!r}")
    if throws:
        return
    said = run(program, "assign")
    printed = "" if "-DSTRATA_NO_FILES" in flags else SENTENCES["assign"] + "\n"
    check(said.returncode == -signal.SIGABRT and said.stderr == printed and said.stdout == "", name,
          f"without a handler an error ends with {said.returncode} and {said.stderr!r}")
    said = run(program, "assign", "returns")
    check(said.returncode == -signal.SIGABRT and said.stdout == f"returned: {SENTENCES['assign']}\n", name,
          f"after a handler that returns: {said.returncode}, {said.stdout!r}")
    said = run(program, "assign", "restored")
    check(said.returncode == -signal.SIGABRT and said.stderr == printed, name, "null does not restore the first handler")


def check_symbols(name, flags, program):
    used = undefined_symbols(program)
    forbidden = []
    if "-fno-exceptions" in flags:
        forbidden += [r"__cxa_throw", r"__cxa_begin_catch", r"_Unwind_Resume"]
    if "-fno-rtti" in flags:
        forbidden += [r"_ZT[IS].*strata.*", r"__dynamic_cast"]
    if "-DSTRATA_NO_THREADS" in flags:
        forbidden += [r"pthread_create.*", r".*thread.*_M_start_thread.*"]
    if "-DSTRATA_NO_HEAP" in flags:
        forbidden += [r"malloc\b.*", r"calloc\b.*", r"_Znw.*", r"_Zna.*"]
    for symbol in sorted(used):
        for pattern in forbidden:
            check(not re.fullmatch(pattern, symbol), name, f"the program uses {symbol}")
    return used


def main():
    if "--" not in sys.argv[2:-1]:
        sys.exit("usage: check.py ROOT [CONFIGURATION...] -- COMPILER...")
    dashes = sys.argv.index("--")
    root, compiler = Path(sys.argv[1]), sys.argv[dashes + 1:]
    names = sys.argv[2:dashes] or list(CONFIGURATIONS)
    here, includes = root / "tests" / "configurations", ["-I", root / "include"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        expected, symbols = None, {}
        no_files = forbid(folder / "no_files", FILES)
        no_files_or_threads = forbid(folder / "no_files_or_threads", FILES + THREADS)
        for name, flags in ((name, CONFIGURATIONS[name]) for name in ["as it is", *names[names[0] == "as it is":]]):
            program = folder / "program"
            forbidden = no_files_or_threads if "-DSTRATA_NO_THREADS" in flags else no_files
            built = run(*compiler, *COMMON, *flags, "-I", forbidden, *includes, here / "program.cpp", "-o", program)
            check(built.returncode == 0, name, f"does not compile:\n{errors_of(built)}")
            if built.returncode != 0:
                continue
            said = run(program, "results")
            expected = expected or dict(line.split(" ", 1) for line in said.stdout.splitlines())
            lines = dict(line.split(" ", 1) for line in said.stdout.splitlines())
            check(said.returncode == 0 and len(lines) == (5 if "-DSTRATA_NO_HEAP" in flags else 8), name,
                  f"results end with {said.returncode} after {len(lines)} lines")
            for key, values in lines.items():
                check(close(values, expected[key]), name, f"{key} is {values}, without options {expected[key]}")
            check_errors(name, flags, program)
            symbols[name] = check_symbols(name, flags, program)
        # The searches for symbols find what they look for where it is allowed.
        for wanted in ("__cxa_throw", "_Znw"):
            check(any(symbol.startswith(wanted) for symbol in symbols.get("as it is", ())), "control",
                  f"the program with all options uses no {wanted}")
        control = run(*compiler, *COMMON, "-I", no_files_or_threads, *includes, "-E", "-o", folder / "control", here / "program.cpp")
        check("<thread> is included" in control.stderr or "<atomic> is included" in control.stderr, "control",
              "a program with threads includes none of their headers")
        refused = [*compiler, *COMMON, *includes, "-fsyntax-only", here / "refused.cpp"]
        said = run(*refused, *(f"-D{macro}" for macro in REFUSED))
        check(said.returncode == 0, "with a heap", f"refused.cpp does not compile:\n{errors_of(said)}")
        said = run(*refused, *(f"-D{macro}" for macro in REFUSED), "-DSTRATA_NO_HEAP")
        errors = len(re.findall("error: static[ _]assert", said.stderr))
        check(errors == len(REFUSED), "no heap", f"{errors} of {len(REFUSED)} calls are refused")
        facts = plain(re.sub(r"(strata::)?fixed_string<\d+>", "", said.stderr))
        for macro, words in REFUSED.items():
            check(all(plain(word) in facts for word in words), "no heap",
                  f"{macro} is not refused with {words}:\n{errors_of(said)}")
        umbrella = run(*compiler, *COMMON, "-fno-exceptions", "-Wfatal-errors", *includes, "-fsyntax-only", "-x", "c++",
                       "-include", "strata/strata.hpp", "/dev/null")
        check("strata: training and files need exceptions" in umbrella.stderr, "no exceptions",
              f"strata.hpp does not say that it needs them:\n{errors_of(umbrella)}")
    for failure in failures:
        print(failure)
    used = os.times()
    print(f"{len(symbols)} configurations, {len(failures) or 'no'} failures, by {' '.join(compiler)}, "
          f"{used.children_user + used.children_system:.0f} s of CPU time")
    return 1 if failures else 0


def close(values, others):
    """The same to the rounding of other instructions: the scalar kernels add in another order."""
    pairs = list(zip(values.split(), others.split()))
    return len(values.split()) == len(others.split()) and all(
        abs(float(a) - float(b)) <= 3e-5 * max(1.0, abs(float(b))) for a, b in pairs)


def plain(text):
    """Letters alone: compilers cut the strings of a diagnostic into pieces."""
    return re.sub(r"[^A-Za-z0-9]", "", text)


if __name__ == "__main__":
    sys.exit(main())
