# Makes data/callbacks.inc: what Keras' callbacks do with given scores. --check compares. Needs keras and jax.
import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np
from keras import callbacks, metrics

keras.config.set_floatx("float64")  # scores are compared in double, as strata does

FILE = Path(__file__).parent / "data" / "callbacks.inc"
NAN = float("nan")


class Optimizer:
    learning_rate = np.float64(0.5)


class Model:
    """Stands in for a model: its weights are the number of the last epoch, and files are remembered by name."""

    def __init__(self):
        self.optimizer, self.stop_training, self.metrics = Optimizer(), False, []
        self.epoch, self.restored, self.saved = -1, -1, []

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.restored = weights

    def save_weights(self, path, overwrite):
        self.saved.append(path)


def curve(seed, count=24):
    """A noisy curve with plateaus: four decimals, so that no comparison hangs on rounding."""
    random = np.random.default_rng(seed)
    base = np.repeat(np.cumsum(random.uniform(-0.5, 0.2, count // 4)), 4) + 4
    return [round(float(x), 4) for x in base + random.normal(0, 0.05, count)]


def run(callback, monitor, values, steps=1):
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        for batch in range(steps):
            callback.on_train_batch_end(batch, {"loss": value + batch})
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"loss": value / 2, monitor: value})
        rates.append(float(model.optimizer.learning_rate))
        if model.stop_training:
            break
    callback.on_train_end()
    return model, rates


def cpp(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return "NaN" if value != value else repr(value)


def made(kind, **options):
    return f"({kind}{{{', '.join(f'.{name} = {cpp(value)}' for name, value in options.items())}}})"


def items(values, kind="double"):
    return f"(std::vector<{kind}>{{{', '.join(cpp(value) for value in values)}}})"


def early_stopping():
    for seed, options in [
        (1, dict(patience=0)),
        (2, dict(patience=3)),
        (3, dict(patience=4, restore_best_weights=True)),
        (4, dict(min_delta=0.25, patience=13, restore_best_weights=True)),
        (5, dict(patience=3, mode="max", restore_best_weights=True)),
        (6, dict(patience=7, baseline=3.5, restore_best_weights=True)),
        (7, dict(patience=3, baseline=0.0, restore_best_weights=True)),
        (8, dict(patience=2, restore_best_weights=True, start_from_epoch=6)),
        (9, dict(min_delta=-0.125, patience=1)),
        (10, dict(patience=30, restore_best_weights=True)),
        (11, dict(patience=2, restore_best_weights=True, start_from_epoch=40)),
    ]:
        options = dict(monitor="val_loss") | options
        values = curve(seed)
        if seed == 3:
            values[5] = NAN
        callback = callbacks.EarlyStopping(**options)
        model, rates = run(callback, "val_loss", values)
        yield (f"EARLY_STOPPING({made('EarlyStopping', **options)}, {items(values)}, {len(rates)}, {callback.stopped_epoch}, "
               f"{model.restored})")


def reduce_lr_on_plateau():
    for seed, options in [
        (21, dict(patience=2)),
        (22, dict(factor=0.5, patience=1)),
        (23, dict(factor=0.5, patience=1, cooldown=3)),
        (24, dict(factor=0.25, patience=2, mode="max", cooldown=1)),
        (25, dict(factor=0.5, patience=2, min_delta=0.125)),
        (26, dict(factor=0.25, patience=1, min_lr=0.0625)),
        (27, dict(factor=0.5, patience=0)),
        (28, dict(factor=0.5, patience=3, min_lr=0.75)),
    ]:
        options = dict(monitor="val_loss") | options
        values = curve(seed)
        if seed == 22:
            values[7] = NAN
        model, rates = run(callbacks.ReduceLROnPlateau(**options), "val_loss", values)
        yield f"REDUCE_LR({made('ReduceLROnPlateau', **options)}, {items(values)}, {items(rates)})"


def model_checkpoint():
    for seed, steps, options in [
        (31, 1, dict(filepath="all.weights.h5")),
        (32, 1, dict(filepath="{epoch}.weights.h5", save_best_only=True)),
        (33, 1, dict(filepath="{epoch:02d}-{val_loss:.2f}.weights.h5", save_best_only=True, mode="max")),
        (34, 1, dict(filepath="{epoch:3d} {val_loss:07.3f} {loss:.3e} {loss:.4g}.weights.h5")),
        (35, 1, dict(filepath="{{{val_loss}}}{loss:9.1f}.weights.h5", save_best_only=True, initial_value_threshold=3.7)),
        (36, 5, dict(filepath="{epoch:02d}-{batch:03d}-{loss:.1f}.weights.h5", save_freq=7)),
        (37, 3, dict(filepath="{epoch}-{batch}.weights.h5", monitor="loss", save_best_only=True, mode="min", save_freq=2)),
        (38, 4, dict(filepath="{epoch}-{batch}.weights.h5", save_freq=4)),
    ]:
        values = curve(seed, 12)
        if seed == 32:
            values[4] = NAN
        if seed == 34:
            values[3:6] = [-1.5, 1e-5, 2e17]
        callback = callbacks.ModelCheckpoint(**dict(options, save_weights_only=True))
        callback._set_monitor_op()  # Keras does so at the end of the first epoch, too late for save_freq with save_best_only
        model, _ = run(callback, "val_loss", values, steps)
        yield f"CHECKPOINT({made('ModelCheckpoint', **options)}, {items(values)}, {steps}, {items(model.saved, 'std::string')})"


def directions():
    """The metrics whose direction Keras knows."""
    arguments = {"MeanIoU": dict(num_classes=2), "OneHotMeanIoU": dict(num_classes=2)}
    for name in sorted(dir(metrics)):
        kind = getattr(metrics, name)
        if not (isinstance(kind, type) and issubclass(kind, metrics.Metric)):
            continue
        try:
            metric = kind(**arguments.get(name, {}))
        except TypeError:
            continue
        direction = getattr(metric, "_direction", None)
        if direction is not None:
            yield f'DIRECTION("{metric.name}", {cpp(direction == "up")})'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    lines = [f"// generated by tests/golden/callbacks.py with Keras {keras.__version__}, backend {keras.backend.backend()}"]
    for family in (early_stopping, reduce_lr_on_plateau, model_checkpoint, directions):
        lines += family()
    # A test defines the one macro that it reads.
    macros = ("EARLY_STOPPING", "REDUCE_LR", "CHECKPOINT", "DIRECTION")
    lines[1:1] = [line for name in macros for line in (f"#ifndef {name}", f"#define {name}(...)", "#endif")]
    text = "\n".join([*lines, *(f"#undef {name}" for name in macros)]) + "\n"
    if check:
        sys.exit(0 if FILE.read_text() == text else f"{FILE.name} differs from what Keras gives")
    FILE.write_text(text)


main()
