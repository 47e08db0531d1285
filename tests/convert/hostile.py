# Files that somebody damaged or made to do harm: strata-convert refuses each with exit code 1 and a sentence, soon and
# with little memory; and names of a file reach a header as identifiers and literals alone.
# usage: python hostile.py --convert PATH [--compiler C++]; needs h5py and numpy
import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path

import h5py
import numpy as np

SECONDS = 1.0  # of the processor; of the clock they may be more where the machine does other things too
ADDRESSES = 512 << 20  # bytes of address space that a process may take
MEMORY, RATIO = 48 << 20, 24  # bytes of memory that a process may use: so many, and so many for each byte of its file


def dense(name="dense", units=3, **more):
    return {"module": "keras.layers", "class_name": "Dense", "registered_name": None,
            "config": {"name": name, "trainable": True, "dtype": "float32", "units": units, "activation": "linear",
                       "use_bias": True, **more}}


def layer(kind, **config):
    return {"module": "keras.layers", "class_name": kind, "registered_name": None,
            "config": {"name": kind.lower(), "trainable": True, "dtype": "float32", **config}}


def source(*shape):
    return {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
            "config": {"batch_shape": [None, *shape], "dtype": "float32", "name": "source"}}


def sequential(*layers):
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": list(layers)}}


def functional(layers, inputs, outputs):
    return {"module": "keras", "class_name": "Functional",
            "config": {"name": "net", "layers": layers, "input_layers": inputs, "output_layers": outputs}}


def called(entry, *inputs):
    tensors = [{"class_name": "__keras_tensor__", "config": {"shape": [None, 4], "keras_history": [name, 0, 0]}} for name in inputs]
    return {**entry, "name": entry["config"]["name"],
            "inbound_nodes": [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}]}


def weights(layers=(("dense", ((4, 3), (3,))),), names=None):
    """model.weights.h5 of layers: their groups and the shapes of their weights."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for group, shapes in layers:
            at = file.create_group(f"layers/{group}/vars")
            if names and group in names:
                at.attrs["name"] = names[group]
            for i, shape in enumerate(shapes):
                at.create_dataset(str(i), data=np.ones(shape, np.float32))
    return buffer.getvalue()


def archive(config, weight_bytes=None, extra=(), compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.writestr("metadata.json", "{}")
        if config is not None:
            file.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        if weight_bytes is not None:
            file.writestr("model.weights.h5", weight_bytes)
        for name, data in extra:
            file.writestr(name, data)
    return buffer.getvalue()


def claiming_weights():
    """A dataset whose shape claims 2^30 values and that holds none: HDF5 would fill them in."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        at = file.create_group("layers/dense/vars")
        at.create_dataset("0", shape=(1 << 15, 1 << 15), dtype="float32")
        at.create_dataset("1", shape=(1 << 15,), dtype="float32")
    return buffer.getvalue()


def legacy(config, groups=()):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        if config is not None:
            file.attrs["model_config"] = config if isinstance(config, str) else json.dumps(config)
        file.attrs["keras_version"] = "3.0.0"
        for name, sets in groups:
            group = file.create_group(f"model_weights/{name}")
            group.attrs["weight_names"] = [path.encode() for path, _ in sets]
            for path, shape in sets:
                group.create_dataset(path, data=np.ones(shape, np.float32))
    return buffer.getvalue()


def rtneural(*layers, in_shape=(None, None, 1), **more):
    return json.dumps({"in_shape": list(in_shape), "layers": list(layers), **more})


def rt_dense(**changes):
    return {"type": "dense", "activation": "", "shape": [None, None, 2], "weights": [[[0.5, 1.0]], [0.0, 0.0]], **changes}


def rt_conv(**changes):
    return {"type": "conv1d", "activation": "", "shape": [None, None, 1], "kernel_size": [2], "dilation": [1],
            "weights": [[[[1.0]], [[1.0]]], [0.0]], **changes}


def nam(arrays=1, weights=22, architecture="WaveNet", **changes):
    part = {"input_size": 1, "condition_size": 1, "head_size": 1, "channels": 1, "kernel_size": 2, "dilations": [1, 2], "activation": "Tanh",
            "gated": False, "head_bias": False, **changes}
    return json.dumps({"version": "0.5.4", "architecture": architecture, "weights": [0.5] * weights,
                       "config": {"layers": [part] * arrays, "head": None, "head_scale": 0.02}}).encode()


GOOD = archive(sequential(source(4), dense()), weights())
LARGE = 10 ** 12

# name -> (ending, bytes, a part of the message)
CASES = {
    "empty": (".keras", b"", "no archive"),
    "text": (".keras", b"hello", "no archive"),
    "truncated": (".keras", GOOD[:len(GOOD) // 2], "no archive"),
    "no config": (".keras", archive(None, weights()), "config.json is missing"),
    "no weights": (".keras", archive(sequential(source(4), dense())), "no model.weights.h5"),
    "config is no JSON": (".keras", archive("{", weights()), "no JSON"),
    "config is a list": (".keras", archive([1, 2], weights()), "class"),
    "config is a number": (".keras", archive("7", weights()), "class"),
    "config with numbers as texts": (".keras", archive(sequential(source(4), dense(units="3")), weights()), "expected an integer"),
    "units NaN": (".keras", archive('{"class_name": "Sequential", "config": {"layers": [NaN]}}', weights()), "no JSON"),
    "nested lists": (".keras", archive("[" * 100_000 + "]" * 100_000, weights()), "nested deeper"),
    "nested objects": (".keras", archive('{"a":' * 100_000 + "1" + "}" * 100_000, weights()), "nested deeper"),
    "a quoted bracket": (".keras", archive(sequential(source(4), dense(name="[" * 300, units=0)), weights()), "units is 0"),
    "nested models": (".keras", archive(None), "config.json is missing"),
    "member with ..": (".keras", archive(sequential(source(4), dense()), weights(), [("../../etc/evil", b"x")]), "leads out"),
    "absolute member": (".keras", archive(sequential(source(4), dense()), weights(), [("/tmp/evil", b"x")]), "leads out"),
    "bomb": (".keras", archive(sequential(source(4), dense()), b"\0" * (300 << 20), compression=zipfile.ZIP_DEFLATED), "unpacks to more"),
    "a large config": (".keras", archive(b" " * (300 << 20), weights(), compression=zipfile.ZIP_DEFLATED), "unpacks to more"),
    "units of 10^12": (".keras", archive(sequential(source(4), dense(units=LARGE)), weights()), "units is 1000000000000"),
    "units of 10^9": (".keras", archive(sequential(source(4), dense(units=10 ** 9)), weights()), "expected (4, 1000000000)"),
    "input of 10^12": (".keras", archive(sequential(source(LARGE), dense()), weights()), "expected an integer"),
    "output too large": (".keras", archive(sequential(source(1 << 20, 1 << 10), layer("UpSampling1D", size=1 << 20)), weights([])), "elements"),
    "negative units": (".keras", archive(sequential(source(4), dense(units=-3)), weights()), "units is -3"),
    "fractional units": (".keras", archive(sequential(source(4), dense(units=2.5)), weights()), "units is 2.5"),
    "claimed weights": (".keras", archive(sequential(source(1 << 15), dense(units=1 << 15)), claiming_weights()), "claims more"),
    "wrong shape": (".keras", archive(sequential(source(4), dense(units=5)), weights()), "expected (4, 5)"),
    "missing weight": (".keras", archive(sequential(source(4), dense()), weights([("dense", ((4, 3),))])), "bias is missing"),
    "weights of another layer": (".keras", archive(sequential(source(4), dense()), weights(names={"dense": "other"})), "those of \"other\""),
    "one weight too many": (".keras", archive(sequential(source(4), layer("LayerNormalization")),
                                              weights([("layer_normalization", ((4,), (4,), (4,)))])), "more weights"),
    "weights are no HDF5": (".keras", archive(sequential(source(4), dense()), b"x" * 1000), "no HDF5 file"),
    "weights are truncated": (".keras", archive(sequential(source(4), dense()), weights()[:900]), "model.weights.h5"),
    "unknown layer": (".keras", archive(sequential(source(4, 4, 4, 1), layer("Conv3D", filters=1)), weights([])), "strata lacks"),
    "unknown attribute": (".keras", archive(sequential(source(4), dense(temperature=2.0)), weights()), "temperature=2.0"),
    "channels first": (".keras", archive(sequential(source(3, 8, 8), layer("Flatten", data_format="channels_first")), weights([])), "channels_first"),
    "masks": (".keras", archive(sequential(source(4), layer("Embedding", input_dim=3, output_dim=2, mask_zero=True)), weights([])), "masks"),
    "return_state": (".keras", archive(sequential(source(4, 2), layer("LSTM", units=2, return_state=True)), weights([])), "return_state"),
    "reset_after": (".keras", archive(sequential(source(4, 2), layer("GRU", units=2, reset_after=False)),
                                      weights([("gru/cell", ((2, 6), (2, 6), (2, 6)))])), "expected (6)"),
    "strides and dilation": (".keras", archive(sequential(source(8, 8, 1), layer("Conv2D", filters=1, kernel_size=3, strides=2, dilation_rate=2)),
                                               weights([])), "strides and dilation"),
    "unknown activation": (".keras", archive(sequential(source(4), dense(activation="sparsemax")), weights()), "sparsemax"),
    "another axis": (".keras", archive(sequential(source(4, 4), layer("BatchNormalization", axis=1)), weights([])), "axis"),
    "a class of one's own": (".keras", archive(sequential(source(4), {"class_name": "MyLayer", "config": {"name": "x"}}), weights([])), "strata lacks"),
    "a model of one's own": (".keras", archive({"class_name": "MyModel", "config": {}}, weights([])), "MyModel"),
    "a value without axes": (".keras", archive(sequential(source(1), layer("Reshape", target_shape=[]), dense()), weights()), "0 axes"),
    "an input of seven axes": (".keras", archive(sequential(source(1, 1, 1, 1, 1, 2, 2), layer("Flatten"), dense()), weights()), "7 axes"),
    "no layers": (".keras", archive(sequential(source(4)), weights([])), "nothing to convert"),
    "layers is a text": (".keras", archive({"class_name": "Sequential", "config": {"layers": "x"}}, weights([])), "no list of layers"),
    "no input shape": (".keras", archive(sequential(dense()), weights()), "no shape of an input"),
    "cycle": (".keras", archive(functional([{**source(4), "name": "source"}, called(layer("Add", name="a"), "source", "b"), called(dense("b", 4), "a")],
                                           [["source", 0, 0]], [["b", 0, 0]]), weights([])), "a cycle"),
    "layer that reads itself": (".keras", archive(functional([{**source(4), "name": "source"}, called(dense("b"), "b")],
                                                             [["source", 0, 0]], [["b", 0, 0]]), weights([])), "a cycle"),
    "two outputs": (".keras", archive(functional([{**source(4), "name": "source"}, called(dense("b"), "source")],
                                                 [["source", 0, 0]], [["b", 0, 0], ["b", 0, 0]]), weights()), "2 outputs"),
    "two inputs": (".keras", archive(functional([{**source(4), "name": "source"}, called(dense("b"), "source")],
                                                [["source", 0, 0], ["t", 0, 0]], [["b", 0, 0]]), weights()), "2 inputs"),
    "missing output": (".keras", archive(functional([{**source(4), "name": "source"}, called(dense("b"), "source")],
                                                    [["source", 0, 0]], [["c", 0, 0]]), weights()), "output layer is missing"),
    "two layers of one name": (".keras", archive(functional([{**source(4), "name": "source"}, called(dense("b"), "source"), called(dense("b"), "source")],
                                                            [["source", 0, 0]], [["b", 0, 0]]), weights()), "name of another layer"),
    "h5 without a config": (".h5", legacy(None), "no model_config"),
    "h5 is text": (".h5", b"hello", "no HDF5 file"),
    "h5 truncated": (".h5", legacy(sequential(source(4), dense()), [("dense", [("dense/kernel", (4, 3)), ("dense/bias", (3,))])])[:2000], ""),
    "h5 config is no JSON": (".h5", legacy("{{"), "no JSON"),
    "h5 without weights": (".h5", legacy(sequential(source(4), dense())), "has 0 weights"),
    "h5 wrong shape": (".h5", legacy(sequential(source(4), dense()), [("dense", [("dense/kernel", (4, 9)), ("dense/bias", (3,))])]), "expected (4, 3)"),
    "another ending": (".pt", b"x", "expected .keras"),
    "json: another file": (".json", b"{}", "in_shape"),
    "json: list": (".json", b"[]", "in_shape"),
    "json: truncated": (".json", rtneural(rt_dense())[:50].encode(), "no JSON"),
    "json: nested": (".json", b"[" * 100_000, "nested deeper"),
    "json: NaN": (".json", rtneural(rt_dense(weights=[[[float("nan"), 1.0]], [0.0, 0.0]])).encode(), "no JSON"),
    "json: text as weight": (".json", rtneural(rt_dense(weights=[[["x", 1.0]], [0.0, 0.0]])).encode(), "no number"),
    "json: ragged": (".json", rtneural(rt_dense(weights=[[[1.0]], [0.0, 0.0]])).encode(), "no list of the shape"),
    "json: too many units": (".json", rtneural(rt_dense(shape=[None, None, LARGE])).encode(), "expected an integer"),
    "json: unknown layer": (".json", rtneural(rt_dense(type="unknown")).encode(), "leaves out"),
    "json: unknown activation": (".json", rtneural(rt_dense(activation="gelu")).encode(), "gelu"),
    "json: unknown attribute": (".json", rtneural(rt_dense(gain=2.0)).encode(), "gain"),
    "json: gain of the file": (".json", rtneural(rt_dense(), in_gain=3.0).encode(), "in_gain"),
    "json: a negative epsilon": (".json", rtneural({"type": "batchnorm", "activation": "", "shape": [None, None, 1], "epsilon": -1.0,
                                                    "weights": [[1.0], [0.0], [0.0], [1.0]]}).encode(), "not positive"),
    "json: strides": (".json", rtneural(rt_conv(strides=2)).encode(), "strides"),
    "json: padding=same": (".json", rtneural(rt_conv(padding="same")).encode(), "padding=same"),
    "json: strides seen in the shape": (".json", rtneural(rt_conv(shape=[None, 50, 1]), in_shape=(None, 100, 1)).encode(), "50 steps after 100"),
    "nam: text": (".nam", b"hello", "no JSON"),
    "nam: list": (".nam", b"[]", "has no version"),
    "nam: nested": (".nam", b'{"version": ' + b"[" * 100_000, "nested deeper"),
    "nam: another version": (".nam", b'{"version": "9.0"}', "versions 0.5 to 0.7"),
    "nam: another architecture": (".nam", nam(architecture="CatNet"), "CatNet"),
    "nam: wrong number of weights": (".nam", nam(), "22 weights"),
    "nam: no weights": (".nam", nam(weights=0), "0 weights"),
    "nam: FiLM": (".nam", nam(conv_pre_film={"active": True}), "FiLM"),
    "nam: channels of 10^12": (".nam", nam(channels=LARGE), "channels"),
    "nam: a million channels": (".nam", nam(channels=1 << 20), "22 weights"),
    "nam: a million taps": (".nam", nam(kernel_size=1 << 20), "22 weights"),
    "nam: a hundred thousand layers": (".nam", nam(dilations=[1] * 100_000), "100000 layers"),
    "nam: no layers": (".nam", nam(dilations=[]), "dilations is no list"),
    "nam: a hundred arrays": (".nam", nam(arrays=100), "100 arrays"),
    "nam: a hostile activation": (".nam", nam(activation="Tanh>>; int x;"), "not supported"),
    "nam: a hostile slope": (".nam", nam(activation={"type": "LeakyReLU", "negative_slope": "0>>; int x;"}), "no number"),
    "nam: layers of LSTM": (".nam", json.dumps({"version": "0.5.4", "architecture": "LSTM", "weights": [], "config": {
        "input_size": 1, "hidden_size": 3, "num_layers": 1 << 20}}).encode(), "layers"),
    "json: GRU of another activation": (".json", rtneural({"type": "gru", "activation": "relu", "shape": [None, None, 1],
                                                           "weights": [[[1.0] * 3], [[1.0] * 3], [[0.0] * 3] * 2]}).encode(), "relu"),
}


def nested_models(depth):
    net = sequential(source(4), dense())
    for _ in range(depth):
        net = sequential(source(4), {**net, "config": {**net["config"], "name": "inner"}})
    return net


CASES["nested models"] = (".keras", archive(nested_models(30), weights()), "nested deeper than 16")


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, **options)


def measured(command):
    """Exit code and messages of a limited process, the seconds of the processor and the bytes of memory that it took."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=said, preexec_fn=limited)
        alarm = threading.Timer(60, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


worst = {"seconds": (0.0, ""), "memory": (0, "")}


def check_refusals(convert, folder, only):
    for name, (ending, data, wanted) in CASES.items():
        if only not in name:
            continue
        path = folder / f"file{ending}"
        path.write_bytes(data)
        code, said, seconds, memory = measured([convert, path, "-o", folder / "out"])
        worst["seconds"], worst["memory"] = max(worst["seconds"], (seconds, name)), max(worst["memory"], (memory, name))
        if code != 1:
            yield name, f"exit code {code}: {said.strip()[-300:]}"
        elif wanted not in said.partition("error: ")[2]:
            yield name, f"expected {wanted!r} in: {said.strip()[-300:]}"
        elif len(said) > 2000:
            yield name, "a message of more than 2000 characters"
        elif seconds > SECONDS:
            yield name, f"took {seconds:.1f} s of the processor"
        elif memory > MEMORY + RATIO * len(data):
            yield name, f"took {memory >> 10} kB of memory for a file of {len(data) >> 10} kB"
        else:
            yield name, None


NAMES = ['"> int x; /*', "*/ #include </etc/passwd>", "a\nb", "\\", 'x">, strata::Dense<9>>; //', "??/", "\u00e4\u00f6\u4e2d", "%s%n", "R\"(x)\"",
         "'", "name\twith\ttabs", "/* */", "$(rm)", "class", "dense/kernel", "\\\n", "a\\\nint x;//\\\n", "??/\n", "\u2028\u202e", "%:define", "\r\n", "\x7f\x1b[2J",
         "NAME", "CONSTANTS", "NAMESPACE::SYMBOL", "\ufeff"]
FILES = {"class.keras": "class_net", "4x.keras": "net_4x", "\u00e4\u00f6.keras": "net", "a b-c.keras": "a_b_c", "__x.keras": "x",
         "std.keras": "std_net", "strata.keras": "strata_net", "linux.keras": "linux_net", "main.keras": "main_net"}


def check_names(convert, folder, compiler, include):
    """Layers with such names: the header has one net, whose layers have these names; it compiles, and nothing else."""
    layers = [source(4), *(dense(name, units=4) for name in NAMES)]
    groups = [("dense" + (f"_{i}" if i else ""), ((4, 4), (4,))) for i in range(len(NAMES))]
    path = folder / "names.keras"
    path.write_bytes(archive(sequential(*layers), weights(groups)))
    done = run([convert, path, "-o", folder / "out"])
    if done.returncode:
        yield "names of layers", done.stderr
        return
    expected = "".join(f"    check(names[{i}] == std::string_view(n{i}, sizeof(n{i})));\n"
                       for i, name in enumerate(NAMES))
    texts = "".join(f"constexpr char n{i}[]{{{', '.join(str(b if b < 128 else b - 256) for b in name.encode())}}};\n" for i, name in enumerate(NAMES))
    (folder / "names.cpp").write_text(f"""#include "out/names.hpp"
#include <string_view>
{texts}
int failed = 0;
void check(bool holds) {{ failed += holds ? 0 : 1; }}
int main() {{
    constexpr auto& names = strata::names_of<::names::Net>;
{expected}
    return failed;
}}
""", encoding="utf-8")
    done = run([compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", f"-I{include}", folder / "names.cpp", "-o", folder / "names"])
    if done.returncode:
        yield "names of layers", done.stderr[:2000]
    else:
        done = run([folder / "names"])
        yield "names of layers", f"{done.returncode} names differ" if done.returncode else None


def check_identifiers(convert, folder):
    for name, wanted in FILES.items():
        path = folder / name
        path.write_bytes(GOOD)
        done = run([convert, path, "-o", folder / "out"])
        if done.returncode or not (folder / "out" / f"{wanted}.hpp").exists():
            yield f"file {name}", f"expected {wanted}.hpp; {done.stdout} {done.stderr}"
        else:
            yield f"file {name}", None
    path = folder / "SCALAR.keras"  # a word of the writer's templates
    path.write_bytes(GOOD)
    run([convert, path, "-o", folder / "out"])
    text = (folder / "out" / "SCALAR.hpp").read_text()
    yield "file with a word of a template", None if "namespace SCALAR {" in text and "std::array<float, 15>" in text else text
    hostile = 'x"\n#error evil'
    path = folder / f"{hostile}.keras"
    path.write_bytes(GOOD)
    done = run([convert, path, "-o", folder / "out", "--name", "harmless"])
    text = (folder / "out" / "harmless.hpp").read_text()
    yield "file with a line break in its name", None if done.returncode == 0 and "\n#error" not in text else text[:200]


# Damaged arrays of numpy.
ARRAYS = {"no bytes": b"", "no header": b"\x93NUMPY", "no length of version 2": b"\x93NUMPY\x02\x00\x01\x00", "no version": b"\x93NUMPY<f2\x01",
          "a header that is too long": b"\x93NUMPY\x02\x00\x00\x00\x00\x7f" + b"{" * 64, "words": b"{'descr': '<f4', 'shape': (4,)}"}


def sharing_members(count, size):
    """An archive whose members are all the same bytes of it, under other names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        array = io.BytesIO()
        np.save(array, np.zeros(size, np.float32))
        file.writestr("a0000.npy", array.getvalue())
    data = out.getvalue()
    begin = data.index(b"PK\1\2")
    entry, end = data[begin:data.index(b"PK\5\6")], data[data.index(b"PK\5\6"):]
    entries = b"".join(entry.replace(b"a0000", b"a%04d" % i) for i in range(count))
    return data[:begin] + entries + end[:8] + count.to_bytes(2, "little") * 2 + len(entries).to_bytes(4, "little") + end[16:]


def check_usage(convert, folder):
    path = folder / "good.keras"
    path.write_bytes(GOOD)
    uses = {"no file": [], "no folder": [path], "unknown option": [path, "-o", folder / "out", "--nonsense"],
            "name": [path, "-o", folder / "out", "--name", "class"], "namespace": [path, "-o", folder / "out", "--namespace", "a::int"],
            "steps": [path, "-o", folder / "out", "--steps", "0"], "steps, a word": [path, "-o", folder / "out", "--steps", "many"],
            "submodel": [path, "-o", folder / "out", "--submodel", "-1"], "shape": [path, "-o", folder / "out", "--input-shape", "3,x"],
            "weights": [path, "-o", folder / "out", "--weights", "flash"], "scalar": [path, "-o", folder / "out", "--scalar", "half"]}
    for name, words in uses.items():
        done = run([convert, *words])
        yield f"usage, {name}", None if done.returncode == 2 and done.stderr else f"exit code {done.returncode}: {done.stderr}"
    for kind, wanted in (("Flatten", "flatten"), ("GlobalMaxPooling1D", "globalmaxpooling1d")):
        whole = folder / "whole.keras"
        whole.write_bytes(archive(sequential(source(8, 2), layer(kind)), weights([])))
        done = run([convert, whole, "-o", folder / "out", "--steps", "any"])
        yield f"{kind} of any steps", None if done.returncode == 1 and f'layer "{wanted}"' in done.stderr and "--steps N" in done.stderr else done.stderr
    done = run([convert, path, "-o", folder / "out", "--steps", "any"])
    yield "a vector of any steps", None if done.returncode == 1 and "(steps, features)" in done.stderr else done.stderr
    done = run([convert, folder / "missing.keras", "-o", folder / "out"])
    yield "missing file", None if done.returncode == 1 and "missing.keras" in done.stderr else f"{done.returncode}: {done.stderr}"
    os.mkfifo(folder / "pipe.keras")
    done = run([convert, folder / "pipe.keras", "-o", folder / "out"])
    yield "FIFO", None if done.returncode == 1 and "FIFO" in done.stderr else f"{done.returncode}: {done.stderr}"
    large = folder / "large.keras"
    large.write_bytes(archive(sequential(source(4200), dense(units=4200)), weights([("dense", ((4200, 4200), (4200,)))])))
    done = run([convert, large, "-o", folder / "out"])
    wanted = "reading model.weights.h5, 67 MB: 50 %", "reading weights, 67 MB: ", "converting weights, 67 MB: 100 %"
    yield "progress of a large file", None if done.returncode == 0 and all(line in done.stderr for line in wanted) else done.stderr
    for name, array in ARRAYS.items():
        with zipfile.ZipFile(folder / "check.npz", "w") as check:
            check.writestr("x.npy", array)
        done = run([convert, path, "-o", folder / "out", "--check", folder / "check.npz"])
        yield f"--check, {name}", None if done.returncode == 1 and "array x" in done.stderr else f"exit code {done.returncode}: {done.stderr}"
    (folder / "check.npz").write_bytes(sharing_members(300, 1 << 18))
    code, said, _, memory = measured([convert, path, "-o", folder / "out", "--check", folder / "check.npz"])
    yield "--check, members that share their bytes", None if code == 1 and "unpacks to more" in said and memory < MEMORY else f"{code}, {memory >> 20} MB: {said}"
    done = run([convert, path, "-o", folder / "out"])
    yield "the good file", None if done.returncode == 0 else done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--convert", required=True, type=Path)
    parser.add_argument("--include", type=Path, default=Path(__file__).resolve().parents[2] / "include")
    parser.add_argument("--compiler", default="clang++-19")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    convert = arguments.convert.resolve()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for checks in (check_refusals(convert, folder, arguments.only), check_usage(convert, folder), check_identifiers(convert, folder),
                       check_names(convert, folder, arguments.compiler, arguments.include)):
            for name, problem in checks:
                passed, failed = passed + (not problem), failed + bool(problem)
                if problem:
                    print(f"{name}: {problem}")
    print(f"at most {worst['seconds'][0]:.2f} s of the processor ({worst['seconds'][1]}), {worst['memory'][0] >> 20} MB ({worst['memory'][1]})")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
