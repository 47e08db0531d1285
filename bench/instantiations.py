#!/usr/bin/env python3
# Counts what clang instantiates for nets of 16, 32 and 64 distinct layers, and compares with bench/instantiations.json.
# usage: instantiations.py [--write] [--compiler clang++-19] [--include FOLDER]
#
# Fails where the growth is not linear (32 more layers cost more than twice what 16 more cost, by over 5 %) or a count
# lies more than 5 % above the committed one. Counts depend on compiler and libraries, not on the machine's load.
# Exit code 77, which Meson calls skipped, where that compiler is not installed.
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nets

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "bench" / "instantiations.json"
COUNTS = (16, 32, 64)
EVENTS = ("InstantiateFunction", "InstantiateClass")
ALLOWED = 1.05


def count(compiler, include, source, folder):
    file = folder / "program.cpp"
    file.write_text(source, encoding="utf-8")
    # Granularity 0: every event is in the file; its own totals leave out what is instantiated within an instantiation.
    subprocess.run([compiler, "-std=c++20", "-O0", f"-I{include}", "-ftime-trace", "-ftime-trace-granularity=0",
                    "-c", file, "-o", folder / "program.o"], check=True)
    names = [e["name"] for e in json.loads((folder / "program.json").read_text(encoding="utf-8"))["traceEvents"]]
    return {event: names.count(event) for event in EVENTS}


def mistakes(found, committed):
    """What is wrong with the counts of `found`, as sentences. Both map a variant to an event to counts by layers."""
    for variant, events in found.items():
        for event, by_layers in events.items():
            first, second = by_layers["32"] - by_layers["16"], by_layers["64"] - by_layers["32"]
            if second > 2 * first * ALLOWED:
                yield (f"{variant}, {event}: {first} more from 16 to 32 layers, {second} more from 32 to 64: "
                       f"more than linear")
            for layers, number in by_layers.items():
                known = committed.get(variant, {}).get(event, {}).get(layers)
                if known is None:
                    yield f"{variant}, {event}, {layers} layers: no committed count"
                elif number > known * ALLOWED:
                    yield f"{variant}, {event}, {layers} layers: {number}, more than 5 % above {known}"


def self_test():
    good = {"mixed": {"InstantiateClass": {"16": 1000, "32": 1160, "64": 1480}}}
    steep = {"mixed": {"InstantiateClass": {"16": 1000, "32": 1160, "64": 1512}}}
    many = {"mixed": {"InstantiateClass": {"16": 1100, "32": 1160, "64": 1280}}}
    return (not list(mistakes(good, good)) and any("linear" in m for m in mistakes(steep, steep)) and
            any("above" in m for m in mistakes(many, good)) and any("no committed" in m for m in mistakes(good, {})))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="commit these counts")
    parser.add_argument("--compiler", default="clang++-19")
    parser.add_argument("--include", default=str(ROOT / "include"))
    given = parser.parse_args()
    if not self_test():
        print("the check cannot fail")
        return 1
    if shutil.which(given.compiler) is None:
        print(f"skipped: there is no {given.compiler}")
        return 77
    found = {}
    with tempfile.TemporaryDirectory() as name:
        for variant in ("conv", "dense"):
            counts = {n: count(given.compiler, given.include, nets.program(variant, n, "infer.hpp"), Path(name))
                      for n in COUNTS}
            found[variant] = {event: {str(n): counts[n][event] for n in COUNTS} for event in EVENTS}
    for variant, events in found.items():
        for event, by_layers in events.items():
            print(f"{variant}, {event}: {by_layers}, {(by_layers['64'] - by_layers['32']) / 32:.1f} a layer")
    if given.write:
        version = subprocess.run([given.compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
        BASELINE.write_text(json.dumps({"compiler": version, "counts": found}, indent=1) + "\n", encoding="utf-8")
        return 0
    wrong = list(mistakes(found, json.loads(BASELINE.read_text(encoding="utf-8"))["counts"]))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
