# Weights from Keras to strata and back: python keras_roundtrip.py --strata-tool PATH.
# The tool is the program that is built from weights_tool.cpp.
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

import numpy as np
from generate import (CNN, MLP, NAMED, NESTED, NORMALIZED, RESIDUALS, expected, net, save_legacy_weights,
                      save_safetensors)
import recurrent  # now, as generate chose Keras' backend
from outputs import check_outputs
from spelling import build, inputs, random_weights, registry, weight_names

# Layers of one shape, of which the first is frozen: the older layout lists it last.
FROZEN = net("Input<4>{}", "Sequential{Dense<4, frozen>{}, Dense<4>{}}", "Dense<3>{}")
NETS = {"mlp": MLP, "cnn": CNN, "cnn_custom_names": NAMED, "nested": NESTED, "residual": RESIDUALS, "normalized": NORMALIZED,
        "frozen": FROZEN,
        "recurrent": recurrent.FILES["recurrent.weights.h5"][0], "wrappers": recurrent.FILES["wrappers.weights.h5"][0]}
NETS |= {filename.split(".")[0].removeprefix("legacy_"): spelling for filename, spelling in registry.all_of("FILES").items()}


def save_npz(model, path):
    """Kernels in Fortran's order, as numpy writes what was transposed."""
    np.savez(path, **{name: np.asfortranarray(weight.numpy()) if weight.shape else weight.numpy()
                      for name, weight in zip(weight_names(model), model.weights)})


FORMATS = {
    "model.weights.h5": lambda model, path: model.save_weights(path),
    "model.h5": lambda model, path: save_legacy(model, path),
    "model.safetensors": save_safetensors,
    "model.npz": save_npz,
}
SAMPLES = 5
TOLERANCE = 1e-5  # of the largest output; both sides sum in float, in their own order


def save_legacy(model, path):
    if any(type(layer).__name__ == "Residual" for layer in model.layers):  # Keras saves no architecture of ours
        save_legacy_weights(model, path)
    else:
        model.save(path)


def check_weights(path, spelling, wanted):
    model = build(spelling)
    model.load_weights(path)
    for weight, value in zip(model.weights, wanted, strict=True):
        if weight.numpy().tobytes() != value.astype(weight.dtype).tobytes():
            return f"{weight.path} came back changed"
    return None


def check_npz(path, spelling, wanted):
    model = build(spelling)
    with np.load(path) as file:
        names = [name for name in file.files if name != "strata_architecture"]
        if names != list(weight_names(model)):
            return f"names {file.files}"
        if not file["strata_architecture"].tobytes().startswith(b"strata-architecture "):
            return "states no architecture"
        for name, weight, value in zip(names, model.weights, wanted, strict=True):
            found, value = file[name], value.astype(weight.dtype)
            if found.shape != value.shape or found.dtype != value.dtype or found.tobytes() != value.tobytes():
                return f"{name} came back changed"
    return None


def round_trip(tool, folder, name, spelling, filename, rng):
    """Yields what was checked and the failure's text or None."""
    model = build(spelling)
    weights = random_weights(model, rng)
    model.set_weights(weights)
    FORMATS[filename](model, folder / filename)
    x = inputs(spelling, rng, rng.uniform(-1, 1, (SAMPLES, *model.input_shape[1:])).astype(np.float32))
    x.tofile(folder / "x.f32")
    saved = [folder / "saved.weights.h5", folder / "saved.h5"] + ([folder / "saved.npz"] if "model.npz" in FORMATS else [])
    for stale in (*saved, folder / "y.f32"):
        stale.unlink(missing_ok=True)
    command = [tool, name, "load", folder / filename, folder / "x.f32", folder / "y.f32"]
    command += [word for path in saved for word in ("save", path)]
    run = subprocess.run(command, capture_output=True, text=True)
    for what, check in {
        "outputs": lambda: check_outputs(folder / "y.f32", expected(spelling, weights, x), TOLERANCE),
        "weights": lambda: check_weights(saved[0], spelling, weights),
        "weights in the older layout": lambda: check_weights(saved[1], spelling, weights),
        "weights as .npz": lambda: check_npz(saved[2], spelling, weights) if len(saved) > 2 else None,
    }.items():
        try:
            failure = f"exit code {run.returncode}: {run.stderr.strip()}" if run.returncode else check()
        except Exception as error:  # a file that Keras refuses is a failed check, and the others still run
            failure = f"{type(error).__name__}: {error}"
        yield f"{name} {filename} {what}", failure


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strata-tool", required=True, type=Path)
    parser.add_argument("--without-npz", action="store_true", help="the tool was built without libzip")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    if arguments.without_npz:
        del FORMATS["model.npz"]
    rng = np.random.default_rng(arguments.seed)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name, spelling in NETS.items():
            for filename in FORMATS:
                results += round_trip(arguments.strata_tool.resolve(), Path(folder), name, spelling, filename, rng)
    for what, failure in results:
        print(f"{what}: {failure or 'ok'}")
    failed = sum(failure is not None for _, failure in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
