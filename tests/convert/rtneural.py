# Files of RTNeural, converted, compiled, run: their outputs are those of RTNeural's own test data, where a folder has
# them, and those of the formulas below, which compute step by step as RTNeural does.
# usage: python rtneural.py --convert PATH [--data FOLDER]; FOLDER has NAME.json, NAME_x_python.csv, NAME_y_python.csv
import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from programs import add_arguments, run, test_programs

STEPS = 30


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {"": lambda x: x, "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "sigmoid": sigmoid,
               "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
               "softmax": lambda x: np.exp(x - x.max(-1, keepdims=True)) / np.exp(x - x.max(-1, keepdims=True)).sum(-1, keepdims=True)}


# Each layer takes its entry of the file and a sequence (steps, ...), and gives a sequence.
def dense(entry, x):
    kernel = np.array(entry["weights"][0])
    return x @ kernel + (np.array(entry["weights"][1]) if len(entry["weights"]) > 1 else 0)


def conv1d(entry, x):
    kernel, dilation, groups = np.array(entry["weights"][0]), entry["dilation"][0], entry.get("groups", 1)
    taps, ins, outs = kernel.shape[0], kernel.shape[1], kernel.shape[2] // groups
    y = np.zeros((len(x), kernel.shape[2]))
    for t in range(len(x)):
        for tap in range(taps):
            at = t - (taps - 1 - tap) * dilation
            if at < 0:
                continue
            for g in range(groups):
                y[t, g * outs:(g + 1) * outs] += x[at, g * ins:(g + 1) * ins] @ kernel[tap, :, g * outs:(g + 1) * outs]
    return y + (np.array(entry["weights"][1]) if len(entry["weights"]) > 1 else 0)


def conv2d(entry, x):
    kernel, bias = np.array(entry["weights"][0]), np.array(entry["weights"][1])
    dilation, stride, features = entry["dilation"], entry["strides"], x.shape[1]
    width = kernel.shape[1]
    before = 0
    outputs = (features - width) // stride + 1
    if entry["padding"] == "same":
        outputs = -(-features // stride)
        before = max(0, (outputs - 1) * stride + width - features) // 2
    y = np.zeros((len(x), outputs, kernel.shape[3]))
    for t in range(len(x)):
        for tap in range(kernel.shape[0]):
            at = t - (kernel.shape[0] - 1 - tap) * dilation
            if at < 0:
                continue
            for o in range(outputs):
                for k in range(width):
                    f = o * stride + k - before
                    if 0 <= f < features:
                        y[t, o] += x[at, f] @ kernel[tap, k]
    return y + bias


def gru(entry, x):
    kernel, recurrent, bias = (np.array(w) for w in entry["weights"])
    units = recurrent.shape[0]
    h, y = np.zeros(units), []
    for step in x:
        a, b = step @ kernel + bias[0], h @ recurrent + bias[1]
        z, r = sigmoid(a[:units] + b[:units]), sigmoid(a[units:2 * units] + b[units:2 * units])
        h = z * h + (1 - z) * np.tanh(a[2 * units:] + r * b[2 * units:])
        y.append(h)
    return np.array(y)


def lstm(entry, x):
    kernel, recurrent, bias = (np.array(w) for w in entry["weights"])
    units = recurrent.shape[0]
    h, c, y = np.zeros(units), np.zeros(units), []
    for step in x:
        i, f, g, o = np.split(step @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        y.append(h)
    return np.array(y)


def prelu(entry, x):
    return np.where(x > 0, x, np.array(entry["weights"][0]).ravel() * x)


def batchnorm(entry, x):
    *affine, mean, variance = (np.array(w) for w in entry["weights"])
    y = (x - mean) / np.sqrt(variance + entry["epsilon"])
    return y * affine[0] + affine[1] if affine else y


RUN = {"dense": dense, "time-distributed-dense": dense, "conv1d": conv1d, "conv2d": conv2d, "gru": gru, "lstm": lstm,
       "prelu": prelu, "batchnorm": batchnorm, "batchnorm2d": batchnorm, "activation": lambda entry, x: x}
OWN_ACTIVATION = {"dense", "time-distributed-dense", "conv1d", "conv2d", "activation"}


def outputs(layers, x):
    for entry in layers:
        x = RUN[entry["type"]](entry, x)
        if entry["type"] in OWN_ACTIVATION:
            x = ACTIVATIONS[entry["activation"]](x)
    return x


class Maker:
    """Entries of layers with random weights."""

    def __init__(self, rng, steps):
        self.rng, self.steps = rng, steps

    def values(self, *shape, low=-0.6, high=0.6):
        return np.round(self.rng.uniform(low, high, shape), 5).tolist()

    def shape(self, *rest):
        return [None, self.steps, *rest]

    def dense(self, ins, outs, activation="", bias=True, kind="dense"):
        return {"type": kind, "activation": activation, "shape": self.shape(outs),
                "weights": [self.values(ins, outs)] + ([self.values(outs)] if bias else [])}

    def conv1d(self, ins, outs, taps, dilation=1, groups=1, activation="", steps=None):
        return {"type": "conv1d", "activation": activation, "shape": [None, steps or self.steps, outs], "kernel_size": [taps],
                "dilation": [dilation], "groups": groups, "weights": [self.values(taps, ins // groups, outs), self.values(outs)]}

    def conv2d(self, features, ins, outs, taps, width, dilation, stride, padding, out_features, activation=""):
        return {"type": "conv2d", "activation": activation, "shape": self.shape(out_features, outs), "kernel_size_time": taps,
                "kernel_size_feature": width, "dilation": dilation, "strides": stride, "num_filters_in": ins,
                "num_features_in": features, "num_filters_out": outs, "padding": padding,
                "weights": [self.values(taps, width, ins, outs), self.values(outs)]}

    def recurrent(self, kind, ins, units):
        columns = units * (3 if kind == "gru" else 4)
        bias = self.values(2, columns) if kind == "gru" else self.values(columns)
        return {"type": kind, "activation": "tanh", "shape": self.shape(units),
                "weights": [self.values(ins, columns), self.values(units, columns), bias]}

    def prelu(self, channels, slopes):
        return {"type": "prelu", "activation": "", "shape": self.shape(channels), "weights": [[self.values(slopes)]]}

    def batchnorm(self, channels, epsilon, affine=True, features=None):
        entry = {"type": "batchnorm" if features is None else "batchnorm2d", "activation": "", "epsilon": epsilon,
                 "shape": self.shape(*([] if features is None else [features]), channels),
                 "weights": ([self.values(channels), self.values(channels)] if affine else []) +
                            [self.values(channels), self.values(channels, low=0.3, high=2)]}
        if features is not None:
            entry |= {"num_filters_in": channels, "num_features_in": features}
        return entry

    def activation(self, name, *rest):
        return {"type": "activation", "activation": name, "shape": self.shape(*rest), "weights": []}


def cases(rng):
    m = Maker(rng, None)
    yield "amplifier", (1,), [m.recurrent("lstm", 1, 6), m.dense(6, 1)]
    yield "two_recurrent", (2,), [m.dense(2, 4, "tanh", kind="time-distributed-dense"), m.recurrent("gru", 4, 5), m.recurrent("lstm", 5, 3),
                                  m.dense(3, 2, "sigmoid", bias=False)]
    yield "convolutions", (2,), [m.conv1d(2, 4, 3, activation="relu"), m.conv1d(4, 6, 2, dilation=3, groups=2, activation="elu"),
                                 m.prelu(6, 6), m.batchnorm(6, 0.01), m.conv1d(6, 3, 1), m.prelu(3, 1), m.batchnorm(3, 1.5, affine=False)]
    yield "activations", (3,), [m.dense(3, 5), m.activation("tanh", 5), m.dense(5, 5), m.activation("relu", 5), m.dense(5, 4),
                                m.activation("elu", 4), m.dense(4, 4, "sigmoid"), m.dense(4, 3), m.activation("softmax", 3)]
    yield "features", (7, 1), [m.conv2d(7, 1, 3, 3, 3, 2, 1, "valid", 5, "tanh"), m.batchnorm(3, 0.1, features=5),
                               m.activation("relu", 5, 3), m.conv2d(5, 3, 2, 2, 3, 1, 2, "same", 3), m.batchnorm(2, 0.5, affine=False, features=3)]
    fixed = Maker(rng, STEPS)
    yield "fixed_length", (2,), [fixed.conv1d(2, 3, 3, dilation=2, activation="tanh"), fixed.dense(3, 1)]
    shorter = fixed.conv1d(2, 3, 3, dilation=2, steps=STEPS - 4)
    yield "valid_in_keras", (2,), [shorter]


def write_case(folder, name, shape, layers, rng):
    steps = layers[0]["shape"][1] if name != "valid_in_keras" else STEPS
    (folder / f"{name}.json").write_text(json.dumps({"in_shape": [None, steps, *shape], "layers": layers, "samplerate": 48000}))
    x = rng.uniform(-1, 1, (STEPS, *shape))
    np.savetxt(folder / f"{name}_x.csv", x.reshape(STEPS, -1), delimiter=",")
    np.savetxt(folder / f"{name}_y.csv", outputs(layers, x).reshape(STEPS, -1), delimiter=",")


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--data", type=Path, help="a folder of RTNeural's test data")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    rng = np.random.default_rng(arguments.seed)
    failed, names = {}, []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)

        def convert(name, file, x, y, *options):
            if arguments.only not in name:
                return
            done = run([arguments.convert.resolve(), file, "-o", folder, "--name", name, "--check", f"{x},{y}", *options])
            if done.returncode:
                failed[name] = done.stderr.strip()
            elif name == "valid_in_keras" and "remark" not in done.stderr:
                failed[name] = "no remark of padding=valid"
            else:
                names.append(name)

        for name, shape, layers in cases(rng):
            write_case(folder, name, shape, layers, rng)
            options = [] if layers[0]["shape"][1] else ["--steps", STEPS]
            convert(name, folder / f"{name}.json", folder / f"{name}_x.csv", folder / f"{name}_y.csv", *options)
        for file in sorted(arguments.data.glob("*.json")) if arguments.data else []:
            x, y = (file.parent / f"{file.stem}_{which}_python.csv" for which in "xy")
            rows = len(x.read_text().split())
            has_steps = len(json.loads(file.read_text())["in_shape"]) > 2
            convert("data_" + file.stem, file, x, y, *(["--steps", rows] if has_steps else []))
        results = test_programs(names, folder, [arguments.compiler], arguments.flags.split(), arguments.include, jobs=arguments.jobs)
        failed.update({name: line for name, line in results.items() if not line.endswith(": equal")})
    for name, problem in failed.items():
        print(f"{name}: {problem}")
    print(f"{len(set(names) - set(failed))} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
