# RepeatVector and UpSampling in the tests of all layers; registry.py says what each name means.
from registry import net

SIZES = {"RepeatVector": 1, "UpSampling1D": 1}


def upsampling2d(spelling, term):
    modes = [item.name.removeprefix("interpolation::") for item in term.arguments if item.name.startswith("interpolation")]
    return spelling.made(term.name, spelling.size(term.arguments[0]), interpolation=modes[0] if modes else "nearest")


KERAS = {"UpSampling2D": upsampling2d}

EXAMPLES = [
    ("7", "RepeatVector<3>{}"),
    ("4, 3", "UpSampling1D<2>{}"),
    ("2, 3, 4", "UpSampling2D<2, interpolation::bilinear>{}"),
    ("2, 3, 4", "UpSampling2D<window{2, 3}>{}"),
]

GRADIENTS = [
    net("Input<6>{}", "Dense<5, Tanh>{}", "RepeatVector<4>{}", "Permute<axes{2, 1}>{}", "Dense<3>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<5, 2, Tanh>{}", "UpSampling2D<2, interpolation::bilinear>{}", "Conv2D<2, 3>{}"),
    net("Input<4, 5, 2>{}", "Conv2D<9, 2, Tanh>{}", "UpSampling2D<window{3, 4}, interpolation::bilinear>{}", "Conv2D<2, 3>{}"),
]

GOLDEN = {"rearrange": {
    "repeat_vector": net("Input<5>{}", "RepeatVector<3>{}"),
    "repeat_vector_1": net("Input<17>{}", "RepeatVector<1>{}"),
    "up_sampling1d": net("Input<5, 3>{}", "UpSampling1D<2>{}"),
    "up_sampling1d_3": net("Input<4, 17>{}", "UpSampling1D<3>{}"),
    "up_sampling2d": net("Input<3, 5, 2>{}", "UpSampling2D<2>{}"),
    "up_sampling2d_2_3": net("Input<3, 5, 17>{}", "UpSampling2D<window{2, 3}>{}"),
    "up_sampling2d_bilinear": net("Input<3, 5, 2>{}", "UpSampling2D<2, interpolation::bilinear>{}"),
    "up_sampling2d_bilinear_3_2": net("Input<4, 3, 17>{}", "UpSampling2D<window{3, 2}, interpolation::bilinear>{}"),
    "up_sampling2d_bilinear_4": net("Input<1, 3, 3>{}", "UpSampling2D<4, interpolation::bilinear>{}"),
    "up_sampling2d_bilinear_1_5": net("Input<2, 2, 1>{}", "UpSampling2D<window{1, 5}, interpolation::bilinear>{}"),
}}

TRAINING = {
    "repeat_vector": ("maps", "6", "Dense<5, Tanh>{}", "RepeatVector<3>{}", "Dense<4, Tanh>{}"),
    "up_sampling": ("images", "3, 4, 2", "Conv2D<4, 2, Tanh>{}", "UpSampling2D<window{3, 2}>{}",
                    "Conv2D<3, 2, Tanh>{}", "Flatten<>{}"),
    "bilinear": ("images", "3, 4, 2", "Conv2D<4, 2, Tanh>{}", "UpSampling2D<window{3, 2}, interpolation::bilinear>{}",
                 "Conv2D<3, 2, Tanh>{}", "Flatten<>{}"),
}
