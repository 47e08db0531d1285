# Models of Keras, saved as .keras, as .h5 and as .h5 of Keras 2, converted, compiled, run: their outputs are Keras'.
# usage: python keras_models.py --convert PATH; --only TEXT for some of them
# All files of a model must give the same header and weights; programs are built of those.
import argparse
import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("ABSL_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")

import keras
import numpy as np
from keras import layers as L

import keras2
from programs import add_arguments, run, test_programs

MODELS = {}
OLD = []  # saved as Keras 2 did, too
WITHOUT_H5 = set()  # Keras cannot save them so, or its .h5 has no names that tell weights apart


def model(shape, integers=0, options=(), h5=True):
    """Registers a case: a function from the input to the output, or of no argument that gives the model. `integers`:
    inputs are such below that number."""
    def add(make):
        name = make.__name__
        MODELS[name] = (shape, make, integers, list(options))
        if not h5:
            WITHOUT_H5.add(name)
        return make
    return add


def sequential(name, shape, *layers, integers=0, options=(), h5=True):
    def make():
        return keras.Sequential([keras.Input(tuple(shape)), *(each() for each in layers)], name=name)
    MODELS[name] = (shape, make, integers, list(options))
    if not h5:
        WITHOUT_H5.add(name)


# One layer after the other
sequential("dense_layers", (5,), lambda: L.Dense(7, activation="relu"), lambda: L.Dense(4, use_bias=False, activation="tanh"),
           lambda: L.Dense(3, activation="softmax"))
sequential("dense_of_images", (3, 4, 5), lambda: L.Dense(6, activation="gelu"))
sequential("conv2d", (9, 8, 3), lambda: L.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
           lambda: L.Conv2D(4, (3, 2), dilation_rate=(1, 2), use_bias=False), lambda: L.Conv2D(6, 1, groups=2))
sequential("conv1d", (12, 3), lambda: L.Conv1D(4, 3, padding="causal", dilation_rate=2), lambda: L.Conv1D(6, 2, strides=2),
           lambda: L.Conv1D(4, 3, groups=2, padding="same", activation="silu"))
sequential("transposed", (4, 5, 3), lambda: L.Conv2DTranspose(5, 3, strides=2), lambda: L.Conv2DTranspose(2, (2, 3), padding="same"))
sequential("transposed1d", (5, 3), lambda: L.Conv1DTranspose(4, 3, strides=2, padding="same"),
           lambda: L.Conv1DTranspose(3, 2, dilation_rate=2))
sequential("depthwise", (7, 6, 4), lambda: L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
           lambda: L.SeparableConv2D(5, 3, activation="relu"), lambda: L.DepthwiseConv2D((1, 2), strides=2, use_bias=False))
sequential("depthwise1d", (9, 4), lambda: L.DepthwiseConv1D(3, depth_multiplier=2), lambda: L.SeparableConv1D(5, 3, padding="same"))
sequential("poolings", (8, 9, 3), lambda: L.MaxPooling2D(2), lambda: L.AveragePooling2D((2, 1), strides=1, padding="same"),
           lambda: L.MaxPooling2D((1, 3), strides=(2, 1)))
sequential("poolings1d", (11, 3), lambda: L.MaxPooling1D(3, strides=2, padding="same"), lambda: L.AveragePooling1D(2))
sequential("global_max", (4, 5, 3), lambda: L.GlobalMaxPooling2D())
sequential("global_average1d", (6, 3), lambda: L.GlobalAveragePooling1D(), lambda: L.Dense(2))
sequential("global_max1d", (6, 3), lambda: L.GlobalMaxPooling1D())
sequential("global_keeps", (4, 5, 3), lambda: L.Conv2D(4, 2), lambda: L.GlobalAveragePooling2D(keepdims=True), lambda: L.Conv2D(2, 1))
sequential("shapes", (4, 6, 2), lambda: L.Permute((3, 1, 2)), lambda: L.Reshape((-1, 4)), lambda: L.Flatten(), lambda: L.Dense(6),
           lambda: L.RepeatVector(3), lambda: L.Reshape((2, 3, 3)), lambda: L.Flatten())
sequential("borders", (5, 6, 2), lambda: L.ZeroPadding2D(((1, 2), (0, 3))), lambda: L.Cropping2D(((0, 1), (2, 1))),
           lambda: L.ZeroPadding2D(1), lambda: L.Cropping2D((1, 2)))
sequential("borders1d", (7, 3), lambda: L.ZeroPadding1D((2, 1)), lambda: L.Cropping1D((1, 3)), lambda: L.ZeroPadding1D(2))
sequential("up_sampling", (3, 4, 2), lambda: L.UpSampling2D((2, 3)), lambda: L.UpSampling2D(2, interpolation="bilinear"))
sequential("up_sampling1d", (3, 4), lambda: L.UpSampling1D(3))
sequential("batch_normalization", (4, 5, 3), lambda: L.BatchNormalization(epsilon=1e-2), lambda: L.Conv2D(4, 2),
           lambda: L.BatchNormalization(scale=False), lambda: L.ReLU(), lambda: L.BatchNormalization(center=False, axis=3))
sequential("normalizations", (4, 6), lambda: L.LayerNormalization(epsilon=1e-5), lambda: L.GroupNormalization(3),
           lambda: L.RMSNormalization(), lambda: L.UnitNormalization(), lambda: L.LayerNormalization(center=False, scale=False))
sequential("adapted", (5,), lambda: L.Normalization(), lambda: L.Rescaling(1 / 3, -0.5), lambda: L.Dense(3))
sequential("dropouts", (6, 4), lambda: L.Dense(4), lambda: L.Dropout(0.3), lambda: L.SpatialDropout1D(0.2), lambda: L.GaussianNoise(0.1),
           lambda: L.GaussianDropout(0.1), lambda: L.AlphaDropout(0.1), lambda: L.ActivityRegularization(0.1), lambda: L.Identity(),
           lambda: L.Dense(3))
sequential("words", (7,), lambda: L.Embedding(11, 4), lambda: L.LSTM(5), lambda: L.Dense(3), integers=11)
sequential("simple_rnn", (6, 3), lambda: L.SimpleRNN(5, return_sequences=True, activation="relu"), lambda: L.SimpleRNN(4, go_backwards=True))
sequential("lstm", (6, 3), lambda: L.LSTM(5, return_sequences=True), lambda: L.LSTM(4, use_bias=False, recurrent_activation="hard_sigmoid"))
sequential("gru", (6, 3), lambda: L.GRU(5, return_sequences=True), lambda: L.GRU(4, go_backwards=True), lambda: L.Dense(2))
sequential("gru_without_bias", (5, 3), lambda: L.GRU(4, use_bias=False, activation="elu"))
sequential("bidirectional", (6, 3), lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)),
           lambda: L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum"),
           lambda: L.Bidirectional(L.SimpleRNN(3), merge_mode="ave"))
sequential("bidirectional_product", (6, 3), lambda: L.Bidirectional(L.GRU(4), merge_mode="mul"))
sequential("time_distributed", (3, 5, 6, 2), lambda: L.TimeDistributed(L.Conv2D(3, 2, activation="relu")),
           lambda: L.TimeDistributed(L.Flatten()), lambda: L.TimeDistributed(L.Dense(4)), lambda: L.LSTM(3))
sequential("open_length", (None, 3), lambda: L.Conv1D(4, 3, padding="causal"), lambda: L.GRU(3, return_sequences=True), lambda: L.Dense(1),
           options=["--steps", "10"])
sequential("open_image", (None, None, 2), lambda: L.Conv2D(3, 3, activation="relu"), lambda: L.GlobalAveragePooling2D(),
           options=["--input-shape", "7,6,2"])
sequential("p_re_lu", (4, 5, 3), lambda: L.PReLU(shared_axes=[1, 2]), lambda: L.Conv2D(3, 2), lambda: L.PReLU())
for names in (["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu"], ["silu", "hard_silu", "mish", "sigmoid", "hard_sigmoid"],
              ["tanh", "softplus", "softsign", "exponential", "log_softmax", "softmax"]):
    sequential("activations_" + names[0], (6,), *(lambda name=name: L.Dense(6, activation=name) for name in names),
               *(lambda name=name: L.Activation(name) for name in names[:3]))
sequential("activation_layers", (6,), lambda: L.Dense(6), lambda: L.LeakyReLU(), lambda: L.Dense(6), lambda: L.ELU(), lambda: L.Dense(6),
           lambda: L.ReLU(max_value=6), lambda: L.Dense(6), lambda: L.ReLU(negative_slope=0.1), lambda: L.Dense(6), lambda: L.Softmax())
sequential("frozen_layers", (4,), lambda: L.Dense(5, trainable=False), lambda: L.BatchNormalization(trainable=False), lambda: L.Dense(2))
sequential("doubles", (4,), lambda: L.Dense(5, activation="tanh"), lambda: L.Dense(2), options=["--scalar", "double"])
sequential("folded", (6, 6, 2), lambda: L.Conv2D(4, 3, use_bias=False), lambda: L.BatchNormalization(), lambda: L.ReLU(),
           lambda: L.Dropout(0.1), lambda: L.Flatten(), lambda: L.Dense(3), options=["--optimize"])
sequential("read_from_file", (40,), lambda: L.Dense(50, activation="relu"), lambda: L.Dense(3), options=["--weights", "file"])
sequential("linked", (40,), lambda: L.Dense(20, activation="relu"), lambda: L.Dense(3), options=["--weights", "object", "--namespace", "a::b"])
sequential("optimized_file", (6, 6, 2), lambda: L.Conv2D(4, 3), lambda: L.BatchNormalization(), lambda: L.Flatten(), lambda: L.Dense(3),
           options=["--optimize", "--weights", "file"])


# Paths that meet again
@model((6, 5, 3))
def residual(x):
    x = L.Conv2D(4, 1)(x)
    return L.Add()([L.Conv2D(4, 3, padding="same")(L.ReLU()(L.BatchNormalization()(L.Conv2D(4, 3, padding="same")(x)))), x])


@model((6, 5, 3))
def projection(x):
    side = L.BatchNormalization()(L.Conv2D(4, 1, strides=2)(x))
    main = L.BatchNormalization()(L.Conv2D(4, 3, strides=2, padding="same")(x))
    return L.ReLU()(L.Add()([side, main]))


@model((6, 5, 3))
def inception(x):
    return L.Concatenate()([L.Conv2D(2, 1)(x), L.Conv2D(3, 3, padding="same")(L.Conv2D(2, 1)(x)), x,
                            L.Conv2D(1, 1)(L.MaxPooling2D(3, strides=1, padding="same")(x))])


@model((6,))
def merges(x):
    a = L.Subtract()([L.Dense(4)(x), L.Dense(4)(x)])
    b = L.Multiply()([L.Dense(3, activation="tanh")(a), L.Dense(3, activation="sigmoid")(a), L.Dense(3)(a)])
    c = L.Average()([L.Dense(3)(b), b, L.Dense(3)(b)])
    d = L.Maximum()([L.Dense(3)(c), c])
    return L.Minimum()([d, L.Dense(3)(d)])


@model((4, 5, 3))
def squeeze_and_excite(x):
    gate = L.Dense(3, activation="sigmoid")(L.Dense(2, activation="relu")(L.Reshape((1, 1, 3))(L.GlobalAveragePooling2D()(x))))
    return L.Multiply()([x, gate])


@model((5, 4))
def ranks_differ(x):
    return L.Add()([x, L.Dense(4)(L.GlobalAveragePooling1D()(x))])


@model((6, 5, 2))
def dense_net(x):
    for _ in range(3):
        x = L.Concatenate()([x, L.Conv2D(2, 3, padding="same", activation="relu")(x)])
    return L.GlobalAveragePooling2D()(x)


@model((8, 8, 2))
def u_net(x):
    a = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(4, 3, padding="same", activation="relu")(L.MaxPooling2D(2)(a))
    c = L.Conv2D(5, 3, padding="same", activation="relu")(L.MaxPooling2D(2)(b))
    b = L.Concatenate()([b, L.UpSampling2D(2)(c)])
    b = L.Conv2D(4, 3, padding="same", activation="relu")(b)
    a = L.Concatenate()([L.Conv2DTranspose(3, 2, strides=2)(b), a])
    return L.Conv2D(1, 1, activation="sigmoid")(a)


@model((12, 1))
def wave_net(x):
    x = L.Conv1D(4, 1)(x)
    skips = []
    for dilation in (1, 2):
        gate = L.Multiply()([L.Conv1D(4, 2, dilation_rate=dilation, padding="causal", activation="tanh")(x),
                             L.Conv1D(4, 2, dilation_rate=dilation, padding="causal", activation="sigmoid")(x)])
        skips.append(L.Conv1D(3, 1)(gate))
        x = L.Add()([x, L.Conv1D(4, 1)(gate)])
    return L.Conv1D(1, 1)(L.Add()(skips))


@model((5,))
def same_value_twice(x):
    x = L.Dense(4)(x)
    return L.Multiply()([x, x])


@model((5,))
def shared_layer(x):
    shared = L.Dense(5, activation="tanh")
    return L.Dense(2)(shared(shared(x)))


@model((5,))
def functions(x):
    x = L.Dense(5)(x)
    y = keras.ops.relu(x * 2.0 + 1.0) - 0.5
    return (1.0 - y) / 4.0 + x


@model((6, 4))
def crossing_paths(x):
    """No nested paths: `a` is read by two merge layers on two paths."""
    a, b = L.Dense(3)(x), L.Dense(3)(x)
    return L.Concatenate()([L.Add()([a, b]), L.Multiply()([a, L.Dense(3)(b)])])


@model((6, 5, 2))
def nested_models(x):
    block = keras.Sequential([L.Conv2D(3, 3, padding="same"), L.BatchNormalization(), L.ReLU()], name="block")
    source = keras.Input((6, 5, 3))
    inner = keras.Model(source, L.Add()([source, L.Conv2D(3, 1)(source)]), name="inner")
    frozen = keras.Sequential([L.Conv2D(3, 1), L.BatchNormalization(), L.Dense(3)], name="frozen")
    frozen.trainable = False
    return L.Dense(2)(frozen(inner(block(x))))


@model((5, 3))
def stateful():
    return keras.Sequential([keras.Input((5, 3), batch_size=3), L.GRU(3, stateful=True, return_sequences=True), L.LSTM(2, stateful=True)])


@model((4,))
def models_in_models():
    inner = keras.Sequential([L.Dense(3, activation="relu"), keras.Sequential([L.Dense(2), L.BatchNormalization()])])
    return keras.Sequential([keras.Input((4,)), inner, L.Dense(3), keras.Sequential([L.Dense(2)])])


@model((32, 32, 3), options=["--weights", "file"])
def small_mobile_net():
    return keras.applications.MobileNet(input_shape=(32, 32, 3), alpha=0.25, weights=None, classes=5)


@model((24, 24, 3), options=["--weights", "file"])
def small_res_net(x):
    x = L.Conv2D(8, 7, strides=2, padding="same", use_bias=False)(x)
    x = L.MaxPooling2D(3, strides=2, padding="same")(L.ReLU()(L.BatchNormalization()(x)))
    for filters, stride in ((8, 1), (8, 1), (16, 2), (16, 1)):
        y = L.ReLU()(L.BatchNormalization()(L.Conv2D(filters, 3, strides=stride, padding="same")(x)))
        y = L.BatchNormalization()(L.Conv2D(filters, 3, padding="same")(y))
        side = x if stride == 1 else L.BatchNormalization()(L.Conv2D(filters, 1, strides=stride)(x))
        x = L.ReLU()(L.Add()([side, y]))
    return L.Dense(5, activation="softmax")(L.GlobalAveragePooling2D()(x))


@model((16, 10))
def keyword_spotter(x):
    x = L.Conv1D(12, 5, padding="same", use_bias=False)(x)
    for _ in range(2):
        y = L.SeparableConv1D(12, 5, padding="same")(x)
        x = L.ReLU()(L.Add()([x, L.BatchNormalization()(y)]))
    return L.Dense(4, activation="softmax")(L.GlobalAveragePooling1D()(L.Dropout(0.2)(x)))


@model((6,), h5=False)
def quantized_int4():
    result = keras.Sequential([keras.Input((6,)), L.Dense(7, activation="relu"), L.Dense(3)])
    result.quantize("int4")
    return result


@model((6,), h5=False)
def quantized_int8():
    result = keras.Sequential([keras.Input((6,)), L.Dense(7, activation="relu"), L.Dense(3, use_bias=False)], name="quantized_int8")
    result.quantize("int8")
    return result


def outputs(net, x):
    """Keras' outputs. Of int8 layers those of their kernels as floats: Keras quantizes their inputs too."""
    if net.name != "quantized_int8":
        return np.asarray(net.predict(x, verbose=0))
    for layer in net.layers:
        kernel = np.asarray(layer._kernel).astype(np.float32) / np.asarray(layer.kernel_scale)
        x = x @ kernel + (np.asarray(layer.bias) if layer.use_bias else 0)
        x = np.maximum(x, 0) if layer is net.layers[0] else x
    return x


@model((6, 5))
def positive_axes(x):
    return L.Concatenate(axis=2)([L.LayerNormalization(axis=[2])(x), L.Softmax(axis=2)(x), L.TimeDistributed(L.LayerNormalization(axis=1))(x)])


sequential("gru_resets_before", (6, 3), lambda: L.GRU(5, return_sequences=True, reset_after=False, recurrent_activation="softsign"),
           lambda: L.Bidirectional(L.GRU(3, return_sequences=True, reset_after=False)), lambda: L.GRU(4, use_bias=False, reset_after=False))


def build(name):
    shape, make, integers, options = MODELS[name]
    if make.__code__.co_argcount == 0:
        return make()
    source = keras.Input(shape)
    return keras.Model(source, make(source), name=name)


def is_value(weight):
    """Of a quantized model integers and their scales stay as they are."""
    return weight.dtype in ("float32", "float64")


def randomize(net, rng):
    def value(weight):
        name = weight.path.split("/")[-1]
        low, high = {"moving_variance": (0.5, 2), "variance": (0.5, 2), "gamma": (0.5, 1.5), "scale": (0.5, 1.5)}.get(name, (-0.5, 0.5))
        return rng.uniform(low, high, weight.shape).astype(weight.dtype)
    for weight in net.weights:
        if is_value(weight):
            weight.assign(value(weight))
    for layer in net._flatten_layers():
        if isinstance(layer, L.Normalization):
            layer.finalize_state()  # it computes with copies of its weights


def closed_shape(name):
    """The shape of a sample, with the numbers of the options where the model leaves it open."""
    shape, _, _, options = MODELS[name]
    stated = dict(zip(options[::2], options[1::2]))
    if "--input-shape" in stated:
        return tuple(int(part) for part in stated["--input-shape"].split(","))
    return tuple(int(stated["--steps"]) if extent is None else extent for extent in shape)


def make_case(name, folder, convert, rng):
    """Converts both files of a model; None, or why that failed."""
    _, _, integers, options = MODELS[name]
    keras.utils.clear_session(free_memory=False)
    net = build(name)
    if not name.startswith("quantized"):
        randomize(net, rng)
    shape = closed_shape(name)
    x = rng.integers(0, integers, (3, *shape)).astype(np.float32) if integers else rng.uniform(-1, 1, (3, *shape)).astype(np.float32)
    np.savez(folder / f"{name}.npz", x=x, y=outputs(net, x))
    texts = []
    for kind in ["keras"] if name in WITHOUT_H5 else ["keras2.h5", "h5", "keras"]:
        file = folder / f"{name}.{kind}"
        if kind == "keras2.h5":
            if not keras2.save(net, file):
                continue
            OLD.append(name)
        else:
            net.save(file)
        done = run([convert, file, "-o", folder, "--name", name, "--check", folder / f"{name}.npz", *options], timeout=120)
        if done.returncode:
            return f".{kind}: exit code {done.returncode}: {done.stderr.strip()}"
        texts.append([(folder / f"{name}{part}").read_bytes() for part in (".hpp", ".bin") if (folder / f"{name}{part}").exists()])
    # The first line names the file.
    if any((text[0].split(b"\n", 1)[1], text[1:]) != (texts[0][0].split(b"\n", 1)[1], texts[0][1:]) for text in texts):
        return "its files give different nets"
    return None


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--convert-alone", action="store_true", help="compile nothing")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    rng = np.random.default_rng(arguments.seed)
    keras.utils.set_random_seed(arguments.seed)
    failed, converted = {}, []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name in MODELS:
            if arguments.only not in name:
                continue
            problem = make_case(name, folder, arguments.convert.resolve(), rng)
            if problem:
                failed[name] = problem
                print(f"{name}: {problem}", flush=True)
            else:
                converted.append(name)
        if arguments.convert_alone:
            print(f"{len(converted)} converted, {len(failed)} failed")
            return 1 if failed else 0
        results = test_programs(converted, folder, [arguments.compiler], arguments.flags.split(), arguments.include, jobs=arguments.jobs)
        failed.update({name: line for name, line in results.items() if not line.endswith(": equal")})
    for name, problem in failed.items():
        print(f"{name}: {problem}")
    print(f"{len(OLD)} of them also as Keras 2 wrote files")
    print(f"{len(set(converted) - set(failed))} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
