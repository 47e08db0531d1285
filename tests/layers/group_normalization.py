# GroupNormalization in the tests of all layers; registry.py says what each name means.
from registry import net

SIZES = {"GroupNormalization": 1}

EXAMPLES = [("4, 6", "GroupNormalization<2>{}")]

GRADIENTS = [
    net("Input<5, 4, 3>{}", "Conv2D<6, 2, Tanh>{}", "GroupNormalization<3>{}", "Conv2D<18, 2, Tanh>{}",
        "GroupNormalization<2, no_center>{}", "Dense<2>{}"),
    net("Input<5, 4, 3>{}", "Conv2D<5, 2, Tanh>{}", "GroupNormalization<-1, no_scale>{}", "Dense<4, Tanh>{}",
        "GroupNormalization<1, no_scale, no_center>{}", "Dense<2>{}"),
    (net("Input<6>{}", "LayerNormalization<>{}", "Dense<12, Tanh>{}", "GroupNormalization<4>{}", "Dense<2>{}"), 131),
    net("Input<6>{}", "Dense<8, Tanh>{}", "GroupNormalization<2, frozen>{}", "Dense<2>{}"),
    net("Input<3, 4, 3>{}", "TimeDistributed<GroupNormalization<3>>{}", "Dense<2>{}"),
]

THREADS = [net("Input<9, 10>{}", "GroupNormalization<5>{}", "Dense<3>{}")]

GOLDEN = {"normalization": {
    **{f"group_1_{n}": net(f"Input<5, {n}>{{}}", "GroupNormalization<1>{}") for n in (1, 2, 7, 8, 15, 16, 17, 33, 65)},
    "group_2": net("Input<4, 5, 6>{}", "GroupNormalization<2>{}"),
    "group_3_channels_33": net("Input<3, 4, 33>{}", "GroupNormalization<3>{}"),
    "group_17_channels_34": net("Input<7, 34>{}", "GroupNormalization<17, no_scale>{}"),
    "group_each": net("Input<3, 4, 5>{}", "GroupNormalization<-1, no_center, epsilon<0.1>>{}"),
    "group_vector": net("Input<12>{}", "GroupNormalization<4>{}"),
    "group_many_rows": net("Input<20, 15, 4>{}", "GroupNormalization<2, no_scale, no_center>{}"),
    "chain": net("Input<6, 5, 3>{}", "Rescaling<2.0, -0.5>{}", "Conv2D<8, 3>{}", "GroupNormalization<4>{}", "ReLU{}",
                 "Flatten<>{}", "LayerNormalization<>{}", "Dense<4>{}", "UnitNormalization<>{}"),
}}

TRAINING = {
    "group_normalization": ("images", "6, 5, 2", "Conv2D<6, 2, Tanh>{}", "GroupNormalization<3>{}",
                            "Conv2D<4, 2, Tanh>{}", "GroupNormalization<2, no_scale>{}", "Flatten<>{}"),
    "frozen": ("images", "6", "Dense<7, Tanh>{}", "LayerNormalization<frozen>{}", "Dense<6, Tanh>{}",
               "GroupNormalization<2, frozen>{}", "Dense<5>{}", "PReLU<frozen>{}"),
}

# Keras' files of every normalization; the count of Normalization is an integer there.
FILES = dict.fromkeys(("catalogue.weights.h5", "catalogue.safetensors", "legacy_catalogue.h5"), net(
    "Input<4, 6>{}", "Normalization<>{}", "Dense<8>{}", "PReLU<shared_axes<1>>{}", "GroupNormalization<2>{}",
    "Flatten<>{}", "LayerNormalization<no_center>{}", "RMSNormalization<>{}", "Dense<3>{}"))


def group_norm(w, x, groups, eps):
    split = x.reshape(len(x), groups, -1)
    split = (split - split.mean(-1, keepdims=True)) / (split.var(-1, keepdims=True) + eps) ** 0.5
    channels = (-1, *[1] * (x.ndim - 2))
    return split.reshape(x.shape) * w["weight"].reshape(channels) + w["bias"].reshape(channels)


TORCH = {"group_norm": ({"weight": (6,), "bias": (6,)}, "GroupNormalization", "GroupNormalization<3, epsilon<1e-5>>{}",
                        (6, 4, 5), lambda w, x: group_norm(w, x, 3, 1e-5))}
