#!/usr/bin/env python3
# Counts the instructions that kernels execute on 64-bit Arm, by a plugin of QEMU, and compares them with budgets. A
# machine's multiply-add takes 4 floats, so a kernel executes at least one instruction for 4 multiply-adds.
# usage: instructions.py FOLDER [COMPILER...]   the default compiler is clang++-19 --target=aarch64-linux-gnu
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent / "include"
# Instructions for 4 multiply-adds: a tenth more than Clang 19's and GCC 12's at -O2, whichever is more.
BUDGETS = {
    "dense_64_rows_200_192": 1.65,
    "dense_784_32_32_32_10": 2.35,
    "conv_24x24x16_3x3_32": 1.6,
    "conv_24x24x16_3x3_32_winograd": 0.98,
    "conv_32x32x3_3x3_16": 2.0,
    "conv_14x14x64_1x1_64": 1.6,
    "depthwise_24x24x32_3x3": 2.1,
    "lstm_16_step": 6.6,
    "gru_16_step": 6.3,
}


def run(command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def build(folder, compiler):
    program, plugin = folder / "instructions", folder / "count_instructions.so"
    version = run(["qemu-aarch64", "--version"]).stdout.split()[2]
    api = 1 if int(version.split(".")[0]) < 9 else 2
    for command in ([os.environ.get("CXX", "g++"), "-O1", "-shared", "-fPIC", f"-DPLUGIN_API={api}",
                     HERE / "count_instructions.cpp", "-o", plugin],
                    [*compiler, "-std=c++20", "-O2", f"-I{INCLUDE}", HERE / "instructions.cpp", "-o", program]):
        done = run(command)
        if done.returncode != 0:
            sys.exit(done.stderr)
    return ["qemu-aarch64", "-plugin", plugin, "-L", "/usr/aarch64-linux-gnu", program]


def main(arguments):
    if not arguments:
        sys.exit("usage: instructions.py FOLDER [COMPILER...]")
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    emulated = build(folder, arguments[1:] or ["clang++-19", "--target=aarch64-linux-gnu"])

    def executed(name, calls):
        done = run([*emulated, name, calls])
        if done.returncode != 0:
            sys.exit(f"{name}: {done.stderr}")
        return int(done.stderr)

    kernels = dict(line.split() for line in run(emulated).stdout.splitlines())
    failed = sorted(kernels.keys() ^ BUDGETS.keys())
    if failed:
        print(f"kernels without a budget, or budgets without a kernel: {', '.join(failed)}")
    print(f"{'kernel':32}{'multiply-adds':>14}{'instructions':>14}{'for 4':>8}{'budget':>8}")
    for name, multiply_adds in kernels.items():
        count = (executed(name, 20) - executed(name, 10)) / 10
        share = 4 * count / int(multiply_adds)
        budget = BUDGETS.get(name, 0)
        print(f"{name:32}{multiply_adds:>14}{count:14.0f}{share:8.2f}{budget:8.2f}")
        if not 0 < share <= budget:
            failed.append(name)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
