# Rescaling in the tests of all layers; registry.py says what each name means.
from registry import net


def rescaling(spelling, term):
    scale, *offset = [float(argument.name) for argument in term.arguments]
    return spelling.made(term.name, scale, offset[0] if offset else 0.0)


KERAS = {"Rescaling": rescaling}

EXAMPLES = [
    ("4, 6", "Rescaling<2.0, -1.0>{}"),
]

GOLDEN = {"normalization": {
    "rescaling": net("Input<3, 5>{}", "Rescaling<2.5>{}"),
    "rescaling_offset": net("Input<17>{}", "Rescaling<0.5, -1.0>{}"),
    "rescaling_behind_dense": net("Input<7>{}", "Dense<5>{}", "Rescaling<0.5, -1.0>{}", "Dense<3, ReLU>{}"),
    "rescaling_before_pool": net("Input<6, 6, 2>{}", "Conv2D<3, 3>{}", "Rescaling<-0.5, 1.0>{}", "MaxPooling2D<2>{}"),
}}

TRAINING = {
    "rescaling": ("images", "6", "Rescaling<0.5, 0.1>{}", "Dense<7>{}", "Rescaling<-0.5, 1.0>{}", "Dense<5, Tanh>{}",
                  "Rescaling<2.0>{}"),
}
