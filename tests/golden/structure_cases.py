# Cases of layers that are more than a step in a chain: two paths that are added, statistics of a whole batch.
def net(*items):
    return f"Sequential{{{', '.join(items)}}}"


# Inputs: spelling of a net.
RESIDUAL = {
    "dense": net("Input<7>{}", "Residual<Dense<5, Tanh>, Dense<7>>{}"),
    "dense_behind": net("Input<5>{}", "Dense<9, Tanh>{}", "Residual<Dense<4, ReLU>, Dense<9>>{}", "Dense<3>{}"),
    "activation_behind": net("Input<5>{}", "Dense<17>{}", "Residual<Dense<17>>{}", "ReLU{}", "Dense<3>{}"),
    "activation_before": net("Input<5>{}", "Dense<9>{}", "Residual<ReLU, Dense<9>>{}", "Tanh{}"),
    "activation_alone": net("Input<37>{}", "Residual<Tanh>{}"),
    "activation_alone_behind": net("Input<5>{}", "Dense<9>{}", "Residual<Tanh>{}", "Dense<3>{}"),
    "softmax_alone": net("Input<5>{}", "Dense<9>{}", "Residual<Softmax>{}"),
    "doubled": net("Input<5>{}", "Dense<9>{}", "Residual<Linear>{}", "Dense<3>{}"),
    "dropout": net("Input<5>{}", "Dense<9>{}", "Dropout<0.3>{}", "Residual<Dropout<0.5>, Dense<9>, Dropout<0.5>>{}",
                   "Dropout<0.3>{}", "ReLU{}", "Dense<3>{}"),
    "shortcut": net("Input<7>{}", "Residual<Dense<5, Tanh>, Dense<6>, shortcut<Dense<6, no_bias>>>{}"),
    "shortcut_in_front": net("Input<7>{}", "Residual<shortcut<Dense<6>>, Dense<5, Tanh>, Dense<6>>{}"),
    "shortcut_of_three": net("Input<7>{}", "Residual<Dense<6>, shortcut<Dense<5, Tanh>, Dropout<0.5>, Dense<6, Tanh>>>{}"),
    "shortcut_activation": net("Input<7>{}", "Dense<6>{}", "Residual<Dense<6>, shortcut<ReLU>>{}", "ReLU{}"),
    "views": net("Input<3, 4>{}", "Residual<Reshape<shape{12}>, Dense<12, Tanh>, Reshape<shape{3, 4}>>{}", "Dense<5>{}"),
    "views_alone": net("Input<3, 4>{}", "Residual<Flatten<>, Reshape<shape{3, 4}>>{}"),
    "views_behind": net("Input<5>{}", "Dense<12>{}", "Reshape<shape{3, 4}>{}", "Residual<ReLU, Flatten<>, Reshape<shape{3, 4}>>{}",
                        "Flatten<>{}", "Residual<Tanh>{}", "Dense<3>{}"),
    "views_on_shortcut": net("Input<6>{}", "Dense<8>{}", "Residual<Dense<12>, shortcut<Reshape<shape{2, 4}>, ReLU, Dense<6>, "
                             "Flatten<>>>{}", "Dense<3>{}"),
    "conv": net("Input<7, 6, 3>{}", "Residual<Conv2D<5, 3, padding::same, ReLU>, Conv2D<3, 3, padding::same>>{}"),
    "conv_behind": net("Input<9, 8, 2>{}", "Conv2D<8, 3>{}", "Residual<ReLU, Conv2D<8, 3, padding::same>>{}", "ReLU{}",
                       "MaxPooling2D<2>{}", "Flatten<>{}", "Dense<3>{}"),
    "conv_before_pool": net("Input<9, 8, 2>{}", "Conv2D<8, 3>{}", "ReLU{}", "MaxPooling2D<2>{}",
                            "Residual<Conv2D<8, 3, padding::same>, ReLU>{}", "GlobalAveragePooling2D<>{}", "Dense<3>{}"),
    "conv_read_twice": net("Input<9, 8, 2>{}", "Conv2D<8, 3>{}", "Residual<ReLU, MaxPooling2D<3, strides<1>, padding::same>>{}",
                           "Flatten<>{}", "Dense<3>{}"),
    "strides": net("Input<9, 8, 3>{}", "Conv2D<5, 3, ReLU>{}",
                   "Residual<Conv2D<8, 3, strides<2>, padding::same, ReLU>, Conv2D<8, 3, padding::same>, "
                   "shortcut<Conv2D<8, 1, strides<2>>>>{}", "ReLU{}", "GlobalMaxPooling2D<>{}", "Dense<4>{}"),
    "pooling_path": net("Input<8, 9, 3>{}",
                        "Residual<Conv2D<6, 3, padding::same>, MaxPooling2D<3, strides<2>, padding::same>, "
                        "shortcut<Conv2D<6, 1, strides<2>, padding::same>>>{}", "Conv2D<4, 2>{}"),
    "chain": net("Input<7, 6, 4>{}", *["Residual<Conv2D<4, 3, padding::same, ReLU>>{}"] * 3, "Flatten<>{}", "Dense<3>{}"),
    "nested": net("Input<6>{}", "Dense<8>{}", "Residual<Dense<7, Tanh>, Residual<Dense<7, ReLU>, Residual<Tanh>>, Dense<8>>{}",
                  "Dense<3>{}"),
    "nested_first": net("Input<6>{}", "Residual<Residual<Dense<6, Tanh>>, Dense<6>>{}", "Dense<3>{}"),
    "nested_last": net("Input<6>{}", "Residual<Residual<Residual<Dense<6, Tanh>>>>{}", "Dense<3>{}"),
    "nested_on_shortcut": net("Input<6>{}", "Residual<Dense<5>, shortcut<Residual<Dense<6, Tanh>>, Dense<5>>>{}", "Dense<3>{}"),
    "sequential_inside": net("Input<6>{}", "Residual<Sequential<Dense<5, ReLU>, Dense<6>>, Tanh>{}", "Dense<3>{}"),
    "inside_sequential": net("Input<6>{}", "Sequential{Dense<5, ReLU>{}, Residual<Dense<5>, shortcut<Dense<5>>>{}, ReLU{}}",
                             "Dense<3>{}"),
    "named": net("Input<6>{}", 'Residual<name<"block">, Dense<5, name<"down">>, Dense<6>, shortcut<Dense<6, name<"side">>>>{}'),
}

# For training. A last "values" or "index" says what the outputs are compared with; "FAST" is the optimizer.
RESIDUAL_TRAINING = {
    "dense": ("7", "Residual<Dense<5, Tanh>, Dense<7>>{}"),
    "dense_behind": ("5", "Dense<9, Tanh>{}", "Residual<Dense<4, Tanh>, Dense<9>>{}"),
    "activation_behind": ("5", "Dense<9>{}", "Residual<Dense<9>>{}", "Tanh{}"),
    "activation_before": ("5", "Dense<9>{}", "Residual<SiLU, Dense<9>>{}", "GELU{}"),
    "activation_alone": ("5", "Dense<9>{}", "Residual<Tanh>{}", "Dense<4>{}"),
    "doubled": ("5", "Dense<9>{}", "Residual<Linear>{}", "Tanh{}"),
    "shortcut": ("7", "Dense<8, Tanh>{}", "Residual<Dense<5, Tanh>, Dense<6>, shortcut<Dense<6, no_bias>>>{}"),
    "shortcut_activation": ("7", "Dense<6>{}", "Residual<Dense<6>, shortcut<Tanh>>{}", "SiLU{}"),
    "shortcut_trained": ("7", "Residual<frozen, Dense<6>, shortcut<Dense<6>>>{}",
                         "Residual<Dense<5, Tanh, frozen>, shortcut<Dense<5>>>{}"),
    "shortcut_frozen": ("7", "Residual<Dense<5, Tanh>, shortcut<Dense<5, frozen>>>{}"),
    "frozen": ("7", "Dense<6, Tanh>{}", "Residual<frozen, Dense<5, Tanh>, shortcut<Dense<5>>>{}"),
    "frozen_in_front": ("7", "Dense<6, frozen>{}", "Residual<frozen, Dense<6, Tanh>>{}", "Residual<Tanh>{}", "Dense<5>{}"),
    "views": ("3, 4", "Dense<4>{}", "Residual<Reshape<shape{12}>, Dense<12, Tanh>, Reshape<shape{3, 4}>>{}", "Flatten<>{}"),
    "conv": ("7, 6, 3", "Residual<Conv2D<5, 3, padding::same, Tanh>, Conv2D<3, 3, padding::same>>{}", "Flatten<>{}"),
    "strides": ("7, 6, 2", "Conv2D<5, 3, Tanh>{}",
                "Residual<Conv2D<8, 3, strides<2>, padding::same, Tanh>, Conv2D<8, 3, padding::same>, "
                "shortcut<Conv2D<8, 1, strides<2>>>>{}", "ReLU{}", "GlobalAveragePooling2D<>{}"),
    "chain": ("6, 5, 4", *["Residual<Conv2D<4, 3, padding::same, Tanh>>{}"] * 3, "Flatten<>{}"),
    "nested": ("6", "Dense<8>{}", "Residual<Dense<7, Tanh>, Residual<Dense<7, Tanh>, Residual<SiLU>>, Dense<8>>{}"),
    "nested_first": ("6", "Dense<6>{}", "Residual<Residual<Dense<6, Tanh>>, Dense<6>>{}"),
    "nested_last": ("6", "Dense<6>{}", "Residual<Residual<Residual<Dense<6, Tanh>>>>{}"),
    "inside_sequential": ("6", "Sequential{Dense<5, Tanh>{}, Residual<Dense<5>, shortcut<Dense<5>>>{}, Tanh{}}"),
}
