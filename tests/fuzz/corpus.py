# Small files that fuzzing begins with, a folder for each reader. Most are the files of tests/convert, good and hostile ones.
# usage: python corpus.py FOLDER; needs numpy and h5py; onnx for the files of ONNX
import base64
import io
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "convert"))
import hostile  # noqa: E402
import nam_files  # noqa: E402
import rtneural  # noqa: E402

LARGEST = 10_000  # bytes
SHAPES = {"conv1d/kernel": (2, 2, 3), "conv1d/bias": (3,), "batch_normalization/gamma": (3,), "batch_normalization/beta": (3,),
          "batch_normalization/moving_mean": (3,), "batch_normalization/moving_variance": (3,), "dense/kernel": (15, 2), "dense/bias": (2,)}


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def safetensors(arrays):
    header, values = {}, b""
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(values), len(values) + array.nbytes]}
        values += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + values


def legacy_weights():
    """Weights as the older Keras saves them."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        layers = list(dict.fromkeys(name.partition("/")[0] for name in SHAPES))
        file.attrs["layer_names"] = [layer.encode() for layer in layers]
        for layer in layers:
            names = [name for name in SHAPES if name.startswith(layer + "/")]
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{name}:0".encode() for name in names]
            for name in names:
                group.create_dataset(f"{name}:0", data=np.full(SHAPES[name], 0.5, np.float32))
    return buffer.getvalue()


# JPEG files of 8 x 6 pixels by libturbojpeg: gray, and colours that become finer with each scan.
JPEG_FILES = [base64.b64decode(text) for text in (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H/"
    "///6/+b9//j/wAALCAAGAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQR"
    "BRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4"
    "eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEB"
    "AAA/AEMYD/ZI/lAA3t65HT6V/9k=",
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H/"
    "///6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wgAR"
    "CAAGAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAH/xAAVAQEBAAAAAAAAAAAAAAAAAAAAAf/aAAwDAQACEAMQAAABgX//xAAU"
    "EAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAEFAn//xAAVEQEBAAAAAAAAAAAAAAAAAAAAAf/aAAgBAwEBPwGP/8QAFBEBAAAAAAAAAAAAAAAA"
    "AAAAAP/aAAgBAgEBPwF//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAGPwJ//8QAFxABAAMAAAAAAAAAAAAAAAAAAQARIf/aAAgBAQAB"
    "PyFwqf/aAAwDAQACAAMAAAAQ/wD/xAAWEQEBAQAAAAAAAAAAAAAAAAABEQD/2gAIAQMBAT8QI27/xAAWEQADAAAAAAAAAAAAAAAAAAAAATH/"
    "2gAIAQIBAT8QUP/EABkQAQACAwAAAAAAAAAAAAAAAAFBUaHR8P/aAAgBAQABPxAAAC8b6f/Z")]


def png(kind, depth, channels, interlaced=0):
    """A PNG file of 5 x 3 pixels. Kinds: 0 gray, 2 RGB, 3 indices of a palette, 4 gray with alpha, 6 RGB with alpha."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    width, height = 5, 3
    row = b"\0" + bytes(range((width * channels * depth + 7) // 8))
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))]
    parts += [chunk(b"PLTE", bytes(range(48)))] if kind == 3 else []
    parts += [chunk(b"tRNS", bytes(2 * channels))] if kind in (0, 2) else []
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IDAT", zlib.compress(bytes(80) if interlaced else row * height)), chunk(b"IEND", b"")])


def files(rng):
    """Reader, bytes."""
    for ending, data, _ in hostile.CASES.values():
        if len(data) > LARGEST:
            continue
        if ending == ".keras":
            yield "keras_archive", data
            try:
                config = zipfile.ZipFile(io.BytesIO(data)).read("config.json")
            except (zipfile.BadZipFile, KeyError):
                continue
            for kind in b"\0\1\2":
                yield "keras_config", bytes([kind]) + config
        elif ending in (".json", ".nam"):
            yield "rtneural" if ending == ".json" else "nam", data
    for kind in ("Conv1D", "LSTM", "GRU", "BatchNormalization", "Embedding", "Bidirectional", "TimeDistributed", "Reshape", "Concatenate"):
        yield "keras_config", b"\0" + json.dumps(hostile.sequential(hostile.source(8, 4), hostile.layer(
            kind, filters=2, units=2, kernel_size=3, strides=1, padding="causal", layer=hostile.dense(), target_shape=[4, 8]))).encode()
    for _, shape, layers in rtneural.cases(rng):
        yield "rtneural", json.dumps({"in_shape": [None, None, *shape], "layers": layers}).encode()
    for make in (lambda: nam_files.wavenet(rng, [nam_files.array(2, 1, [2, 3], [1, 2], gated=True, head_bias=True)]), lambda: nam_files.lstm(rng, 2, 2)):
        yield "nam", json.dumps(make()).encode()
    arrays = {name: np.round(rng.uniform(0.5, 1, shape), 2).astype(np.float32) for name, shape in SHAPES.items()}
    yield "safetensors", safetensors(arrays)
    yield "safetensors", safetensors({"dense/bias": arrays["dense/bias"]})
    for save in (np.savez, np.savez_compressed):
        out = io.BytesIO()
        save(out, **arrays)
        yield "npz", out.getvalue()
    for array in (arrays["conv1d/kernel"], arrays["dense/bias"].astype(np.float64), np.asfortranarray(arrays["dense/kernel"]), np.arange(3)):
        yield "npy", npy(array)
    for data in hostile.ARRAYS.values():
        yield "npy", data
    plain = {f"layer_normalization/{name}": np.full(16, value, np.float32) for name, value in (("gamma", 1), ("beta", 0))}
    yield "mapped", b"\0" + npy(np.concatenate([each.ravel() for each in plain.values()]))
    yield "mapped", b"\1" + safetensors(plain)
    yield "mapped", b"\1" + safetensors(arrays)
    yield "mapped", b"\2" + b"".join(each.tobytes() for each in plain.values())
    yield "mapped", b"\3"
    yield "data", b"\4" + b"length,kind,note\r\n5.1,a,\"said \"\"so\"\"\"\n,b,nan\nNAN,a,inf\n"
    yield "data", b"\0" + b"1,2\n\n3,300\n"
    for kind, values in ((8, np.arange(8, dtype=np.uint8)), (12, np.arange(8, dtype=">i4")), (13, np.full(8, np.nan, ">f4")), (14, np.full(8, 1e300, ">f8"))):
        yield "data", b"\1" + struct.pack(">HBBIII", 0, kind, 3, 2, 2, 2) + values.tobytes()
        yield "data", b"\1" + struct.pack(">HBBI", 0, kind, 1, 8) + values.tobytes()
    for array in (np.ones((3, 2), np.float32), np.full((2, 2), np.inf), np.asfortranarray(np.full((2, 3), 1 << 40)), np.ones((4, 2), np.uint8)):
        yield "data", b"\2" + npy(array)
        yield "data", b"\3" + npy(array)
    for data in JPEG_FILES + [png(*each) for each in ((0, 1, 1), (0, 16, 1), (2, 8, 3), (3, 2, 1), (4, 8, 2), (6, 16, 4), (2, 8, 3, 1))]:
        yield "images", data
    groups = [(layer, tuple(SHAPES[name] for name in SHAPES if name.startswith(layer + "/"))) for layer in ("conv1d", "batch_normalization", "dense")]
    for kind in b"\0\2":
        yield "h5", bytes([kind]) + hostile.weights(groups)
    yield "h5", b"\1" + legacy_weights()
    yield "checkpoint", b"\0"
    yield "checkpoint", b"\1" + safetensors(arrays)
    yield "checkpoint", bytes.fromhex("003e3e3e3ec23e3effff2c2264")  # a counter that is no integer
    try:
        import onnx_models
    except ImportError:
        print("no files of ONNX: Python's onnx is not installed")
        return
    for shape, make, opset in onnx_models.CASES.values():
        g = onnx_models.Graph(0)
        output = make(g)
        data = g.model(shape, output if isinstance(output, str) else output[0], opset).SerializeToString()
        if len(data) <= LARGEST:
            yield "onnx", data
    for name, data, _ in onnx_models.hostile_files():
        if len(data) <= LARGEST and name != "many steps of little":  # which takes long each time
            yield "onnx", data


def main():
    folder = Path(sys.argv[1])
    count = 0
    for count, (reader, data) in enumerate(files(np.random.default_rng(1)), 1):
        (folder / reader).mkdir(parents=True, exist_ok=True)
        (folder / reader / f"seed_{count:03}").write_bytes(data)
    print(f"{count} files")


if __name__ == "__main__":
    main()
