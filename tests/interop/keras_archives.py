# Archives that strata writes, opened by Keras: python keras_archives.py --strata-tool PATH.
#
# The tool writes nets that have every layer of the catalogue that Keras has. Keras opens each archive with load_model and
# must give the tool's outputs; then it saves the model, and the tool must read Keras' file and give the same outputs again.
import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402

RELATIVE = 1e-5  # of the largest output: sums of some hundred products in another order


def difference(a, b):
    return float(np.max(np.abs(a - b)) / max(1e-30, np.max(np.abs(b))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strata-tool", required=True)
    tool = parser.parse_args().strata_tool
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = subprocess.run([tool, folder], capture_output=True, text=True, check=True).stdout.split()
        expected, models = {}, {}
        for net in names:
            arrays = np.load(folder / f"{net}.npz")
            expected[net] = arrays["net/y"]
            try:
                models[net] = keras.saving.load_model(folder / f"{net}.keras")
                found = difference(models[net].predict(arrays["net/x"], verbose=0), expected[net])
                problem = None if found <= RELATIVE else f"differs by {found:.2e}"
                models[net].save(folder / f"{net}.keras")
            except Exception as error:  # each net is a test of its own
                problem = f"{type(error).__name__}: {error}"
            if problem:
                print(f"{net}: {problem}")
            passed, failed = passed + (problem is None), failed + (problem is not None)
        if not failed:
            subprocess.run([tool, folder, "load"], check=True, stdout=subprocess.DEVNULL)
            for net in names:
                found = difference(np.load(folder / f"{net}.npz")["net/y"], expected[net])
                if found > 0:
                    print(f"{net}: read again, it differs by {found:.2e}")
                passed, failed = passed + (found == 0), failed + (found > 0)
        kinds = {type(models[net]).__name__ for net in models}
        if kinds != {"Sequential", "Functional"}:
            print(f"expected Sequential and Functional models, found {kinds}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
