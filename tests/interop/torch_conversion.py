# tools/torch_to_safetensors.py against PyTorch's definitions, written with numpy: python torch_conversion.py --strata-tool PATH.
# A state_dict in PyTorch's layouts and names is converted; Keras' layers and strata must then compute what PyTorch says.
import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np
from safetensors.numpy import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
import outputs
import spelling
from spelling import registry

TOOL = Path(__file__).resolve().parents[2] / "tools" / "torch_to_safetensors.py"
TOLERANCE = 2e-5  # of the largest output; Keras and strata compute in float
LAYERS = keras.layers


# PyTorch's layers, as its documentation defines them; channels first, in double
def pairs(window):
    return np.ndindex(*window)


def linear(w, x):
    return x @ w["weight"].T + w.get("bias", 0)


def per_channel(values, x):
    return values.reshape(-1, *[1] * (x.ndim - 2))


def conv(w, x, groups=1):
    """No padding, strides of 1; one or two axes of space."""
    weight, window = w["weight"], w["weight"].shape[2:]
    out = [extent - size + 1 for extent, size in zip(x.shape[2:], window)]
    y = np.zeros((len(x), len(weight), *out))
    inner, outer = weight.shape[1], len(weight) // groups
    for g in range(groups):
        for tap in pairs(window):
            part = x[(slice(None), slice(g * inner, (g + 1) * inner)) + tuple(slice(t, t + n) for t, n in zip(tap, out))]
            y[:, g * outer:(g + 1) * outer] += np.einsum("ni...,oi->no...", part,
                                                         weight[(slice(g * outer, (g + 1) * outer), slice(None)) + tap])
    return y + per_channel(w.get("bias", np.zeros(len(weight))), x)


def conv_transpose(w, x, stride):
    weight, window = w["weight"], w["weight"].shape[2:]
    out = [(extent - 1) * stride + size for extent, size in zip(x.shape[2:], window)]
    y = np.zeros((len(x), weight.shape[1], *out))
    for tap in pairs(window):
        places = tuple(slice(t, t + (n - 1) * stride + 1, stride) for t, n in zip(tap, x.shape[2:]))
        y[(slice(None), slice(None)) + places] += np.einsum("ni...,io->no...", x, weight[(slice(None), slice(None)) + tap])
    return y + per_channel(w["bias"], x)


def batch_norm(w, x, eps):
    scale = w.get("weight", 1) / np.sqrt(w["running_var"] + eps)
    return (x - per_channel(w["running_mean"], x)) * per_channel(scale, x) + per_channel(w.get("bias", np.zeros(x.shape[1])), x)


def standard(x, axes, eps):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


def layer_norm(w, x, eps):
    return standard(x, -1, eps) * w["weight"] + w["bias"]


def rms_norm(w, x, eps):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * w["weight"]


def prelu(w, x):
    return np.where(x > 0, x, x * per_channel(w["weight"], x))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def recurrent(step):
    """The outputs of all steps; a sequence is (samples, steps, features), as with batch_first."""
    def run(w, x, layer=0, ending=""):
        w = {name.removesuffix(f"_l{layer}{ending}"): value for name, value in w.items() if name.endswith(f"_l{layer}{ending}")}
        state, outputs = None, []
        for t in range(x.shape[1]) if not ending else reversed(range(x.shape[1])):
            inner = x[:, t] @ w["weight_ih"].T + w.get("bias_ih", 0)
            if state is None:
                state = (np.zeros((len(x), w["weight_hh"].shape[1])),) * 2
            state = step(inner, state[0] @ w["weight_hh"].T + w.get("bias_hh", 0), *state)
            outputs.append(state[0])
        return np.stack(outputs if not ending else outputs[::-1], 1)
    return run


@recurrent
def lstm(inner, outer, h, c):
    i, f, g, o = np.split(inner + outer, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


@recurrent
def gru(inner, outer, h, c):
    (ir, iz, i), (hr, hz, n) = np.split(inner, 3, axis=-1), np.split(outer, 3, axis=-1)
    r, z = sigmoid(ir + hr), sigmoid(iz + hz)
    return (1 - z) * np.tanh(i + r * n) + z * h, c


@recurrent
def rnn(inner, outer, h, c):
    return np.tanh(inner + outer), c


def both_ways(run):
    return lambda w, x: np.concatenate([run(w, x), run(w, x, ending="_reverse")], -1)


def last(x):
    """Channels last."""
    return np.moveaxis(x, 1, -1)


def cells(gates, inner, outer, layer=0, ending="", bias=True):
    shapes = {"weight_ih": (gates * outer, inner), "weight_hh": (gates * outer, outer)}
    shapes |= {"bias_ih": (gates * outer,), "bias_hh": (gates * outer,)} if bias else {}
    return {f"{name}_l{layer}{ending}": shape for name, shape in shapes.items()}


# name: shapes of PyTorch's tensors, what the tool is told, Keras' layer, shape of a sample in PyTorch, PyTorch's output
CASES = {
    "linear": ({"weight": (5, 7), "bias": (5,)}, "Dense", lambda: LAYERS.Dense(5), (7,), linear),
    "linear_no_bias": ({"weight": (5, 7)}, "Dense", lambda: LAYERS.Dense(5, use_bias=False), (3, 7), linear),
    "conv1d": ({"weight": (5, 3, 4), "bias": (5,)}, "Conv1D", lambda: LAYERS.Conv1D(5, 4), (3, 9), conv),
    "conv2d": ({"weight": (5, 3, 2, 4), "bias": (5,)}, "Conv2D", lambda: LAYERS.Conv2D(5, (2, 4)), (3, 6, 7), conv),
    "conv2d_groups": ({"weight": (6, 2, 3, 2), "bias": (6,)}, "Conv2D", lambda: LAYERS.Conv2D(6, (3, 2), groups=2), (4, 6, 7),
                      lambda w, x: conv(w, x, 2)),
    "depthwise1d": ({"weight": (4, 1, 3), "bias": (4,)}, "DepthwiseConv1D", lambda: LAYERS.DepthwiseConv1D(3), (4, 9),
                    lambda w, x: conv(w, x, 4)),
    "depthwise2d": ({"weight": (6, 1, 3, 2), "bias": (6,)}, "DepthwiseConv2D,depth_multiplier=2",
                    lambda: LAYERS.DepthwiseConv2D((3, 2), depth_multiplier=2), (3, 6, 7), lambda w, x: conv(w, x, 3)),
    "conv_transpose1d": ({"weight": (3, 5, 4), "bias": (5,)}, "Conv1DTranspose", lambda: LAYERS.Conv1DTranspose(5, 4, strides=2),
                         (3, 6), lambda w, x: conv_transpose(w, x, 2)),
    "conv_transpose2d": ({"weight": (3, 5, 3, 3), "bias": (5,)}, "Conv2DTranspose",
                         lambda: LAYERS.Conv2DTranspose(5, 3, strides=2), (3, 4, 5), lambda w, x: conv_transpose(w, x, 2)),
    "batch_norm": ({"weight": (4,), "bias": (4,), "running_mean": (4,), "running_var": (4,), "num_batches_tracked": ()},
                   "BatchNormalization", lambda: LAYERS.BatchNormalization(epsilon=1e-5), (4, 5, 6),
                   lambda w, x: batch_norm(w, x, 1e-5)),
    "layer_norm": ({"weight": (7,), "bias": (7,)}, "LayerNormalization", lambda: LAYERS.LayerNormalization(epsilon=1e-5), (3, 7),
                   lambda w, x: layer_norm(w, x, 1e-5)),
    "rms_norm": ({"weight": (7,)}, "RMSNormalization", lambda: LAYERS.RMSNormalization(epsilon=1e-5), (3, 7),
                 lambda w, x: rms_norm(w, x, 1e-5)),
    "prelu": ({"weight": (4,)}, "PReLU,rank=3", lambda: LAYERS.PReLU(shared_axes=[1, 2]), (4, 5, 3), prelu),
    "embedding": ({"weight": (9, 4)}, "Embedding", lambda: LAYERS.Embedding(9, 4), (5,),
                  lambda w, x: w["weight"][x.astype(int)]),
    "rnn": (cells(1, 5, 4), "SimpleRNN", lambda: LAYERS.SimpleRNN(4, return_sequences=True), (6, 5), rnn),
    "lstm": (cells(4, 5, 3), "LSTM", lambda: LAYERS.LSTM(3, return_sequences=True), (6, 5), lstm),
    "lstm_no_bias": (cells(4, 5, 3, bias=False), "LSTM", lambda: LAYERS.LSTM(3, return_sequences=True, use_bias=False), (6, 5),
                     lstm),
    "gru": (cells(3, 5, 4), "GRU", lambda: LAYERS.GRU(4, return_sequences=True), (6, 5), gru),
    "lstm_both_ways": (cells(4, 5, 3) | cells(4, 5, 3, ending="_reverse"), "LSTM,bidirectional",
                       lambda: LAYERS.Bidirectional(LAYERS.LSTM(3, return_sequences=True)), (6, 5), both_ways(lstm)),
    "gru_both_ways": (cells(3, 5, 3) | cells(3, 5, 3, ending="_reverse"), "GRU,bidirectional",
                      lambda: LAYERS.Bidirectional(LAYERS.GRU(3, return_sequences=True)), (6, 5), both_ways(gru)),
}
# The same of the files of tests/layers, which spell the layer as strata does; channels come first.
OF_LAYERS = registry.all_of("TORCH")
CASES |= {name: (shapes, told, lambda spelled=spelled: spelling.layer(spelling.parse(spelled)), sample, torch_layer)
          for name, (shapes, told, spelled, sample, torch_layer) in OF_LAYERS.items()}
CHANNELS_FIRST = (*OF_LAYERS, "conv", "depthwise", "batch_norm", "prelu")


def drawn(shapes, rng):
    low = {"running_var": 0.3}
    return {name: np.asarray(rng.uniform(low.get(name.rpartition(".")[2], -1), 1, shape), np.float32)
            for name, shape in shapes.items()}


def convert(folder, state, layers):
    """The tensors that the tool makes, in the order of its file, or what it says."""
    save_file(state, folder / "torch.safetensors")
    (folder / "strata.safetensors").unlink(missing_ok=True)
    run = subprocess.run([sys.executable, TOOL, folder / "torch.safetensors", folder / "strata.safetensors", *layers],
                         capture_output=True, text=True)
    if run.returncode != 0:
        return run.stderr
    order = [line.split(" (")[0] for line in run.stdout.splitlines()]
    tensors = load_file(folder / "strata.safetensors")
    return {name: tensors[name] for name in order}


def difference(found, wanted):
    return outputs.difference(found, wanted, TOLERANCE)


def names_of(layer, made):
    """strata's names of a Keras layer's weights."""
    if isinstance(layer, LAYERS.Bidirectional):
        sides = (("forward_layer", layer.forward_layer), ("backward_layer", layer.backward_layer))
        return [f"{made}/{side}/{weight.name}" for side, inner in sides for weight in inner.weights]
    return [f"{made}/{weight.name}" for weight in layer.weights]


def check_case(tool, folder, name, rng):
    shapes, told, make, sample, torch_layer = CASES[name]
    weights = drawn(shapes, rng)
    tensors = convert(folder, {f"block.{key}": value for key, value in weights.items()}, [f"block={told},name=it"])
    if isinstance(tensors, str):
        return tensors
    x = rng.integers(0, 9, (2, *sample)).astype(np.float32) if name == "embedding" else \
        rng.uniform(-1, 1, (2, *sample)).astype(np.float32)
    wanted = torch_layer({key: value.astype(np.float64) for key, value in weights.items()}, x.astype(np.float64))
    first = name.startswith(CHANNELS_FIRST)
    layer = make()
    seen = last(x) if first else x
    layer(seen)  # builds it
    if list(tensors) != names_of(layer, "it"):
        return f"names {list(tensors)}, expected {names_of(layer, 'it')}"
    layer.set_weights(list(tensors.values()))  # which compares shapes
    wanted = last(wanted) if first else wanted
    found = [np.asarray(layer(seen))]
    if name in OF_LAYERS:
        found.append(outputs_of_strata(tool, folder, f"torch_{name}", seen))
    return next((failure for y in found if (failure := y if isinstance(y, str) else difference(y.reshape(wanted.shape), wanted))),
                None)


# Two modules in one layer, a whole net, and what the tool refuses
def check_separable(folder, rng):
    weights = drawn({"dw.weight": (6, 1, 3, 3), "dw.bias": (6,), "pw.weight": (5, 6, 1, 1), "pw.bias": (5,)}, rng)
    tensors = convert(folder, weights, ["dw+pw=SeparableConv2D,depth_multiplier=2"])
    if isinstance(tensors, str):
        return tensors
    layer, x = LAYERS.SeparableConv2D(5, 3, depth_multiplier=2), rng.uniform(-1, 1, (2, 3, 6, 7))
    layer(last(x))
    if list(tensors) != names_of(layer, "separable_conv2d"):
        return f"names {list(tensors)}"
    layer.set_weights(list(tensors.values()))
    part = lambda name: {key.partition(".")[2]: value.astype(np.float64) for key, value in weights.items()
                         if key.startswith(name)}
    return difference(np.asarray(layer(last(x))), last(conv(part("pw"), conv(part("dw"), x, 3))))


def check_layers_of_a_module(folder, rng):
    weights = drawn(cells(4, 5, 3) | cells(4, 3, 3, layer=1), rng)
    tensors = convert(folder, {f"rnn.{key}": value for key, value in weights.items()}, ["rnn=LSTM", "rnn=LSTM,layer=1"])
    if isinstance(tensors, str):
        return tensors
    wide = {key: value.astype(np.float64) for key, value in weights.items()}
    x = rng.uniform(-1, 1, (2, 6, 5))
    model = keras.Sequential([keras.Input((6, 5)), LAYERS.LSTM(3, return_sequences=True), LAYERS.LSTM(3, return_sequences=True)])
    if list(tensors) != names_of(model.layers[0], "lstm") + names_of(model.layers[1], "lstm_1"):
        return f"names {list(tensors)}"
    model.set_weights(list(tensors.values()))
    return difference(np.asarray(model(x)), lstm(wide, lstm(wide, x), layer=1))


NET = {"features.0.weight": (6, 3, 3, 3), "features.0.bias": (6,), "features.1.weight": (6,),
       "head.weight": (5, 6 * 6 * 5), "head.bias": (5,), "norm.weight": (5,), "norm.bias": (5,)}
NET_LAYERS = ["features.0=Conv2D,name=stem", "features.1=PReLU,rank=3",
              "head=Dense,flattened=6x6x5", "norm=LayerNormalization"]
TEXT = {"words.weight": (9, 4), "norm.weight": (4,), "head.weight": (3, 20), "head.bias": (3,)}
TEXT_LAYERS = ["words=Embedding", "norm=RMSNormalization", "head=Dense"]


def outputs_of_strata(tool, folder, net, x):
    """What strata computes of the converted file, or what its tool says."""
    np.ascontiguousarray(x, np.float32).tofile(folder / "x.f32")
    run = subprocess.run([tool, net, "load", folder / "strata.safetensors", folder / "x.f32", folder / "y.f32"],
                         capture_output=True, text=True)
    return np.fromfile(folder / "y.f32", np.float32) if run.returncode == 0 else run.stderr


def check_strata(tool, folder, net, shapes, layers, x, torch_net, rng):
    weights = drawn(shapes, rng)
    tensors = convert(folder, weights, layers)
    if isinstance(tensors, str):
        return tensors
    found = outputs_of_strata(tool, folder, net, last(x) if x.ndim > 2 else x)
    if isinstance(found, str):
        return found
    part = lambda name: {key.removeprefix(f"{name}."): value.astype(np.float64) for key, value in weights.items()
                         if key.startswith(f"{name}.")}
    wanted = torch_net(part, x.astype(np.float64))
    return difference(found.reshape(wanted.shape), wanted)


def image_net(part, x):
    y = prelu(part("features.1"), conv(part("features.0"), x))
    return layer_norm(part("norm"), linear(part("head"), y.reshape(len(y), -1)), 1e-5)


def text_net(part, x):
    y = rms_norm(part("norm"), part("words")["weight"][x.astype(int)], 1e-6)
    return linear(part("head"), y.reshape(len(y), -1))


REFUSED = {
    "no such module": (["fc=Dense"], "no tensors of a module fc; there are head"),
    "no such class": (["head=Linear"], "CLASS one of Dense, Conv1D"),
    "no such option": (["head=Dense,rank=3"], "Dense takes no rank"),
    "another kind of weight": (["head=Conv2D"], "head.weight has the shape (5, 4), expected 4 axes"),
    "another size": (["head=Dense,flattened=3x1x1"], "head takes 4 features, flattened=3x1x1 gives 3"),
    "another kind of layer": (["head=PReLU"], "head.weight has the shape (5, 4), expected 1 axes"),
    "one module for two": (["head=SeparableConv2D"], "two modules, DEPTHWISE+POINTWISE"),
    "a name twice": (["head=Dense,name=a", "head=Dense,name=a"], "a second layer called a"),
    "what is left": (["head=Embedding"], "nothing was made of head.bias"),
}


def check_refusal(folder, layers, words, rng):
    said = convert(folder, drawn({"head.weight": (5, 4), "head.bias": (5,)}, rng), layers)
    return None if isinstance(said, str) and words in said else f"said {said!r}, not {words!r}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strata-tool", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    tool, rng = given.strata_tool.resolve(), np.random.default_rng(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checks = {case: lambda case=case: check_case(tool, folder, case, rng) for case in CASES}
        checks |= {
            "separable": lambda: check_separable(folder, rng),
            "layers of a module": lambda: check_layers_of_a_module(folder, rng),
            "strata, an image": lambda: check_strata(tool, folder, "torch_image", NET, NET_LAYERS,
                                                     rng.uniform(-1, 1, (3, 3, 8, 7)), image_net, rng),
            "strata, a sentence": lambda: check_strata(tool, folder, "torch_sentence", TEXT, TEXT_LAYERS,
                                                       rng.integers(0, 9, (3, 5)), text_net, rng),
        }
        checks |= {f"refuses {what}": lambda layers=layers, words=words: check_refusal(folder, layers, words, rng)
                   for what, (layers, words) in REFUSED.items()}
        failed = 0
        for what, check in checks.items():
            try:
                failure = check()
            except Exception as error:  # of Keras, which refuses a shape
                failure = f"{type(error).__name__}: {error}"
            failed += failure is not None
            print(f"{what}: {failure or 'ok'}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
