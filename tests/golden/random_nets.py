# Random nets and trainings, compared with Keras. A seed gives the same ones again.
#
# random_nets.py [--check]                 makes data/training_random.*, the fixed set of the suite; --check compares
# random_nets.py --seed S --count N --run  makes N new ones, compiles and runs them by tests/train/equals_keras.cpp; says which
#                                          fail and keeps their files in --folder. `--compiler` is the whole command.
#
# A case that is not well conditioned (training.py) is drawn again: rounding would decide.
import argparse
import shlex
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import training
from generate import DATA, check, generator  # it chooses the backend, through training

import numpy as np

from spelling import build, random_weights

TESTS = Path(__file__).resolve().parent.parent
FIXED_SEED, FIXED_COUNT = 1, 6  # few: each takes seconds to compile
BATCH = 8  # nets in a program of a long run
training.ATTEMPTS = 10

SMOOTH = ["Tanh", "Sigmoid", "SiLU", "GELU", "Softplus", "ELU", "Mish", "SELU", "Softsign"]
BENT = ["ReLU", "LeakyReLU<0.3>", "ReLU6", "HardSiLU"]


class Draw:
    """Random choices of one net."""

    def __init__(self, rng):
        self.rng = rng

    def one(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def size(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability):
        return self.rng.random() < probability

    def activation(self):
        return self.one(*SMOOTH) if self.chance(0.7) else self.one(*BENT)

    def layer(self, name, *sizes, options=()):
        arguments = [str(size) for size in sizes] + [option for option in options if option]
        return f"{name}<{', '.join(arguments)}>{{}}"

    def weighted(self, name, *sizes, options=()):
        """A layer with weights and the options that all such have."""
        common = [self.activation() if self.chance(0.6) else "", "no_bias" if self.chance(0.2) else "",
                  self.one("kernel_regularizer<L2<0.02>>", "kernel_regularizer<L1<0.01>>") if self.chance(0.15) else "",
                  "frozen" if self.chance(0.08) else ""]
        return self.layer(name, *sizes, options=[*options, *common])

    def around_convolution(self):
        """Padding, and strides or a dilation."""
        padding = self.one("", "padding::same")
        return [padding, self.one("", "", "strides<2>", "dilation<2>")]

    def normalization(self):
        return self.one("BatchNormalization<>{}", "BatchNormalization<momentum<0.8>>{}", "LayerNormalization<>{}",
                        "RMSNormalization<>{}", "BatchNormalization<no_scale>{}")

    def vector_layer(self):
        n = self.size(3, 9)
        return self.one(
            lambda: self.weighted("Dense", n), lambda: self.weighted("Dense", n), self.normalization,
            lambda: f"{self.activation()}{{}}", lambda: "PReLU<>{}",
            lambda: f"Dense<{n}>{{}}, Residual<Dense<{self.size(3, 6)}, Tanh>, Dense<{n}>>{{}}")()

    def recurrent(self, *options):
        kind, units = self.one("LSTM", "GRU", "SimpleRNN"), self.size(2, 5)
        if kind == "GRU":
            options = (*options, self.one("", "reset_after<false>"))
        return self.layer(kind, units, options=[*options, "" if "Bidirectional" in options else self.one("", "no_bias")])

    def sequence_layer(self):
        n = self.size(3, 6)
        return self.one(
            lambda: self.weighted("Conv1D", n, self.size(1, 3), options=self.around_convolution()),
            lambda: self.weighted("Conv1D", n, 2, options=["padding::causal"]),
            lambda: self.weighted("SeparableConv1D", n, 2), lambda: self.weighted("DepthwiseConv1D", 2),
            lambda: self.recurrent("return_sequences"),
            lambda: f"Bidirectional<{self.recurrent('return_sequences')[:-2]}>{{}}",
            lambda: f"TimeDistributed<{self.weighted('Dense', n)[:-2]}>{{}}",
            lambda: f"TimeDistributed<{self.normalization()[:-2]}>{{}}",
            lambda: self.one("MaxPooling1D<2>{}", "AveragePooling1D<2>{}", "UpSampling1D<2>{}", "ZeroPadding1D<1>{}"),
            self.normalization)()

    def image_layer(self):
        n = self.size(2, 6)
        return self.one(
            lambda: self.weighted("Conv2D", n, self.size(1, 3), options=self.around_convolution()),
            lambda: self.weighted("Conv2D", n, self.size(1, 3), options=self.around_convolution()),
            lambda: self.weighted("DepthwiseConv2D", self.size(2, 3), options=["padding::same"]),
            lambda: self.weighted("SeparableConv2D", n, 2), lambda: self.weighted("Conv2DTranspose", n, 2),
            lambda: self.one("MaxPooling2D<2>{}", "AveragePooling2D<2>{}", "MaxPooling2D<3, strides<2>, padding::same>{}",
                             "ZeroPadding2D<1>{}", "Cropping2D<1>{}", "UpSampling2D<2>{}"),
            self.normalization, lambda: f"{self.activation()}{{}}")()

    def body(self):
        kind = self.one("vector", "sequence", "image", "words")
        count = self.size(1, 3)
        if kind == "vector":
            return [f"Input<{self.size(3, 8)}>{{}}", *(self.vector_layer() for _ in range(count))]
        if kind == "image":
            return [f"Input<{self.size(5, 8)}, {self.size(5, 8)}, {self.size(1, 3)}>{{}}",
                    *(self.image_layer() for _ in range(count)),
                    self.one("Flatten<>{}", "GlobalMaxPooling2D<>{}", "GlobalAveragePooling2D<>{}")]
        begin = [f"Input<{self.size(4, 7)}, {self.size(2, 4)}>{{}}"] if kind == "sequence" else [
            f"Input<{self.size(4, 7)}>{{}}", f"Embedding<7, {self.size(2, 5)}>{{}}"]
        end = self.one(lambda: "Flatten<>{}", lambda: "GlobalMaxPooling1D<>{}", lambda: "GlobalAveragePooling1D<>{}",
                       self.recurrent)()
        return [*begin, *(self.sequence_layer() for _ in range(count)), end]

    def loss(self):
        """The last layer, the loss, targets and metrics."""
        n = self.size(2, 4)
        head, loss, targets, metrics = self.one(
            (f"Dense<{n}>{{}}", self.one("MeanSquaredError{%}", "Huber{%}", "LogCosh{%}"), "values",
             ["MeanAbsoluteError{}", "RootMeanSquaredError{}", "CosineSimilarity{}"]),
            (f"Dense<{n}>{{}}", "SparseCategoricalCrossentropy{.from_logits = true%}", "index",
             ["SparseCategoricalAccuracy{}", "Accuracy{}"]),
            (f"Dense<{n}, Softmax>{{}}", "CategoricalCrossentropy{.label_smoothing = 0.1%}", "one_hot",
             ["CategoricalAccuracy{}", "Accuracy{}"]),
            (f"Dense<{self.one(1, n)}, Sigmoid>{{}}", "BinaryCrossentropy{%}", "binary",
             ["BinaryAccuracy{}", "Precision{}", "Recall{}"]))
        reduction = self.one("", "", ".reduction = reduction::mean_with_sample_weight", ".reduction = reduction::sum")
        separator = ", " if reduction and ".from" in loss or reduction and ".label" in loss else ""
        is_sum = reduction.endswith("sum")
        loss = loss.replace("%", separator + reduction)
        chosen = [metric for metric in metrics if self.chance(0.4)]
        if self.chance(0.3):
            chosen.append(f"weighted_metrics{{{self.one(*metrics)}}}")
        return head, loss, targets, chosen, is_sum

    def optimizer(self, is_sum):
        name, rate = self.one(("SGD", 0.1), ("SGD", 0.05), ("Adam", 0.01), ("AdamW", 0.01), ("RMSprop", 0.003), ("Nadam", 0.01),
                              ("Adamax", 0.01), ("Adagrad", 0.05), ("Ftrl", 0.05), ("Lion", 0.003))
        if is_sum and name == "SGD":
            rate = 0.01
        rate = self.one(f"{rate}", f"{rate}", f"ExponentialDecay{{.initial_learning_rate = {rate}, .decay_steps = 5, "
                                              ".decay_rate = 0.7}")
        options = [f".learning_rate = {rate}"]
        if name == "SGD" and self.chance(0.4):
            options.append(".momentum = 0.8")
        if self.chance(0.2):
            options.append(".weight_decay = 0.1")
        if self.chance(0.3):
            options.append(self.one(".clipnorm = 0.3", ".clipvalue = 0.1", ".global_clipnorm = 0.5"))
        if self.chance(0.2):
            options.append(".use_ema = true, .ema_momentum = 0.8")
        if self.chance(0.25):
            options.append(f".gradient_accumulation_steps = {self.size(2, 3)}")
        return f"{name}{{{', '.join(options)}}}"

    def options(self, targets):
        """Options of fit, in the order of their declaration; samples; validation samples."""
        samples, validation, batch = self.size(13, 24), 0, self.size(3, 6)
        held = self.one("", "split", "data")
        options = [f".batch_size = {batch}", f".epochs = {self.size(2, 4)}"]
        if held == "split":
            options.append(".validation_split = 0.3")
        if held == "data":
            validation = self.size(5, 9)
            options.append(".validation_data = validation")
            if self.chance(0.4):
                options.append(".validation_sample_weight = validation_weight")
        options.append(".shuffle = false")
        if targets in ("index", "one_hot") and self.chance(0.3):
            options.append(".class_weight = {{0, 0.5}, {1, 2.0}}")
        elif self.chance(0.4):
            options.append(".sample_weight = sample_weight")
        if self.chance(0.25):
            options.append(".steps_per_epoch = 2")
        if held and self.chance(0.3):
            options.append(f".validation_steps = 1, .validation_batch_size = {self.size(2, 4)}")
        if held and self.chance(0.25):
            options.append(self.one(".validation_freq = 2", ".validation_freq = {1, 2}"))
        return f"{{{', '.join([*options, '.verbose = 0'])}}}", samples, validation


def drawn(name, *seed):
    """A case of training.FITS, and what Keras makes of it."""
    for attempt in range(100):
        draw = Draw(generator("random", *seed, str(attempt)))
        body = draw.body()
        head, loss, targets, metrics, is_sum = draw.loss()
        spelling = training.net(*body, head)
        options, samples, validation = draw.options(targets)
        case = (options, samples, validation, spelling, draw.optimizer(is_sum), loss, targets, *metrics)
        try:
            model = build(spelling)
        except (ValueError, TypeError):
            continue  # a window larger than what is left of the image
        if any(0 in weight.shape for weight in model.weights) or not any(weight.trainable for weight in model.weights):
            continue
        if np.prod([size or 1 for size in model.layers[-1].input.shape]) == 0:
            continue
        try:
            return training.fit_case(("random", *seed, str(attempt)), *case)
        except RuntimeError as ill_conditioned:
            print(f"{name}: {ill_conditioned}: {case}")
    raise RuntimeError(f"{name}: no net that can be compared")


def write(folder, seed, numbers):
    tensors, lines = {}, []
    for number in numbers:
        name = f"net_{seed}_{number}"
        found, text = drawn(name, str(seed), str(number))
        tensors |= {f"{name}/{key}": values for key, values in found.items()}
        lines.append(f"FIT_CASE({name}, {text})")
    training.write(folder, "random", tensors, lines)


def write_fixed(folder):
    write(folder, FIXED_SEED, range(FIXED_COUNT))


def run(arguments):
    """Makes, compiles and runs nets, some in a program; gives the number of programs that failed."""
    folder = Path(arguments.folder or tempfile.mkdtemp(prefix="strata-random-nets-"))
    failures = 0
    main = folder / "main.cpp"
    folder.mkdir(parents=True, exist_ok=True)
    main.write_text(f'#define CATCH_CONFIG_MAIN\n#include "{TESTS / "catch.hpp"}"\n')
    subprocess.run([*shlex.split(arguments.compiler), "-c", main, "-o", folder / "main.o"], check=True)
    for begin in range(0, arguments.count, BATCH):
        numbers = range(begin, min(begin + BATCH, arguments.count))
        data = folder / f"nets_{arguments.seed}_{begin}"
        data.mkdir(exist_ok=True)
        write(data, arguments.seed, numbers)
        command = [*shlex.split(arguments.compiler), f"-I{TESTS.parent / 'include'}", f'-DGOLDEN_FOLDER="{data}"',
                   '-DGOLDEN_FAMILY="random"', f'-DGOLDEN_CASES="{data / "training_random.inc"}"',
                   TESTS / "train" / "equals_keras.cpp", folder / "main.o", "-pthread", *shlex.split(arguments.link),
                   "-o", data / "program"]
        compiled = subprocess.run(command, capture_output=True, text=True)
        result = compiled if compiled.returncode else subprocess.run([data / "program"], capture_output=True, text=True)
        print(f"nets {numbers.start} to {numbers.stop - 1} of seed {arguments.seed}: "
              f"{'differ, see ' + str(data) if result.returncode else 'equal Keras'}", flush=True)
        if result.returncode:
            print("\n".join((result.stdout + result.stderr).splitlines()[:60]))
            failures += 1
    return failures


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="make the fixed set again and compare it with data/")
    parser.add_argument("--run", action="store_true", help="make, compile and run new nets")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--folder", help="where --run puts its files; a temporary folder where none is given")
    parser.add_argument("--compiler", default="c++ -std=c++20 -O0 -march=x86-64-v3")
    parser.add_argument("--link", default="", help="more to link: -lCatch2Main -lCatch2 where Catch2 is version 3")
    warnings.filterwarnings("ignore")
    given = parser.parse_args()
    if given.check:
        sys.exit(check(write_fixed, "training_random.*"))
    sys.exit(run(given) if given.run else write_fixed(DATA))
