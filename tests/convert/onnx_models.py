# Graphs of ONNX as tf2onnx and torch.onnx write them, converted, compiled, run: their outputs are those of onnx's
# reference evaluator. Operators that strata lacks are refused.
# usage: python onnx_models.py --convert PATH [--public]; needs onnx and numpy
# --public takes the models of the package onnx (backend/test/data/pytorch-converted) instead, with their own inputs and
# outputs, and says of each whether it is equal, refused or WRONG.
import argparse
import sys
import tempfile
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

    def model(self, shape, output, opset=17):
        graph = helper.make_graph(self.nodes, "net", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])],
                                  [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
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


@refused((4, 3), "is an operator that")
def recurrent(g):
    return g.add("CumSum", "x", g.constant(1, np.int64))


@refused((4,), "no bias of a MatMul")
def vector_added(g):
    return g.add("Add", "x", g.weights(4))


@refused((3, 5, 5), "ceil_mode")
def ceil_mode(g):
    return g.add("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)


@refused((3, 5, 5), "padding=same")
def pads_of_a_pooling(g):
    return g.add("MaxPool", "x", kernel_shape=[3, 3], pads=[2, 2, 0, 0])


@refused((4,), "transA")
def transposed_input(g):
    return g.add("Gemm", "x", g.weights(4, 3), alpha=2.0)


@refused((4, 3), "last one")
def softmax_of_steps(g):
    return g.add("Softmax", g.add("Relu", "x"), axis=1)


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

    def large_input(graph):
        graph.input[0].type.tensor_type.shape.dim[1].dim_value = 10 ** 12

    old = good()
    old.opset_import[0].version = 9
    yield "garbage", b"x" * 1000, "no ONNX model"
    yield "truncated", good().SerializeToString()[:-20], "no ONNX model"
    yield "empty", b"", "no ONNX model"
    yield "claims", changed(claim), "claims more values"
    yield "external", changed(external), "outside of its folder"
    yield "cycle", changed(cycle), "no input of the net"
    yield "large input", changed(large_input), "elements"
    yield "no outputs", changed(lambda graph: graph.ClearField("output")), "0 outputs"
    yield "two inputs", changed(lambda graph: graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 4]))), "2 inputs"
    yield "missing weight", changed(lambda graph: graph.ClearField("initializer")), "constants"
    yield "old", old.SerializeToString(), "opset 9"


def convert_model(convert, folder, name, model, pairs, failed):
    """Converts a model with inputs and outputs; the name of the net, or None."""
    onnx.save(model, folder / f"{name}.onnx")
    np.savez(folder / f"{name}.npz", x=pairs[0], y=pairs[1])
    done = run([convert, folder / f"{name}.onnx", "-o", folder, "--name", name, "--check", folder / f"{name}.npz"])
    if done.returncode:
        failed[name] = done.stderr.strip()
        return None
    return name


def public_models():
    data = Path(onnx.__file__).parent / "backend/test/data/pytorch-converted"
    for path in sorted(data.iterdir()):
        model = onnx.load(path / "model.onnx")
        tensors = [numpy_helper.to_array(onnx.load_tensor(path / "test_data_set_0" / f"{which}_0.pb")) for which in ("input", "output")]
        old = model.opset_import[0].version
        if old < 13:
            try:
                model = onnx.version_converter.convert_version(model, 13)
            except Exception as error:  # the converter of versions has gaps
                yield path.name, None, str(error).splitlines()[0]
                continue
        yield path.name, model, tensors


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--public", action="store_true")
    arguments = parser.parse_args()
    convert, failed, names, passed = arguments.convert.resolve(), {}, [], 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        if arguments.public:
            for name, model, tensors in public_models():
                if arguments.only in name and model is not None:
                    names.append(convert_model(convert, folder, name, model, tensors, failed))
                elif model is None:
                    failed[name] = "version_converter: " + tensors
        else:
            for seed, (name, (shape, make, opset)) in enumerate(CASES.items()):
                if arguments.only not in name:
                    continue
                g = Graph(seed)
                model = g.model(shape, make(g), opset)
                x = g.rng.uniform(-1, 1, (3, *shape)).astype(np.float32)
                names.append(convert_model(convert, folder, name, model, [x, ReferenceEvaluator(model).run(None, {"x": x})[0]], failed))
            for name, (shape, make, wanted) in REFUSED.items():
                if arguments.only not in name:
                    continue
                g = Graph(0)
                onnx.save(g.model(shape, make(g)), folder / f"{name}.onnx")
                done = run([convert, folder / f"{name}.onnx", "-o", folder])
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
    if arguments.public:
        print(f"{len(results) - len(wrong)} equal, {len(failed)} refused, {len(wrong)} WRONG")
        return 1 if wrong else 0
    print(f"{passed + len(results) - len(wrong)} passed, {len(failed) + len(wrong)} failed")
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
