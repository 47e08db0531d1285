#!/usr/bin/env python3
# Compile time of a layer: CPU time and peak memory of programs with 4 to 128 distinct layers, and the slopes.
# And of programs that train a small net with fit.
# usage: compile_time.py [--compiler g++]... [--variant mixed]... [--counts 4,16,64,128] [--training xor]... [--runs 3]
#        [--json FILE] [--header strata.hpp] [--flags "..."] [--include FOLDER] [--check]
#
# --counts "" leaves the nets out, --training none the trainings.
#
# Each program compares its result with plain loops in double, or checks that its net learned; a wrong result ends the
# benchmark. CPU time is user + system of the compiler and its children, the median of the runs, so that other work on
# the machine matters little.
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nets
import trainings

ROOT = Path(__file__).resolve().parent.parent
BUDGET = {"seconds": 0.15, "megabytes": 8.0}  # for each distinct layer
# Of a whole program that trains, with GCC and -O2; a test counts what is compiled: bench/instantiations.py.
TRAINING_BUDGET = {"xor": {"seconds": 6.0, "megabytes": 485}, "xor-own-headers": {"seconds": 5.0, "megabytes": 400},
                   "mlp": {"seconds": 7.0, "megabytes": 515}, "cnn": {"seconds": 9.5, "megabytes": 545}}


def measure(command):
    """CPU seconds and peak megabytes of a command and its children."""
    child = subprocess.Popen(command)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compile_program(given, compiler, source, folder, runs):
    file, program = folder / "program.cpp", folder / "program"
    file.write_text(source, encoding="utf-8")
    command = [compiler, *given.flags.split(), f"-I{given.include}", file, "-o", program, "-pthread"]
    costs = [measure(command) for _ in range(runs)]
    said = subprocess.run([program], capture_output=True, text=True)
    if said.returncode != 0:
        sys.exit(f"{compiler}: the program gives a wrong result: {said.stdout}")
    return {"seconds": statistics.median(c[0] for c in costs), "megabytes": max(c[1] for c in costs)}


def slope(counts, values):
    """The least-squares slope of values over counts."""
    x, y = statistics.mean(counts), statistics.mean(values)
    return sum((a - x) * (b - y) for a, b in zip(counts, values)) / sum((a - x) ** 2 for a in counts)


def bench(given, compiler, variant, folder):
    rows = []
    for count in given.counts:
        cost = compile_program(given, compiler, nets.program(variant, count, given.header), folder, given.runs)
        rows.append({"layers": count, **cost})
        print(f"| {compiler} | {variant} | {count} | {cost['seconds']:.2f} | {cost['megabytes']:.0f} |", flush=True)
    result = {"compiler": compiler, "variant": variant, "rows": rows}
    for key in ("seconds", "megabytes"):
        result[f"{key}_per_layer"] = slope(given.counts, [row[key] for row in rows]) if len(rows) > 1 else None
    return result


def bench_training(given, compiler, name, folder):
    cost = compile_program(given, compiler, trainings.program(name), folder, given.runs)
    print(f"| {compiler} | {name} trained | | {cost['seconds']:.2f} | {cost['megabytes']:.0f} |", flush=True)
    return {"compiler": compiler, "training": name, **cost}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 platform.machine()) if Path("/proc/cpuinfo").exists() else platform.machine()
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", action="append")
    parser.add_argument("--variant", action="append", choices=nets.VARIANTS)
    parser.add_argument("--counts", default="4,16,64,128", type=lambda text: [int(n) for n in text.split(",") if n])
    parser.add_argument("--training", action="append", choices=[*trainings.PROGRAMS, "none"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--flags", default="-std=c++20 -O2 -march=native")
    parser.add_argument("--include", default=str(ROOT / "include"))
    parser.add_argument("--header", default="strata.hpp", choices=("strata.hpp", "infer.hpp"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--check", action="store_true", help="fail above the budget of a layer or of a training")
    given = parser.parse_args()
    compilers = given.compiler or ["g++", "clang++-19"]
    variants = given.variant or ["mixed"]
    chosen = [name for name in given.training or trainings.PROGRAMS if name != "none"]
    report = {"machine": machine(), "flags": given.flags, "header": given.header, "baseline": {}, "nets": [],
              "trainings": []}
    print(f"{report['machine']}; {given.flags}; median of {given.runs}\n")
    print("| compiler | net | layers | CPU s | peak MB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for compiler in compilers:
            cost = compile_program(given, compiler, nets.baseline(given.header), Path(name), given.runs)
            report["baseline"][compiler] = cost
            print(f"| {compiler} | `#include` alone | 0 | {cost['seconds']:.2f} | {cost['megabytes']:.0f} |",
                  flush=True)
            if given.counts:
                report["nets"] += [bench(given, compiler, variant, Path(name)) for variant in variants]
            report["trainings"] += [bench_training(given, compiler, training, Path(name)) for training in chosen]
    over = 0
    for row in report["trainings"]:
        limits = TRAINING_BUDGET[row["training"]]
        over += row["compiler"] == "g++" and any(row[key] > limit for key, limit in limits.items())
    if report["trainings"]:
        print(f"\nbudgets of trainings with GCC: {TRAINING_BUDGET}; {over} above them")
    if len(given.counts) > 1:
        print("\n| compiler | net | s a layer | MB a layer |\n|---|---|---|---|")
        for net in report["nets"]:
            seconds, megabytes = net["seconds_per_layer"], net["megabytes_per_layer"]
            print(f"| {net['compiler']} | {net['variant']} | {seconds:.3f} | {megabytes:.2f} |")
            over += any(net[f"{key}_per_layer"] > limit for key, limit in BUDGET.items())
        print(f"\nbudget: {BUDGET['seconds']} s and {BUDGET['megabytes']} MB a distinct layer; {over} above it")
    if given.json:
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if given.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
