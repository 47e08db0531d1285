# PReLU in the tests of all layers; registry.py says what each name means.
from registry import net


def prelu(spelling, term):
    shared = [spelling.extents(item) for item in term.arguments if item.name == "shared_axes"]
    others = [item for item in term.arguments if item.name != "shared_axes"]
    return spelling.made(term.name, options=others, shared_axes=shared[0] if shared else None)


KERAS = {"PReLU": prelu}

EXAMPLES = [
    ("4, 6", "PReLU<shared_axes<1>>{}"),
    ("2, 3, 4", "PReLU<shared_axes<1, 2>>{}"),
]

STREAMS = [net("Input<9, 3>{}", "Dense<5>{}", "PReLU<shared_axes<1>>{}", "Rescaling<2.0, -1.0>{}", "Normalization<>{}",
               "Dense<2>{}")]

GRADIENTS = [
    net("Input<6>{}", "Dense<19>{}", "PReLU<>{}", "Dense<2>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<5, 2>{}", "PReLU<>{}", "Conv2D<4, 2>{}", "PReLU<shared_axes<1, 2>>{}", "Dense<2>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<17, 2>{}", "PReLU<shared_axes<3>>{}", "Conv2D<4, 2>{}", "PReLU<shared_axes<1, 2, 3>>{}", "Dense<2>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<5, 2>{}", "PReLU<shared_axes<2>>{}", "Conv2D<4, 2>{}", "PReLU<shared_axes<1, 3>>{}", "Dense<2>{}"),
]

GOLDEN = {"embedding": {
    "prelu": net("Input<17>{}", "PReLU<>{}"),
    "prelu_rank_3": net("Input<3, 4, 5>{}", "PReLU<>{}"),
    "prelu_shared_1_2": net("Input<3, 4, 17>{}", "PReLU<shared_axes<1, 2>>{}"),
    "prelu_shared_1": net("Input<3, 4, 5>{}", "PReLU<shared_axes<1>>{}"),
    "prelu_shared_2": net("Input<3, 4, 5>{}", "PReLU<shared_axes<2>>{}"),
    "prelu_shared_3": net("Input<3, 4, 17>{}", "PReLU<shared_axes<3>>{}"),
    "prelu_shared_2_3": net("Input<3, 4, 5>{}", "PReLU<shared_axes<2, 3>>{}"),
    "prelu_shared_1_3": net("Input<3, 4, 5>{}", "PReLU<shared_axes<1, 3>>{}"),
    "prelu_shared_all": net("Input<3, 4, 5>{}", "PReLU<shared_axes<1, 2, 3>>{}"),
    "prelu_behind_conv": net("Input<6, 5, 2>{}", "Conv2D<5, 3>{}", "PReLU<shared_axes<1, 2>>{}", "Flatten<>{}",
                             "Dense<3>{}"),
}}

TRAINING = {
    "prelu": ("images", "6", "Dense<9>{}", "PReLU<>{}", "Dense<7>{}", "PReLU<shared_axes<1>>{}"),
    "prelu_shared": ("images", "5, 4, 2", "Conv2D<5, 2>{}", "PReLU<shared_axes<1, 2>>{}", "Conv2D<3, 2>{}",
                     "PReLU<shared_axes<3>>{}", "Flatten<>{}"),
}
