#!/usr/bin/env python3
"""Worst-case times of one inference beside ONNX Runtime and LiteRT: p50, p99.9 and the largest of a million calls, each timed alone.

usage: bench/peers/worst_case.py [--calls 1000000] [--nets mlp cnn] [--compiler g++] [--march native] [--folder FOLDER]
       [--json FILE]
Run it by the Python of an environment with numpy safetensors onnx onnxruntime ai-edge-litert tensorflow-cpu (TensorFlow only makes
LiteRT's files); a peer that is not installed is left out. strata is called by its C interface, from the same process and by the
same loop as ONNX Runtime; LiteRT is called from Python, which adds a fraction of a microsecond to each call. The libraries take turns, a
thousand calls each, so that a disturbance of the machine reaches all of them. One core. Calls that the system interrupted, to
run another process on the core, are counted apart: what they take says nothing of a library.
"""
import argparse
import ctypes
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import inference as peers

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {"mlp": (784,), "cnn": (28, 28, 1)}
WEIGHTS = {"mlp": [(784, 32), (32,), (32, 32), (32,), (32, 32), (32,), (32, 10), (10,)],
           "cnn": [(3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (1600, 10), (10,)]}
TURN = 1000
FLOATS = ctypes.POINTER(ctypes.c_float)


def build(folder, nets, compiler, march):
    """A shared library with the C interfaces of the nets, and one with the loop that times calls."""
    sources = []
    for net in nets:
        subprocess.run([sys.executable, ROOT / "tools/c_interface/c_interface.py", net, "--include", "nets.hpp", "--net",
                        f"nets::{net}", "--out", folder], check=True, stdout=subprocess.DEVNULL)
        sources.append(folder / f"{net}.cpp")
    shared = [compiler, "-std=c++20", "-O3", "-shared", "-fPIC", f"-march={march}"]
    subprocess.run([*shared, f"-I{ROOT / 'include'}", f"-I{ROOT / 'bench'}", *sources, "-o", folder / "libnets.so"], check=True)
    subprocess.run([*shared, ROOT / "bench/peers/calls.cpp", "-o", folder / "libcalls.so"], check=True)
    calls = ctypes.CDLL(str(folder / "libcalls.so"))
    for function in (calls.seconds_of_calls_1, calls.seconds_of_calls_8):
        function.restype = ctypes.c_double
    return ctypes.CDLL(str(folder / "libnets.so")), calls


def strata_of(library, net, weights):
    """An array for an input, one for the output, and the arguments of the call that infers one from the other."""
    import numpy as np
    for name in ("create", "workspace_create", "infer"):
        getattr(library, f"{net}_{name}").restype = ctypes.c_void_p
    model = ctypes.c_void_p(getattr(library, f"{net}_create")())
    workspace = ctypes.c_void_p(getattr(library, f"{net}_workspace_create")())
    values = np.concatenate([w.reshape(-1) for w in weights])
    if getattr(library, f"{net}_set_weights")(model, values.ctypes.data_as(FLOATS), ctypes.c_size_t(values.size)) != 0:
        raise RuntimeError(f"{net}: other weights")
    x, y = np.zeros(SHAPES[net], np.float32), np.zeros(WEIGHTS[net][-1], np.float32)
    arguments = (ctypes.c_size_t * 8)(model.value, workspace.value, x.ctypes.data, y.ctypes.data)
    return x, y, arguments


def write_case(library, calls, folder, net):
    """Random weights and inputs, and what strata gives, as peers read them; gives seconds of n calls."""
    import numpy as np
    from safetensors.numpy import save_file
    random = np.random.default_rng(3)
    weights = [(random.standard_normal(s) / np.sqrt(np.prod(s[:-1]) or 1) if len(s) > 1 else random.uniform(-0.1, 0.1, s))
               .astype(np.float32) for s in WEIGHTS[net]]
    inputs = random.uniform(-1, 1, (max(peers.BATCHES), *SHAPES[net])).astype(np.float32)
    x, y, arguments = strata_of(library, net, weights)
    infer, outputs = ctypes.cast(getattr(library, f"{net}_infer"), ctypes.c_void_p), []
    kept = (x, y, weights, arguments)

    def seconds_of(count):
        return kept and calls.seconds_of_calls_8(ctypes.c_size_t(count), infer, arguments)

    for sample in reversed(inputs):  # the first stays in x
        x[...] = sample
        seconds_of(1)
        outputs.insert(0, y.copy())
    arrays = {f"weights/{i}": w for i, w in enumerate(weights)}
    save_file({**arrays, "data/x": inputs, "data/y": np.stack(outputs)}, folder / f"{net}.safetensors")
    return seconds_of


def runners(folder, net, calls):
    """The peers that are there and give what strata gives: (name, version, seconds of n calls)."""
    import numpy as np
    for name, engine in (("onnxruntime", peers.onnxruntime_engine), ("litert", peers.litert_engine)):
        try:
            version, make = engine(folder, 1, calls)
            out, seconds_of = make(net, 1)
        except ImportError:
            continue
        expected = peers.load_data(folder, net)[1][:1]
        error = np.abs(out - expected).max() / np.abs(expected).max()
        if not error < peers.WORST_ERROR:
            raise RuntimeError(f"{name} differs from strata by {error:.2g} for {net}")
        yield name, version, seconds_of


def switches():
    """How often the system has taken the core from this thread."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


def measure(runs, count):
    """Microseconds of each of `count` calls that ran alone, and how many did not, by name; the first turn of each warms up."""
    import numpy as np
    times, interrupted = {name: np.zeros(count) for name in runs}, dict.fromkeys(runs, 0)
    for begin in range(-TURN, count, TURN):
        for name, seconds_of in runs.items():
            for i in range(begin, min(begin + TURN, count)):
                before = switches()
                taken = seconds_of(1) * 1e6
                alone = switches() == before
                if begin >= 0:
                    times[name][i] = taken if alone else np.nan
                    interrupted[name] += not alone
    return {name: taken[~np.isnan(taken)] for name, taken in times.items()}, interrupted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--nets", nargs="+", default=list(SHAPES), choices=list(SHAPES))
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--march", default="native")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    import numpy as np
    folder = given.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    library, calls = build(folder, given.nets, given.compiler, given.march)
    rows = []
    own = {net: write_case(library, calls, folder, net) for net in given.nets}
    peers.prepare(folder, given.nets)
    gc.disable()
    for net in given.nets:
        found = list(runners(folder, net, calls))
        times, interrupted = measure({"strata": own[net], **{name: run for name, _, run in found}}, given.calls)
        versions = {name: version for name, version, _ in found}
        for name, taken in times.items():
            p50, p999 = np.percentile(taken, [50, 99.9])
            rows.append({"net": net, "library": name, "version": versions.get(name, ""), "calls": given.calls, "p50": p50,
                         "p99.9": p999, "max": taken.max(), "interrupted": interrupted[name]})
            print(f"| {net} | {name} {versions.get(name, '')} | {p50:.3g} | {p999:.3g} | {taken.max():.4g} | {interrupted[name]} |",
                  flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
