# Makes data/training_stateful.safetensors: what Keras does with recurrent layers that are stateful, in fit (two epochs, with
# validation), evaluate, predict, and after a reset. --check compares. tests/train/stateful.cpp has the same nets.
import argparse
import sys
import warnings

from generate import DATA, check, write_tensors  # first: it chooses the backend

import keras
import numpy as np

import recurrent

STEPS, FEATURES, BATCH = 5, 2, 3


def layer(kind, units, **options):
    return getattr(keras.layers, kind)(units, stateful=True, activation=recurrent.exact_tanh, **options)


def frozen(made):
    made.trainable = False
    return made


CASES = {
    "lstm": lambda: [layer("LSTM", 6, return_sequences=True), keras.layers.Dense(1)],
    "gru_two": lambda: [layer("GRU", 5, return_sequences=True), layer("GRU", 17), keras.layers.Dense(1)],
    "simple_rnn": lambda: [layer("SimpleRNN", 4, use_bias=False), keras.layers.Dense(1)],
    "partly": lambda: [layer("LSTM", 4, return_sequences=True),
                       keras.layers.GRU(5, activation=recurrent.exact_tanh), keras.layers.Dense(1)],
    "frozen": lambda: [frozen(layer("LSTM", 6, return_sequences=True)), keras.layers.Dense(1)],
    "gru_resets_before": lambda: [layer("GRU", 5, return_sequences=True, reset_after=False), layer("GRU", 17, reset_after=False),
                              keras.layers.Dense(1)],
}


def run(name, number):
    rng = np.random.default_rng(100 + number)
    model = keras.Sequential([keras.Input(batch_shape=(BATCH, STEPS, FEATURES)), *CASES[name]()])
    states = [variable for each in model.layers if getattr(each, "stateful", False) for variable in each.states]
    for each in model.layers:  # else JAX's compiled steps drop what is assigned to the states; TensorFlow keeps it
        for state in getattr(each, "states", None) or ():
            each._tracker.unlock()
            each._track_variable(state)
            each._tracker.lock()
    weights = [weight for weight in model.weights if not any(weight is state for state in states)]
    for weight in weights:
        weight.assign(rng.uniform(-0.6, 0.6, weight.shape).astype(np.float32))
    found = {f"w{i}": np.array(weight) for i, weight in enumerate(weights)}
    target = (STEPS, 1) if len(model.output_shape) == 3 else (1,)
    for part, batches in ("", 4), ("validation_", 2):
        found[part + "x"] = rng.uniform(-1, 1, (batches * BATCH, STEPS, FEATURES)).astype(np.float32)
        found[part + "y"] = rng.uniform(-1, 1, (batches * BATCH, *target)).astype(np.float32)
    model.compile(keras.optimizers.SGD(0.2), "mse")
    data = found["x"], found["y"]
    history = model.fit(*data, batch_size=BATCH, epochs=2, shuffle=False, verbose=0,
                        validation_data=(found["validation_x"], found["validation_y"])).history
    found |= {f"history/{key}": values for key, values in history.items()}
    found["evaluate/loss"] = [model.evaluate(*data, batch_size=BATCH, verbose=0)]
    found["predict"] = model.predict(found["x"], batch_size=BATCH, verbose=0)
    for each in model.layers:
        if getattr(each, "stateful", False):
            each.reset_state()
    found["predict_after_reset"] = model.predict(found["x"], batch_size=BATCH, verbose=0)
    found |= {f"end{i}": np.array(weight) for i, weight in enumerate(weights)}
    return {f"{name}/{key}": np.array(values, np.float32, order="C") for key, values in found.items()}


def write_all(folder):
    tensors = {}
    for number, name in enumerate(CASES):
        tensors |= run(name, number)
    write_tensors(folder / "training_stateful.safetensors", tensors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="make everything again and compare it with data/")
    warnings.filterwarnings("ignore")
    keras.config.set_floatx("float64")
    if parser.parse_args().check:
        sys.exit(check(write_all, "training_stateful.*"))
    write_all(DATA)
