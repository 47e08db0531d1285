# LayerNormalization, RMSNormalization and UnitNormalization in the tests of all layers; registry.py says what each name means.
from registry import net

SIZES = {"LayerNormalization": 0, "RMSNormalization": 0, "UnitNormalization": 0}

EXAMPLES = [
    ("4, 6", "LayerNormalization<>{}"),
    ("4, 6", "RMSNormalization<>{}"),
    ("4, 6", "UnitNormalization<>{}"),
]

STREAMS = [net("Input<9, 3, 2>{}", "Permute<axes{1, 3, 2}>{}", "Dense<5>{}", "LayerNormalization<>{}", "Dense<4>{}",
               "RMSNormalization<>{}", "UnitNormalization<>{}")]

GRADIENTS = [
    net("Input<6>{}", "Dense<7, Tanh>{}", "LayerNormalization<>{}", "Dense<9, Tanh>{}",
        "LayerNormalization<epsilon<0.1>, no_center>{}", "Dense<2>{}"),
    net("Input<5, 4>{}", "Dense<17, Tanh>{}", "LayerNormalization<no_scale>{}", "Dense<3, Tanh>{}",
        "LayerNormalization<no_scale, no_center>{}", "Dense<2>{}"),
    net("Input<5, 4>{}", "Dense<17, Tanh>{}", "RMSNormalization<>{}", "Dense<3, Tanh>{}", "UnitNormalization<>{}", "Dense<2>{}"),
    net("Input<6>{}", "Dense<7, Tanh>{}", "LayerNormalization<frozen>{}", "Dense<8, Tanh>{}", "Dense<2>{}"),
]

GOLDEN = {"normalization": {
    **{f"layer_{n}": net(f"Input<{n}>{{}}", "LayerNormalization<>{}") for n in (1, 2, 7, 8, 15, 16, 17, 33, 65)},
    **{f"rms_{n}": net(f"Input<{n}>{{}}", "RMSNormalization<>{}") for n in (1, 2, 7, 8, 15, 16, 17, 33, 65)},
    **{f"unit_{n}": net(f"Input<{n}>{{}}", "UnitNormalization<>{}") for n in (1, 2, 7, 8, 15, 16, 17, 33, 65)},
    "layer_rank_3": net("Input<3, 4, 5>{}", "LayerNormalization<>{}"),
    "layer_no_center": net("Input<3, 5>{}", "LayerNormalization<no_center>{}"),
    "layer_no_scale": net("Input<3, 5>{}", "LayerNormalization<no_scale>{}"),
    "layer_neither": net("Input<3, 5>{}", "LayerNormalization<no_scale, no_center>{}"),
    "layer_epsilon": net("Input<3, 5>{}", "LayerNormalization<epsilon<0.5>>{}"),
    "rms_rank_2": net("Input<4, 5>{}", "RMSNormalization<epsilon<0.25>>{}"),
    "unit_rank_3": net("Input<2, 3, 5>{}", "UnitNormalization<>{}"),
}}

TRAINING = {
    "layer_normalization": ("images", "6", "Dense<7, Tanh>{}", "LayerNormalization<>{}", "Dense<17, Tanh>{}",
                            "LayerNormalization<epsilon<0.1>, no_center>{}"),
    "layer_normalization_rows": ("images", "4, 5", "LayerNormalization<>{}", "Dense<6, Tanh>{}",
                                 "LayerNormalization<no_scale>{}", "Flatten<>{}"),
    "rms_normalization": ("images", "6", "Dense<7, Tanh>{}", "RMSNormalization<>{}", "Dense<17, Tanh>{}",
                          "RMSNormalization<epsilon<0.1>>{}"),
    "unit_normalization": ("images", "6", "Dense<7, Tanh>{}", "UnitNormalization<>{}", "Dense<5, Tanh>{}"),
}
