# The classification nets of the package onnx (backend/test/data/light): AlexNet, DenseNet, Inception, ResNet,
# ShuffleNet, SqueezeNet, VGG and ZFNet as graphs. Their constants, which are all 0.02, become random weights. Each graph
# is converted, compiled and run; its outputs are those of onnxruntime.
# usage: python light_models.py --convert PATH [--given] [--compiler g++] [--only NAME]; needs onnx, onnxruntime and numpy
# --given keeps the constants of the file and compares with the output that the package has.
# Prints a row of docs/convert.md for each: layers, weights, seconds and memory of the compiler, the result.
import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
import onnxruntime
from onnx import numpy_helper

from programs import FLAGS, add_arguments, run

LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"


def roles(graph):
    """For each tensor the operator that reads it and the number of that input, through Unsqueeze."""
    readers = {}
    for node in reversed(graph.node):
        for i, name in enumerate(node.input):
            readers[name] = readers.get(node.output[0], ("Unsqueeze", 0)) if node.op_type == "Unsqueeze" else (node.op_type, i)
    return readers


def values_for(role, shape, rng):
    """Weights with which values stay near 1 through all layers."""
    kind, place = role
    if kind in ("Conv", "Gemm") and place == 1:
        return rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape)
    if kind == "BatchNormalization" and place in (1, 4) or kind == "Mul":
        return rng.uniform(0.5, 1.5, shape)
    return rng.normal(0, 0.1, shape)


def with_weights(model, rng):
    """The model with ConstantOfShape replaced by tensors: random ones, or without rng those of the file."""
    graph, readers = model.graph, roles(model.graph)
    shapes = {tensor.name: tuple(numpy_helper.to_array(tensor)) for tensor in graph.initializer}
    kept, made = [], []
    for node in graph.node:
        if node.op_type != "ConstantOfShape":
            kept.append(node)
            continue
        shape, name = shapes[node.input[0]], node.output[0]
        fill = numpy_helper.to_array(node.attribute[0].t)[0]
        values = np.full(shape, fill) if rng is None else values_for(readers[name], shape, rng)
        made.append(numpy_helper.from_array(values.astype(np.float32), name))
    read = {name for node in kept for name in node.input}
    made += [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(made)
    names = {tensor.name for tensor in made}
    inputs = [each for each in graph.input if each.name not in names and each.name in read]
    del graph.input[:]
    graph.input.extend(inputs)
    return model


def output_of(model, x):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {model.graph.input[0].name: x})[-1]


def flatten_softmax(model, x):
    """Scales the Gemm before a Softmax so that the classes of x differ, and none has all of the probability."""
    made = {output: node for node in model.graph.node for output in node.output}
    last = made[model.graph.output[0].name]
    gemm = made.get(last.input[0])
    while gemm is not None and gemm.op_type in ("Flatten", "Reshape", "Softmax"):
        gemm = made.get(gemm.input[0])
    if gemm is None or gemm.op_type != "Gemm":
        return
    wanted = onnx.ModelProto()
    wanted.CopyFrom(model)
    wanted.graph.output.append(onnx.helper.make_tensor_value_info(gemm.output[0], onnx.TensorProto.FLOAT, None))
    factor = np.float32(3 / np.abs(output_of(wanted, x)).max())
    for tensor in model.graph.initializer:
        if tensor.name in gemm.input[1:]:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * factor, tensor.name))


def measured(command):
    """The seconds and gigabytes of a command that ends well."""
    start = time.monotonic()
    with subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE, text=True) as process:
        words = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
    if status != 0:
        raise RuntimeError("does not compile: " + words[:1000])
    return time.monotonic() - start, used.ru_maxrss / 2**20


def result_of(path, folder, arguments):
    name = path.stem.removeprefix("light_").removeprefix("bvlc_")
    rng = None if arguments.given else np.random.default_rng(1)
    model = with_weights(onnx.version_converter.convert_version(onnx.load(path), 13), rng)
    x = np.random.default_rng(2).normal(0, 1, (1, 3, 224, 224)).astype(np.float32)
    if arguments.given:
        y = numpy_helper.to_array(onnx.load_tensor(path.with_name(path.stem + "_output_0.pb")))
    else:
        flatten_softmax(model, x)
        y = output_of(model, x)
    file = folder / f"{name}.onnx"
    onnx.save(model, file)
    np.savez(folder / f"{name}.npz", x=x, y=y)
    done = run([arguments.convert.resolve(), file, "-o", folder, "--name", name, "--check", folder / f"{name}.npz"])
    if done.returncode:
        return name, None, "refused: " + done.stderr.strip().partition("error: ")[2]
    header = (folder / f"{name}.hpp").read_text(encoding="utf-8")
    layers = len(re.findall(r"^ *strata::(?!Input|branch|shortcut)", header, re.MULTILINE))
    weights = int(re.search(r"(\d+) weights", header)[1])
    program = folder / name
    flags = [flag for flag in FLAGS if flag != "-O0"]
    try:
        seconds, memory = measured([arguments.compiler, *flags, arguments.level, *arguments.flags.split(), f"-I{arguments.include}", f"-I{folder}",
                                    folder / f"{name}_test.cpp", "-o", program])
    except RuntimeError as error:
        return name, None, str(error)
    done = run([program, folder])
    return name, f"{layers} | {weights:,} | {seconds:.0f} s, {memory:.1f} GB", done.stdout.strip() or f"exit code {done.returncode}: {done.stderr}"


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--given", action="store_true")
    parser.add_argument("--level", default="-O1", help="the optimization of the test programs")
    arguments = parser.parse_args()
    bad = 0
    for path in sorted(LIGHT.glob("*.onnx")):
        if arguments.only not in path.stem:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = arguments.keep or Path(temporary)
            folder.mkdir(exist_ok=True)
            name, cost, result = result_of(path, folder, arguments)
        print(f"| {name} | {cost} | {result} |", flush=True)
        bad += not result.endswith(": equal")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
