# Functional models of Keras with Add and other merge layers, loaded into Residuals and branching layers:
# python keras_residuals.py --strata-tool PATH.
# The tool is the program that is built from residual_tool.cpp. Each case is made in every order: of the layers'
# creation, and of the inputs of each Add. strata must give Keras' outputs, or refuse the file where it does not tell
# whose weights it holds.
import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from generate import save_legacy_weights, save_safetensors
from keras import layers as L
from safetensors.numpy import save_file

TOLERANCE = 1e-5  # of the largest output


class Orders:
    """How a case is made: for each merge layer the order in which its paths are created, and that of its inputs."""

    def __init__(self, creations, inputs):
        self.creations, self.inputs = iter(creations), iter(inputs)

    def merge(self, layer, x, *paths):
        ends = [None] * len(paths)
        for k in next(self.creations):
            ends[k] = paths[k](x)
        return layer()([ends[k] for k in next(self.inputs)])

    def residual(self, x, path, shortcut):
        return self.merge(L.Add, x, path, shortcut)


def chain(*parts):
    def run(x):
        for part in parts:
            x = part()(x)
        return x
    return run


def conv(*arguments, **options):
    return lambda: L.Conv2D(*arguments, padding="same", **options)


def dense(*arguments, **options):
    return lambda: L.Dense(*arguments, **options)


def same(x):
    return x


# A case: the tool's net, the shape of its input, the paths of each merge layer, how the model is made, and for each format whether the
# file is loaded; "refused" where the weights of two layers have the same shapes and nothing tells them apart; "either"
# where names alone may tell too little.
def projection(x, orders):
    x = orders.residual(x, chain(conv(4, 3, activation="relu"), conv(4, 3)), chain(conv(4, 1)))
    return L.GlobalAveragePooling2D()(x)


def normalized(x, orders):
    x = orders.residual(x, chain(conv(4, 3, strides=2), L.BatchNormalization, L.ReLU, conv(4, 3), L.BatchNormalization),
                        chain(conv(4, 1, strides=2), L.BatchNormalization))
    return L.Dense(3)(L.GlobalAveragePooling2D()(L.ReLU()(x)))


def identity(x, orders):
    x = L.Conv2D(4, 1)(x)
    x = orders.residual(x, chain(conv(4, 3), L.BatchNormalization, L.ReLU, conv(4, 3)), same)
    x = orders.residual(x, chain(conv(4, 3, activation="tanh"), conv(4, 3)), same)
    return L.GlobalAveragePooling2D()(x)


def alike(x, orders, names=(None, None, None)):
    x = orders.residual(x, chain(conv(3, 1, activation="tanh", name=names[0]), conv(3, 1, name=names[1])),
                        chain(conv(3, 1, name=names[2])))
    return L.GlobalAveragePooling2D()(x)


def named(x, orders):
    return alike(x, orders, ("one", "two", "side"))


def fused(x, orders):
    """The tool's net has the activation of the shortcut in its convolution."""
    x = orders.residual(x, chain(conv(3, 1), conv(3, 3)), chain(conv(3, 1), lambda: L.Activation("tanh")))
    return L.GlobalAveragePooling2D()(x)


def nested(x, orders):
    def inner():
        return lambda y: orders.residual(y, chain(dense(4, activation="tanh"), dense(7)), chain(dense(7, use_bias=False)))
    return orders.residual(x, chain(dense(5, activation="tanh"), inner, dense(3)),
                           chain(dense(2, activation="tanh"), dense(8, activation="relu"), dense(3, use_bias=False)))


def inception(x, orders):
    x = orders.merge(L.Concatenate, x, chain(conv(4, 3, activation="relu"), conv(2, 1)), same, chain(conv(3, 1)))
    return L.GlobalAveragePooling2D()(x)


def gate(x, orders, names=(None, None)):
    x = orders.merge(L.Multiply, x, chain(conv(3, 3, activation="tanh", name=names[0])),
                     chain(conv(3, 3, activation="sigmoid", name=names[1])))
    return L.GlobalAveragePooling2D()(x)


def named_gate(x, orders):
    return gate(x, orders, ("filter", "gate"))


def added(x, orders):
    return orders.merge(L.Add, x, chain(dense(5, activation="tanh"), dense(3)), chain(dense(4, activation="tanh"), dense(3)),
                        chain(dense(3)))


def subtracted(x, orders):
    return orders.merge(L.Subtract, x, chain(dense(3)), chain(dense(3)))


def save_by_path(model, path):
    save_file({weight.path: weight.numpy() for weight in model.weights}, path)


ALL = {"weights.h5": "loaded", "h5": "loaded", "safetensors": "loaded", "by_path.safetensors": "loaded"}
NONE = dict.fromkeys(ALL, "refused")
CASES = {
    "projection": ("projection", (6, 5, 3), (2,), projection, ALL),
    "normalized": ("normalized", (6, 5, 3), (2,), normalized, {**ALL, "safetensors": "refused", "by_path.safetensors": "refused"}),
    "identity": ("identity", (6, 5, 3), (2, 2), identity, ALL),
    "alike": ("alike", (6, 5, 3), (2,), alike, NONE),
    "named": ("named", (6, 5, 3), (2,), named, ALL),
    "named, by one name": ("side_named", (6, 5, 3), (2,), named, {**ALL, "safetensors": "either", "by_path.safetensors": "either"}),
    "names not given": ("alike", (6, 5, 3), (2,), named, NONE),
    "fused": ("fused", (6, 5, 3), (2,), fused, NONE),
    "nested": ("nested", (6,), (2, 2), nested, {**ALL, "safetensors": "either", "by_path.safetensors": "either"}),
    "inception": ("inception", (6, 5, 3), (3,), inception, ALL),
    "gate": ("gate", (6, 5, 3), (2,), gate, NONE),
    "gate, named": ("named_gate", (6, 5, 3), (2,), named_gate, ALL),
    # Names are counted for creation from the first path to the last, or from the last to the first.
    "added": ("added", (6,), (3,), added, {**ALL, "by_path.safetensors": "either"}),
    "subtracted": ("subtracted", (6,), (2,), subtracted, {**ALL, "safetensors": "refused", "by_path.safetensors": "refused"}),
}
# Cases whose merge layers have their inputs in one order, since another order is another value.
ORDERED = {"inception", "subtracted"}
SAVE = {
    "weights.h5": lambda model, path: model.save_weights(path),
    "h5": save_legacy_weights,
    "safetensors": save_safetensors,  # names counted in the model's order
    "by_path.safetensors": save_by_path,  # Keras' names, counted as the layers were made
}


def check(tool, folder, net, model, x, kind, wanted):
    path = folder / f"model.{kind}"
    SAVE[kind](model, path)
    x.tofile(folder / "x.f32")
    (folder / "y.f32").unlink(missing_ok=True)
    run = subprocess.run([tool, net, "load", path, folder / "x.f32", folder / "y.f32"], capture_output=True, text=True)
    refusals = ["does not tell which weights", "give the layers the names of the file"]
    if run.returncode == 1 and any(text in run.stderr for text in refusals) and wanted != "loaded":
        return None
    if run.returncode:
        return f"exit code {run.returncode}: {run.stderr.strip()}"
    y = np.asarray(model.predict(x, verbose=0), np.float32)
    error = np.abs(np.fromfile(folder / "y.f32", np.float32) - y.ravel()).max() / np.abs(y).max()
    if error > TOLERANCE:
        return f"loaded, but outputs differ by {error:.1e} of the largest"
    return "loaded, expected a refusal" if wanted == "refused" else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strata-tool", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    keras.utils.set_random_seed(arguments.seed)
    failed = passed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (net, shape, sizes, make, formats) in CASES.items():
            orders = list(itertools.product(*(itertools.permutations(range(size)) for size in sizes)))
            for creations, inputs in itertools.product(orders, orders[:1] if name in ORDERED else orders):
                source = keras.Input(shape)
                model = keras.Model(source, make(source, Orders(creations, inputs)))
                model.set_weights([rng.uniform(0.1, 1, weight.shape).astype(np.float32) for weight in model.get_weights()])
                x = rng.uniform(-1, 1, (5, *shape)).astype(np.float32)
                for kind, wanted in formats.items():
                    failure = check(arguments.strata_tool.resolve(), Path(folder), net, model, x, kind, wanted)
                    failed, passed = failed + bool(failure), passed + (not failure)
                    if failure:
                        print(f"{name}, created {creations}, merged {inputs}, .{kind}: {failure}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
