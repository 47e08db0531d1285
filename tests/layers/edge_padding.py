# ConstantPadding, ReflectionPadding and ReplicationPadding in the tests of all layers; registry.py says what each name
# means. Keras has no such layers.
from registry import net

EXAMPLES = [
    ("5, 3", "ConstantPadding1D<ends{2, 1}, 0.5>{}"),
    ("2, 3, 4", "ConstantPadding2D<border{1, 0, 0, 1}, -2.0>{}"),
    ("5, 3", "ReflectionPadding1D<ends{4, 1}>{}"),
    ("4, 3, 2", "ReflectionPadding2D<border{3, 1, 2, 0}>{}"),
    ("5, 3", "ReplicationPadding1D<ends{2, 7}>{}"),
    ("2, 3, 4", "ReplicationPadding2D<border{1, 3, 4, 1}>{}"),
]

GRADIENTS = [
    net("Input<6>{}", "Dense<20, Tanh>{}", "Reshape<shape{5, 4}>{}", "ReflectionPadding1D<ends{2, 1}>{}", "Dense<3, Tanh>{}",
        "ReplicationPadding1D<ends{1, 2}>{}", "Dense<2, Tanh>{}", "ConstantPadding1D<ends{1, 2}, 0.5>{}", "Dense<2>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<5, 2, Tanh>{}", "ReflectionPadding2D<border{1, 0, 2, 1}>{}", "Conv2D<3, 2, Tanh>{}",
        "ReplicationPadding2D<border{1, 1, 0, 2}>{}", "Conv2D<2, 2, Tanh>{}", "ConstantPadding2D<1, -0.5>{}", "Conv2D<2, 2>{}"),
    net("Input<9, 8, 2>{}", "Conv2D<5, 2, Tanh>{}", "AveragePooling2D<2, dilation<3, 2>, strides<1>>{}", "Conv2D<3, 2>{}"),
    net("Input<9, 8, 2>{}", "Conv2D<5, 2, Tanh>{}", "MaxPooling2D<window{3, 2}, dilation<2>, strides<1, 2>>{}", "Conv2D<3, 2>{}"),
]
