# The networks of keras.applications against strata's: weights to strata and back, outputs.
# usage: python keras_applications.py NAME PROGRAM; NAME is Xception, MobileNet, VGG16 or ResNet50, PROGRAM is built from
# tests/golden/applications.cpp for it, and carries out commands in a test that only runs when it is named.
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import h5py
import keras
import numpy as np
from outputs import check_outputs
from safetensors.numpy import save_file

SIZES = {"Xception": 71, "MobileNet": 32, "VGG16": 32, "ResNet50": 32}
SAMPLES = 2
TOLERANCE = 1e-4  # of the largest output: both sides sum in float, through more than a hundred layers


def networks(name):
    """The networks that the program knows."""
    size, application = (SIZES[name],) * 2 + (3,), getattr(keras.applications, name)
    features = lambda: application(weights=None, input_shape=size, include_top=False, pooling="avg")
    return {
        "top": lambda: application(weights=None, input_shape=size, classes=7, classifier_activation=None),
        "features": features,
        "nested": lambda: keras.Sequential([frozen(features()), keras.layers.Dense(5)]),
    }


def frozen(model):
    model.trainable = False  # the older layout lists first what is trained
    return model


def random_weights(model, rng):
    """So that activations keep their size and no weight is what it begins as."""
    result = []
    for weight in model.weights:
        if len(weight.shape) > 1:
            fan_in = np.prod(weight.shape[:2] if "depthwise" in weight.path or "conv_dw" in weight.path
                             else weight.shape[:-1])
            bound = np.sqrt(6 / fan_in)
            value = rng.uniform(-bound, bound, weight.shape)
        elif weight.name in ("gamma", "moving_variance"):
            value = rng.uniform(0.5, 1.5, weight.shape)
        else:
            value = rng.uniform(-0.5, 0.5, weight.shape)
        result.append(value.astype(np.float32))
    return result


def without_names(path):
    """As Keras 3 wrote files before it kept the names of layers in them."""
    with h5py.File(path, "r+") as file:
        file.visititems(lambda _, item: item.attrs.pop("name", None))


def save_published(model, path):
    """As keras.applications' own files are: at the root, names of variables as in Keras 2."""
    legacy = [(layer, layer.trainable_weights + layer.non_trainable_weights) for layer in model.layers]
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer, _ in legacy]
        file.attrs["keras_version"] = b"2.0.5"
        for layer, weights in legacy:
            names = [f"{layer.name}_1/{weight.name}:0" for weight in weights]
            file.create_group(layer.name).attrs["weight_names"] = np.array([name.encode() for name in names], "S")
            for name, weight in zip(names, weights, strict=True):
                file[f"{layer.name}/{name}"] = weight.numpy()


def save_renumbered(model, path):
    """In another order than Keras' now: only the names in the file say whose the weights are."""
    model.save_weights(path)
    with h5py.File(path, "r+") as file:
        layers = file["layers"]
        classes = {}
        for group in list(layers):
            classes.setdefault(re.sub(r"_\d+$", "", group), []).append(group)
        for kind, groups in classes.items():
            for group in groups:
                layers.move(group, "moved_" + group)
            for group, number in zip(groups, reversed(range(len(groups))), strict=True):
                layers.move("moved_" + group, f"{kind}_{number}" if number else kind)


def save_tensors(model, path):
    save_file({f"{weight.path}": weight.numpy() for weight in model.weights}, path)


FORMATS = {
    "model.weights.h5": lambda model, path: model.save_weights(path),
    "unnamed.weights.h5": lambda model, path: (model.save_weights(path), without_names(path)),
    "model.h5": lambda model, path: model.save(path),
    "published.h5": save_published,
    "model.safetensors": save_tensors,
}


def check_weights(path, make, wanted):
    keras.utils.clear_session(free_memory=False)
    model = make()
    model.load_weights(path)
    for weight, value in zip(model.weights, wanted, strict=True):
        if weight.numpy().tobytes() != value.tobytes():
            return f"{weight.path} came back changed"
    return None


def attempt(check, *arguments):
    """The failure's text or None; a file that Keras refuses is a failure, and the others still run."""
    try:
        return check(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Network:
    def __init__(self, program, folder, name, make, rng):
        self.program, self.folder, self.name, self.make = program, folder, name, make
        keras.utils.clear_session(free_memory=False)
        self.model = make()
        self.weights = random_weights(self.model, rng)
        self.model.set_weights(self.weights)
        x = rng.uniform(-1, 1, (SAMPLES, *self.model.input_shape[1:])).astype(np.float32)
        self.wanted = np.asarray(self.model.predict(x, verbose=0))
        x.tofile(folder / "x.f32")

    def run(self, *commands):
        """The failure's text or None."""
        words = "\n".join(map(str, (self.name, *commands)))
        run = subprocess.run([self.program, "commands of keras_applications.py"], capture_output=True, text=True,
                             env={**os.environ, "COMMANDS": words})
        return f"exit code {run.returncode}: {run.stderr.strip()}" if run.returncode else None

    def loaded(self, path, *before):
        y = self.folder / "y.f32"
        y.unlink(missing_ok=True)
        return self.run(*before, "load", path, self.folder / "x.f32", y) or check_outputs(y, self.wanted, TOLERANCE)

    def saved(self, source, path):
        y = self.folder / "y.f32"
        return (self.run("load", source, self.folder / "x.f32", y, "save", path)
                or check_weights(path, self.make, self.weights))


def checks(name, program, folder, rng):
    """Yields what was checked and the failure's text or None."""
    for network, make in networks(name).items():
        each = Network(program, folder, network, make, rng)
        formats = dict(FORMATS)
        if name != "VGG16" and network != "nested":
            formats["renumbered.weights.h5"] = save_renumbered
        if network == "nested":  # Keras gives no weight the name of a model around it
            del formats["model.safetensors"], formats["published.h5"]
        for filename, save in formats.items():
            (folder / filename).unlink(missing_ok=True)
            save(each.model, folder / filename)
            yield f"{name} {network} {filename}", each.loaded(folder / filename)
        for filename in ("saved.weights.h5", "saved.h5"):
            yield f"{name} {network} to Keras, {filename}", attempt(each.saved, folder / "model.weights.h5", folder / filename)
        if network == "features":
            base = folder / "base.weights.h5"
            each.model.save_weights(base)
        if network == "nested":
            inner = each.run("load_layer", base, "save", folder / "with_base.weights.h5")
            if inner is None:
                model = make()
                model.load_weights(folder / "with_base.weights.h5")
                alone = networks(name)["features"]()
                alone.load_weights(base)
                same = all(np.array_equal(a.numpy(), b.numpy())
                           for a, b in zip(model.layers[0].weights, alone.weights, strict=True))
                inner = None if same else "the inner model has other weights than the file"
            yield f"{name} file of the inner model alone", inner
            wrong = each.run("load_layer", folder / "model.weights.h5")
            yield f"{name} file of another network", None if wrong and "same architecture" in wrong else f"got {wrong}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=SIZES)
    parser.add_argument("program", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    rng = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for what, failure in checks(arguments.name, arguments.program.resolve(), Path(folder), rng):
            print(f"{what}: {failure or 'ok'}", flush=True)
            results.append(failure)
    failed = sum(failure is not None for failure in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
