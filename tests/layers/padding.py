# ZeroPadding and Cropping in the tests of all layers; registry.py says what each name means.
from registry import net


def made(spelling, term):
    """border{top, bottom, left, right}, ends{before, after}, or one number for all."""
    given = term.arguments[0]
    sides = spelling.size(given)
    return spelling.made(term.name, (sides[:2], sides[2:]) if given.name == "border" else sides)


KERAS = {name: made for name in ("ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D")}

EXAMPLES = [
    ("5, 3", "ZeroPadding1D<ends{2, 1}>{}"),
    ("2, 3, 4", "ZeroPadding2D<border{1, 0, 0, 1}>{}"),
    ("6, 3", "Cropping1D<ends{3, 2}>{}"),
    ("5, 4, 2", "Cropping2D<1>{}"),
]

GRADIENTS = [
    net("Input<6>{}", "Dense<20, Tanh>{}", "Reshape<shape{5, 4}>{}", "ZeroPadding1D<ends{2, 1}>{}", "Dense<3, Tanh>{}",
        "Cropping1D<ends{1, 2}>{}", "UpSampling1D<3>{}", "Dense<2>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<5, 2, Tanh>{}", "ZeroPadding2D<border{1, 0, 2, 3}>{}", "Conv2D<3, 2, Tanh>{}",
        "Cropping2D<border{1, 1, 0, 2}>{}", "UpSampling2D<window{2, 3}>{}", "Conv2D<2, 2>{}"),
]

GOLDEN = {"rearrange": {
    "zero_padding1d": net("Input<5, 3>{}", "ZeroPadding1D<2>{}"),
    "zero_padding1d_ends": net("Input<5, 3>{}", "ZeroPadding1D<ends{2, 0}>{}"),
    "zero_padding1d_none": net("Input<5, 3>{}", "ZeroPadding1D<0>{}"),
    "zero_padding2d": net("Input<4, 5, 3>{}", "ZeroPadding2D<1>{}"),
    "zero_padding2d_border": net("Input<4, 5, 3>{}", "ZeroPadding2D<border{0, 1, 2, 3}>{}"),
    "cropping1d": net("Input<7, 3>{}", "Cropping1D<2>{}"),
    "cropping1d_ends": net("Input<7, 3>{}", "Cropping1D<ends{0, 3}>{}"),
    "cropping2d": net("Input<6, 5, 3>{}", "Cropping2D<1>{}"),
    "cropping2d_border": net("Input<6, 7, 3>{}", "Cropping2D<border{2, 0, 1, 3}>{}"),
}}

TRAINING = {
    "padding": ("images", "5, 4, 2", "Conv2D<4, 2, Tanh>{}", "ZeroPadding2D<border{1, 0, 2, 1}>{}",
                "Conv2D<3, 3, Tanh>{}", "Cropping2D<border{0, 1, 1, 0}>{}", "Flatten<>{}"),
    "steps": ("images", "6, 3", "Dense<4, Tanh>{}", "ZeroPadding1D<ends{1, 2}>{}", "Dense<5, Tanh>{}",
              "Cropping1D<2>{}", "UpSampling1D<2>{}", "Dense<3, Tanh>{}", "Flatten<>{}"),
}
