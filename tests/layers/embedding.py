# Embedding in the tests of all layers; registry.py says what each name means.
from registry import net

SIZES = {"Embedding": 2}

EXAMPLES = [
    ("3", "Embedding<4, 2>{}"),
]

STREAMS = [net("Input<9, 3>{}", "Rescaling<2.0, 2.0>{}", "Embedding<5, 3>{}")]

# Inputs of gradients are drawn from (-1.5, 1.5): cut to integers -1, 0 and 1; below 0 there is no word, so shift them.
GRADIENTS = [
    net("Input<7>{}", "Rescaling<1.2, 1.9>{}", "Embedding<4, 3>{}", "Dense<4, Tanh>{}", "Dense<2>{}"),
    (net("Input<3, 2>{}", "Rescaling<1.2, 1.9>{}", "Embedding<4, 40>{}", "Dense<2, Tanh>{}"), 131),
    net("Input<7>{}", "Rescaling<1.2, 1.9>{}", "Dense<7, frozen>{}", "Rescaling<0.2, 1.9>{}", "Embedding<4, 3>{}", "Dense<2>{}"),
]

THREADS = [
    net("Input<9>{}", "Embedding<11, 5>{}", "LayerNormalization<>{}", "PReLU<>{}", "PReLU<shared_axes<1>>{}",
        "PReLU<shared_axes<2>>{}", "Dense<3>{}"),
    net("Input<9>{}", "Embedding<11, 130>{}", "RMSNormalization<>{}", "Dense<3>{}"),
]

GOLDEN = {"embedding": {
    **{f"dimension_{n}": net("Input<5>{}", f"Embedding<9, {n}>{{}}") for n in (1, 2, 7, 8, 15, 16, 17, 33, 65)},
    "one_word": net("Input<3>{}", "Embedding<1, 4>{}"),
    "rank_2": net("Input<4, 3>{}", "Embedding<50, 6>{}"),
    "sentence": net("Input<6>{}", "Embedding<20, 8>{}", "Flatten<>{}", "Dense<4, ReLU>{}", "Dense<2, Softmax>{}"),
}}

TRAINING = {
    "embedding": ("images", "5", "Embedding<7, 4>{}", "Flatten<>{}", "Dense<6, Tanh>{}"),
    "embedding_wide": ("images", "4", "Embedding<5, 35>{}", "LayerNormalization<>{}", "Flatten<>{}"),
    "adam": ("images", "5", "Embedding<7, 4>{}", "RMSNormalization<>{}", "Flatten<>{}", "Dense<6>{}", "PReLU<>{}",
             {"optimizer": "Adam{.learning_rate = 0.01}"}),
}

FILES = {"sentence.weights.h5": net("Input<5>{}", "Embedding<9, 4>{}", "LayerNormalization<>{}", "Flatten<>{}",
                                    "Dense<3>{}")}
