# The options of strata-convert that need a compiler: --summary says what the library says; --net reads a .safetensors file for a
# net of a header.
# usage: python compiled.py --convert PATH
import argparse
import re
import sys
import tempfile
from pathlib import Path

import numpy as np

from programs import FLAGS, add_arguments, run, test_programs

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fuzz"))
import corpus  # noqa: E402

NET = """#pragma once
#include <strata/infer.hpp>
namespace product {
constexpr auto net = strata::Sequential{strata::Input<4>{}, strata::Dense<3, strata::ReLU>{}, strata::Dense<2>{}};
using type = std::remove_const_t<decltype(net)>;
using other = strata::Sequential<strata::Input<4>, strata::Dense<5>, strata::Dense<2>>;
}  // namespace product
"""
SHAPES = {"dense/kernel": (4, 3), "dense/bias": (3,), "dense_1/kernel": (3, 2), "dense_1/bias": (2,)}


def write_files(folder):
    rng = np.random.default_rng(1)
    w = {name: rng.uniform(-1, 1, shape).astype(np.float32) for name, shape in SHAPES.items()}
    (folder / "net.hpp").write_text(NET)
    (folder / "weights.safetensors").write_bytes(corpus.safetensors(w))
    x = rng.uniform(-1, 1, (5, 4)).astype(np.float32)
    y = np.maximum(x @ w["dense/kernel"] + w["dense/bias"], 0) @ w["dense_1/kernel"] + w["dense_1/bias"]
    np.savez(folder / "check.npz", x=x, y=y)


class Checks:
    def __init__(self, arguments, folder):
        self.folder, self.passed, self.failed = folder, 0, 0
        self.compiler, self.include, self.flags = arguments.compiler, arguments.include, arguments.flags.split()
        self.command = f"{arguments.compiler} -std=c++20 {arguments.flags} -I{arguments.include}"
        self.convert_program = arguments.convert.resolve()
        self.command_with_headers = self.command

    def precompile(self):
        """Reads strata's headers once for most programs that strata-convert compiles, where the compiler is Clang."""
        header, target = self.folder / "header.hpp", self.folder / "header.pch"
        header.write_text("#include <strata/strata.hpp>\n")
        done = run([*self.command.split(), "-O0", "-fpch-instantiate-templates", "-x", "c++-header", header, "-o", target])
        if done.returncode == 0:
            self.command_with_headers = f"{self.command} -include-pch {target}"

    def check(self, name, holds, said):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        if not holds:
            print(f"{name}: {said}")

    def convert(self, *words, compiler=None):
        return run([self.convert_program, *words, "--compiler", compiler or self.command_with_headers], cwd=self.folder)

    def named_nets(self):
        names = {"by_variable": ("product::net", "inline"), "by_type": ("product::type", "file"),
                 "in_double": ("::product::net", "inline", "--scalar", "double")}
        for name, (net, weights, *more) in names.items():
            # The first one includes what it needs.
            done = self.convert("weights.safetensors", "-o", "out", "--name", name, "--net", f"net.hpp:{net}", "--check", "check.npz",
                                "--weights", weights, *more, compiler=self.command if name == "by_variable" else None)
            self.check(name, done.returncode == 0, done.stderr)
        lines = test_programs(list(names), self.folder / "out", [self.compiler], self.flags, self.include)
        for name, line in lines.items():
            self.check(name, line.endswith(": equal"), line)

    def refused(self):
        use = ("weights.safetensors", "-o", "out", "--name", "refused")
        for name, words, code, wanted in (
                ("another net", ("--net", "net.hpp:product::other"), 1, "shape"),
                ("a name that is none", ("--net", "net.hpp:product::nothing"), 1, "nothing"),
                ("a header that is missing", ("--net", "none.hpp:product::net"), 1, "none.hpp"),
                ("no name", ("--net", "net.hpp"), 2, "HEADER:NAME"), ("code as a name", ("--net", "net.hpp:f(); int x"), 2, "HEADER:NAME"),
                ("no net", (), 1, "--net HEADER:NAME")):
            done = self.convert(*use, *words)
            self.check(name, done.returncode == code and wanted in done.stderr, f"{done.returncode}: {done.stderr}")
        done = self.convert("amp.json", "-o", "out", "--net", "net.hpp:product::net")
        self.check("a net of a file that has one", done.returncode == 2, done.stderr)
        # A net that changes after the conversion.
        (self.folder / "net.hpp").write_text(NET.replace("Dense<3, strata::ReLU>", "Dense<7, strata::ReLU>"))
        done = run([self.compiler, *FLAGS, *self.flags, "-fsyntax-only", f"-I{self.include}", self.folder / "out/by_type_test.cpp"])
        self.check("a net that has changed", done.returncode != 0 and "was changed after" in done.stderr, done.stderr)
        (self.folder / "net.hpp").write_text(NET)

    def summary(self):
        done = self.convert("weights.safetensors", "-o", "out", "--name", "by_type", "--net", "net.hpp:product::type", "--summary")
        self.check("table of a named net", "dense_1 (Dense)" in done.stdout and "FLOPs" in done.stdout, done.stdout + done.stderr)
        done = self.convert("amp.json", "-o", "out", "--summary", "--steps", "8", compiler=self.command)
        program = self.folder / "out/amp_test"
        built = run([self.compiler, *FLAGS, *self.flags, f"-I{self.include}", self.folder / "out/amp_test.cpp", "-o", program])
        said = run([program, "--summary"]).stdout if built.returncode == 0 else built.stderr
        numbers = [re.search(pattern, text) for text in (done.stdout, said)
                   for pattern in (r"FLOPs of a sample: (\d+)", r"arena: (\d+) bytes", r"(?:flash|padding): (\d+) bytes")]
        found = [number and int(number[1]) for number in numbers]
        # A step of LSTM(4): products of 1 and of 4 values with 16 columns; more than those, less than twice as many.
        least = 8 * 2 * (1 + 4) * 16
        self.check("summary", None not in found and found[:3] == found[3:] and least < found[0] < 2 * least and "lstm" in done.stdout.lower(),
                   f"{found}: {done.stdout} {done.stderr} {said}")
        done = self.convert("amp.json", "-o", "out", "--summary", compiler="no_such_compiler")
        self.check("summary without a compiler", done.returncode == 0 and "Total params: 101" in done.stdout and "--compiler" in done.stderr,
                   f"{done.returncode}: {done.stdout} {done.stderr}")


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_files(folder)
        (folder / "amp.json").write_bytes((HERE.parents[1] / "examples/convert/amp.json").read_bytes())
        checks = Checks(arguments, folder)
        checks.precompile()
        checks.named_nets()
        checks.refused()
        checks.summary()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
