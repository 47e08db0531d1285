# The cases of depthwise, separable, transposed and grouped convolutions and of layers over sequences, for generate.py and
# training.py.
def over(extents, *items):
    return f"Sequential{{{', '.join([f'Input<{extents}>{{}}', *items])}}}"


DEPTHWISE = {
    "kernel_3": over("7, 9, 3", "DepthwiseConv2D<3>{}"),
    "kernel_1": over("5, 7, 17", "DepthwiseConv2D<1>{}"),
    "kernel_5_channels_16": over("9, 8, 16", "DepthwiseConv2D<5>{}"),
    "kernel_3_2": over("7, 5, 33", "DepthwiseConv2D<window{3, 2}>{}"),
    "kernel_11": over("12, 13, 5", "DepthwiseConv2D<11, padding::same>{}"),
    "channels_1": over("9, 11, 1", "DepthwiseConv2D<3>{}"),
    "channels_40": over("6, 7, 40", "DepthwiseConv2D<3, padding::same, ReLU>{}"),
    "same": over("7, 6, 5", "DepthwiseConv2D<3, padding::same>{}"),
    "same_kernel_2": over("5, 6, 8", "DepthwiseConv2D<2, padding::same>{}"),
    "same_larger_than_input": over("3, 2, 4", "DepthwiseConv2D<5, padding::same>{}"),
    "strides_2": over("9, 8, 3", "DepthwiseConv2D<3, strides<2>>{}"),
    "strides_2_1": over("9, 7, 3", "DepthwiseConv2D<3, strides<2, 1>>{}"),
    "same_strides_2_odd": over("7, 9, 20", "DepthwiseConv2D<3, strides<2>, padding::same>{}"),
    "same_strides_2_even": over("8, 6, 20", "DepthwiseConv2D<3, strides<2>, padding::same>{}"),
    "strides_3_kernel_2": over("10, 11, 6", "DepthwiseConv2D<2, strides<3>>{}"),
    "dilation_2": over("9, 8, 3", "DepthwiseConv2D<3, dilation<2>>{}"),
    "same_dilation_2_1": over("6, 7, 18", "DepthwiseConv2D<3, dilation<2, 1>, padding::same>{}"),
    "multiplier_2": over("7, 6, 3", "DepthwiseConv2D<3, depth_multiplier<2>>{}"),
    "multiplier_3_same_strides_2": over("7, 6, 5", "DepthwiseConv2D<3, depth_multiplier<3>, strides<2>, padding::same, ReLU>{}"),
    "no_bias": over("7, 6, 3", "DepthwiseConv2D<3, no_bias>{}"),
    "gelu": over("7, 6, 9", "DepthwiseConv2D<3, GELU>{}"),
    "softmax": over("7, 6, 5", "DepthwiseConv2D<3, Softmax>{}"),
    "activation_layer": over("7, 6, 5", "DepthwiseConv2D<3>{}", "Tanh{}", "DepthwiseConv2D<2>{}"),
    "separable_kernel_3": over("7, 9, 3", "SeparableConv2D<8, 3>{}"),
    "separable_kernel_1": over("5, 7, 9", "SeparableConv2D<17, 1>{}"),
    "separable_kernel_3_2": over("7, 5, 16", "SeparableConv2D<33, window{3, 2}>{}"),
    "separable_filters_1": over("6, 6, 5", "SeparableConv2D<1, 3>{}"),
    "separable_same": over("7, 6, 20", "SeparableConv2D<40, 3, padding::same, ReLU>{}"),
    "separable_same_strides_2": over("9, 8, 5", "SeparableConv2D<7, 3, strides<2>, padding::same>{}"),
    "separable_strides_2_1": over("9, 8, 5", "SeparableConv2D<7, 3, strides<2, 1>>{}"),
    "separable_dilation_2": over("9, 8, 5", "SeparableConv2D<7, 3, dilation<2>>{}"),
    "separable_multiplier_2": over("7, 6, 3", "SeparableConv2D<7, 3, depth_multiplier<2>, padding::same>{}"),
    "separable_no_bias": over("7, 6, 3", "SeparableConv2D<5, 3, no_bias>{}"),
    "separable_silu": over("7, 6, 3", "SeparableConv2D<5, 3, SiLU>{}"),
    "separable_softmax": over("7, 6, 3", "SeparableConv2D<5, 3, Softmax, padding::same>{}"),
    "separable_activation_layer": over("7, 6, 5", "SeparableConv2D<6, 3>{}", "ReLU{}", "SeparableConv2D<3, 2>{}"),
}

FAMILIES = {"depthwise": DEPTHWISE}

# ---- Training: net, optimizer, loss, targets ---------------------------------------------------------------------------------
SGD, FAST, ADAM = "SGD{.learning_rate = 0.1}", "SGD{.learning_rate = 0.5}", "Adam{.learning_rate = 0.01}"


def classes(extents, *items, optimizer=SGD):
    """A net that ends in logits of three classes."""
    return over(extents, *items, "Dense<3>{}"), optimizer, "SparseCategoricalCrossentropy{.from_logits = true}", "index"


def maps(extents, *items, optimizer=FAST):
    """A net whose output is compared value by value."""
    return over(extents, *items), optimizer, "MeanSquaredError{}", "values"


TRAINING_DEPTHWISE = {
    "depthwise": classes("7, 6, 3", "DepthwiseConv2D<3, Tanh>{}", "DepthwiseConv2D<2, ReLU>{}", "Flatten<>{}"),
    "depthwise_same_strides_2": classes("7, 8, 3", "DepthwiseConv2D<3, padding::same, Tanh>{}",
                                        "DepthwiseConv2D<3, strides<2>, padding::same>{}", "Flatten<>{}"),
    "depthwise_dilation_2": classes("8, 9, 2", "DepthwiseConv2D<2, Tanh>{}",
                                    "DepthwiseConv2D<window{3, 2}, dilation<2>, padding::same, SiLU>{}", "Flatten<>{}"),
    "depthwise_multiplier": classes("6, 7, 2", "DepthwiseConv2D<3, depth_multiplier<2>, Tanh>{}",
                                    "DepthwiseConv2D<2, depth_multiplier<3>, strides<2>, GELU, no_bias>{}", "Flatten<>{}"),
    "depthwise_l2": classes("6, 5, 2", "DepthwiseConv2D<3, Tanh, depthwise_regularizer<L2<0.05>>>{}", "Flatten<>{}"),
    "depthwise_frozen": classes("6, 5, 2", "Conv2D<4, 2, Tanh>{}", "DepthwiseConv2D<3, frozen, Tanh>{}", "Flatten<>{}"),
    "separable": classes("7, 6, 3", "SeparableConv2D<5, 3, Tanh>{}", "SeparableConv2D<4, 2, ReLU>{}", "Flatten<>{}"),
    "separable_first_without_gradient": classes("7, 6, 3", "SeparableConv2D<8, 3, padding::same, Tanh>{}", "Flatten<>{}"),
    "separable_same_strides_2": classes("7, 8, 3", "SeparableConv2D<5, 3, padding::same, Tanh>{}",
                                        "SeparableConv2D<6, 3, strides<2>, padding::same>{}", "Flatten<>{}"),
    "separable_multiplier": classes("6, 7, 2", "SeparableConv2D<5, 3, depth_multiplier<2>, Tanh, no_bias>{}",
                                    "SeparableConv2D<3, 2, depth_multiplier<2>, SiLU>{}", "Flatten<>{}"),
    "separable_filters_33": classes("5, 6, 9", "SeparableConv2D<33, 3, Tanh>{}", "SeparableConv2D<8, 2>{}", "ReLU{}",
                                    "GlobalAveragePooling2D<>{}", optimizer=FAST),
    "separable_l2": classes("6, 5, 2", "SeparableConv2D<5, 3, Tanh, depthwise_regularizer<L2<0.05>>, "
                            "pointwise_regularizer<L1<0.02>>, bias_regularizer<L2<0.1>>>{}", "Flatten<>{}"),
    "separable_frozen": classes("6, 5, 2", "SeparableConv2D<4, 2, Tanh>{}", "SeparableConv2D<4, 2, frozen, Tanh>{}",
                                "Flatten<>{}"),
    "separable_softmax": maps("5, 5, 2", "SeparableConv2D<4, 2, Tanh>{}", "SeparableConv2D<3, 2, Softmax>{}",
                              optimizer="SGD{.learning_rate = 2.0}"),
    "separable_adam": classes("7, 6, 2", "SeparableConv2D<5, 3, Tanh>{}", "MaxPooling2D<2>{}", "SeparableConv2D<4, 2>{}",
                              "Flatten<>{}", optimizer=ADAM),
}

TRAINING = {"depthwise": TRAINING_DEPTHWISE}
