#!/usr/bin/env python3
# Prints values of a program with gdb and the printers of tools/debugger, and compares what gdb says.
# usage: check.py PROGRAM      PROGRAM is program.cpp with debugging information
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LAYERS = ("Input<28, 28, 1>", 'Conv2D<16, 3, padding::same, ReLU, name<"first">>', "MaxPooling2D<2>", "Flatten<>",
          "Dense<10, Softmax>")
ITEMS = "{" + ", ".join(f"[{i}] = {layer}" for i, layer in enumerate(LAYERS)) + "}"
EXPECTED = {
    "print small": "$1 = (2, 3) = {{0, 0, 0}, {0, 0, 1.5}}",
    "print extents": "$2 = (28, 28, 1)",
    "print words": '$3 = "hello"',
    "print net": "$4 = Sequential, 5 items = " + ITEMS,
    "print model": "$5 = Model of double, 5 items = " + ITEMS,
    "print open": "$6 = Sequential, 2 items = {[0] = Input<any, 3>, [1] = LSTM<4, return_sequences>}",
    "print classes": "$7 = 1 samples = {inputs = std::vector of length 2, capacity 2 = {1, 2}, "
                     "labels = std::vector of length 1, capacity 1 = {3}}",
    "print targets": "$8 = 3 samples = {inputs = ",
    "whatis model": "type = const Model<Sequential<\n    " + ",\n    ".join(LAYERS) + ">, double>",
    "print large": "$9 = (40, 60) = {{0, 7, 0 <repeats 58 times>}, {0 <repeats 60 times>} <repeats 39 times>}",
}


def main(program):
    errors = []
    line = next(i for i, text in enumerate((ROOT / "tests/debugger/program.cpp").read_text().splitlines(), 1) if "// stop" in text)
    commands = [f"source {ROOT / 'tools/debugger/strata_gdb.py'}", "set print elements 0", f"break program.cpp:{line}", "run"]
    for command in EXPECTED:
        commands += [f"echo \\n== {command}\\n", command]
    done = subprocess.run(["gdb", "-nx", "-batch", *(part for each in commands for part in ("-ex", each)), program],
                          capture_output=True, text=True, timeout=300, check=False)
    sections = dict(part.split("\n", 1) for part in done.stdout.split("\n== ")[1:])
    for command, expected in EXPECTED.items():
        found = sections.get(command, "").strip()
        if not found.startswith(expected):
            errors.append(f"{command}\n  expected: {expected}\n  found:    {found}")
    if "Operation not permitted" in done.stderr:
        print("gdb may run no program here: skipped")
        return 77
    if not sections:
        errors.append(done.stdout + done.stderr)
    # No Visual Studio here: the file is at least XML with a visualizer of each of these types.
    natvis = ElementTree.parse(ROOT / "tools/debugger/strata.natvis")
    space = "{http://schemas.microsoft.com/vstudio/debugger/natvis/2010}"
    names = " ".join(each.get("Name") for each in natvis.iter(space + "Type"))
    errors += [f"strata.natvis has no {name}" for name in ("Tensor", "shape", "text", "Dataset") if f"strata::{name}" not in names]
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{len(EXPECTED)} values, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
