#!/usr/bin/env python3
# Compares what probe.cpp printed on two targets: every value of each must be in the other, and differ by rounding only.
# usage: compare.py EXPECTED ACTUAL [--tolerance 5e-5] [--isa NAME] [--without PREFIX]... | compare.py --self-test
#   --isa      the instruction set that ACTUAL must have been compiled for
#   --without  values whose names begin so are left out of EXPECTED: ACTUAL was compiled without them
import argparse
import math
import sys
import tempfile
from pathlib import Path

SMALL = 0.1  # differences of smaller values are compared with this one's


def read(path):
    """The values by name, and the instruction set."""
    values, isa = {}, None
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        words = line.split()
        if line.startswith("# isa "):
            isa = words[2]
        elif words and not line.startswith("#"):
            if len(words) != 2:
                raise ValueError(f"{path}:{number}: not a name and a value: {line}")
            if words[0] in values:
                raise ValueError(f"{path}:{number}: {words[0]} once more")
            values[words[0]] = float(words[1])
    if not values:
        raise ValueError(f"{path} has no values")
    return values, isa


def differences(expected, actual, tolerance):
    """The complaints, and the largest relative difference."""
    complaints, largest = [], 0.0
    for name in sorted(expected.keys() | actual.keys()):
        if name not in actual or name not in expected:
            complaints.append(f"{name} is missing in {'ACTUAL' if name not in actual else 'EXPECTED'}")
            continue
        a, b = expected[name], actual[name]
        if not (math.isfinite(a) and math.isfinite(b)):
            complaints.append(f"{name} is no finite number: expected {a:.9g}, got {b:.9g}")
            continue
        difference = abs(a - b) / max(abs(a), abs(b), SMALL)
        largest = max(largest, difference)
        if difference > tolerance:
            complaints.append(f"{name}: expected {a:.9g}, got {b:.9g}, a relative difference of {difference:.1e}")
    return complaints, largest


def compare(options):
    (expected, _), (actual, isa) = read(options.expected), read(options.actual)
    left_out = tuple(options.without)
    if left_out:
        for prefix in left_out:
            if not any(name.startswith(prefix) for name in expected):
                raise ValueError(f"{options.expected} has no value that begins with {prefix}")
        expected = {name: value for name, value in expected.items() if not name.startswith(left_out)}
    complaints, largest = differences(expected, actual, options.tolerance)
    if options.isa and isa != options.isa:
        complaints.append(f"compiled for the instruction set {isa}, not for {options.isa}")
    for complaint in complaints:
        print(complaint)
    if complaints:
        print(f"FAILED: {len(complaints)} of {len(expected)} values differ or are missing")
        return 1
    print(f"{len(expected)} values agree; the largest relative difference is {largest:.1e}")
    return 0


def self_test():
    """Every kind of mistake is found, and equal outputs pass."""
    good = "# isa a lanes 4\nx.first 1.5\nx.last 0\n"
    cases = [("equal", good, [], 0), ("rounding", good.replace("1.5", "1.50000001"), [], 0),
             ("another value", good.replace("1.5", "1.51"), [], 1), ("a missing value", "# isa a lanes 4\nx.first 1.5\n", [], 1),
             ("a value more", good + "y.first 2\n", [], 1), ("NaN", good.replace("1.5", "nan"), [], 1),
             ("nothing", "", [], 1), ("no number", good + "a mistake of the program\n", [], 1),
             ("a value twice", good + "x.last 0\n", [], 1), ("the instruction set", good, ["--isa", "a"], 0),
             ("another instruction set", good, ["--isa", "b"], 1), ("left out", "x.first 1.5\n", ["--without", "x.last"], 0),
             ("left out in vain", good, ["--without", "z"], 1)]
    with tempfile.TemporaryDirectory() as folder:
        expected, actual = Path(folder, "expected"), Path(folder, "actual")
        expected.write_text(good)
        wrong = []
        for name, text, arguments, result in cases:
            actual.write_text(text)
            print(f"-- {name}")
            if main([str(expected), str(actual), *arguments]) != result:
                wrong.append(name)
    print(f"FAILED: {', '.join(wrong)}" if wrong else f"{len(cases)} cases of compare.py itself pass")
    return 1 if wrong else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    parser = argparse.ArgumentParser()
    parser.add_argument("expected")
    parser.add_argument("actual")
    parser.add_argument("--tolerance", type=float, default=5e-5)
    parser.add_argument("--isa")
    parser.add_argument("--without", action="append", default=[])
    try:
        return compare(parser.parse_args(arguments))
    except (OSError, ValueError) as error:
        print(f"FAILED: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
