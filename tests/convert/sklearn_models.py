# Models of scikit-learn through skl2onnx, converted, compiled, run: their outputs are scikit-learn's.
# usage: python sklearn_models.py --convert PATH [--only TEXT]; needs scikit-learn and skl2onnx
import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from programs import add_arguments, run, test_programs

warnings.filterwarnings("ignore")

# name: model, targets ("numbers", "classes", "two"), whether probabilities lie in a map
MODELS = {
    "linear": (make_pipeline(StandardScaler(), LinearRegression()), "numbers", False),
    "perceptron": (make_pipeline(MinMaxScaler(), MLPRegressor(hidden_layer_sizes=(8, 5), max_iter=50)), "numbers", False),
    "classifier": (make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(8,), max_iter=50)), "classes", False),
    "tanh_classifier": (MLPClassifier(hidden_layer_sizes=(6,), activation="tanh", max_iter=50), "classes", True),
    "logistic": (make_pipeline(StandardScaler(), LogisticRegression()), "classes", False),
    "logistic_of_two": (LogisticRegression(), "two", False),
    "logistic_map": (LogisticRegression(), "classes", True),
}


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = parser.parse_args()
    rng, failed, names = np.random.default_rng(1), {}, []
    x = rng.normal(1, 2, (200, 5)).astype(np.float32)
    numbers = x[:, 0] + x[:, 1] ** 2
    targets = {"numbers": numbers, "two": numbers > 3, "classes": (numbers > 2).astype(int) + (numbers > 5)}
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name, (model, kind, is_map) in MODELS.items():
            if arguments.only not in name:
                continue
            model.fit(x, targets[kind])
            options = None if kind == "numbers" else {id(model): {"zipmap": is_map}}
            made = to_onnx(model, x[:1], options=options, target_opset=17)
            (folder / f"{name}.onnx").write_bytes(made.SerializeToString())
            y = model.predict(x[:4]) if kind == "numbers" else model.predict_proba(x[:4])
            np.savez(folder / f"{name}.npz", x=x[:4], y=y.astype(np.float32))
            done = run([arguments.convert.resolve(), folder / f"{name}.onnx", "-o", folder, "--name", name, "--check", folder / f"{name}.npz"])
            if done.returncode:
                failed[name] = done.stderr.strip()
            else:
                names.append(name)
        results = test_programs(names, folder, [arguments.compiler], arguments.flags.split(), arguments.include, jobs=arguments.jobs)
    failed |= {name: line for name, line in results.items() if not line.endswith(": equal")}
    for name, problem in failed.items():
        print(f"{name}: {problem}")
    print(f"{len(MODELS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
