#!/usr/bin/env python3
"""Inference beside peers: the same weights and inputs; outputs are compared first, then all are timed in turn.

usage: bench/peers/inference.py BUILD [--python PYTHON] [--threads 1 2] [--batches 1 32] [--rounds 3] [--seconds 0.1]
       [--nets NAME...] [--peers NAME...] [--folder FOLDER] [--prepare] [--json FILE]
BUILD is the build folder's bench/, which holds inference, applications, libcalls.so and, where oneDNN was found, onednn.
PYTHON is that of an environment with the peers. PyPI packages: numpy safetensors onnx onnxruntime openvino
ai-edge-litert tensorflow-cpu jax keras. oneDNN is Debian's libdnnl-dev. A peer that is not installed is left out.
Networks of keras.applications run at batch 1, on the peers that take a whole model's file; for them it also tells each
process' peak of memory, a peer's without what it had before it loaded the model.
--folder keeps weights and converted models; --prepare makes them and times nothing.

ONNX Runtime, OpenVINO and oneDNN are called through their C and C++ interfaces. LiteRT is called from Python, which adds
a fraction of a microsecond to a call; TensorFlow and JAX have only a Python interface, whose calls alone cost what the
smallest net shows.
"""
import argparse
import ctypes
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BATCHES = (1, 32)
# Layers with their activation: conv stride, pool size, dense activation.
NETS = {
    "guide": [("conv", 2), ("conv", 1), ("pool", 3), ("conv", 1), ("conv", 1), ("pool", 3), ("conv", 1), ("conv", 1),
              ("pool", 2), ("global", None), ("dense", None)],
    "cnn": [("conv", 1), ("pool", 2), ("conv", 1), ("pool", 2), ("flatten", None), ("dense", "softmax")],
    "mlp": [("dense", "relu")] * 3 + [("dense", None)],
    "tiny": [("dense", "relu")] * 2 + [("dense", None)],
    "wide": [("dense", "relu")] * 3 + [("dense", None)],
}
# Networks of keras.applications, by strata's program `applications`: logits of so large an image.
APPLICATIONS = {"xception": ("Xception", 299)}
OF_FILES = ("onnxruntime", "openvino", "litert")  # peers that take a model's file
BINARIES = {"onednn": ["--algorithm", "auto"], "onednn_winograd": ["--algorithm", "winograd"]}
PEERS = [*BINARIES, "onnxruntime", "openvino", "litert", "tensorflow", "jax"]
WORST_ERROR = 1e-4  # of the largest output
# Microseconds of C interfaces on another machine (Sapphire Rapids class, 177 GFLOP/s a core), as marks only.
MARKS = {
    ("guide", "call", 1, 1): "ONNX Runtime 2540, oneDNN 2550, OpenVINO 2590, LiteRT 3850, frugally-deep 8600",
    ("guide", "call", 1, 2): "ONNX Runtime 1330, OpenVINO 1350, LiteRT 1940",
    ("guide", "call", 32, 1): "ONNX Runtime 87000",
    ("cnn", "call", 1, 1): "ONNX Runtime 41, oneDNN 41, OpenVINO 47, LiteRT 55, frugally-deep 220",
    ("cnn", "call", 32, 1): "ONNX Runtime 1170",
    ("mlp", "call", 1, 1): "MiniDNN 1.06, RTNeural 1.32, LiteRT 1.92, oneDNN 2.8, ONNX Runtime 3.8, OpenVINO 5.1",
    ("mlp", "call", 32, 1): "LiteRT 14.7",
    ("tiny", "call", 1, 1): "RTNeural 0.0041, dlib 0.327, LiteRT 0.63, oneDNN 1.3, ONNX Runtime 2.3, OpenVINO 2.6",
    ("tiny", "chain", 1, 1): "RTNeural 0.028",
    ("xception", "call", 1, 1): "ONNX Runtime 117000, OpenVINO 117000",
    ("xception", "call", 1, 2): "OpenVINO 61000, ONNX Runtime 64000",
    ("wide", "call", 1, 1): "LiteRT 400",
    ("wide", "call", 32, 1): "ONNX Runtime 1270",
}


# The models of the peers

def load_case(folder, net):
    """Weights in Keras' order, inputs and strata's outputs."""
    from safetensors.numpy import load_file
    arrays = load_file(f"{folder}/{net}.safetensors")
    return [arrays[f"weights/{i}"] for i in range(len(arrays) - 2)], arrays["data/x"], arrays["data/y"]


def load_data(folder, net):
    """Inputs and strata's outputs alone."""
    from safetensors import safe_open
    with safe_open(f"{folder}/{net}.safetensors", "numpy") as arrays:
        return arrays.get_tensor("data/x"), arrays.get_tensor("data/y")


def channels_first(x):
    import numpy as np
    return np.ascontiguousarray(np.moveaxis(x, -1, 1)) if x.ndim == 4 else x


def onnx_model(net, weights, x):
    """Channels first, as ONNX's runtimes want it; the dense layer after Flatten has its rows in that order."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper
    nodes, constants, rest, name, flat = [], [], list(weights), "x", None
    shape = list(x.shape)

    def constant(value, what):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{what}{len(constants)}"))
        return constants[-1].name

    def add(kind, inputs, **attributes):
        nonlocal name
        name = f"{kind.lower()}{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))

    for kind, how in NETS[net]:
        if kind == "conv":
            kernel, bias = rest.pop(0), rest.pop(0)
            add("Conv", [name, constant(kernel.transpose(3, 2, 0, 1), "kernel"), constant(bias, "bias")],
                strides=[how, how], kernel_shape=list(kernel.shape[:2]))
            add("Relu", [name])
            shape = [shape[0], *((s - k) // how + 1 for s, k in zip(shape[1:3], kernel.shape)), kernel.shape[3]]
        elif kind == "pool":
            add("MaxPool", [name], kernel_shape=[how, how], strides=[how, how])
            shape = [shape[0], shape[1] // how, shape[2] // how, shape[3]]
        elif kind == "global":
            add("GlobalMaxPool", [name])
            add("Flatten", [name])
        elif kind == "flatten":
            add("Flatten", [name])
            flat = shape[1:]
        else:
            kernel, bias = rest.pop(0), rest.pop(0)
            if flat:
                kernel, flat = kernel.reshape(*flat, -1).transpose(2, 0, 1, 3).reshape(kernel.shape), None
            add("Gemm", [name, constant(kernel, "kernel"), constant(bias, "bias")])
            if how:
                add(how.capitalize(), [name])
    nodes[-1].output[0] = "y"
    first = list(channels_first(x).shape)
    graph = helper.make_graph(nodes, net, [helper.make_tensor_value_info("x", TensorProto.FLOAT, first)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [first[0], weights[-1].size])],
                              constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def keras_model(net, weights):
    import keras
    name, size = APPLICATIONS[net]
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classifier_activation=None)
    model.set_weights(weights)
    return model


def keras_onnx(model, x):
    """The graph of a Keras model of convolutions, layer by layer; the runtimes fold what they can."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper
    nodes, constants, names = [], [], {model.inputs[0]: "x"}

    def constant(value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), f"constant{len(constants)}"))
        return constants[-1].name

    def convolve(name, into, kernel, bias=None, **how):
        nodes.append(helper.make_node("Conv", [name, constant(kernel)] + ([constant(bias)] if bias is not None else []),
                                      [into], kernel_shape=list(kernel.shape[2:]), **how))

    def window(layer):
        return {"strides": list(layer.strides), "auto_pad": "SAME_UPPER" if layer.padding == "same" else "VALID"}

    for layer in model.layers[1:]:
        kind, into = type(layer).__name__, layer.name
        inputs = [names[t] for t in (layer.input if isinstance(layer.input, list) else [layer.input])]
        weights, name = layer.get_weights(), inputs[0]
        bias = weights[-1] if getattr(layer, "use_bias", False) else None
        if kind == "Conv2D":
            convolve(name, into, weights[0].transpose(3, 2, 0, 1), bias, **window(layer))
        elif kind == "SeparableConv2D":
            convolve(name, into + "_depthwise", weights[0].transpose(2, 3, 0, 1), group=weights[0].shape[2],
                     **window(layer))
            convolve(into + "_depthwise", into, weights[1].transpose(3, 2, 0, 1), bias)
        elif kind == "BatchNormalization":
            nodes.append(helper.make_node("BatchNormalization", [name, *map(constant, weights)], [into],
                                          epsilon=layer.epsilon))
        elif kind == "MaxPooling2D":
            nodes.append(helper.make_node("MaxPool", [name], [into], kernel_shape=list(layer.pool_size), **window(layer)))
        elif kind == "GlobalAveragePooling2D":
            nodes.append(helper.make_node("GlobalAveragePool", [name], [into + "_map"]))
            nodes.append(helper.make_node("Flatten", [into + "_map"], [into]))
        elif kind == "Dense":
            nodes.append(helper.make_node("Gemm", [name, *map(constant, weights)], [into]))
        elif kind == "Activation" and layer.activation.__name__ == "relu":
            nodes.append(helper.make_node("Relu", [name], [into]))
        elif kind == "Add":
            nodes.append(helper.make_node("Add", inputs, [into]))
        else:
            raise NotImplementedError(f"{kind} {into}")
        names[layer.output] = into
    nodes[-1].output[0] = "y"
    graph = helper.make_graph(
        nodes, model.name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, channels_first(x).shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [len(x), model.output_shape[1]])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def tensorflow_function(net, weights, shape):
    import tensorflow as tf
    if net in APPLICATIONS:
        model = keras_model(net, weights)
        return tf.function(lambda h: model(h, training=False), input_signature=[tf.TensorSpec(shape, tf.float32)])
    constants = [tf.constant(w) for w in weights]

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
    def forward(h):
        rest = list(constants)
        for kind, how in NETS[net]:
            if kind == "conv":
                h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, rest.pop(0), how, "VALID"), rest.pop(0)))
            elif kind == "pool":
                h = tf.nn.max_pool2d(h, how, how, "VALID")
            elif kind == "global":
                h = tf.reduce_max(h, [1, 2])
            elif kind == "flatten":
                h = tf.reshape(h, (h.shape[0], -1))
            else:
                h = tf.linalg.matmul(h, rest.pop(0)) + rest.pop(0)
                h = {"relu": tf.nn.relu, "softmax": tf.nn.softmax, None: tf.identity}[how](h)
        return h
    return forward


def prepare(folder, nets):
    """Writes NET-BATCH.onnx and NET-BATCH.tflite, as far as the packages are there."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    for net in nets:
        weights, x, _ = load_case(folder, net)
        for batch in batches_of(net):
            file = Path(folder) / f"{net}-{batch}"
            try:
                import onnx
                if not file.with_suffix(".onnx").exists():
                    model = (keras_onnx(keras_model(net, weights), x[:batch]) if net in APPLICATIONS
                             else onnx_model(net, weights, x[:batch]))
                    onnx.save(model, file.with_suffix(".onnx"))
            except ImportError:
                pass
            try:
                import tensorflow as tf
                if not file.with_suffix(".tflite").exists():
                    function = tensorflow_function(net, weights, x[:batch].shape).get_concrete_function()
                    converted = tf.lite.TFLiteConverter.from_concrete_functions([function]).convert()
                    file.with_suffix(".tflite").write_bytes(converted)
            except ImportError:
                pass


# Engines: each gives (version, make); make(net, batch) gives (the output once, seconds of n calls)

def looped(call):
    """Seconds of n calls of a Python function."""
    def seconds_of(count):
        begin = time.perf_counter()
        for _ in range(count):
            call()
        return time.perf_counter() - begin
    return seconds_of


def onnxruntime_engine(folder, threads, calls):
    import numpy as np
    import onnxruntime
    library = next(Path(onnxruntime.__file__).parent.glob("capi/libonnxruntime.so*"))
    base = ctypes.CDLL(str(library)).OrtGetApiBase
    base.restype = ctypes.POINTER(ctypes.CFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.c_uint32))
    table = base()[0](17)  # OrtApi only grows: the position of a function is part of the interface

    def ask(position, *arguments):
        status = ctypes.CFUNCTYPE(ctypes.c_void_p)(table[position])(*arguments)
        if status:
            message = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)(table[2])(status)
            raise RuntimeError(message.decode())

    def made(position, *arguments):
        result = ctypes.c_void_p()
        ask(position, *arguments, ctypes.byref(result))
        return result

    environment = made(3, ctypes.c_int(3), ctypes.c_char_p(b"bench"))
    options = made(10)
    ask(24, options, ctypes.c_int(threads))  # SetIntraOpNumThreads
    info = made(69, ctypes.c_int(1), ctypes.c_int(0))  # CreateCpuMemoryInfo

    def tensor(array):
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        return made(49, info, array.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(array.nbytes), shape,
                    ctypes.c_size_t(array.ndim), ctypes.c_int(1))

    def make(net, batch):
        file = f"{folder}/{net}-{batch}.onnx"
        session = made(7, environment, ctypes.c_char_p(file.encode()), options)
        x, y = load_data(folder, net)
        x, out = channels_first(x[:batch]), np.zeros((batch, y.shape[1]), np.float32)
        names = [(ctypes.c_char_p * 1)(n.encode()) for n in ("x", "y")]
        values = [(ctypes.c_void_p * 1)(tensor(a).value) for a in (x, out)]
        arguments = [session.value, 0, *(ctypes.addressof(a) for a in (names[0], values[0])), 1,
                     ctypes.addressof(names[1]), 1, ctypes.addressof(values[1])]
        ask(9, *(ctypes.c_void_p(a) for a in arguments))
        words = (ctypes.c_size_t * 8)(*arguments)
        kept, run = (x, out, names, values), ctypes.c_void_p(table[9])
        return out, lambda count: kept and calls.seconds_of_calls_8(ctypes.c_size_t(count), run, words)
    return onnxruntime.__version__, make


def openvino_engine(folder, threads, calls):
    import numpy as np
    import openvino
    library = ctypes.CDLL(str(next(Path(openvino.__file__).parent.glob("libs/libopenvino_c.so*"))))

    def ask(name, *arguments):
        status = getattr(library, name)(*arguments)
        if status != 0:
            raise RuntimeError(f"{name} gave {status}")

    def made(name, *arguments):
        result = ctypes.c_void_p()
        ask(name, *arguments, ctypes.byref(result))
        return result

    core = made("ov_core_create")
    properties = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": "1",
                  "INFERENCE_NUM_THREADS": str(threads)}
    words = [ctypes.c_char_p(w.encode()) for pair in properties.items() for w in pair]

    def make(net, batch):
        x, y = load_data(folder, net)
        x = channels_first(x[:batch])
        compiled = ctypes.c_void_p()
        ask("ov_core_compile_model_from_file", core, ctypes.c_char_p(f"{folder}/{net}-{batch}.onnx".encode()),
            ctypes.c_char_p(b"CPU"), ctypes.c_size_t(len(words)), ctypes.byref(compiled), *words)
        request = made("ov_compiled_model_create_infer_request", compiled)
        into, out = (made("ov_tensor_data", made(f"ov_infer_request_get_{way}_tensor", request))
                     for way in ("input", "output"))
        ctypes.memmove(into, x.ctypes.data, x.nbytes)
        ask("ov_infer_request_infer", request)
        result = np.ctypeslib.as_array(ctypes.cast(out, ctypes.POINTER(ctypes.c_float)), (batch, y.shape[1])).copy()
        infer = ctypes.cast(library.ov_infer_request_infer, ctypes.c_void_p)
        return result, lambda count: calls.seconds_of_calls_1(ctypes.c_size_t(count), infer, request)
    return openvino.__version__.split("-")[0], make


def litert_engine(folder, threads, calls):
    from importlib.metadata import version

    from ai_edge_litert.interpreter import Interpreter

    def make(net, batch):
        interpreter = Interpreter(f"{folder}/{net}-{batch}.tflite", num_threads=threads)  # with XNNPACK
        interpreter.allocate_tensors()
        x, _ = load_data(folder, net)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x[:batch])
        interpreter.invoke()
        out = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        return out, looped(interpreter.invoke)
    return version("ai-edge-litert"), make


def tensorflow_engine(folder, threads, calls):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    def make(net, batch):
        weights, x, _ = load_case(folder, net)
        forward, given = tensorflow_function(net, weights, x[:batch].shape), tf.constant(x[:batch])
        return forward(given).numpy(), looped(lambda: forward(given))
    return tf.__version__, make


def jax_engine(folder, threads, calls):
    import jax
    import jax.numpy as jnp
    import numpy as np

    def make(net, batch):
        weights, x, _ = load_case(folder, net)

        @jax.jit
        def forward(h):
            rest = list(weights)
            for kind, how in NETS[net]:
                if kind == "conv":
                    h = jax.lax.conv_general_dilated(h, rest.pop(0), (how, how), "VALID",
                                                     dimension_numbers=("NHWC", "HWIO", "NHWC"))
                    h = jax.nn.relu(h + rest.pop(0))
                elif kind == "pool":
                    h = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, (1, how, how, 1), (1, how, how, 1), "VALID")
                elif kind == "global":
                    h = jnp.max(h, (1, 2))
                elif kind == "flatten":
                    h = h.reshape(h.shape[0], -1)
                else:
                    h = h @ rest.pop(0) + rest.pop(0)
                    h = {"relu": jax.nn.relu, "softmax": jax.nn.softmax, None: lambda a: a}[how](h)
            return h
        given = jnp.asarray(x[:batch])
        return np.asarray(forward(given)), looped(lambda: forward(given).block_until_ready())
    return jax.__version__, make


def batches_of(net):
    return (1,) if net in APPLICATIONS else BATCHES


def memory(what):
    """Megabytes of this process."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(what + ":"))


def measure(seconds_of, seconds):
    """As timing.hpp: microseconds of a call, the median of passes."""
    count = 1
    while seconds_of(count) < 20e-6:
        count *= 2
    for bound in (seconds / 5, seconds):  # the first warms up
        times, end = [], time.perf_counter() + bound
        while time.perf_counter() < end or len(times) < (1 if bound < seconds else 5):
            times.append(seconds_of(count) / count * 1e6)
    return statistics.median(times)


def work(peer, folder, threads, build):
    """Answers `NET BATCH SECONDS` lines with JSON lines until its input ends."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["JAX_PLATFORMS"] = "cpu"
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print what they like
    calls = ctypes.CDLL(str(build / "libcalls.so"))
    for function in (calls.seconds_of_calls_1, calls.seconds_of_calls_8):
        function.restype = ctypes.c_double
    try:
        version, make = globals()[f"{peer}_engine"](folder, threads, calls)
        print(json.dumps({"version": version}), file=answers, flush=True)
    except (ImportError, StopIteration) as missing:
        print(json.dumps({"missing": repr(missing)}), file=answers, flush=True)
        return
    import numpy as np
    made = {}
    for line in sys.stdin:
        net, batch, seconds = line.split()
        case = (net, int(batch))
        if case not in made:
            made.clear()  # one case at a time lies in memory
            before = memory("VmRSS")
            out, seconds_of = make(*case)
            expected = load_data(folder, net)[1][:case[1]]
            error = float(np.max(np.abs(out - expected)) / np.max(np.abs(expected)))
            made[case] = (seconds_of, error, memory("VmHWM") - before)
        seconds_of, error, grown = made[case]
        median = measure(seconds_of, float(seconds)) if error <= WORST_ERROR else None
        print(json.dumps({"median": median, "error": error, "memory": grown}), file=answers, flush=True)


# One run

class Worker:
    """A process with one peer; between its turns it is stopped, because idle threads of some runtimes spin."""

    def __init__(self, given, peer, folder, threads):
        self.peer = peer
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [given.python, __file__, str(given.build), "--worker", peer, "--folder", str(folder), "--threads",
             str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            sys.exit(f"{self.peer} failed:\n{self.errors.read()[-2000:]}")
        return json.loads(line)

    def ask(self, net, batch, seconds):
        self.process.send_signal(signal.SIGCONT)
        print(net, batch, seconds, file=self.process.stdin, flush=True)
        answer = self.answer()
        self.process.send_signal(signal.SIGSTOP)
        return [answer]

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait()


def run_binary(command, threads):
    """The JSON lines of a program on its first `threads` cores."""
    cores = set(sorted(os.sched_getaffinity(0))[:threads])
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


class Run:
    def __init__(self, given, folder):
        self.given, self.folder, self.versions, self.rows, self.wrong = given, folder, {}, [], 0

    def engines(self, threads):
        """What answers (net, batch) with rows, by name; and the workers to end."""
        def program(name, *arguments):
            def ask(net, batch):
                which = "applications" if name == "inference" and net in APPLICATIONS else name
                return run_binary([self.given.build / which, *arguments, "--threads", threads, "--batch", batch,
                                   "--seconds", self.given.seconds, net], threads)
            return ask
        engines, workers = {"strata": program("inference")}, []
        for peer in self.given.peers:
            if peer in BINARIES:
                if (self.given.build / "onednn").exists():
                    engines[peer] = program("onednn", *BINARIES[peer])
                continue
            worker = Worker(self.given, peer, self.folder, threads)
            hello = worker.answer()
            if "missing" in hello:
                print(f"{peer} is left out: {hello['missing']}", file=sys.stderr)
                continue
            self.versions[peer] = hello["version"]
            workers.append(worker)
            worker.process.send_signal(signal.SIGSTOP)
            engines[peer] = lambda net, batch, worker=worker: worker.ask(net, batch, self.given.seconds)
        return engines, workers

    def case(self, engines, net, batch, threads):
        names = [name for name in engines if net not in APPLICATIONS or name in ("strata", *OF_FILES)]
        found = {}
        for turn in range(self.given.rounds):
            for name in names[turn % len(names):] + names[:turn % len(names)]:
                for row in engines[name](net, batch):
                    if row["median"] is None or not row.get("error", 0.0) <= WORST_ERROR:
                        self.wrong += 1
                        print(f"{net}, batch {batch}: {name} differs by {row['error']:g} of the largest output")
                        continue
                    if "version" in row:
                        self.versions["onednn"] = row["version"]
                    found.setdefault(row.get("mode", "call"), {}).setdefault(name, []).append(row)
        for mode, by_engine in found.items():
            row = {"net": net, "mode": mode, "batch": batch, "threads": threads, "unit": "us", "engines": {},
                   "marks": MARKS.get((net, mode, batch, threads))}
            for name, times in by_engine.items():
                medians = [t["median"] for t in times]
                row["engines"][name] = {"median": statistics.median(medians), "low": min(medians),
                                        "high": max(medians)}
                row["engines"][name].update({"memory": t["memory"] for t in times if "memory" in t})
                if name == "strata":
                    if net in APPLICATIONS:
                        tell, = run_binary([self.given.build / "applications", "--memory", self.folder / f"{net}.values"], 1)
                        row["engines"][name].update(memory=tell["memory"])
                        row["weights"] = tell["weights"]
                    row["share_of_peak"] = statistics.median(t["share_of_peak"] for t in times)
                    row["peak"] = statistics.median(t["peak"] for t in times)
            self.rows.append(row)
            self.show(row)

    def show(self, row):
        times = row["engines"]
        peers = {name: t["median"] for name, t in times.items() if name != "strata"}
        best = min(peers, key=peers.get, default=None)
        ratio = f"{peers[best] / times['strata']['median']:.2f} ({best})" if best and "strata" in times else "-"
        cells = (f"{times[p]['median']:>11.5g}" if p in times else f"{'-':>11}" for p in ["strata", *self.given.peers])
        share = f"{row['share_of_peak']:>6.0%}" if "share_of_peak" in row else f"{'-':>6}"
        name = row["net"] if row["mode"] == "call" else f"{row['net']} {row['mode']}"
        widest = max((t["high"] / t["low"] - 1 for t in times.values()), default=0)
        print(f"{name:>10} {row['batch']:>5} {row['threads']:>7}", *cells, share, f" {ratio:<24} {widest:.0%}", flush=True)
        if "weights" in row:
            print(f"{'':>24} peak of memory, MB beside {row['weights']:.0f} of weights:",
                  ", ".join(f"{name} {t['memory'] - row['weights']:.0f}" for name, t in times.items()))
        if row["marks"]:
            print(f"{'':>24} marks, another machine: {row['marks']}")

    def all(self):
        print(f"{'us':>10} {'batch':>5} {'threads':>7}", *(f"{p[:11]:>11}" for p in ["strata", *self.given.peers]),
              f"{'peak':>6}  {'best peer / strata':<24} widest range of medians")
        for threads in self.given.threads:
            engines, workers = self.engines(threads)
            for net in self.given.nets:
                for batch in (b for b in self.given.batches if b in batches_of(net)):
                    self.case(engines, net, batch, threads)
            for worker in workers:
                worker.end()
        print("\n" + " ".join(__doc__.split("\n\n")[2].split()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES, choices=BATCHES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--nets", nargs="+", default=[*NETS, *APPLICATIONS], choices=[*NETS, *APPLICATIONS])
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.build = given.build.resolve()
    if given.worker == "prepare":
        return prepare(given.folder, given.nets)
    if given.worker:
        return work(given.worker, given.folder, given.threads[0], given.build)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for program, names in (("inference", set(given.nets) & set(NETS)), ("applications", set(given.nets) & set(APPLICATIONS))):
            if names:
                run_binary([given.build / program, "--folder", folder, "--seconds", 0, *names], 1)
        if set(given.peers) - set(BINARIES):
            done = subprocess.run([given.python, __file__, str(given.build), "--worker", "prepare", "--folder", str(folder),
                                   "--nets", *given.nets], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"{given.python} could not make the peers' models:\n{done.stderr[-1000:]}\n"
                         "--python wants an environment with the packages that --help names")
        if given.prepare:
            return 0
        run = Run(given, folder)
        run.all()
    if given.json:
        given.json.write_text(json.dumps({"versions": run.versions, "rows": run.rows}, indent=1) + "\n",
                              encoding="utf-8")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
