# The files of the TensorBoard callback, read by the tensorboard package: python tensorboard_files.py --strata-tool PATH.
# Scalars are those of the history, histograms count all weights, the graph has the layers and their edges.
import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.util import tensor_util

WEIGHTS = {"conv2d/kernel": 36, "conv2d/bias": 4, "residual/conv2d/kernel": 144, "residual/conv2d/bias": 4,
           "dense/kernel": 288, "dense/bias": 2}
EDGES = {"stripes/input": [], "stripes/conv2d": ["stripes/input"], "stripes/conv2d_1": ["stripes/conv2d"],
         "stripes/add": ["stripes/conv2d_1", "stripes/conv2d"], "stripes/flatten": ["stripes/add"],
         "stripes/dense": ["stripes/flatten"]}


def read(folder):
    everything = {name: 0 for name in ("scalars", "tensors", "images", "histograms")}  # 0: all of them
    events = EventAccumulator(str(folder), size_guidance=everything)
    events.Reload()
    return events


def series(events, tag):
    return [(event.step, tensor_util.make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)]


def check(condition, text):
    if not condition:
        sys.exit(f"failed: {text}")


def check_scalars(train, validation, history):
    for name in history[0]:
        if name == "epoch":
            continue
        events, tag = (validation, name[4:]) if name.startswith("val_") else (train, name)
        found = series(events, f"epoch_{tag}")
        check([step for step, _ in found] == list(range(len(history))), f"steps of epoch_{tag}")
        wanted = [float(row[name]) for row in history]
        check(np.allclose([value for _, value in found], wanted, rtol=1e-6), f"values of epoch_{tag}")
        if name.startswith("val_"):
            steps = [step for step, _ in series(validation, f"evaluation_{tag}_vs_iterations")]
            check(steps == [3 * (epoch + 1) for epoch in range(len(history))], f"iterations of {tag}")
    check([step for step, _ in series(train, "batch_loss")] == list(range(1, 3 * len(history) + 1)), "batch_loss")
    check(all(np.isclose(rate, 0.01) for _, rate in series(train, "epoch_learning_rate")), "epoch_learning_rate")


def check_plugins(train):
    plugins = {"batch_loss": "scalars", "stripes/dense/kernel/histogram": "histograms"}
    for tag, plugin in plugins.items():
        check(train.SummaryMetadata(tag).plugin_data.plugin_name == plugin, f"plugin of {tag}")


def check_histograms(train, epochs):
    for name, count in WEIGHTS.items():
        found = series(train, f"stripes/{name}/histogram")
        check(len(found) == epochs, f"histograms of {name}")
        for _, buckets in found:
            check(buckets.shape == (30, 3) and buckets[:, 2].sum() == count, f"counts of {name}")
            check(np.allclose(buckets[1:, 0], buckets[:-1, 1]), f"edges of {name}")


def check_graph(train):
    graph = GraphDef.FromString(train.Graph().SerializeToString())
    check({node.name: list(node.input) for node in graph.node} == EDGES, f"graph: {graph}")
    out = {node.name: [dim.size for dim in node.attr["_output_shapes"].list.shape[0].dim] for node in graph.node}
    check(out["stripes/conv2d"] == [-1, 6, 6, 4], "shapes of the graph")


def check_images(train):
    tag = "stripes/conv2d/kernel/image"
    if tag not in train.Tags()["tensors"]:
        print("built without libpng: no images")
        return
    image = train.Tensors(tag)[0].tensor_proto.string_val
    check(image[:2] == [b"3", b"3"] and len(image) == 2 + 4, "images of the first convolution")
    check(all(file.startswith(b"\x89PNG\r\n\x1a\n") for file in image[2:]), "PNG files")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strata-tool", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([arguments.strata_tool, name], check=True)
        with open(folder / "history.csv", encoding="utf-8") as file:
            history = list(csv.DictReader(file))
        train, validation = read(folder / "logs/train"), read(folder / "logs/validation")
        check_scalars(train, validation, history)
        check_plugins(train)
        check_histograms(train, len(history))
        check_graph(train)
        check_images(train)
    print("tensorboard reads scalars, histograms, graph")


main()
