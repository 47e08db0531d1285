# Trained files that packages of PyPI bring along: downloaded, converted, compiled, run; the outputs are those of
# onnxruntime or Keras.
# usage: python real_files.py --convert PATH [--only NAME] [--downloads FOLDER]; needs keras, jax, onnxruntime and numpy
# Prints a row of docs/convert.md for each file. Exit code 1 where a file that converted gives other numbers.
import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
import numpy as np  # noqa: E402

from programs import add_arguments, run, test_programs  # noqa: E402

STEPS = 20


def of_onnx(feeds, output):
    def outputs(file, rng):
        import onnxruntime
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        given = feeds(rng)
        return next(iter(given.values())), session.run([output], given)[0]
    return outputs


def of_keras(shape):
    def outputs(file, rng):
        import keras
        model = keras.models.load_model(file, compile=False)
        x = rng.uniform(-1, 1, (4, *shape)).astype(np.float32)
        return x, np.asarray(model(x))
    return outputs


def windows_of_speech(rng):
    """Noise that swells and fades, for a detector of speech, and the states at their begin."""
    loudness = np.abs(np.sin(np.arange(STEPS * 576) / 3000)).reshape(STEPS, 576)
    x = (rng.normal(0, 0.1, (STEPS, 576)) * loudness).astype(np.float32)
    return {"input": x, "h": np.zeros((1, 1, 128), np.float32), "c": np.zeros((1, 1, 128), np.float32)}


def one_window(rng):
    return {"input": windows_of_speech(rng)["input"][10:11], "state": np.zeros((2, 1, 128), np.float32)}


# name: package, file in it, inputs and outputs of the source runtime, further arguments of strata-convert
FILES = {
    "fer": ("fer", "emotion_model.hdf5", of_keras((64, 64, 1)), []),
    "silero_vad": ("silero-vad", "silero_vad_16k_sequence.onnx", of_onnx(windows_of_speech, "speech_probs"), ["--steps", STEPS]),
    "silero_vad_openvino": ("silero-vad", "silero_vad_openvino_16k.onnx", of_onnx(one_window, "output"), ["--output", "output"]),
    "silero_vad_op15": ("silero-vad", "silero_vad_16k_op15.onnx", None, ["--output", "output", "--input-shape", "576"]),
    "magika": ("magika", "model.onnx", None, []),
    "basic_pitch_contours": ("basic-pitch", "nmp.onnx", None, ["--output", "StatefulPartitionedCall:0"]),
}


def find_file(package, name, downloads):
    """The file `name` of a package, which is downloaded where it is not there yet."""
    folder = downloads / package
    if not folder.exists():
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package], check=True)
        for wheel in folder.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(folder)
    return next(folder.rglob(name))


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--downloads", type=Path, help="a folder that keeps the packages")
    arguments = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name, (package, file, outputs, more) in FILES.items():
            if arguments.only not in name:
                continue
            path = find_file(package, file, arguments.downloads or folder / "downloads")
            check = []
            if outputs is not None:
                x, y = outputs(path, np.random.default_rng(1))
                np.savez(folder / f"{name}.npz", x=x, y=y)
                check = ["--check", folder / f"{name}.npz"]
            done = run([arguments.convert.resolve(), path, "-o", folder, "--name", name, *more, *check])
            if done.returncode:
                result = "refused: " + re.sub(r'node ".*?" ', "", done.stderr.partition("error: ")[2].strip())
            elif not check:
                result = "converts; not compared"
            else:
                result = test_programs([name], folder, [arguments.compiler], arguments.flags.split(), arguments.include)[name]
                wrong += not result.endswith(": equal")
            print(f"| {package} | `{file}` | {result} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
