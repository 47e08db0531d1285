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

SEQUENCE = {
    "kernel_3": over("17, 3", "Conv1D<8, 3>{}"),
    "kernel_1": over("9, 5", "Conv1D<17, 1>{}"),
    "kernel_2_filters_33": over("21, 2", "Conv1D<33, 2>{}"),
    "kernel_5_channels_16": over("40, 16", "Conv1D<32, 5, ReLU>{}"),
    "kernel_as_input": over("7, 3", "Conv1D<4, 7>{}"),
    "same": over("16, 3", "Conv1D<8, 3, padding::same>{}"),
    "same_kernel_4": over("15, 3", "Conv1D<5, 4, padding::same>{}"),
    "same_larger_than_input": over("3, 2", "Conv1D<5, 7, padding::same>{}"),
    "causal": over("16, 3", "Conv1D<8, 3, padding::causal>{}"),
    "causal_dilation_4": over("23, 5", "Conv1D<16, 3, dilation<4>, padding::causal, Tanh>{}"),
    "causal_strides_2": over("16, 3", "Conv1D<8, 5, strides<2>, padding::causal>{}"),
    "causal_strides_3": over("17, 3", "Conv1D<8, 2, strides<3>, padding::causal>{}"),
    "causal_larger_than_input": over("3, 2", "Conv1D<5, 7, padding::causal>{}"),
    "strides_2": over("18, 3", "Conv1D<8, 3, strides<2>>{}"),
    "same_strides_2_odd": over("17, 3", "Conv1D<8, 3, strides<2>, padding::same>{}"),
    "same_strides_3": over("16, 3", "Conv1D<8, 2, strides<3>, padding::same>{}"),
    "dilation_2": over("18, 3", "Conv1D<8, 3, dilation<2>>{}"),
    "same_dilation_3": over("18, 3", "Conv1D<8, 3, dilation<3>, padding::same, no_bias>{}"),
    "softmax": over("9, 3", "Conv1D<5, 3, Softmax>{}"),
    "net": over("40, 2", "Conv1D<8, 3, ReLU>{}", "MaxPooling1D<2>{}", "Conv1D<9, 3>{}", "ReLU{}", "MaxPooling1D<3>{}",
                "Conv1D<5, 2, padding::causal>{}", "Tanh{}", "GlobalAveragePooling1D<>{}", "Dense<3, Softmax>{}"),
    "depthwise": over("17, 3", "DepthwiseConv1D<3>{}"),
    "depthwise_same_channels_33": over("17, 33", "DepthwiseConv1D<4, padding::same, ReLU>{}"),
    "depthwise_strides_2": over("17, 16", "DepthwiseConv1D<3, strides<2>, padding::same>{}"),
    "depthwise_dilation_2": over("19, 5", "DepthwiseConv1D<3, dilation<2>>{}"),
    "depthwise_multiplier_2": over("14, 5", "DepthwiseConv1D<3, depth_multiplier<2>, no_bias>{}"),
    "separable": over("17, 3", "SeparableConv1D<8, 3>{}"),
    "separable_same": over("17, 20", "SeparableConv1D<33, 5, padding::same, ReLU>{}"),
    "separable_strides_2": over("17, 3", "SeparableConv1D<8, 3, strides<2>, depth_multiplier<2>>{}"),
    "separable_dilation_3": over("17, 3", "SeparableConv1D<8, 3, dilation<3>, no_bias>{}"),
    "global_max": over("17, 33", "GlobalMaxPooling1D<>{}"),
    "global_average": over("17, 5", "GlobalAveragePooling1D<>{}"),
} | {
    f"{kind}_{name}": over(extents, f"{layer}<{arguments}>{{}}")
    for kind, layer in {"max": "MaxPooling1D", "average": "AveragePooling1D"}.items()
    for name, extents, arguments in (
        ("2", "16, 3", "2"), ("2_odd", "17, 17", "2"), ("3_strides_1", "9, 5", "3, strides<1>"),
        ("3_strides_2", "18, 33", "3, strides<2>"), ("2_strides_3", "17, 4", "2, strides<3>"),
        ("same_2_odd", "17, 3", "2, padding::same"), ("same_3_strides_2", "16, 16", "3, strides<2>, padding::same"),
        ("same_larger_than_input", "3, 2", "5, padding::same"), ("as_input", "7, 3", "7"))
}

TRANSPOSED = {
    "kernel_3": over("4, 5, 3", "Conv2DTranspose<8, 3>{}"),
    "kernel_1": over("4, 5, 3", "Conv2DTranspose<17, 1>{}"),
    "kernel_3_2": over("4, 5, 16", "Conv2DTranspose<33, window{3, 2}, ReLU>{}"),
    "same": over("4, 5, 3", "Conv2DTranspose<8, 3, padding::same>{}"),
    "same_kernel_4": over("5, 4, 3", "Conv2DTranspose<5, 4, padding::same>{}"),
    "strides_2": over("4, 5, 3", "Conv2DTranspose<8, 3, strides<2>>{}"),
    "strides_2_kernel_2": over("4, 5, 6", "Conv2DTranspose<8, 2, strides<2>>{}"),
    "strides_2_kernel_4": over("4, 5, 6", "Conv2DTranspose<8, 4, strides<2>, no_bias>{}"),
    "same_strides_2": over("5, 4, 17", "Conv2DTranspose<40, 3, strides<2>, padding::same>{}"),
    "same_strides_2_kernel_4": over("4, 5, 6", "Conv2DTranspose<8, 4, strides<2>, padding::same, Tanh>{}"),
    "same_strides_2_kernel_5": over("4, 5, 6", "Conv2DTranspose<8, 5, strides<2>, padding::same>{}"),
    "strides_3_kernel_2": over("3, 4, 5", "Conv2DTranspose<6, 2, strides<3>>{}"),
    "same_strides_3_kernel_2": over("3, 4, 5", "Conv2DTranspose<6, 2, strides<3>, padding::same>{}"),
    "same_strides_3_kernel_7": over("3, 2, 5", "Conv2DTranspose<6, 7, strides<3>, padding::same>{}"),
    "strides_2_1": over("3, 4, 5", "Conv2DTranspose<6, 3, strides<2, 1>>{}"),
    "same_strides_1_3": over("3, 4, 5", "Conv2DTranspose<6, window{2, 4}, strides<1, 3>, padding::same>{}"),
    "dilation_2": over("4, 5, 3", "Conv2DTranspose<8, 3, dilation<2>>{}"),
    "same_dilation_2_1": over("4, 5, 3", "Conv2DTranspose<8, 3, dilation<2, 1>, padding::same>{}"),
    "one_pixel": over("1, 1, 9", "Conv2DTranspose<8, 4>{}"),
    "softmax": over("3, 4, 5", "Conv2DTranspose<6, 3, strides<2>, Softmax>{}"),
    "autoencoder": over("8, 8, 1", "Conv2D<6, 3, strides<2>, padding::same, ReLU>{}",
                        "Conv2DTranspose<5, 3, strides<2>, padding::same>{}", "ReLU{}", "Conv2D<1, 3, padding::same, Sigmoid>{}"),
    "one": over("9, 3", "Conv1DTranspose<8, 3>{}"),
    "one_same_strides_2": over("9, 17", "Conv1DTranspose<33, 4, strides<2>, padding::same, ReLU>{}"),
    "one_strides_3": over("7, 3", "Conv1DTranspose<5, 2, strides<3>, no_bias>{}"),
    "one_dilation_3": over("7, 3", "Conv1DTranspose<5, 3, dilation<3>, padding::same>{}"),
}

GROUPED = {
    "groups_2": over("7, 6, 4", "Conv2D<6, 3, groups<2>>{}"),
    "groups_3_same": over("7, 6, 9", "Conv2D<51, 3, groups<3>, padding::same, ReLU>{}"),
    "groups_as_channels": over("7, 6, 5", "Conv2D<10, window{3, 2}, groups<5>, strides<2>>{}"),
    "groups_2_filters_66": over("6, 5, 34", "Conv2D<66, 3, groups<2>, no_bias>{}"),
    "groups_2_kernel_1": over("6, 5, 8", "Conv2D<36, 1, groups<2>, GELU>{}"),
    "groups_2_dilation_2": over("9, 8, 4", "Conv2D<6, 3, groups<2>, dilation<2>, padding::same>{}"),
    "groups_2_winograd": over("14, 15, 32", "Conv2D<32, 3, groups<2>, padding::same>{}"),
    "groups_1": over("7, 6, 4", "Conv2D<6, 3, groups<1>>{}"),
    "groups_2_net": over("9, 8, 4", "Conv2D<6, 3, groups<2>>{}", "Tanh{}", "MaxPooling2D<2>{}", "Conv2D<4, 2, groups<2>, Softmax>{}"),
    "one_groups_3": over("17, 6", "Conv1D<9, 3, groups<3>>{}"),
    "one_groups_2_causal": over("17, 4", "Conv1D<34, 3, groups<2>, padding::causal, dilation<2>, Tanh>{}"),
}

FAMILIES = {"depthwise": DEPTHWISE, "sequence": SEQUENCE, "transposed": TRANSPOSED, "grouped": GROUPED}

# Training: net, optimizer, loss, targets
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

TRAINING_SEQUENCE = {
    "conv1d": classes("14, 2", "Conv1D<5, 3, Tanh>{}", "Conv1D<4, 2>{}", "ReLU{}", "Flatten<>{}"),
    "same_strides_2": classes("15, 2", "Conv1D<5, 3, padding::same, Tanh>{}", "Conv1D<4, 4, strides<2>, padding::same>{}",
                              "Flatten<>{}"),
    "causal": classes("12, 2", "Conv1D<5, 3, padding::causal, Tanh>{}", "Conv1D<4, 2, dilation<3>, padding::causal, SiLU>{}",
                      "Conv1D<4, 3, strides<2>, padding::causal>{}", "Flatten<>{}"),
    "dilation_2": classes("14, 2", "Conv1D<5, 3, Tanh, no_bias>{}", "Conv1D<18, 3, dilation<2>>{}", "Flatten<>{}"),
    "l2": classes("12, 2", "Conv1D<5, 3, Tanh, kernel_regularizer<L2<0.05>>>{}", "Flatten<>{}"),
    "depthwise": classes("14, 3", "DepthwiseConv1D<3, padding::same, Tanh>{}",
                         "DepthwiseConv1D<2, strides<2>, depth_multiplier<2>>{}", "Flatten<>{}"),
    "separable": classes("14, 3", "SeparableConv1D<5, 3, Tanh>{}", "SeparableConv1D<4, 2, padding::same, GELU>{}", "Flatten<>{}"),
    "max": classes("16, 2", "Conv1D<5, 3, Tanh>{}", "MaxPooling1D<2>{}", "Flatten<>{}"),
    "max_same_overlapping": classes("16, 2", "Conv1D<5, 2, Tanh>{}", "MaxPooling1D<3, strides<2>, padding::same>{}", "Flatten<>{}"),
    "average": classes("16, 2", "Conv1D<5, 3, Tanh>{}", "AveragePooling1D<2>{}", "Flatten<>{}"),
    "average_same_overlapping": classes("16, 2", "Conv1D<5, 2, Tanh>{}", "AveragePooling1D<3, strides<2>, padding::same>{}",
                                        "Flatten<>{}"),
    "global_max": classes("12, 2", "Conv1D<5, 3, Tanh>{}", "GlobalMaxPooling1D<>{}"),
    "global_average": classes("12, 2", "Conv1D<5, 3, ReLU>{}", "GlobalAveragePooling1D<>{}"),
}

TRAINING_TRANSPOSED = {
    "strides_1": classes("4, 5, 2", "Conv2DTranspose<4, 3, Tanh>{}", "Conv2DTranspose<3, 2, padding::same, ReLU>{}", "Flatten<>{}"),
    "strides_2": classes("3, 4, 2", "Conv2DTranspose<4, 2, Tanh>{}", "Conv2DTranspose<5, 3, strides<2>, GELU>{}", "Flatten<>{}"),
    "same_strides_2": maps("3, 4, 2", "Conv2DTranspose<4, 3, strides<2>, padding::same, Tanh>{}",
                           "Conv2DTranspose<1, 4, strides<2>, padding::same>{}"),
    "strides_3_kernel_2": classes("2, 3, 2", "Conv2DTranspose<18, 2, strides<3>, Tanh, no_bias>{}",
                                  "Conv2DTranspose<3, 3, dilation<2>>{}", "GlobalMaxPooling2D<>{}"),
    "l2": classes("3, 4, 2", "Conv2DTranspose<4, 3, strides<2>, Tanh, kernel_regularizer<L2<0.05>>>{}", "Flatten<>{}"),
    "one": classes("7, 2", "Conv1DTranspose<4, 3, strides<2>, padding::same, Tanh>{}", "Conv1DTranspose<3, 2>{}", "Flatten<>{}"),
    "autoencoder": maps("8, 6, 1", "Conv2D<4, 3, strides<2>, padding::same, Tanh>{}",
                        "Conv2DTranspose<4, 3, strides<2>, padding::same>{}", "ReLU{}", "Conv2D<1, 3, padding::same>{}"),
}

TRAINING_GROUPED = {
    "groups_2": classes("7, 6, 4", "Conv2D<6, 3, groups<2>, Tanh>{}", "Conv2D<4, 2, groups<2>, GELU>{}", "Flatten<>{}"),
    "groups_3_same": classes("6, 7, 3", "Conv2D<6, 3, groups<3>, padding::same, Tanh>{}",
                             "Conv2D<51, 3, groups<3>, strides<2>, padding::same, no_bias>{}", "GlobalMaxPooling2D<>{}"),
    "groups_l2": classes("6, 5, 4", "Conv2D<6, 3, groups<2>, Tanh, kernel_regularizer<L2<0.05>>>{}", "Flatten<>{}"),
    "one_groups_2": classes("13, 4", "Conv1D<6, 3, groups<2>, padding::causal, Tanh>{}", "Conv1D<4, 2, groups<2>>{}", "Flatten<>{}"),
}

TRAINING = {"depthwise": TRAINING_DEPTHWISE, "sequence": TRAINING_SEQUENCE, "transposed": TRAINING_TRANSPOSED,
            "grouped": TRAINING_GROUPED}
