#!/usr/bin/env python3
# A new layer is one header, one file of tests/layers and one pair of tests/compile_fail; scripts make the rest.
# usage: check_new_layer.py ROOT
# Adds such a layer to a copy of the tree, runs the scripts that docs/architecture.md names, and looks whether the copy
# keeps the rules of the tree as the tree does, and whether the tests of all layers have the new one.
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HEADER = """// Doubling: twice its input.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

/// Any shape, unchanged: 2 x. Keras: `Rescaling(2.0)`.
template <class... Options>
struct Doubling : layer<Doubling<Options...>, Options...> {
    static constexpr std::string_view type = "Doubling";
};

}  // namespace strata::inline STRATA_ISA
"""
CASES = """# Doubling in the tests of all layers; registry.py says what each name means.
from registry import net

KERAS = {"Doubling": lambda spelling, term: spelling.made("Rescaling", 2.0)}

EXAMPLES = [("4, 6", "Doubling<>{}")]

STREAMS = [net("Input<4, 6>{}", "Doubling<>{}")]

GRADIENTS = [net("Input<5>{}", "Dense<4, Tanh>{}", "Doubling<>{}", "Dense<2>{}")]

THREADS = [net("Input<5>{}", "Dense<4>{}", "Doubling<>{}")]
"""
REFUSAL = """// Layers: Doubling of an input without axes.
// at: doubling (Doubling), layer 1 of 1
// expects: at least one axis
// got: none
// fix: give it an input
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<>{}, Doubling<>{}}.build();
#else
auto model = Sequential{Input<3>{}, Doubling<>{}}.build();
#endif
"""
BY_HAND = {"include/strata/layers/doubling.hpp": HEADER, "tests/layers/doubling.py": CASES,
           "tests/compile_fail/doubling_of_nothing.cpp": REFUSAL}
MADE = [["docs/make_layers.py", "."], ["tests/layers/registry.py", "."],
        ["tests/compile_fail/make_docs.py", "docs/errors.md"]]
MACROS = ("LAYER_EXAMPLE", "LAYER_CHAIN", "LAYER_STREAM", "LAYER_GRADIENTS", "LAYER_THREADS")


def run(root, *words):
    done = subprocess.run([sys.executable, *words], cwd=root, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def violations(root):
    """Lines of check_tree.py without numbers, which move; the last line is their count."""
    return {re.sub(r":\d+", "", line) for line in run(root, "tests/tree/check_tree.py", ".")[1].splitlines()[:-1]}


def main(arguments):
    if len(arguments) != 1:
        print("usage: check_new_layer.py ROOT", file=sys.stderr)
        return 2
    failures = []
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "tree"
        shutil.copytree(arguments[0], copy, ignore=shutil.ignore_patterns(".git", "build*", "__pycache__", "*.safetensors", "*.h5"))
        before = violations(copy)
        for path, text in BY_HAND.items():
            (copy / path).write_text(text, encoding="utf-8")
        run(copy, "tests/tree/check_tree.py", ".", "--write")
        for command in MADE:
            code, said = run(copy, *command)
            if code != 0:
                failures.append(f"{' '.join(command)}: {said}")
        failures += sorted(violations(copy) - before)
        lines = (copy / "tests/layers/layers.inc").read_text(encoding="utf-8").splitlines()
        failures += [f"layers.inc: no {macro} of the layer" for macro in MACROS
                     if not any(line.startswith(f"{macro}(") and "Doubling<>" in line for line in lines)]
        if "`Doubling`" not in (copy / "docs/layers.md").read_text(encoding="utf-8"):
            failures.append("docs/layers.md does not name the layer")
    for failure in failures:
        print(failure)
    print(f"{len(BY_HAND)} files by hand, {len(MADE) + 1} scripts, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
