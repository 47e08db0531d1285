# Makes data/optimizers.safetensors: what Keras' optimizers do to two weights in 20 steps, and the rates of its
# schedules. --check makes it again and compares.
import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np
from keras.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Ftrl, Lion, Nadam, RMSprop
from keras.optimizers.schedules import (CosineDecay, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay,
                                        PolynomialDecay)
from safetensors import safe_open
from safetensors.numpy import save_file

FILE = Path(__file__).parent / "data" / "optimizers.safetensors"
SIZES = {"kernel": 37, "bias": 6}  # two variables: clipping sees them apart or together
STEPS = 20
KEPT = (1, 2, 20)

# By the names that tests/train/optimizers.cpp uses. The rates move the weights visibly; the cases named after a class
# alone have its defaults.
OPTIMIZERS = {
    "sgd": lambda: SGD(),
    "sgd_momentum": lambda: SGD(0.03, momentum=0.9),
    "sgd_nesterov": lambda: SGD(0.03, momentum=0.8, nesterov=True),
    "sgd_nesterov_without_momentum": lambda: SGD(0.05, nesterov=True),
    "sgd_clipnorm": lambda: SGD(0.1, clipnorm=0.8),
    "sgd_clipvalue": lambda: SGD(0.1, momentum=0.5, clipvalue=0.4),
    "sgd_global_clipnorm": lambda: SGD(0.1, global_clipnorm=1.5),
    "sgd_weight_decay": lambda: SGD(0.05, weight_decay=0.1),
    "sgd_ema": lambda: SGD(0.1, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=4),
    "adam": lambda: Adam(),
    "adam_arguments": lambda: Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
    "adam_amsgrad": lambda: Adam(0.02, beta_2=0.9, amsgrad=True),
    "adam_clipnorm_weight_decay": lambda: Adam(0.02, epsilon=0.1, clipnorm=0.5, weight_decay=0.3),
    "adam_schedule": lambda: Adam(ExponentialDecay(0.05, 3, 0.7)),
    "adamw": lambda: AdamW(),
    "adamw_amsgrad": lambda: AdamW(0.02, weight_decay=0.2, beta_1=0.7, beta_2=0.9, amsgrad=True),
    "rmsprop": lambda: RMSprop(),
    "rmsprop_arguments": lambda: RMSprop(0.01, rho=0.7, epsilon=1e-2),
    "rmsprop_momentum": lambda: RMSprop(0.01, momentum=0.8),
    "rmsprop_centered": lambda: RMSprop(0.01, centered=True, epsilon=1e-3),
    "rmsprop_momentum_centered": lambda: RMSprop(0.01, momentum=0.8, centered=True, epsilon=1e-3),
    "rmsprop_global_clipnorm": lambda: RMSprop(0.01, epsilon=0.5, global_clipnorm=2.0),
    "adagrad": lambda: Adagrad(),
    "adagrad_arguments": lambda: Adagrad(0.1, initial_accumulator_value=0.5, epsilon=0.1),
    "adadelta": lambda: Adadelta(),
    "adadelta_arguments": lambda: Adadelta(1.0, rho=0.8, epsilon=1e-2),
    "adamax": lambda: Adamax(),
    "adamax_arguments": lambda: Adamax(0.02, beta_1=0.8, beta_2=0.9, epsilon=0.1),
    "nadam": lambda: Nadam(),
    "nadam_arguments": lambda: Nadam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-2),
    "lion": lambda: Lion(),
    "lion_arguments": lambda: Lion(0.02, beta_1=0.7, beta_2=0.9, weight_decay=0.5),
    "ftrl": lambda: Ftrl(),
    "ftrl_l1_l2": lambda: Ftrl(0.1, l1_regularization_strength=0.5, l2_regularization_strength=0.2, beta=0.3),
    "ftrl_shrinkage": lambda: Ftrl(0.1, initial_accumulator_value=0.5, l2_shrinkage_regularization_strength=0.3),
    "ftrl_power": lambda: Ftrl(0.1, learning_rate_power=-0.8, l1_regularization_strength=0.1),
    "ftrl_power_0": lambda: Ftrl(0.1, learning_rate_power=0.0, initial_accumulator_value=0.0),
}

# By the names that tests/train/schedules.cpp uses.
RATES_AT = [*range(0, 26), 29, 30, 31, 49, 50, 51, 99, 100, 101, 150, 199, 200, 201, 250, 299, 300, 301, 1000, 12345]
SCHEDULES = {
    "exponential": ExponentialDecay(0.1, 7, 0.9),
    "exponential_staircase": ExponentialDecay(0.1, 10, 0.5, staircase=True),
    "cosine": CosineDecay(0.2, 100),
    "cosine_alpha": CosineDecay(0.2, 50, alpha=0.1),
    "cosine_warmup": CosineDecay(0.01, 100, alpha=0.05, warmup_target=0.3, warmup_steps=20),
    "cosine_warmup_of_none": CosineDecay(0.01, 30, warmup_target=0.3),
    "cosine_steps_without_target": CosineDecay(0.2, 30, warmup_steps=10),
    "piecewise": PiecewiseConstantDecay([10, 30, 100], [1.0, 0.5, 0.25, 0.01]),
    "piecewise_one_boundary": PiecewiseConstantDecay([0], [1.0, 0.5]),
    "polynomial": PolynomialDecay(0.1, 50),
    "polynomial_power": PolynomialDecay(0.1, 50, end_learning_rate=0.01, power=0.5),
    "polynomial_cycle": PolynomialDecay(0.1, 10, end_learning_rate=0.02, power=2.0, cycle=True),
    "inverse_time": InverseTimeDecay(0.1, 7, 0.5),
    "inverse_time_staircase": InverseTimeDecay(0.1, 10, 2.0, staircase=True),
}


def inputs():
    """First weights, and gradients (step, element) that hold a pull, noise, and an element that is always zero."""
    random = np.random.default_rng(17)
    result = {}
    for name, size in SIZES.items():
        result[f"{name}/begin"] = random.normal(0, 0.8, size).astype("float32")
        pull = random.normal(0, 0.7, size)
        gradients = (pull + random.normal(0, 0.4, (STEPS, size))).astype("float32")
        gradients[:, 1] = 0
        result[f"{name}/gradients"] = gradients
    result["kernel/begin"][2] = 0
    return result


def run(make, given, floatx):
    """The weights after the kept steps by name, all computed in one type."""
    keras.config.set_floatx(floatx)
    variables = [keras.Variable(given[f"{name}/begin"], dtype=floatx, name=name) for name in SIZES]
    optimizer = make()
    kept = {name: [] for name in SIZES}
    for step in range(STEPS):
        gradients = [keras.ops.convert_to_tensor(given[f"{name}/gradients"][step], dtype=floatx) for name in SIZES]
        optimizer.apply(gradients, variables)
        if step + 1 in KEPT:
            for variable in variables:
                kept[variable.name].append(np.array(variable.value))
    return {name: np.stack(values).astype(floatx) for name, values in kept.items()}


def make():
    tensors = inputs()
    given = dict(tensors)
    for case, optimizer in OPTIMIZERS.items():
        for floatx in ("float32", "float64"):
            for name, values in run(optimizer, given, floatx).items():
                tensors[f"{case}/{floatx}/{name}"] = values
    keras.config.set_floatx("float64")
    tensors["steps"] = np.array(RATES_AT, np.float64)
    for case, schedule in SCHEDULES.items():
        tensors[f"schedule/{case}"] = np.array([float(schedule(step)) for step in RATES_AT], np.float64)
    return tensors


def check(tensors):
    with safe_open(FILE, "numpy") as file:
        committed = {name: file.get_tensor(name) for name in file.keys()}
    bounds = {np.dtype("float32"): 1e-5, np.dtype("float64"): 1e-12}
    failures = [name for name in sorted(tensors.keys() | committed.keys())
                if name not in tensors or name not in committed or tensors[name].shape != committed[name].shape
                or not np.allclose(tensors[name], committed[name], rtol=bounds[tensors[name].dtype],
                                   atol=bounds[tensors[name].dtype])]
    print("\n".join([*failures, f"{len(tensors)} tensors, {len(failures)} differences"]))
    return 1 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="make everything again and compare it with data/")
    made = make()
    if parser.parse_args().check:
        sys.exit(check(made))
    save_file(made, FILE, {"origin": f"generated by tests/golden/optimizers.py with Keras {keras.__version__}, backend "
                                     f"{keras.backend.backend()}"})
