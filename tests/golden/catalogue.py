# Cases of layers that move values, normalise them, look them up or map each by itself, and how Keras builds these layers.
import re

import keras
import numpy as np

from spelling import MAKERS, extents, option, size


def net(*items):
    return f"Sequential{{{', '.join(items)}}}"


# ---- Keras' layers --------------------------------------------------------------------------------------------------------
class Normalization(keras.layers.Normalization):
    """Keras' own, which takes what set_weights gave as well as what adapt found."""

    def call(self, inputs):
        self.finalize_state()
        return super().call(inputs)


def made(name, *arguments, options=(), **named):
    given = dict(option(item) for item in options)
    return (Normalization if name == "Normalization" else getattr(keras.layers, name))(*arguments, **named, **given)


def sides(term):
    """border{top, bottom, left, right}, ends{before, after}, or one number for all."""
    values = size(term)
    if term.name == "border":
        return (values[0], values[1]), (values[2], values[3])
    return values


def prelu(term):
    shared = [extents(item) for item in term.arguments if item.name == "shared_axes"]
    others = [item for item in term.arguments if item.name != "shared_axes"]
    return made("PReLU", options=others, shared_axes=shared[0] if shared else None)


def upsampling2d(term):
    mode = [item.name.removeprefix("interpolation::") for item in term.arguments if item.name.startswith("interpolation")]
    return made("UpSampling2D", size(term.arguments[0]), interpolation=mode[0] if mode else "nearest")


def rescaling(term):
    text = [item.name for item in term.arguments]
    return made("Rescaling", float(text[0]), float(text[1]) if len(text) > 1 else 0.0)


MAKERS |= {
    "Permute": lambda term: made("Permute", size(term.arguments[0])),
    "PReLU": prelu,
    "UpSampling2D": upsampling2d,
    "Rescaling": rescaling,
    "Embedding": lambda term: made("Embedding", *map(size, term.arguments[:2]), options=term.arguments[2:]),
    "GroupNormalization": lambda term: made("GroupNormalization", size(term.arguments[0]), options=term.arguments[1:]),
}
MAKERS |= {name: lambda term, name=name: made(name, options=term.arguments)
           for name in ("LayerNormalization", "RMSNormalization", "UnitNormalization", "Normalization")}
MAKERS |= {name: lambda term, name=name: made(name, size(term.arguments[0]))
           for name in ("RepeatVector", "UpSampling1D")}
MAKERS |= {name: lambda term, name=name: made(name, sides(term.arguments[0]))
           for name in ("ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D")}


def inputs(spelling, rng, x, offset=0):
    """What an Embedding at the front looks up: numbers of its words, the first and the last among them, plus an offset."""
    first = re.match(r"Sequential\{Input<[^>]*>\{\}, Embedding<(\d+)", spelling)
    if first is None:
        return x
    words = rng.integers(0, int(first[1]), x.shape).astype(np.float32)
    words.flat[0], words.flat[-1] = 0, int(first[1]) - 1
    return words + np.float32(offset)


# ---- Cases ----------------------------------------------------------------------------------------------------------------
REARRANGE = {
    "permute_1": net("Input<5>{}", "Permute<axes{1}>{}"),
    "permute_2_1": net("Input<5, 7>{}", "Permute<axes{2, 1}>{}"),
    "permute_2_1_large": net("Input<35, 19>{}", "Permute<axes{2, 1}>{}"),
    "permute_1_3_2": net("Input<3, 5, 7>{}", "Permute<axes{1, 3, 2}>{}"),
    "permute_2_1_3": net("Input<3, 5, 7>{}", "Permute<axes{2, 1, 3}>{}"),
    "permute_2_3_1": net("Input<3, 5, 7>{}", "Permute<axes{2, 3, 1}>{}"),
    "permute_3_1_2": net("Input<3, 5, 7>{}", "Permute<axes{3, 1, 2}>{}"),
    "permute_3_2_1": net("Input<3, 17, 18>{}", "Permute<axes{3, 2, 1}>{}"),
    "permute_4_2_3_1": net("Input<3, 2, 4, 5>{}", "Permute<axes{4, 2, 3, 1}>{}"),
    "permute_2_4_1_3": net("Input<3, 2, 4, 5>{}", "Permute<axes{2, 4, 1, 3}>{}"),
    "permute_of_ones": net("Input<1, 5, 1>{}", "Permute<axes{3, 1, 2}>{}"),
    "repeat_vector": net("Input<5>{}", "RepeatVector<3>{}"),
    "repeat_vector_1": net("Input<17>{}", "RepeatVector<1>{}"),
    "zero_padding1d": net("Input<5, 3>{}", "ZeroPadding1D<2>{}"),
    "zero_padding1d_ends": net("Input<5, 3>{}", "ZeroPadding1D<ends{2, 0}>{}"),
    "zero_padding1d_none": net("Input<5, 3>{}", "ZeroPadding1D<0>{}"),
    "zero_padding2d": net("Input<4, 5, 3>{}", "ZeroPadding2D<1>{}"),
    "zero_padding2d_border": net("Input<4, 5, 3>{}", "ZeroPadding2D<border{0, 1, 2, 3}>{}"),
    "cropping1d": net("Input<7, 3>{}", "Cropping1D<2>{}"),
    "cropping1d_ends": net("Input<7, 3>{}", "Cropping1D<ends{0, 3}>{}"),
    "cropping2d": net("Input<6, 5, 3>{}", "Cropping2D<1>{}"),
    "cropping2d_border": net("Input<6, 7, 3>{}", "Cropping2D<border{2, 0, 1, 3}>{}"),
    "up_sampling1d": net("Input<5, 3>{}", "UpSampling1D<2>{}"),
    "up_sampling1d_3": net("Input<4, 17>{}", "UpSampling1D<3>{}"),
    "up_sampling2d": net("Input<3, 5, 2>{}", "UpSampling2D<2>{}"),
    "up_sampling2d_2_3": net("Input<3, 5, 17>{}", "UpSampling2D<window{2, 3}>{}"),
    "up_sampling2d_bilinear": net("Input<3, 5, 2>{}", "UpSampling2D<2, interpolation::bilinear>{}"),
    "up_sampling2d_bilinear_3_2": net("Input<4, 3, 17>{}", "UpSampling2D<window{3, 2}, interpolation::bilinear>{}"),
    "up_sampling2d_bilinear_4": net("Input<1, 3, 3>{}", "UpSampling2D<4, interpolation::bilinear>{}"),
    "up_sampling2d_bilinear_1_5": net("Input<2, 2, 1>{}", "UpSampling2D<window{1, 5}, interpolation::bilinear>{}"),
    "chain": net("Input<6, 5, 3>{}", "ZeroPadding2D<1>{}", "Permute<axes{2, 1, 3}>{}", "Conv2D<4, 3, ReLU>{}", "UpSampling2D<2>{}",
                 "Cropping2D<border{1, 0, 0, 1}>{}", "Flatten<>{}", "RepeatVector<2>{}"),
}

WIDTHS = (1, 2, 7, 8, 15, 16, 17, 33, 65)
NORMALIZATION = {
    f"layer_{n}": net(f"Input<{n}>{{}}", "LayerNormalization<>{}") for n in WIDTHS
} | {
    f"rms_{n}": net(f"Input<{n}>{{}}", "RMSNormalization<>{}") for n in WIDTHS
} | {
    f"unit_{n}": net(f"Input<{n}>{{}}", "UnitNormalization<>{}") for n in WIDTHS
} | {
    f"normalization_{n}": net(f"Input<{n}>{{}}", "Normalization<>{}") for n in WIDTHS
} | {
    f"group_1_{n}": net(f"Input<5, {n}>{{}}", "GroupNormalization<1>{}") for n in WIDTHS
} | {
    "layer_rank_3": net("Input<3, 4, 5>{}", "LayerNormalization<>{}"),
    "layer_no_center": net("Input<3, 5>{}", "LayerNormalization<no_center>{}"),
    "layer_no_scale": net("Input<3, 5>{}", "LayerNormalization<no_scale>{}"),
    "layer_neither": net("Input<3, 5>{}", "LayerNormalization<no_scale, no_center>{}"),
    "layer_epsilon": net("Input<3, 5>{}", "LayerNormalization<epsilon<0.5>>{}"),
    "rms_rank_2": net("Input<4, 5>{}", "RMSNormalization<epsilon<0.25>>{}"),
    "unit_rank_3": net("Input<2, 3, 5>{}", "UnitNormalization<>{}"),
    "normalization_rank_3": net("Input<2, 3, 5>{}", "Normalization<>{}"),
    "group_2": net("Input<4, 5, 6>{}", "GroupNormalization<2>{}"),
    "group_3_channels_33": net("Input<3, 4, 33>{}", "GroupNormalization<3>{}"),
    "group_17_channels_34": net("Input<7, 34>{}", "GroupNormalization<17, no_scale>{}"),
    "group_each": net("Input<3, 4, 5>{}", "GroupNormalization<-1, no_center, epsilon<0.1>>{}"),
    "group_vector": net("Input<12>{}", "GroupNormalization<4>{}"),
    "group_many_rows": net("Input<20, 15, 4>{}", "GroupNormalization<2, no_scale, no_center>{}"),
    "rescaling": net("Input<3, 5>{}", "Rescaling<2.5>{}"),
    "rescaling_offset": net("Input<17>{}", "Rescaling<0.5, -1.0>{}"),
    "rescaling_behind_dense": net("Input<7>{}", "Dense<5>{}", "Rescaling<0.5, -1.0>{}", "Dense<3, ReLU>{}"),
    "rescaling_before_pool": net("Input<6, 6, 2>{}", "Conv2D<3, 3>{}", "Rescaling<-0.5, 1.0>{}", "MaxPooling2D<2>{}"),
    "chain": net("Input<6, 5, 3>{}", "Rescaling<2.0, -0.5>{}", "Conv2D<8, 3>{}", "GroupNormalization<4>{}", "ReLU{}", "Flatten<>{}",
                 "LayerNormalization<>{}", "Dense<4>{}", "UnitNormalization<>{}"),
}

EMBEDDING = {
    f"dimension_{n}": net("Input<5>{}", f"Embedding<9, {n}>{{}}") for n in WIDTHS
} | {
    "one_word": net("Input<3>{}", "Embedding<1, 4>{}"),
    "rank_2": net("Input<4, 3>{}", "Embedding<50, 6>{}"),
    "sentence": net("Input<6>{}", "Embedding<20, 8>{}", "Flatten<>{}", "Dense<4, ReLU>{}", "Dense<2, Softmax>{}"),
    "prelu": net("Input<17>{}", "PReLU<>{}"),
    "prelu_rank_3": net("Input<3, 4, 5>{}", "PReLU<>{}"),
    "prelu_shared_1_2": net("Input<3, 4, 17>{}", "PReLU<shared_axes<1, 2>>{}"),
    "prelu_shared_1": net("Input<3, 4, 5>{}", "PReLU<shared_axes<1>>{}"),
    "prelu_shared_2": net("Input<3, 4, 5>{}", "PReLU<shared_axes<2>>{}"),
    "prelu_shared_3": net("Input<3, 4, 17>{}", "PReLU<shared_axes<3>>{}"),
    "prelu_shared_2_3": net("Input<3, 4, 5>{}", "PReLU<shared_axes<2, 3>>{}"),
    "prelu_shared_1_3": net("Input<3, 4, 5>{}", "PReLU<shared_axes<1, 3>>{}"),
    "prelu_shared_all": net("Input<3, 4, 5>{}", "PReLU<shared_axes<1, 2, 3>>{}"),
    "prelu_behind_conv": net("Input<6, 5, 2>{}", "Conv2D<5, 3>{}", "PReLU<shared_axes<1, 2>>{}", "Flatten<>{}", "Dense<3>{}"),
}

# What files hold of these layers: a count that is an integer among them.
FILE_NET = net("Input<4, 6>{}", "Normalization<>{}", "Dense<8>{}", "PReLU<shared_axes<1>>{}", "GroupNormalization<2>{}", "Flatten<>{}",
               "LayerNormalization<no_center>{}", "RMSNormalization<>{}", "Dense<3>{}")
SENTENCE_NET = net("Input<5>{}", "Embedding<9, 4>{}", "LayerNormalization<>{}", "Flatten<>{}", "Dense<3>{}")

FAMILIES = {"rearrange": REARRANGE, "normalization": NORMALIZATION, "embedding": EMBEDDING}


def training(images, maps):
    """Nets that are trained: images ends in logits of classes, maps is compared value by value."""
    return {
        "permute": images("5, 4, 3", "Conv2D<4, 2, Tanh>{}", "Permute<axes{3, 1, 2}>{}", "Dense<5, Tanh>{}", "Permute<axes{2, 1, 3}>{}",
                          "Flatten<>{}"),
        "padding": images("5, 4, 2", "Conv2D<4, 2, Tanh>{}", "ZeroPadding2D<border{1, 0, 2, 1}>{}", "Conv2D<3, 3, Tanh>{}",
                          "Cropping2D<border{0, 1, 1, 0}>{}", "Flatten<>{}"),
        "steps": images("6, 3", "Dense<4, Tanh>{}", "ZeroPadding1D<ends{1, 2}>{}", "Dense<5, Tanh>{}", "Cropping1D<2>{}",
                        "UpSampling1D<2>{}", "Dense<3, Tanh>{}", "Flatten<>{}"),
        "repeat_vector": maps("6", "Dense<5, Tanh>{}", "RepeatVector<3>{}", "Dense<4, Tanh>{}"),
        "up_sampling": images("3, 4, 2", "Conv2D<4, 2, Tanh>{}", "UpSampling2D<window{3, 2}>{}", "Conv2D<3, 2, Tanh>{}", "Flatten<>{}"),
        "bilinear": images("3, 4, 2", "Conv2D<4, 2, Tanh>{}", "UpSampling2D<window{3, 2}, interpolation::bilinear>{}",
                           "Conv2D<3, 2, Tanh>{}", "Flatten<>{}"),
        "layer_normalization": images("6", "Dense<7, Tanh>{}", "LayerNormalization<>{}", "Dense<17, Tanh>{}",
                                      "LayerNormalization<epsilon<0.1>, no_center>{}"),
        "layer_normalization_rows": images("4, 5", "LayerNormalization<>{}", "Dense<6, Tanh>{}", "LayerNormalization<no_scale>{}",
                                           "Flatten<>{}"),
        "group_normalization": images("6, 5, 2", "Conv2D<6, 2, Tanh>{}", "GroupNormalization<3>{}", "Conv2D<4, 2, Tanh>{}",
                                      "GroupNormalization<2, no_scale>{}", "Flatten<>{}"),
        "rms_normalization": images("6", "Dense<7, Tanh>{}", "RMSNormalization<>{}", "Dense<17, Tanh>{}",
                                    "RMSNormalization<epsilon<0.1>>{}"),
        "unit_normalization": images("6", "Dense<7, Tanh>{}", "UnitNormalization<>{}", "Dense<5, Tanh>{}"),
        "rescaling": images("6", "Rescaling<0.5, 0.1>{}", "Dense<7>{}", "Rescaling<-0.5, 1.0>{}", "Dense<5, Tanh>{}",
                            "Rescaling<2.0>{}"),
        "normalization": images("6", "Normalization<>{}", "Dense<7, Tanh>{}", "Normalization<>{}", "Dense<5, Tanh>{}"),
        "embedding": images("5", "Embedding<7, 4>{}", "Flatten<>{}", "Dense<6, Tanh>{}"),
        "embedding_wide": images("4", "Embedding<5, 35>{}", "LayerNormalization<>{}", "Flatten<>{}"),
        "prelu": images("6", "Dense<9>{}", "PReLU<>{}", "Dense<7>{}", "PReLU<shared_axes<1>>{}"),
        "prelu_shared": images("5, 4, 2", "Conv2D<5, 2>{}", "PReLU<shared_axes<1, 2>>{}", "Conv2D<3, 2>{}",
                               "PReLU<shared_axes<3>>{}", "Flatten<>{}"),
        "frozen": images("6", "Dense<7, Tanh>{}", "LayerNormalization<frozen>{}", "Dense<6, Tanh>{}", "GroupNormalization<2, frozen>{}",
                         "Dense<5>{}", "PReLU<frozen>{}"),
        "adam": images("5", "Embedding<7, 4>{}", "RMSNormalization<>{}", "Flatten<>{}", "Dense<6>{}", "PReLU<>{}",
                       optimizer="Adam{.learning_rate = 0.01}"),
    }
