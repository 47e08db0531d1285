# Permute in the tests of all layers; registry.py says what each name means.
from registry import net

KERAS = {"Permute": lambda spelling, term: spelling.made(term.name, spelling.size(term.arguments[0]))}

EXAMPLES = [("2, 3, 4", "Permute<axes{2, 1, 3}>{}")]

GRADIENTS = [
    net("Input<6>{}", "Dense<30, Tanh>{}", "Reshape<shape{2, 3, 5}>{}", "Permute<axes{3, 1, 2}>{}", "Dense<4, Tanh>{}",
        "Permute<axes{2, 3, 1}>{}", "Dense<2>{}"),
]

GOLDEN = {"rearrange": {
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
    "chain": net("Input<6, 5, 3>{}", "ZeroPadding2D<1>{}", "Permute<axes{2, 1, 3}>{}", "Conv2D<4, 3, ReLU>{}",
                 "UpSampling2D<2>{}", "Cropping2D<border{1, 0, 0, 1}>{}", "Flatten<>{}", "RepeatVector<2>{}"),
}}

TRAINING = {
    "permute": ("images", "5, 4, 3", "Conv2D<4, 2, Tanh>{}", "Permute<axes{3, 1, 2}>{}", "Dense<5, Tanh>{}",
                "Permute<axes{2, 1, 3}>{}", "Flatten<>{}"),
}
