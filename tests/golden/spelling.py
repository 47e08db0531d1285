# Builds the Keras model of a net from its strata spelling, such as `Sequential{Input<4>{}, Dense<2, ReLU>{}}`.
import functools
import re
import sys
from collections import Counter, namedtuple
from pathlib import Path

import keras
import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "layers"))
import registry  # noqa: E402

# name<arguments>{items}; a number or a quoted text is a Term of that name alone.
Term = namedtuple("Term", "name arguments items")

ACTIVATIONS = {
    "ReLU": "relu", "ReLU6": "relu6", "ELU": "elu", "SELU": "selu", "SiLU": "silu", "HardSiLU": "hard_silu", "Mish": "mish",
    "Sigmoid": "sigmoid", "HardSigmoid": "hard_sigmoid", "Tanh": "tanh", "Softmax": "softmax", "LogSoftmax": "log_softmax",
    "Softplus": "softplus", "Softsign": "softsign", "Exponential": "exponential", "Linear": "linear",
    "GELU": lambda x: keras.activations.gelu(x, approximate=False),
    "GELUTanh": lambda x: keras.activations.gelu(x, approximate=True),
    "LeakyReLU": lambda slope: lambda x: keras.activations.leaky_relu(x, negative_slope=slope),
}
# How many of a layer's template arguments are sizes; the rest are options.
SIZES = {
    "Dense": 1, "Conv2D": 2, "MaxPooling2D": 1, "AveragePooling2D": 1, "GlobalMaxPooling2D": 0, "GlobalAveragePooling2D": 0,
    "BatchNormalization": 0, "Flatten": 0, "Reshape": 1, "Dropout": 1,
    "DepthwiseConv2D": 1, "SeparableConv2D": 2, "Conv2DTranspose": 2,
    "Conv1D": 2, "DepthwiseConv1D": 1, "SeparableConv1D": 2, "Conv1DTranspose": 2,
    "MaxPooling1D": 1, "AveragePooling1D": 1, "GlobalMaxPooling1D": 0, "GlobalAveragePooling1D": 0,
}
SIZES |= registry.all_of("SIZES")
# Layers that are built by functions of their own: from a Term, the Keras layer.
MAKERS = {name: functools.partial(maker, sys.modules[__name__]) for name, maker in registry.all_of("KERAS").items()}
# Activations that Keras has as layers of their own; the others are Activation layers.
ACTIVATION_LAYERS = {"ReLU", "LeakyReLU", "ELU", "Softmax"}


def parse(text):
    tokens = re.findall(r'"[^"]*"|[\w.:+-]+|\S', text)

    def listed(opening, closing):
        terms = []
        if tokens and tokens[0] == opening:
            tokens.pop(0)
            while tokens[0] != closing:
                terms.append(term())
                if tokens[0] == ",":
                    tokens.pop(0)
            tokens.pop(0)
        return terms

    def term():
        return Term(tokens.pop(0), listed("<", ">"), listed("{", "}"))

    result = term()
    if tokens:
        raise ValueError(f"{text}: not understood from {tokens[0]}")
    return result


def size(term):
    if term.items:
        return tuple(int(item.name) for item in term.items)
    return float(term.name) if "." in term.name else int(term.name)


def extents(term):
    values = tuple(size(argument) for argument in term.arguments)
    return values[0] if len(values) == 1 else values


def activation(term):
    found = ACTIVATIONS[term.name]
    return found(float(term.arguments[0].name)) if term.arguments else found


def regularizer(term):
    return getattr(keras.regularizers, term.name)(*(float(argument.name) for argument in term.arguments))


def option(term):
    if term.name in ACTIVATIONS:
        return "activation", activation(term)
    if term.name.startswith("padding::"):
        return "padding", term.name.removeprefix("padding::")
    if term.name.endswith("_regularizer"):
        return term.name, regularizer(term.arguments[0])
    return {
        "strides": lambda: ("strides", extents(term)),
        "dilation": lambda: ("dilation_rate", extents(term)),
        "no_bias": lambda: ("use_bias", False),
        "no_center": lambda: ("center", False),
        "no_scale": lambda: ("scale", False),
        "epsilon": lambda: ("epsilon", float(term.arguments[0].name)),
        "momentum": lambda: ("momentum", extents(term)),
        "frozen": lambda: ("trainable", False),
        "depth_multiplier": lambda: ("depth_multiplier", extents(term)),
        "groups": lambda: ("groups", extents(term)),
        "name": lambda: ("name", term.arguments[0].name.strip('"')),
    }[term.name]()


def made(name, *arguments, options=(), **named):
    """Keras' layer of that name; options as strata spells them."""
    return getattr(keras.layers, name)(*arguments, **named, **dict(map(option, options)))


class Branching(keras.layers.Layer):
    """Paths from one input, empty ones the input itself, whose ends a layer of Keras merges."""

    def __init__(self, merge, paths, **options):
        super().__init__(**options)
        self.layers = [each for path in paths for each in path]  # so that their weights are in this order
        self.merge = merge
        self.sizes = [len(path) for path in paths]

    def call(self, x, training=None):
        ends, begin = [], 0
        for size in self.sizes:
            end = x
            for each in self.layers[begin:begin + size]:
                end = self.run(each, end, training)
            ends.append(end)
            begin += size
        return self.merge(ends)

    @staticmethod
    def run(each, x, training):
        return each(x, training=training) if each._call_has_training_arg else each(x)


class Residual(Branching):
    """Layers and a shortcut whose outputs are added."""


MERGES = ("Concatenate", "Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum")


def branching(term):
    options = dict(option(item) for item in term.arguments if item.name in ("name", "frozen"))
    items = [item for item in term.arguments if item.name not in ("name", "frozen")]
    trainable = options.pop("trainable", True)
    if term.name == "Residual":
        side = [layer(inner) for item in items if item.name == "shortcut" for inner in item.arguments]
        main = [layer(item) for item in items if item.name != "shortcut"]
        result = Residual(keras.layers.Add(), [main, side], **options)
    else:
        # A layer of the class's name, so that names are counted by it.
        kind = type(term.name, (Branching,), {})
        result = kind(getattr(keras.layers, term.name)(), [[layer(inner) for inner in item.arguments] for item in items], **options)
    if not trainable:
        result.trainable = False
    return result


def layer(term):
    if term.name == "Residual" or term.name in MERGES:
        return branching(term)
    if term.name == "Sequential":
        term = term._replace(items=term.items or term.arguments)
        options = dict(option(item) for item in term.items if item.name in ("name", "frozen"))
        trainable = options.pop("trainable", True)
        model = keras.Sequential([layer(item) for item in term.items if item.name not in ("name", "frozen")], **options)
        if not trainable:
            model.trainable = False  # as an argument of Sequential it would not reach the layers
        return model
    if term.name == "Input":
        return keras.Input(tuple(size(argument) for argument in term.arguments))
    if term.name == "Activation":
        return keras.layers.Activation(activation(term.arguments[0]))
    if term.name == "LeakyReLU":
        return keras.layers.LeakyReLU(negative_slope=float(term.arguments[0].name))
    if term.name in ACTIVATION_LAYERS:
        return getattr(keras.layers, term.name)()
    if term.name in ACTIVATIONS:
        return keras.layers.Activation(activation(term))
    if term.name in MAKERS:
        return MAKERS[term.name](term)
    count = SIZES[term.name]
    sizes = [size(argument) for argument in term.arguments[:count]]
    options = dict(option(argument) for argument in term.arguments[count:])
    return getattr(keras.layers, term.name)(*sizes, **options)


def build(spelling, dtype="float32"):
    """The Keras model, with layer names counted from zero."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    keras.utils.clear_session(free_memory=False)
    return layer(parse(spelling))


# How the weights of a name are drawn that are not drawn around zero: lowest, highest value.
RANGES = {"gamma": (0.5, 1.5), "moving_variance": (0.3, 2), "scale": (0.5, 1.5), "variance": (0.2, 2),
          "embeddings": (-1, 1), "alpha": (-0.5, 0.5)}


def inputs(spelling, rng, x, offset=0):
    """Of a net that begins with Embedding, numbers of its words, the first and the last among them, plus an offset."""
    first = re.match(r"Sequential\{Input<[^>]*>\{\}, Embedding<(\d+)", spelling)
    if first is None:
        return x
    words = rng.integers(0, int(first[1]), x.shape).astype(np.float32)
    words.flat[0], words.flat[-1] = 0, int(first[1]) - 1
    return words + np.float32(offset)


def random_weights(model, rng):
    """Values exact in float32, scaled so that activations keep their size from layer to layer; integers stay such."""
    result = []
    for weight in model.weights:
        bound = np.sqrt(6 / np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 0.5
        if "int" in weight.dtype:
            result.append(np.asarray(rng.integers(1, 1000, weight.shape), np.float32))
        else:
            low, high = RANGES.get(weight.name, (-bound, bound))
            result.append(np.asarray(rng.uniform(low, high, weight.shape), np.float32))
    return result


def weight_names(model, prefix=""):
    """`<layer name>/<weight name>`; names that Keras made are counted anew in each Sequential, as strata counts them."""
    counts = Counter()
    for inner in model.layers:
        made = keras.src.utils.naming.to_snake_case(type(inner).__name__)
        name = inner.name
        if re.fullmatch(made + r"(_\d+)?", name):
            name = f"{made}_{counts[made]}" if counts[made] else made
            counts[made] += 1
        if isinstance(inner, (keras.Sequential, Residual)):
            yield from weight_names(inner, f"{prefix}{name}/")
        elif isinstance(inner, keras.layers.Bidirectional):
            for side in ("forward_layer", "backward_layer"):
                yield from (f"{prefix}{name}/{side}/{weight.name}" for weight in getattr(inner, side).weights)
        else:
            yield from (f"{prefix}{name}/{weight.name}" for weight in inner.weights)
