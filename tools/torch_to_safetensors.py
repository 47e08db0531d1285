#!/usr/bin/env python3
# Turns a state_dict of PyTorch into a .safetensors file of strata: names and layouts are Keras' then.
#
# usage: torch_to_safetensors.py FROM TO MODULE=CLASS[,OPTION]...
#
# FROM is a .safetensors file of a state_dict, or what torch.save wrote of one (.pt, .pth; that needs torch). Each MODULE is the
# prefix of its names there, `features.0`; CLASS is strata's layer. In the order of strata's net:
#
#     torch_to_safetensors.py net.pt net.safetensors conv1=Conv2D bn1=BatchNormalization fc=Dense,flattened=64x7x7,name=head
#
# name=...               the layer's name; a path in a nested model (`base/conv2d`). Without it Keras' default, counted per class
# flattened=CxHxW        Dense after a Flatten of an image: PyTorch counts channels first
# depth_multiplier=N     DepthwiseConv1D, DepthwiseConv2D
# DEPTHWISE+POINTWISE=SeparableConv2D        two modules become one layer; the bias of the first goes into that of the second
# layer=N                LSTM, GRU, SimpleRNN: which of the module's layers (num_layers), counted from 0
# bidirectional          LSTM, GRU, SimpleRNN: becomes strata's Bidirectional
# rank=N                 PReLU: axes of a sample, 3 for an image; strata's layer shares all but the last
#
# The meaning of numbers may still differ: PyTorch's normalisations add 1e-5 where Keras adds 1e-3 (write epsilon<1e-5>), and
# padding=1 of a 3x3 window with strides is not padding::same (put ZeroPadding2D<1> before it).
import argparse
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file


class Mistake(Exception):
    pass


def snake_case(name):
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Module:
    """The tensors of one module; each must be taken or known to be of no use."""

    def __init__(self, state, prefix):
        dot = f"{prefix}." if prefix else ""
        self.prefix = prefix
        self.tensors = {name.removeprefix(dot): value for name, value in state.items() if name.startswith(dot)}
        self.left = set(self.tensors) - {"num_batches_tracked"}
        if not self.tensors:
            known = sorted({name.rpartition(".")[0] for name in state})
            raise Mistake(f"no tensors of a module {prefix}; there are {', '.join(known)}")

    def has(self, name):
        return name in self.tensors

    def take(self, name, rank=None):
        if name not in self.tensors:
            raise Mistake(f"{self.prefix} has no {name}, only {', '.join(sorted(self.tensors))}")
        self.left.discard(name)
        value = np.asarray(self.tensors[name])
        if rank is not None and value.ndim != rank:
            raise Mistake(f"{self.prefix}.{name} has the shape {value.shape}, expected {rank} axes")
        return value

    def optional(self, target, name):
        return {target: self.take(name)} if self.has(name) else {}


def number(options, name, default):
    return int(options.get(name, default))


def dense(module, options):
    kernel = module.take("weight", 2)
    if "flattened" in options:
        extents = tuple(map(int, options["flattened"].split("x")))
        if np.prod(extents) != kernel.shape[1]:
            raise Mistake(f"{module.prefix} takes {kernel.shape[1]} features, flattened={options['flattened']} gives "
                          f"{np.prod(extents)}")
        by_channel = kernel.reshape(-1, *extents)
        kernel = np.moveaxis(by_channel, 1, -1).reshape(len(kernel), -1)
    return {"kernel": kernel.T} | module.optional("bias", "bias")


def convolution(rank):
    """(out, in, window...) to (window..., in, out)."""
    return lambda module, options: ({"kernel": np.moveaxis(module.take("weight", rank + 2), (0, 1), (-1, -2))} |
                                    module.optional("bias", "bias"))


def transposed_convolution(rank):
    """(in, out, window...) to (window..., out, in)."""
    return lambda module, options: ({"kernel": np.moveaxis(module.take("weight", rank + 2), (0, 1), (-1, -2))} |
                                    module.optional("bias", "bias"))


def depthwise_kernel(module, rank, multiplier):
    """(in multiplier, 1, window...) to (window..., in, multiplier)."""
    weight = module.take("weight", rank + 2)
    if weight.shape[1] != 1 or weight.shape[0] % multiplier:
        raise Mistake(f"{module.prefix}.weight of shape {weight.shape} is no depthwise kernel of multiplier {multiplier}")
    split = weight.reshape(weight.shape[0] // multiplier, multiplier, *weight.shape[2:])
    return np.moveaxis(split, (0, 1), (-2, -1))


def depthwise(rank):
    return lambda module, options: ({"kernel": depthwise_kernel(module, rank, number(options, "depth_multiplier", 1))} |
                                    module.optional("bias", "bias"))


def separable(rank):
    def convert(modules, options):
        first, second = modules
        weight = second.take("weight", rank + 2)
        result = {"depthwise_kernel": depthwise_kernel(first, rank, number(options, "depth_multiplier", 1)),
                  "pointwise_kernel": np.moveaxis(weight, (0, 1), (-1, -2))}
        bias = second.take("bias") if second.has("bias") else None
        if first.has("bias"):
            through = weight.reshape(weight.shape[:2]) @ first.take("bias")
            bias = through if bias is None else bias + through
        return result | ({} if bias is None else {"bias": bias})
    return convert


def normalization(module, options):
    return module.optional("gamma", "weight") | module.optional("beta", "bias")


def batch_normalization(module, options):
    return normalization(module, options) | {"moving_mean": module.take("running_mean"),
                                             "moving_variance": module.take("running_var")}


def prelu(module, options):
    slopes, rank = module.take("weight", 1), number(options, "rank", 1)
    return {"alpha": slopes.reshape((1,) * (rank - 1) + slopes.shape)}


def gates(order):
    """Weights of a recurrent layer with its gates in this order along the last axis; `two` keeps both biases."""
    def reordered(weight):
        parts = np.split(weight, len(order))
        return np.concatenate([parts[i] for i in order])

    def convert(module, options, two=False):
        def side(ending):
            ending = f"_l{number(options, 'layer', 0)}{ending}"
            result = {"kernel": reordered(module.take(f"weight_ih{ending}", 2)).T,
                      "recurrent_kernel": reordered(module.take(f"weight_hh{ending}", 2)).T}
            if module.has(f"bias_ih{ending}"):
                both = [reordered(module.take(f"bias_{which}{ending}")) for which in ("ih", "hh")]
                result["bias"] = np.stack(both) if two else both[0] + both[1]
            return result
        if "bidirectional" not in options:
            return side("")
        return ({f"forward_layer/{name}": value for name, value in side("").items()} |
                {f"backward_layer/{name}": value for name, value in side("_reverse").items()})
    return convert


lstm = gates((0, 1, 2, 3))  # input, forget, cell, output, in both
gru_gates = gates((1, 0, 2))  # PyTorch's are reset, update, new; Keras' update, reset, new


CLASSES = {
    "Dense": (dense, {"flattened"}),
    "Conv1D": (convolution(1), set()),
    "Conv2D": (convolution(2), set()),
    "Conv1DTranspose": (transposed_convolution(1), set()),
    "Conv2DTranspose": (transposed_convolution(2), set()),
    "DepthwiseConv1D": (depthwise(1), {"depth_multiplier"}),
    "DepthwiseConv2D": (depthwise(2), {"depth_multiplier"}),
    "SeparableConv1D": (separable(1), {"depth_multiplier"}),
    "SeparableConv2D": (separable(2), {"depth_multiplier"}),
    "BatchNormalization": (batch_normalization, set()),
    "RMSNormalization": (lambda module, options: {"scale": module.take("weight", 1)}, set()),
    "PReLU": (prelu, {"rank"}),
    "Embedding": (lambda module, options: {"embeddings": module.take("weight", 2)}, set()),
    "LSTM": (lstm, {"layer", "bidirectional"}),
    "GRU": (lambda module, options: gru_gates(module, options, two=True), {"layer", "bidirectional"}),
    "SimpleRNN": (gates((0,)), {"layer", "bidirectional"}),
}


def class_of(kind):
    """The conversion of a class and its options; other normalizations have PyTorch's weight and bias as gamma and beta."""
    return CLASSES.get(kind, (normalization, set()) if kind.endswith("Normalization") else None)


def converted(state, layers):
    """strata's tensors by name, in the order of the layers, from those of a state_dict."""
    counts, result, modules = Counter(), {}, {}
    for text in layers:
        prefix, equals, description = text.partition("=")
        kind, *given = description.split(",")
        if not equals or class_of(kind) is None:
            raise Mistake(f"{text}: expected MODULE=CLASS[,OPTION]..., CLASS one of {', '.join(CLASSES)}, "
                          "or another normalization")
        convert, known = class_of(kind)
        options = dict(option.partition("=")[::2] for option in given)
        if unknown := set(options) - known - {"name"}:
            raise Mistake(f"{text}: {kind} takes no {', '.join(sorted(unknown))}")
        own = [modules.setdefault(part, None) or Module(state, part) for part in prefix.split("+")]
        modules.update((module.prefix, module) for module in own)
        if len(own) != (2 if kind.startswith("Separable") else 1):
            raise Mistake(f"{text}: {kind} is made of {'two modules, DEPTHWISE+POINTWISE' if len(own) == 1 else 'one module'}")
        weights = convert(own if len(own) > 1 else own[0], options)
        name = options.get("name")
        if name is None:
            base = "bidirectional" if "bidirectional" in options else snake_case(kind)
            name = f"{base}_{counts[base]}" if counts[base] else base
            counts[base] += 1
        for weight, value in weights.items():
            if f"{name}/{weight}" in result:
                raise Mistake(f"{text}: a second layer called {name}; give one of them another name=...")
            result[f"{name}/{weight}"] = np.ascontiguousarray(value)
    left = [f"{module.prefix}.{name}" for module in modules.values() for name in sorted(module.left)]
    left += [name for name in state if not any(not prefix or name.startswith(f"{prefix}.") for prefix in modules)]
    if left:
        raise Mistake(f"nothing was made of {', '.join(left)}")
    return result


def read(path):
    if path.suffix == ".safetensors":
        return load_file(path)
    try:
        import torch
    except ImportError:
        raise Mistake(f"{path}: reading what torch.save wrote needs torch; or save the state_dict as .safetensors") from None
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value.float().numpy() for name, value in state.get("state_dict", state).items()}


def main():
    parser = argparse.ArgumentParser(description="Turns a state_dict of PyTorch into a .safetensors file of strata; the top of "
                                                 "this file says how.")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("layers", nargs="+", metavar="MODULE=CLASS[,OPTION]...")
    given = parser.parse_args()
    try:
        tensors = converted(read(given.source), given.layers)
    except Mistake as mistake:
        print(f"torch_to_safetensors: {mistake}", file=sys.stderr)
        return 1
    save_file(tensors, given.target)
    for name, value in tensors.items():
        print(f"{name} {value.shape}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
