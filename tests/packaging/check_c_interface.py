#!/usr/bin/env python3
# Makes C interfaces, builds a shared library of them, and calls it from C (C99, without warnings) and from Python: both print
# the numbers that C++ prints. Only the functions of the interface are exported.
# usage: check_c_interface.py ROOT [--compiler g++] [--c-compiler gcc]
import argparse
import sys
import tempfile
from pathlib import Path

from foreign import must_run

HERE = Path(__file__).resolve().parent
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def check(root, folder, compiler, c_compiler):
    """Problems, as texts."""
    example, make = root / "examples/c_interface", root / "tools/c_interface/c_interface.py"
    must_run([sys.executable, make, "meter", "--include", "net.hpp", "--net", "meter::net", "--out", folder])
    must_run([sys.executable, make, "borrowed", "--include", "borrowed_net.hpp", "--model",
              "borrowed_net::model()", "--out", folder])
    cxx = [compiler, "-std=c++20", "-O1", *STRICT, f"-I{root / 'include'}", f"-I{example}", f"-I{HERE}"]
    library = folder / "libnets.so"
    must_run([*cxx, "-shared", "-fPIC", "-fvisibility=hidden", folder / "meter.cpp", folder / "borrowed.cpp", "-o", library])
    must_run([*cxx, HERE / "c_interface.cpp", "-o", folder / "reference"])
    linked = ["-L", folder, "-lnets", f"-Wl,-rpath,{folder}", "-lm"]
    for source, program in ((example / "main.c", "example"), (HERE / "c_interface.c", "calls")):
        must_run([c_compiler, "-std=c99", *(flag for flag in STRICT if flag != "-Wconversion"), f"-I{folder}", source, "-o",
                  folder / program, *linked])
    weights = folder / "meter.safetensors"
    reference = must_run([folder / "reference", weights])
    if len(set(reference.split())) < 8:
        yield f"the net gives {reference.split()}"
    said = {"C": must_run([folder / "example", weights]),
            "Python": must_run([sys.executable, example / "main.py", library, weights])}
    for language, text in said.items():
        if text != reference + "the stream gives the same\nstrata: a pointer is null\n":
            yield f"{language} prints\n{text}C++ prints\n{reference}"
    if must_run([folder / "example"]) == said["C"]:
        yield "other weights give the same"
    must_run([folder / "calls", weights, folder / "missing.safetensors"])
    symbols = {line.split()[-1] for line in must_run(["nm", "-D", "--defined-only", library]).splitlines()
               if line.split()[-2] == "T"}
    foreign = {name for name in symbols if not name.startswith(("meter_", "borrowed_", "_init", "_fini"))}
    if foreign or len(symbols) < 32:
        yield f"exported are {sorted(foreign or symbols)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--c-compiler", default="gcc")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        try:
            wrong = list(check(given.root.resolve(), Path(name), given.compiler, given.c_compiler))
        except RuntimeError as mistake:
            wrong = [str(mistake)]
    print("\n".join(wrong) or "C and Python compute what C++ computes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
