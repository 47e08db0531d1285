# Graphs of ONNX as tf2onnx and torch.onnx write them, converted, compiled, run: their outputs are those of onnx's
# reference evaluator. Operators that strata lacks are refused.
# usage: python onnx_models.py --convert PATH [--public [FOLDER ...]]; needs onnx and numpy
# --public takes the models of the package onnx (folders of backend/test/data) instead, with their own inputs and outputs,
# and says of each whether it is equal, refused or WRONG.
import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from programs import add_arguments, run, test_programs


class Graph:
    """Nodes of a graph in their order, and its constants."""

    def __init__(self, seed):
        self.rng, self.nodes, self.constants = np.random.default_rng(seed), [], []
        self.more_inputs, self.more_outputs = [], []
        self.wanted, self.integers = [], 0  # text that the header must have; the number of classes of indices
        self.producer = ""  # the program that is said to have written the file
        self.options, self.open_axes = [], ()  # of strata-convert; axes of the input that the file leaves open

    def constant(self, values, kind=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def weights(self, *shape, low=-0.6, high=0.6):
        return self.constant(self.rng.uniform(low, high, shape))

    def add(self, kind, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=f"/{kind.lower()}/{len(self.nodes)}", **attributes))
        return name

    def conv(self, x, ins, outs, *window, groups=1, bias=True, **attributes):
        inputs = [x, self.weights(outs, ins // groups, *window)] + ([self.weights(outs)] if bias else [])
        return self.add("Conv", *inputs, group=groups, **attributes)

    def norm(self, x, channels):
        return self.add("BatchNormalization", x, self.weights(channels), self.weights(channels), self.weights(channels),
                        self.weights(channels, low=0.3, high=2), epsilon=1e-3)

    def gemm(self, x, ins, outs):
        return self.add("Gemm", x, self.weights(outs, ins), self.weights(outs), transB=1)

    def dense(self, x, ins, outs):
        return self.add("Add", self.add("MatMul", x, self.weights(ins, outs)), self.weights(outs))

    def needed(self, output):
        """The nodes that an output needs."""
        wanted, nodes = {output} | {each.name for each in self.more_outputs}, []
        for node in reversed(self.nodes):
            if wanted & set(node.output):
                wanted |= set(node.input)
                nodes.insert(0, node)
        return nodes

    def model(self, shape, output, opset=17, nodes=None):
        shape = ["N", *(f"open{axis}" if axis in self.open_axes else extent for axis, extent in enumerate(shape))]
        graph = helper.make_graph(nodes or self.nodes, "net", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape), *self.more_inputs],
                                  [helper.make_tensor_value_info(output, TensorProto.FLOAT, None), *self.more_outputs], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name=self.producer)
        model.ir_version = 8
        return model


CASES, REFUSED = {}, {}


def case(shape, opset=17):
    def add(make):
        CASES[make.__name__] = (shape, make, opset)
        return make
    return add


def refused(shape, wanted):
    def add(make):
        REFUSED[make.__name__] = (shape, make, wanted)
        return make
    return add


@case((5,))
def perceptron(g):
    x = g.add("Relu", g.gemm("x", 5, 7))
    return g.add("Softmax", g.dense(x, 7, 3), axis=-1)


@case((3, 4))
def dense_of_sequences(g):
    return g.add("Tanh", g.dense("x", 4, 6))


@case((3, 8, 9))
def torch_images(g):
    x = g.add("Relu", g.norm(g.conv("x", 3, 6, 3, 3, pads=[1, 1, 1, 1], bias=False), 6))
    x = g.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.conv(x, 6, 4, 3, 2, pads=[1, 0, 1, 1], groups=2, dilations=[1, 1])
    x = g.conv(x, 4, 8, 3, 3, groups=4, pads=[1, 1, 1, 1])
    return g.gemm(g.add("Flatten", g.add("Relu", x)), 8 * 4 * 4, 5)


@case((3, 7, 6))
def torch_strides(g):
    x = g.conv("x", 3, 4, 3, 3, strides=[2, 2], pads=[1, 1, 1, 1])
    x = g.add("AveragePool", x, kernel_shape=[2, 2], pads=[1, 1, 1, 1], strides=[1, 1], count_include_pad=1)
    x = g.add("GlobalAveragePool", x)
    return g.gemm(g.add("Flatten", x), 4, 3)


@case((8, 7, 3))
def tf_images(g):
    x = g.add("Transpose", "x", perm=[0, 3, 1, 2])
    x = g.add("Relu", g.conv(x, 3, 4, 3, 3, auto_pad="SAME_UPPER", strides=[2, 1]))
    x = g.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    x = g.add("Transpose", x, perm=[0, 2, 3, 1])
    x = g.add("Reshape", x, g.constant([-1, 2 * 4 * 4], np.int64))
    return g.add("Sigmoid", g.dense(x, 32, 3))


@case((4, 6, 5))
def residual(g):
    y = g.conv(g.add("Relu", g.conv("x", 4, 4, 3, 3, pads=[1, 1, 1, 1])), 4, 4, 3, 3, pads=[1, 1, 1, 1])
    x = g.add("Relu", g.add("Add", "x", y))
    x = g.add("Concat", x, g.conv(x, 4, 2, 1, 1), axis=1)
    return g.add("Flatten", g.add("GlobalMaxPool", x))


@case((3, 9))
def sequences(g):
    x = g.conv("x", 3, 4, 3, pads=[2, 0])
    x = g.conv(g.add("LeakyRelu", x, alpha=0.1), 4, 4, 2, dilations=[2], pads=[2, 0], groups=2)
    return g.conv(x, 4, 2, 2, strides=[2])


@case((9, 3))
def tf_sequences(g):
    """As tf2onnx writes Conv1D."""
    x = g.add("Transpose", g.add("Unsqueeze", "x", g.constant([2], np.int64)), perm=[0, 3, 1, 2])
    x = g.conv(x, 3, 5, 3, 1)
    return g.dense(g.add("Squeeze", g.add("Transpose", x, perm=[0, 2, 3, 1]), g.constant([2], np.int64)), 5, 2)


@case((6,), opset=20)
def activations(g):
    x = "x"
    for kind, attributes in (("Relu", {}), ("Elu", {}), ("Selu", {}), ("HardSigmoid", {"alpha": 1 / 6}), ("Gelu", {}),
                             ("Gelu", {"approximate": "tanh"}), ("Softplus", {}), ("Softsign", {}), ("HardSwish", {}), ("Mish", {}), ("Exp", {})):
        x = g.add(kind, g.gemm(x, 6, 6), **attributes)
    x = g.add("Clip", x, g.constant(0), g.constant(6))
    return g.add("LogSoftmax", g.add("Sub", g.constant(1), g.add("Div", g.add("Mul", x, g.constant(3)), g.constant(2))), axis=1)


@case((2, 3, 4))
def image_as_output(g):
    return g.conv("x", 2, 3, 2, 2)


@case((3, 4, 5))
def transposed_convolutions(g):
    x = g.add("PRelu", g.add("Neg", "x"), g.constant(g.rng.uniform(0, 1, (3, 1, 1))))
    x = g.add("ConvTranspose", x, g.weights(3, 4, 3, 2), g.weights(4), strides=[2, 3], pads=[1, 0, 1, 1], output_padding=[1, 0])
    x = g.add("Pad", x, g.constant([0, 0, 1, 0, 0, 0, 2, 1], np.int64))
    x = g.add("PRelu", g.conv(x, 4, 2, 2, 2), g.constant([0.3]))
    return g.add("ConvTranspose", x, g.weights(2, 3, 1, 1), strides=[2, 2])


@case((4, 5, 3))
def transposed_groups(g):
    """Its reference has a convolution for each group, which the output does not need."""
    kernel, bias = g.rng.uniform(-0.6, 0.6, (4, 3, 2, 3)), g.rng.uniform(-0.6, 0.6, 6)
    attributes = {"strides": [2, 1], "dilations": [2, 1], "output_padding": [1, 0]}
    last = [g.weights(6, 2, 3, 3), g.weights(2)]

    def end(x):
        return g.add("ConvTranspose", x, *last, strides=[3, 2], output_padding=[2, 1], pads=[1, 1, 0, 0])

    parts = [g.add("ConvTranspose", g.add("Slice", "x", *[g.constant([i], np.int64) for i in (2 * k, 2 * k + 2, 1)]),
                   g.constant(kernel[2 * k:2 * k + 2]), g.constant(bias[3 * k:3 * k + 3]), **attributes) for k in (0, 1)]
    expected = end(g.add("Concat", *parts, axis=1))
    return end(g.add("ConvTranspose", "x", g.constant(kernel), g.constant(bias), group=2, **attributes)), expected


@case((4,))
def transposed_matrix(g):
    return g.add("MatMul", "x", g.add("Transpose", g.weights(3, 4)))


def batch_and(g, x, *rest):
    """A shape that begins with the batch of x, as torch writes it."""
    batch = g.add("Gather", g.add("Shape", x), g.constant(0, np.int64), axis=0)
    return g.add("Concat", g.add("Unsqueeze", batch, g.constant([0], np.int64)), g.constant(rest, np.int64), axis=0)


@case((3, 4, 5))
def shape_computed(g):
    x = g.conv("x", 3, 2, 2, 2)
    return g.gemm(g.add("Reshape", x, batch_and(g, x, -1)), 2 * 3 * 4, 3)


@case((3, 4))
def dense_over_merged_batch(g):
    """Dense of sequences as a Gemm of (batch steps, features)."""
    shape = g.add("Shape", "x")
    steps = g.add("Mul", g.add("Gather", shape, g.constant(0, np.int64)), g.add("Gather", shape, g.constant(1, np.int64)))
    flat = g.add("Concat", g.add("Unsqueeze", steps, g.constant([0], np.int64)), g.constant([4], np.int64), axis=0)
    x = g.add("Relu", g.gemm(g.add("Reshape", "x", flat), 4, 5))
    x = g.gemm(g.add("Reshape", g.add("Reshape", x, batch_and(g, "x", 3, 5)), g.constant([-1, 5], np.int64)), 5, 2)
    sizes = g.add("Slice", shape, g.constant([0], np.int64), g.constant([2], np.int64))
    return g.add("Reshape", x, g.add("Concat", sizes, g.add("Constant", value_ints=[2]), axis=0))


@case((6,))
def constants_computed(g):
    """A kernel and a bias that the graph computes of constants."""
    kernel = g.add("Transpose", g.add("Reshape", g.add("Cast", g.add("Range", g.constant(0, np.int64), g.constant(18, np.int64), g.constant(1, np.int64)),
                                                            to=TensorProto.FLOAT), g.constant([3, -1], np.int64)))
    kernel = g.add("Div", g.add("Sub", kernel, g.constant(9)), g.add("Expand", g.constant([20]), g.constant([6, 3], np.int64)))
    bias = g.add("ConstantOfShape", g.add("Constant", value_ints=[3]), value=numpy_helper.from_array(np.array([0.25], np.float32)))
    return g.add("Add", g.add("MatMul", "x", kernel), bias)


def cell(g, kind, x, features, units, direction="forward", weights=None, outputs=1, more=(), **attributes):
    """A recurrent node of torch's weights; x is (steps, batch, features)."""
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[kind]
    directions = 2 if direction == "bidirectional" else 1
    weights = weights or [g.weights(directions, gates * units, features), g.weights(directions, gates * units, units),
                          g.weights(directions, 2 * gates * units)]
    names = [f"v{len(g.nodes)}_{i}" for i in range(outputs)]
    attributes |= {} if direction == "forward" else {"direction": direction}
    attributes = {"linear_before_reset": 1} | attributes if kind == "GRU" else attributes
    g.nodes.append(helper.make_node(kind, [x, *weights, *more], names, name=f"/{kind.lower()}/{len(g.nodes)}", hidden_size=units, **attributes))
    return names


def steps_first(g, x):
    return g.add("Transpose", x, perm=[1, 0, 2])


@case((6, 3))
def recurrent_of_torch(g):
    zeros = g.add("Expand", g.constant(np.zeros((1, 1, 4))), g.add("Concat", g.constant([1], np.int64), g.add(
        "Unsqueeze", g.add("Gather", g.add("Shape", "x"), g.constant(0, np.int64), axis=0), g.constant([0], np.int64)),
        g.constant([4], np.int64), axis=0))
    x = cell(g, "LSTM", steps_first(g, "x"), 3, 4, more=["", zeros, zeros], outputs=3)[0]
    x = cell(g, "GRU", g.add("Squeeze", x, g.constant([1], np.int64)), 4, 5)[0]
    x = cell(g, "RNN", g.add("Squeeze", x, g.constant([1], np.int64)), 5, 6, activations=["Tanh"])[0]
    return g.dense(steps_first(g, g.add("Squeeze", x, g.constant([1], np.int64))), 6, 2)


@case((5, 3))
def last_states(g):
    x = g.add("Concat", g.add("Squeeze", cell(g, "GRU", steps_first(g, "x"), 3, 4, outputs=2)[1], g.constant([0], np.int64)),
              g.add("Squeeze", cell(g, "LSTM", steps_first(g, "x"), 3, 2, outputs=2)[1], g.constant([0], np.int64)), axis=1)
    return g.gemm(x, 6, 3)


def both_directions(g, kind, gates, **attributes):
    """Its reference is made of two cells and reversed steps, which the output does not need."""
    def reverse(x):
        return g.add("Slice", x, g.constant([-1], np.int64), g.constant([-100], np.int64), g.constant([0], np.int64), g.constant([-1], np.int64))

    x, parts = steps_first(g, "x"), []
    weights = [g.rng.uniform(-0.6, 0.6, shape) for shape in ((2, gates * 4, 3), (2, gates * 4, 4), (2, gates * 8))]
    for direction in (0, 1):
        each = [g.constant(w[direction:direction + 1]) for w in weights]
        found = cell(g, kind, reverse(x) if direction else x, 3, 4, weights=each, **attributes)[0]
        parts.append(reverse(found) if direction else found)
    expected = steps_first(g, g.add("Concat", *[g.add("Squeeze", part, g.constant([1], np.int64)) for part in parts], axis=2))
    y = cell(g, kind, x, 3, 4, "bidirectional", [g.constant(w) for w in weights], **attributes)[0]
    y = g.add("Reshape", g.add("Transpose", y, perm=[0, 2, 1, 3]), g.constant([0, 0, -1], np.int64))
    return steps_first(g, y), expected


@case((5, 3))
def bidirectional(g):
    return both_directions(g, "LSTM", 4)


@case((2, 3))
def state_as_input(g):
    g.more_inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "N", 4]) for name in ("state_h", "state_c")]
    y, h, c = cell(g, "LSTM", steps_first(g, "x"), 3, 4, more=["", "state_h", "state_c"], outputs=3)
    g.more_outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (h, c)]
    return g.dense(steps_first(g, g.add("Squeeze", y, g.constant([1], np.int64))), 4, 2)


@refused((4, 3), "linear_before_reset=0, and torch")
def reset_before_of_torch(g):
    g.producer = "pytorch"
    return cell(g, "GRU", steps_first(g, "x"), 3, 4, linear_before_reset=0)[0]


@refused((4, 3), "initial_h that is not 0")
def initial_state(g):
    return cell(g, "RNN", steps_first(g, "x"), 3, 4, more=["", g.constant(np.ones((1, 1, 4)))])[0]


@refused((4, 3), "has clip")
def clipped_cell(g):
    return cell(g, "LSTM", steps_first(g, "x"), 3, 4, clip=1.0)[0]


@refused((4, 3), "is a loop")
def recurrent_loop(g):
    return g.add("Scan", "x", num_scan_inputs=1)


def gelu(g, x):
    inner = g.add("Erf", g.add("Div", x, g.constant(np.sqrt(2))))
    return g.add("Mul", g.add("Mul", x, g.add("Add", inner, g.constant(1))), g.constant(0.5))


def gelu_tanh(g, x):
    cube = g.add("Mul", g.add("Mul", g.add("Mul", x, x), x), g.constant(0.044715))
    inner = g.add("Tanh", g.add("Mul", g.constant(np.sqrt(2 / np.pi)), g.add("Add", x, cube)))
    return g.add("Mul", g.add("Mul", g.constant(0.5), x), g.add("Add", g.constant(1), inner))


def silu(g, x):
    return g.add("Mul", x, g.add("Sigmoid", x))


def silu_of_exp(g, x):
    return g.add("Div", x, g.add("Add", g.constant([1]), g.add("Exp", g.add("Neg", x))))


def mish(g, x):
    return g.add("Mul", x, g.add("Tanh", g.add("Log", g.add("Add", g.constant(1), g.add("Exp", x)))))


def hard_swish(g, x):
    return g.add("Div", g.add("Mul", x, g.add("Clip", g.add("Add", x, g.constant(3)), g.constant(0), g.constant(6))), g.constant(6))


def hard_swish_of_sigmoid(g, x):
    return g.add("Mul", g.add("HardSigmoid", x, alpha=1 / 6, beta=0.5), x)


def relu6(g, x):
    return g.add("Min", g.constant(6), g.add("Max", x, g.constant(0)))


def softsign(g, x):
    return g.add("Div", x, g.add("Add", g.add("Abs", x), g.constant(1)))


def layer_norm(g, x, channels):
    """As torch writes it before opset 17."""
    centred = g.add("Sub", x, g.add("ReduceMean", x, axes=[-1]))
    variance = g.add("ReduceMean", g.add("Pow", centred, g.constant(2)), axes=[-1])
    x = g.add("Div", centred, g.add("Sqrt", g.add("Add", variance, g.constant(1e-3))))
    return g.add("Add", g.add("Mul", x, g.weights(channels)), g.weights(channels))


@case((6,))
def patterns(g):
    x = "x"
    for form in (gelu, gelu_tanh, silu, silu_of_exp, mish, hard_swish, hard_swish_of_sigmoid, relu6, softsign):
        x = form(g, g.gemm(x, 6, 6))
    g.wanted = [f"strata::{name}," for name in ("GELU", "GELUTanh", "SiLU", "Mish", "HardSiLU", "ReLU6", "Softsign", "Softplus")]
    return g.add("Log", g.add("Add", g.add("Exp", x), g.constant(1)))


@case((3, 6))
def normalizations(g):
    x = layer_norm(g, "x", 6)
    squares = g.add("ReduceMean", g.add("Mul", x, x), axes=[2])
    x = g.add("Mul", g.weights(6), g.add("Mul", x, g.add("Reciprocal", g.add("Sqrt", g.add("Add", squares, g.constant(1e-5))))))
    x = g.add("Add", g.add("Mul", g.dense(x, 6, 4), g.weights(4)), g.weights(4))
    g.wanted = ["LayerNormalization<", "RMSNormalization<", "BatchNormalization<"]
    return g.add("LayerNormalization", x, g.weights(4), g.weights(4), axis=-1, epsilon=1e-4)


@case((3, 6))
def one_that_is_nearly_a_pattern(g):
    """A GELU with another number stays what the file says."""
    cube = g.add("Mul", g.add("Pow", "x", g.constant(3)), g.constant(0.0448))
    inner = g.add("Tanh", g.add("Mul", g.constant(0.79), g.add("Add", "x", cube)))
    return g.add("Mul", "x", g.add("Add", g.constant(1), inner))


@case((4, 6))
def constants_of_channels(g):
    """Vectors and tables that are added and multiplied."""
    x = g.add("Sub", g.add("Mul", "x", g.weights(6)), g.weights(1, 4, 1))
    x = g.add("Div", g.weights(4, 6), g.add("Add", g.add("Abs", x), g.constant(1)))
    x = g.add("Max", g.add("Min", g.add("Sub", g.weights(6), x), g.constant(0.2)), g.constant(-0.3))
    return g.add("Div", x, g.add("Sqrt", g.add("Add", g.add("Pow", x, g.constant(2)), g.constant(0.5))))


@case((3, 6, 5), opset=18)
def parts_of_axes(g):
    x = g.conv("x", 3, 4, 2, 2)
    a, b = (f"part{i}" for i in range(2))
    g.nodes.append(helper.make_node("Split", [x], [a, b], axis=1, num_outputs=2))
    x = g.add("Mul", a, g.add("Sigmoid", b))
    x = g.add("Slice", x, g.constant([1, 0], np.int64), g.constant([-1, 2 ** 40], np.int64), g.constant([3, 1], np.int64))
    x = g.add("Concat", x, g.add("Gather", x, g.constant([0], np.int64), axis=3), axis=3)
    y = g.add("ReduceMean", x, g.constant([2, 3], np.int64), keepdims=0)
    x = g.add("Softmax", g.add("Gather", x, g.constant(1, np.int64), axis=2), axis=1)
    return g.add("Concat", y, g.add("Flatten", x), g.add("ReduceMax", x, g.constant([1], np.int64), keepdims=0), axis=1)


@case((3, 5, 6), opset=18)
def pads_of_all_modes(g):
    x = g.add("Pad", "x", g.constant([0, 0, 1, 2, 0, 0, 0, 1], np.int64), mode="reflect")
    x = g.add("Pad", x, g.constant([2, 0, 1, 0], np.int64), g.constant(0.5), g.constant([2, 3], np.int64))
    x = g.add("Pad", x, g.constant([0, 0, 1, 0, 0, 0, 2, 3], np.int64), mode="edge")
    x = g.conv(x, 3, 4, 3, 3, pads=[3, 0, 1, 2])
    return g.add("Pad", x, g.constant([0, 1, 0, 3, 0, 0, 0, 2], np.int64))


@case((9, 3))
def one_dimension_as_image(g):
    """A causal Conv1D as tf2onnx writes it."""
    x = g.add("Pad", "x", g.constant([0, 4, 0, 0, 0, 0], np.int64))
    x = g.conv(g.add("Transpose", g.add("Unsqueeze", x, g.constant([1], np.int64)), perm=[0, 3, 1, 2]), 3, 5, 1, 3, dilations=[1, 2])
    g.wanted = ["Conv1D<", "causal"]
    return g.add("Squeeze", g.add("Transpose", x, perm=[0, 2, 3, 1]), g.constant([1], np.int64))


@case((3, 9, 8))
def windows(g):
    x = g.conv("x", 3, 4, 3, 2, strides=[2, 1], dilations=[2, 2])
    x = g.add("Relu", g.conv(x, 4, 4, 3, 3, pads=[1, 1, 1, 1], dilations=[1, 1]))
    return g.add("MaxPool", x, kernel_shape=[2, 3], strides=[2, 1], pads=[1, 0, 0, 2], ceil_mode=1)


@case((3, 9, 8))
def dilated_pooling(g):
    x = g.add("MaxPool", "x", kernel_shape=[3, 2], strides=[2, 1], dilations=[2, 3], pads=[1, 0, 1, 1])
    return g.add("AveragePool", x, kernel_shape=[2, 2], strides=[1, 1], dilations=[2, 1]) if onnx.defs.onnx_opset_version() < 19 else x


@case((5,))
def classes(g):
    """Indices times a matrix as OneHot, and a table that is gathered."""
    g.integers = 7
    x = g.add("OneHot", g.add("Cast", "x", to=TensorProto.INT64), g.constant(7, np.int64), g.constant([0, 1]), axis=-1)
    x = g.add("MatMul", x, g.weights(7, 4))
    y = g.add("Gather", g.weights(7, 4), g.add("Cast", "x", to=TensorProto.INT64), axis=0)
    return g.add("Add", x, y)


@case((5, 4))
def functions(g):
    parts = [g.add("Sqrt", g.add("Abs", "x")), g.add("Elu", "x", alpha=0.3), g.add("Sign", "x"), g.add("Reciprocal", g.add("Exp", "x")),
             g.add("ThresholdedRelu", "x", alpha=0.2), g.add("Shrink", "x", lambd=0.3, bias=0.1), g.add("HardSigmoid", "x"), g.add("Sin", "x"),
             g.add("Clip", "x", g.constant(-0.1), g.constant(0.4)), g.add("Selu", "x", alpha=1.5, gamma=0.9), g.add("Celu", "x", alpha=0.5)]
    return g.add("Concat", *parts, axis=-1)


@case((4, 6))
def slopes_of_each_value(g):
    return g.add("PRelu", g.add("PRelu", "x", g.weights(4, 6)), g.weights(6))


@case((6,))
def names_of_one_value(g):
    """A bias belongs to no layer whose output others read, whatever names the output has."""
    x = g.add("MatMul", "x", g.weights(6, 5))
    y = g.add("Add", g.add("Identity", x), g.weights(5))
    z = g.add("MatMul", x, g.weights(5, 6))
    flat = g.add("Reshape", g.add("Reshape", z, g.constant([-1, 2, 3], np.int64)), g.constant([-1, 6], np.int64))
    return g.add("Concat", g.add("Mul", x, y), g.add("Add", flat, g.weights(6)), g.add("Tanh", z), axis=-1)


def keras_gru(g, x, features, units, steps, count=None, end=None, start=0.0, is_update=False):
    """The last output of a GRU as tf2onnx writes Keras': a loop over (steps, batch, features). And that of the operator GRU."""
    kernel, recurrent, bias = (g.rng.uniform(-0.6, 0.6, shape) for shape in ((features, 3 * units), (units, 3 * units), (2, 3 * units)))
    nodes, constants = [], []

    def constant(values, kind=np.int64):
        constants.append(numpy_helper.from_array(np.asarray(values, kind), f"body_c{len(constants)}"))
        return constants[-1].name

    def add(kind, *inputs, outputs=1, **attributes):
        names = [f"body{len(nodes)}_{i}" for i in range(outputs)]
        nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def columns(of, first, last):
        return add("Slice", of, constant([0, first]), constant([2 ** 31 - 1, last]), constant([0, 1]))

    next_step = add("Add", "step", constant(1, np.int32))
    rows = [add("Squeeze", each, constant([0])) for each in add("Split", "bias", axis=0, outputs=2)]
    of_x = add("Split", add("Add", add("MatMul", add("Gather", x, "step"), "kernel"), rows[0]), axis=-1, outputs=3)
    sums = add("Add", add("MatMul", "h", "recurrent"), rows[1])
    update, reset, candidate = (columns(sums, i * units, (i + 1) * units) for i in range(3))
    z = add("Sigmoid", add("Add", of_x[0], update))
    r = add("Sigmoid", add("Add", of_x[1], reset))
    made = add("Tanh", add("Add", of_x[2], add("Mul", r, candidate)))
    rest = add("Sub", constant(1, np.float32), z)
    old, new = (rest, z) if is_update else (z, rest)
    output = add("Add", add("Mul", old, "h"), add("Mul", new, made))
    goes_on = add("Less", add("Cast", next_step, to=TensorProto.FLOAT), constant(end or steps, np.float32))
    values = [("n", TensorProto.INT64), ("runs", TensorProto.BOOL), ("step", TensorProto.INT32)] + [
        (name, TensorProto.FLOAT) for name in ("h", "kernel", "recurrent", "bias")]
    body = helper.make_graph(nodes, "body", [helper.make_tensor_value_info(name, kind, None) for name, kind in values],
                             [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in
                              (goes_on, next_step, output, "kernel", "recurrent", "bias", output)], constants)
    names = [f"loop{len(g.nodes)}_{i}" for i in range(6)]
    inputs = [g.constant(count or steps, np.int64), g.constant(True, np.bool_), g.constant(0, np.int32), g.constant(np.full((1, units), start)),
              *(g.constant(each) for each in (kernel, recurrent, bias))]
    g.nodes.append(helper.make_node("Loop", inputs, names, name="/loop", body=body))
    last = g.add("Slice", names[5], g.constant([-1], np.int64), g.constant([2 ** 31 - 1], np.int64), g.constant([0], np.int64))
    weights = [g.constant(each) for each in (kernel.T[None], recurrent.T[None], bias.reshape(1, -1))]
    expected = cell(g, "GRU", x, features, units, weights=weights, outputs=2)[1]
    return g.add("Squeeze", last, g.constant([0], np.int64)), g.add("Squeeze", expected, g.constant([0], np.int64))


@case((5, 3))
def keras_gru_as_loop(g):
    x = steps_first(g, "x")
    back = g.add("ReverseSequence", x, g.constant([5] * 3, np.int64), batch_axis=1, time_axis=0)
    pairs = [keras_gru(g, x, 3, 4, 5), keras_gru(g, back, 3, 2, 5)]
    g.wanted = ["GRU<4, strata::return_sequences", "strata::go_backwards"]
    return tuple(g.add("Concat", pairs[0][i], pairs[1][i], axis=1) for i in range(2))


for number, (options, why) in enumerate((({"count": 4}, "once for each step"), ({"end": 3}, "before the last step"), ({"start": 0.5}, "begin at zeros"),
                                         ({"is_update": True}, "no formula"))):
    REFUSED[f"another_loop_{number}"] = ((5, 3), lambda g, options=options: keras_gru(g, steps_first(g, "x"), 3, 4, 5, **options)[0], why)


def last_shape(g, x, *shape):
    return g.add("Reshape", x, g.constant([-1, *shape], np.int64))


@case((3, 4, 2))
def up_sampling_of_tf2onnx(g):
    """Rows and columns repeated by Tile, then a Resize."""
    x = g.add("Tile", g.add("Unsqueeze", "x", g.constant([2], np.int64)), g.constant([1, 1, 2, 1, 1], np.int64))
    x = last_shape(g, x, 6, 4, 2)
    x = g.add("Tile", g.add("Unsqueeze", x, g.constant([3], np.int64)), g.constant([1, 1, 1, 3, 1], np.int64))
    x = g.add("Transpose", last_shape(g, x, 6, 12, 2), perm=[0, 3, 1, 2])
    x = g.add("Resize", x, "", g.constant([1, 1, 2, 1]), mode="linear", coordinate_transformation_mode="half_pixel")
    x = g.add("Resize", x, "", g.constant([1, 1, 1, 3]), mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    g.wanted = ["UpSampling1D<2", "UpSampling1D<3", "bilinear", "UpSampling2D<strata::window{1, 3}"]
    return g.add("Tile", g.add("Transpose", x, perm=[0, 2, 3, 1]), g.constant([1, 2, 1, 2], np.int64))


@refused((3, 4, 4), "whole ones")
def resize_by_a_half(g):
    return g.add("Resize", "x", "", g.constant([1, 1, 1.5, 1]), mode="nearest")


@refused((4, 3), "repeats the batch")
def repeated_batch(g):
    return g.add("Tile", "x", g.constant([2, 1, 1], np.int64))


@case((4, 6), opset=18)
def layer_normalizations_of_exporters(g):
    """Of tf2onnx for Keras, x (r gamma) + (beta - mean (r gamma)); of jax2onnx for flax and for equinox."""
    mean = g.add("GlobalAveragePool", "x")
    centred = g.add("Sub", "x", mean)
    root = g.add("Reciprocal", g.add("Sqrt", g.add("Add", g.add("GlobalAveragePool", g.add("Mul", centred, centred)), g.constant(1e-3))))
    scale = g.add("Mul", root, g.weights(1, 1, 6, low=0.5, high=1.5))
    x = g.add("Add", g.add("Mul", "x", scale), g.add("Add", g.add("Mul", g.add("Neg", mean), scale), g.weights(1, 1, 6)))
    axes = g.constant([2], np.int64)
    mean = g.add("ReduceMean", x, axes)
    moments = g.add("Sub", g.add("ReduceMean", g.add("Mul", x, x), axes), g.add("Mul", mean, mean))
    deviation = g.add("Sqrt", g.add("Add", g.add("Max", moments, g.constant(0)), g.add("CastLike", g.constant(1e-2, np.float64), x)))
    x = g.add("Mul", g.add("Div", g.add("Sub", x, mean), deviation), g.weights(6))
    mean = g.add("ReduceMean", x, axes)
    is_even = g.add("Equal", g.add("ReduceMin", x, axes), g.add("ReduceMax", x, axes))
    is_even = g.add("And", is_even, g.add("Equal", g.add("Sub", mean, mean), g.constant(0)))
    centred = g.add("Where", is_even, g.constant(0), g.add("Sub", x, mean))
    square = g.add("Cast", g.add("Mul", centred, centred), to=TensorProto.DOUBLE)
    square = g.add("Cast", g.add("ReduceMean", square, axes), to=TensorProto.FLOAT)
    g.wanted = ["LayerNormalization<strata::epsilon<0.00100", "LayerNormalization<strata::epsilon<0.01", "LayerNormalization<strata::epsilon<0.0199"]
    return g.add("Div", centred, g.add("Sqrt", g.add("Add", square, g.constant(2e-2))))


@case((5,))
def indices_from_the_end(g):
    """As TensorFlow's and JAX's gathers write them."""
    g.integers = 7
    x = g.add("Cast", "x", to=TensorProto.INT32)
    seven, zero = g.constant(7, np.int32), g.constant(0, np.int32)
    below = g.add("Less", g.add("Cast", x, to=TensorProto.FLOAT), g.constant(0))
    a = g.add("Mul", g.add("Cast", below, to=TensorProto.INT32), g.add("Add", x, seven))
    b = g.add("Mul", x, g.add("Cast", g.add("Not", below), to=TensorProto.INT32))
    a = g.add("Gather", g.weights(7, 4), g.add("Add", a, b), axis=0)
    b = g.add("Gather", g.weights(7, 4), g.add("Where", g.add("Less", x, zero), g.add("Add", x, seven), x), axis=0)
    return g.add("Add", a, b)


@case((5,))
def gelu_of_tensorflow(g):
    """GELU by Erfc, an operator of TensorFlow that tf2onnx leaves."""
    x = g.gemm("x", 5, 4)
    inner = g.add("Mul", g.add("Neg", x), g.constant(np.sqrt(0.5)))
    half = g.add("Mul", g.constant(0.5), x)
    g.wanted = ["GELU"]
    expected = g.add("Mul", half, g.add("Sub", g.constant(1), g.add("Erf", inner)))
    return g.add("Mul", half, g.add("Erfc", inner)), expected


def streamed(g, *options):
    x = g.add("Tanh", g.conv(g.add("Pad", "x", g.constant([0, 0, 4, 0, 0, 0], np.int64)), 3, 4, 3, dilations=[2]))
    y = g.add("Transpose", x, perm=[2, 0, 1])
    y = g.add("Squeeze", cell(g, "LSTM", y, 4, 3)[0], g.constant([1], np.int64))
    y = g.dense(g.add("Transpose", y, perm=[1, 0, 2]), 3, 4)
    g.options = ["--steps", *options]
    return g.add("Add", g.add("Transpose", y, perm=[0, 2, 1]), g.add("Elu", x, alpha=0.3))


@case((3, 9))
def open_length(g):
    g.open_axes, g.wanted = (1,), ["Input<strata::any, 3>"]
    return streamed(g, "any")


@case((3, 9))
def length_of_an_option(g):
    g.open_axes, g.wanted = (1,), ["Input<9, 3>"]
    return streamed(g, "9")


@refused((6, 2), "needs a whole sequence")
def flattened_stream(g):
    g.open_axes, g.options = (0,), ["--steps", "any"]
    return g.add("Flatten", g.dense("x", 2, 3))


@refused((6, 2), "number of steps")
def length_in_a_number(g):
    """The sum of a sequence's length and its values."""
    g.open_axes, g.options = (0,), ["--steps", "any"]
    length = g.add("Cast", g.add("Gather", g.add("Shape", "x"), g.constant(1, np.int64)), to=TensorProto.FLOAT)
    return g.add("Div", g.dense("x", 2, 3), length)


@refused((4, 3), "is an operator that")
def recurrent(g):
    return g.add("CumSum", "x", g.constant(1, np.int64))


@case((3, 7, 6))
def pooling_pads(g):
    x = g.add("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = g.add("AveragePool", x, kernel_shape=[3, 2], pads=[2, 1, 0, 1])
    return g.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)


@case((4, 9))
def pooling_pads_of_sequences(g):
    return g.add("MaxPool", "x", kernel_shape=[4], strides=[3], pads=[1, 1])


@case((3, 4, 5))
def local_response(g):
    """Of three channels: onnx's evaluator normalizes as many channels as there are samples."""
    x = g.add("LRN", "x", size=3, alpha=0.7, beta=0.6, bias=2.0)
    return g.add("LRN", g.conv(x, 3, 3, 1, 1), size=2, alpha=1.5)


@case((6, 4, 5))
def shuffled_channels(g):
    x = g.add("Reshape", g.conv("x", 6, 6, 2, 2, groups=3), g.constant([0, 3, 2, 3, 4], np.int64))
    x = g.add("Reshape", g.add("Transpose", x, perm=[0, 2, 1, 3, 4]), g.constant([-1, 6, 3, 4], np.int64))
    x = g.conv(x, 6, 4, 2, 2, groups=2)
    return g.add("Reshape", x, g.constant([0, 2, 12], np.int64))


@case((5, 3))
def bidirectional_that_resets_before(g):
    g.wanted = ["Bidirectional<strata::GRU<4, strata::return_sequences, strata::reset_after<false>>"]
    return both_directions(g, "GRU", 3, linear_before_reset=0)


@case((6, 3))
def reset_before(g):
    """Without the attribute, as 0 is its default, and with it."""
    g.producer, g.wanted = "tf2onnx", ["strata::GRU<5, strata::return_sequences, strata::reset_after<false>"]
    x = cell(g, "GRU", steps_first(g, "x"), 3, 5, linear_before_reset=None)[0]
    x = cell(g, "GRU", g.add("Squeeze", x, g.constant([1], np.int64)), 5, 4, linear_before_reset=0)[0]
    return g.dense(steps_first(g, g.add("Squeeze", x, g.constant([1], np.int64))), 4, 2)


@refused((3, 5, 5), "rounds up")
def average_that_rounds_up(g):
    return g.add("AveragePool", "x", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1], ceil_mode=1, count_include_pad=1)


@refused((4,), "transA")
def transposed_input(g):
    return g.add("Gemm", "x", g.weights(4, 3), alpha=2.0)


@refused((4,), "does not know")
def unknown_attribute(g):
    return g.add("Relu", "x", slope=0.1)


def hostile_files():
    """Bytes of damaged or hostile files, and a part of the message."""
    def good():
        g = Graph(0)
        return g.model((4,), g.gemm("x", 4, 3))

    def changed(change):
        model = good()
        change(model.graph)
        return model.SerializeToString()

    def claim(graph):
        graph.initializer[0].dims[:] = [10 ** 12, 4]

    def external(graph):
        graph.initializer[0].data_location = TensorProto.EXTERNAL
        graph.initializer[0].ClearField("raw_data")
        entry = graph.initializer[0].external_data.add()
        entry.key, entry.value = "location", "../../etc/passwd"

    def cycle(graph):
        graph.node[0].input[0] = graph.node[0].output[0]

    def pad_without_outputs():
        g = Graph(0)
        model = g.model((1, 9), g.conv(g.add("Pad", "x", g.constant([0, 0, 1, 0, 0, 1], np.int64)), 1, 1, 3))
        next(node for node in model.graph.node if node.op_type == "Pad").ClearField("output")
        return model.SerializeToString()

    def large_input(graph):
        graph.input[0].type.tensor_type.shape.dim[1].dim_value = 10 ** 12

    def two_inputs(graph):
        graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 4]))
        graph.node[0].input[2] = "y"

    def net(shape, make):
        g = Graph(0)
        return g.model(shape, make(g)).SerializeToString()

    def of_learning(features, kind, **attributes):
        g = Graph(0)
        g.add(kind, "x", domain="ai.onnx.ml", **attributes)
        return g.model((features,), "v0").SerializeToString()

    def with_inputs(count, kind, **attributes):
        """A node of too few inputs."""
        return net((4,), lambda g: g.add("Add", "x", g.add(kind, *["x"] * count, **attributes)))

    def growing(g):
        """Each pair of nodes doubles the expression of its value."""
        x = "x"
        for _ in range(600):
            x = g.add("Mul", g.add("Sigmoid", x), x)
        return g.add("CumSum", x, g.constant(0, np.int64))

    def nested_paths(g):
        x = "x"
        for _ in range(300):
            x = g.add("Add", "x", g.add("Relu", x))
        return x

    def loop_with_cycle(g):
        """The axes of a Squeeze are its own output."""
        nodes = [helper.make_node("Split", ["k"], ["s0", "s1"]), helper.make_node("Squeeze", ["s0", "a"], ["a"]),
                 helper.make_node("Add", ["h", "a"], ["h_out"]), helper.make_node("Identity", ["on"], ["on_out"])]
        values = {name: helper.make_tensor_value_info(name, kind, None) for name, kind in
                  (("i", TensorProto.INT64), ("on", TensorProto.BOOL), ("h", TensorProto.FLOAT), ("on_out", TensorProto.BOOL), ("h_out", TensorProto.FLOAT))}
        body = helper.make_graph(nodes, "body", [values["i"], values["on"], values["h"]], [values["on_out"], values["h_out"]],
                                 [numpy_helper.from_array(np.ones((2, 4), np.float32), "k")])
        return g.add("Add", "x", g.add("Loop", g.constant(3, np.int64), g.constant(True, np.bool_), g.constant(np.zeros((1, 4))), body=body))

    def tensor(g, dims, kind=TensorProto.FLOAT):
        g.constants.append(helper.make_tensor(f"c{len(g.constants)}", kind, dims, b"", raw=True))
        return g.constants[-1].name

    old = good()
    old.opset_import[0].version = 9
    integers = np.int64
    allowed = "the file's size allows"
    yield "axes twice", net((3, 4), lambda g: g.add("Unsqueeze", "x", g.constant([6, 6, 6, 6], integers))), "an axis twice"
    yield "axes twice of a constant", net((4,), lambda g: g.add("Add", "x", g.add("Unsqueeze", g.weights(4), g.constant([0, 0, -3], integers)))), "an axis twice"
    yield "pads of an axis twice", net((3, 4), lambda g: g.add("Pad", "x", g.constant([1, 2, 3, 4], integers), "", g.constant([1, -2], integers))), "an axis twice"
    yield "large constant", net((4,), lambda g: g.add("Add", "x", g.add("ConstantOfShape", g.constant([20000, 10000], integers)))), allowed
    yield "broadcast constants", net((4,), lambda g: g.add("Add", "x", g.add("Mul", g.weights(6000, 1), g.weights(1, 6000)))), allowed
    yield "expanded constant", net((4,), lambda g: g.add("Add", "x", g.add("Expand", g.weights(1), g.constant([9999, 9999], integers)))), allowed
    yield "joined constants", net((4,), lambda g: g.add("Add", "x", g.add("Concat", *[g.weights(9000)] * 9000, axis=0))), allowed
    yield "large range", net((4,), lambda g: g.add("Add", "x", g.add("Range", *[g.constant(each) for each in (0, 2e8, 1)]))), allowed
    yield "many steps of little", net((4,), lambda g: [x := g.add("Expand", g.weights(1), g.constant([900, 900], integers)),
                                                       *[x := g.add("Add", x, g.constant(1)) for _ in range(60)], g.add("Add", "x", x)][-1]), allowed
    def empty(*extents):
        return lambda g: g.add("ConstantOfShape", g.constant(extents, integers))

    # Constants without values, whose other axes are long.
    longest = 2 ** 31 - 1
    yield "a long empty constant, cut", net((4,), lambda g: g.add("Add", "x", g.add("Slice", empty(longest, 0)(g), *[
        g.constant([each], integers) for each in (0, longest - 1, 0)]))), allowed
    yield "a long empty constant, gathered", net((4,), lambda g: g.add("Add", "x", g.add("Gather", empty(longest, 1, 0)(g), g.constant([0], integers), axis=1))), "(Add)"
    yield "long empty constants, joined", net((4,), lambda g: g.add("Add", "x", g.add("Concat", *[empty(longest, 0)(g)] * 40, axis=1))), "(Add)"
    yield "large sample", net((2, 10 ** 9), lambda g: g.add("Add", "x", g.weights(2, 1))), allowed
    yield "large sample of a scaler", of_learning(10 ** 8, "Scaler", offset=[0.5], scale=[2.0]), allowed
    yield "outputs that overflow", of_learning(8, "LinearRegressor", coefficients=[1.0] * 8, targets=2 ** 61 + 1), "do not fit"
    yield "gaps of a kernel", net((1, 9), lambda g: g.conv("x", 1, 1, 3, strides=[2], dilations=[2 ** 24])), allowed
    yield "groups", net((1200, 9), lambda g: g.add("ConvTranspose", "x", tensor(g, [0, 0, 0]), group=1200)), "no values"
    yield "an extent of 0", net((4,), lambda g: g.add("Gemm", "x", tensor(g, [4, 0, 2 ** 62]))), "claims more values"
    yield "many axes", net((4,), lambda g: g.add("Add", "x", g.add("Neg", tensor(g, [1] * 80 + [0])))), "64 axes"
    for kind in ("Conv", "ConvTranspose"):
        dims = [0, 3, 2, 2] if kind == "Conv" else [3, 0, 2, 2]
        yield f"{kind} without filters", net((3, 9, 9), lambda g: g.add(kind, "x", tensor(g, dims), strides=[2, 2], dilations=[2, 2])), "no values"
    for kind, count in (("Cast", 0), ("Relu", 0), ("MatMul", 0), ("MatMul", 1), ("Gemm", 1), ("Conv", 1), ("Reshape", 1), ("LSTM", 1), ("Slice", 1), ("Gather", 1),
                        ("BatchNormalization", 2), ("OneHot", 1), ("Pad", 1), ("Concat", 0), ("Split", 0), ("Shape", 0), ("Where", 1), ("Equal", 1)):
        yield f"{kind} of {count} inputs", with_inputs(count, kind), f"({kind})"
    yield "dilation that overflows", net((1, 9), lambda g: g.conv(g.add("Pad", g.conv("x", 1, 1, 1), g.constant([0, 0, 7, 0, 0, 0], integers)), 1, 1, 200, dilations=[2 ** 24])), "does not fit"
    yield "pads that overflow", net((1, 9), lambda g: g.add("AveragePool", "x", kernel_shape=[200], dilations=[2 ** 24], auto_pad="SAME_UPPER", count_include_pad=1)), "pads"
    yield "no integer", net((4,), lambda g: g.add("Softmax", "x", axis=0.5)), "is no integer"
    yield "no number", net((4,), lambda g: g.add("LeakyRelu", "x", alpha=np.inf)), "is no finite number"
    yield "no finite factor", net((4,), lambda g: g.add("Mul", "x", g.constant(np.inf))), "finite number"
    yield "no bound", net((9, 4), lambda g: g.add("Slice", "x", g.constant([np.nan]), g.constant([3]), g.constant([1], integers))), "NaN"
    yield "no classes", net((5, 1), lambda g: g.add("Cast", g.add("Equal", g.add("Cast", "x", to=TensorProto.INT64), tensor(g, [1, 0])), to=TensorProto.FLOAT)), "compares"
    yield "parts of nothing", net((4,), lambda g: g.add("Add", "x", g.add("Split", ""))), "too few inputs"
    yield "a cycle in a loop", net((4,), loop_with_cycle), "is a loop"
    yield "paths in paths", net((4,), nested_paths), "100 deep"
    yield "a growing expression", net((4,), growing), "is an operator that"
    yield "garbage", b"x" * 1000, "no ONNX model"
    yield "truncated", good().SerializeToString()[:-20], "no ONNX model"
    yield "empty", b"", "no ONNX model"
    yield "claims", changed(claim), "claims more values"
    yield "external", changed(external), "outside of its folder"
    yield "cycle", changed(cycle), "no input of the net"
    yield "a Pad without outputs", pad_without_outputs(), "no input of the net"
    yield "large input", changed(large_input), "elements"
    yield "no outputs", changed(lambda graph: graph.ClearField("output")), "0 outputs"
    yield "two inputs", changed(two_inputs), "2 inputs"
    yield "missing weight", changed(lambda graph: graph.ClearField("initializer")), "constants"
    yield "old", old.SerializeToString(), "opset 9"


def convert_model(convert, folder, name, model, pairs, failed, options=()):
    """Converts a model with inputs and outputs; the name of the net, or None."""
    onnx.save(model, folder / f"{name}.onnx")
    np.savez(folder / f"{name}.npz", x=pairs[0], y=pairs[1])
    done = run([convert, folder / f"{name}.onnx", "-o", folder, "--name", name, "--check", folder / f"{name}.npz", *options])
    if done.returncode:
        failed[name] = done.stderr.strip()
        return None
    return name


# The package writes the outputs of these with four digits.
FOUR_DIGITS = ("test_averagepool_2d_ceil_last_window_starts_on_pad",)
PUBLIC = ("pytorch-converted", "pytorch-operator", "simple", "node")


def public_models(kinds):
    """The package's models of one input and one output, both of numbers: name, model, [input, output], or name, None, the
    reason why not. Those of single nodes have their weights as inputs: all inputs but the first become constants, and
    of several outputs the first one is left."""
    for kind in kinds:
        if kind == "node":
            from onnx.backend.test.case.node import collect_testcases
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                found = collect_testcases(None)
            for each in found:
                inputs, outputs = each.data_sets[0] if each.data_sets else ([], [])
                yield each.name.removeprefix("test_"), *fitting_model(each.model, inputs, outputs[:1], True)
            continue
        for path in sorted((Path(onnx.__file__).parent / "backend/test/data" / kind).iterdir()):
            model, data = onnx.load(path / "model.onnx"), path / "test_data_set_0"
            try:
                tensors = [[numpy_helper.to_array(onnx.load_tensor(data / f"{which}_{i}.pb")) for i in range(len(list(data.glob(f"{which}_*"))))]
                           for which in ("input", "output")]
            except Exception:
                tensors = [[], []]
            yield path.name.removeprefix("test_"), *fitting_model(model, *tensors, False)


def fitting_model(model, inputs, outputs, has_weights_as_inputs):
    model = onnx.ModelProto.FromString(model.SerializeToString())
    if model.graph.name in FOUR_DIGITS:
        outputs = ReferenceEvaluator(model).run(None, {value.name: x for value, x in zip(model.graph.input, inputs)})
    constants = {each.name for each in model.graph.initializer}
    values = [each for each in model.graph.input if each.name not in constants]
    if has_weights_as_inputs and inputs and len(values) == len(inputs):
        for value, tensor in list(zip(values, inputs))[1:]:
            if not isinstance(tensor, np.ndarray) or tensor.dtype.kind not in "fiub":
                return None, "has inputs that are no tensors of numbers"
            model.graph.initializer.append(numpy_helper.from_array(tensor, value.name))
            model.graph.input.remove(value)
        del model.graph.output[1:]
        inputs = inputs[:1]
    if len(inputs) != 1 or len(model.graph.input) < 1 or len(outputs) != 1 or len(model.graph.output) != 1:
        return None, f"has {len(inputs)} inputs and {len(outputs)} outputs of tensors"
    for tensor in inputs + outputs:
        if not isinstance(tensor, np.ndarray) or tensor.dtype.kind not in "fiu" or not tensor.size:
            return None, "its input or output is no tensor of numbers"
    x, y = inputs[0], outputs[0]
    version = next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), 13)
    if version < 13:
        try:
            model = onnx.version_converter.convert_version(model, 13)
        except Exception as error:  # the converter of versions has gaps
            return None, "version_converter: " + str(error).splitlines()[0]
    for node in model.graph.node if version < 7 else []:
        # Slopes of opset 6 lie along axis 1; the converter of versions leaves them without the axes of 1 after it.
        for slopes in [each for each in model.graph.initializer if node.op_type == "PRelu" and each.name == node.input[1]]:
            slopes.dims.extend([1] * (x.ndim - 2) if slopes.dims[0] > 1 else [])
    for value in [each for each in model.graph.input if each.name in constants]:
        model.graph.input.remove(value)  # a constant's shape there may be that of its old form
    return model, [x.astype(np.float64), y.astype(np.float64)] if x.dtype.kind != "f" else [x, y]


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--public", nargs="*", metavar="FOLDER", help=f"the package's models; without a name those of {', '.join(PUBLIC)}")
    arguments = parser.parse_args()
    convert, failed, unfit, names, passed = arguments.convert.resolve(), {}, {}, [], 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        if arguments.public is not None:
            for name, model, tensors in public_models(arguments.public or PUBLIC):
                if arguments.only in name and model is not None:
                    names.append(convert_model(convert, folder, name, model, tensors, failed))
                elif arguments.only in name:
                    unfit[name] = tensors
        else:
            for seed, (name, (shape, make, opset)) in enumerate(CASES.items()):
                if arguments.only not in name:
                    continue
                g = Graph(seed)
                output = make(g)
                output, expected = output if isinstance(output, tuple) else (output, output)
                x = g.rng.uniform(-1, 1, (3, *shape)).astype(np.float32)
                if g.integers:
                    x = g.rng.integers(0, g.integers, (3, *shape)).astype(np.float32)
                zeros = {each.name: np.zeros([3 if d.dim_param else d.dim_value for d in each.type.tensor_type.shape.dim], np.float32)
                         for each in g.more_inputs}
                y = ReferenceEvaluator(g.model(shape, expected, opset, g.needed(expected))).run(None, {"x": x} | zeros)[0]
                names.append(convert_model(convert, folder, name, g.model(shape, output, opset), [x, y], failed, g.options))
                for text in g.wanted if names[-1] else []:
                    if text not in (folder / f"{name}.hpp").read_text():
                        failed[name + ": " + text] = "the net has no such layer"
            for name, (shape, make, wanted) in REFUSED.items():
                if arguments.only not in name:
                    continue
                g = Graph(0)
                onnx.save(g.model(shape, make(g)), folder / f"{name}.onnx")
                done = run([convert, folder / f"{name}.onnx", "-o", folder, *g.options])
                if done.returncode == 1 and wanted in done.stderr.partition("error: ")[2]:
                    passed += 1
                else:
                    failed[name] = f"expected {wanted!r}; exit code {done.returncode}: {done.stderr.strip()}"
            for name, data, wanted in hostile_files():
                (folder / "hostile.onnx").write_bytes(data)
                done = run([convert, folder / "hostile.onnx", "-o", folder], timeout=20)
                if done.returncode == 1 and wanted in done.stderr.partition("error: ")[2]:
                    passed += 1
                else:
                    failed["hostile: " + name] = f"expected {wanted!r}; exit code {done.returncode}: {done.stderr.strip()}"
        results = test_programs([name for name in names if name], folder, [arguments.compiler], arguments.flags.split(), arguments.include,
                                jobs=arguments.jobs)
    wrong = {name: line for name, line in results.items() if not line.endswith(": equal")}
    for name, problem in (failed | wrong).items():
        print(f"{name}: {problem}")
    if arguments.public is not None:
        for name, reason in unfit.items():
            print(f"{name}: not tried: {reason}")
        print(f"{len(results) - len(wrong)} equal, {len(failed)} refused, {len(wrong)} WRONG; {len(unfit)} are no nets of one input and one output")
        return 1 if wrong else 0
    print(f"{passed + len(results) - len(wrong)} passed, {len(failed) + len(wrong)} failed")
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
