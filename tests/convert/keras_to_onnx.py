# The models of keras_models.py as ONNX files: Keras' export (tf2onnx) of each, converted, compiled, run; the outputs are
# Keras'.
# usage: python keras_to_onnx.py --convert PATH [--only TEXT]; needs keras, tensorflow, tf2onnx and onnx
# Prints what is not equal: a model that Keras does not export, one that is refused, and WRONG numbers. The exit code
# is 1 where numbers are wrong.
import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

import keras_models
from programs import add_arguments, run, test_programs


def exported(name, folder, rng):
    """Writes NAME.onnx and NAME.npz. None, or the reason why Keras does not export the model."""
    shape, _, integers, _ = keras_models.MODELS[name]
    if name.startswith("quantized"):
        return "left out: quantized weights"
    shape = keras_models.closed_shape(name)
    keras.utils.clear_session(free_memory=False)
    net = keras_models.build(name)
    keras_models.randomize(net, rng)
    x = rng.integers(0, integers, (3, *shape)).astype(np.float32) if integers else rng.uniform(-1, 1, (3, *shape)).astype(np.float32)
    np.savez(folder / f"{name}.npz", x=x, y=keras_models.outputs(net, x))
    try:
        net.export(folder / f"{name}.onnx", format="onnx", verbose=False)
    except Exception as error:
        return str(error).strip().splitlines()[0][:200]
    return None


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = parser.parse_args()
    rng, found, names = np.random.default_rng(1), {}, []
    keras.utils.set_random_seed(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name in keras_models.MODELS:
            if arguments.only not in name:
                continue
            reason = exported(name, folder, rng)
            if reason is not None:
                found[name] = reason if reason.startswith("left out") else "not exported: " + reason
                continue
            done = run([arguments.convert.resolve(), folder / f"{name}.onnx", "-o", folder, "--name", name, "--check", folder / f"{name}.npz",
                        *keras_models.MODELS[name][3]])
            if done.returncode:
                found[name] = "refused: " + done.stderr.partition("error: ")[2].strip()
            else:
                names.append(name)
        results = test_programs(names, folder, [arguments.compiler], arguments.flags.split(), arguments.include, jobs=arguments.jobs)
    found |= {name: line if line.endswith(": equal") else "WRONG: " + line for name, line in results.items()}
    kinds = Counter("equal" if line.endswith(": equal") else line.partition(":")[0] for line in found.values())
    for name, line in found.items():
        if not line.endswith(": equal"):
            print(f"{name}: {line}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    return 1 if kinds["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
