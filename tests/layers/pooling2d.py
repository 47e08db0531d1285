# Poolings with pads in the tests of all layers; registry.py says what each name means. Keras has no such option.
from registry import net

EXAMPLES = [
    ("5, 4, 2", "MaxPooling2D<3, strides<2>, pads<1, 0, 2, 1>>{}"),
    ("5, 4, 2", "AveragePooling2D<window{2, 3}, pads<1>>{}"),
    ("7, 3", "AveragePooling1D<3, strides<2>, pads<1, 2>>{}"),
]

GRADIENTS = [
    net("Input<6>{}", "Dense<40, Tanh>{}", "Reshape<shape{5, 4, 2}>{}", f"{pooling}<3, strides<2>, pads<1, 0, 2, 1>>{{}}", "Flatten<>{}", "Dense<2>{}")
    for pooling in ("MaxPooling2D", "AveragePooling2D")
]
