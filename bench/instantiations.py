#!/usr/bin/env python3
# Counts what clang instantiates for nets of 16, 32 and 64 distinct layers and for programs that train, and how many
# functions of the latter it makes code for; compares with bench/instantiations.json.
# usage: instantiations.py [--write] [--compiler clang++-19] [--include FOLDER]
#
# Fails where the growth is not linear (32 more layers cost more than twice what 16 more cost, by over 5 %) or a count
# lies more than 5 % above the committed one, and where a program that trains makes code for files that it never writes.
# Counts depend on compiler and libraries, not on the machine's load.
# Exit code 77, which Meson calls skipped, where that compiler is not installed.
import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nets
import trainings

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "bench" / "instantiations.json"
COUNTS = (16, 32, 64)
EVENTS = ("InstantiateFunction", "InstantiateClass")
CODE = re.compile(r'"name":"CodeGen Function","args":\{"detail":"((?:[^"\\]|\\.)*)"')
# Names of functions that a program that trains has no use for.
UNUSED = ("save_safetensors", "append_records", "history_svg", "save_weights")
ALLOWED = 1.05


def trace_of(compiler, include, source, folder, *action):
    """The text of the compiler's trace of what it does for an action."""
    file, trace = folder / "program.cpp", folder / "program.json"
    file.write_text(source, encoding="utf-8")
    # Granularity 0: every event is in the file; its own totals leave out what is instantiated within an instantiation.
    options = [f"-ftime-trace={trace}", "-ftime-trace-granularity=0"]
    subprocess.run([compiler, "-std=c++20", "-O0", f"-I{include}", *(word for option in options for word in ("-Xclang", option)),
                    *action, file], check=True)
    return trace.read_text(encoding="utf-8")


def count_events(trace):
    counts = {event: trace.count(f'"name":"{event}"') for event in EVENTS}
    if 0 in counts.values():
        sys.exit("the trace has another form than this script reads")
    return counts


def count(compiler, include, source, folder):
    return count_events(trace_of(compiler, include, source, folder, "-fsyntax-only"))


def count_training(compiler, include, source, folder):
    """Counts of a program that trains: events, and functions with code by what they are."""
    # Code of LLVM, not of the machine, whose making has no events that are counted.
    trace = trace_of(compiler, include, source, folder, "-c", "-Xclang", "-emit-codegen-only")
    code = CODE.findall(trace)
    return {**count_events(trace), "code": len(code),
            "unused": sum(any(f"{word}<" in detail or f"{word}(" in detail or detail.endswith(word) for word in UNUSED)
                          for detail in code),
            "tiles": sum("kernels::tile<" in detail for detail in code)}


def training_mistakes(found, committed):
    """What is wrong with the counts of programs that train. Both map a program to its counts."""
    for program, counts in found.items():
        for what, number in counts.items():
            known = committed.get(program, {}).get(what)
            if known is None:
                yield f"{program}, {what}: no committed count"
            elif number > known * ALLOWED:
                yield f"{program}, {what}: {number}, more than 5 % above {known}"
        if counts["unused"] > 0:
            yield f"{program}: code for {counts['unused']} functions that it does not use"


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
            any("above" in m for m in mistakes(many, good)) and any("no committed" in m for m in mistakes(good, {})) and
            training_self_test())


def training_self_test():
    good = {"xor": {"InstantiateClass": 1000, "unused": 0}}
    many = {"xor": {"InstantiateClass": 1060, "unused": 0}}
    files = {"xor": {"InstantiateClass": 1000, "unused": 1}}
    return (not list(training_mistakes(good, good)) and any("above" in m for m in training_mistakes(many, good)) and
            any("no committed" in m for m in training_mistakes(good, {})) and
            any("does not use" in m for m in training_mistakes(files, files)))


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
        trained = {training: count_training(given.compiler, given.include, trainings.program(training), Path(name))
                   for training in trainings.PROGRAMS}
    for variant, events in found.items():
        for event, by_layers in events.items():
            print(f"{variant}, {event}: {by_layers}, {(by_layers['64'] - by_layers['32']) / 32:.1f} a layer")
    for training, counts in trained.items():
        print(f"{training} trained: {counts}")
    if given.write:
        version = subprocess.run([given.compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
        counted = {"compiler": version, "counts": found, "trainings": trained}
        BASELINE.write_text(json.dumps(counted, indent=1) + "\n", encoding="utf-8")
        return 0
    committed = json.loads(BASELINE.read_text(encoding="utf-8"))
    wrong = [*mistakes(found, committed["counts"]), *training_mistakes(trained, committed.get("trainings", {}))]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
