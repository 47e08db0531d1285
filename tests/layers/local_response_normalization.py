# LocalResponseNormalization in the tests of all layers; registry.py says what each name means.
from registry import net

EXAMPLES = [
    ("2, 3, 5", "LocalResponseNormalization<3, 0.5>{}"),
]

STREAMS = [net("Input<9, 4>{}", "Dense<7>{}", "LocalResponseNormalization<5, 0.9, 0.5, 2.0>{}", "Dense<3>{}")]

GRADIENTS = [
    net("Input<6>{}", "Dense<7, Tanh>{}", "LocalResponseNormalization<5, 2.0, 0.75, 1.0>{}", "Dense<2>{}"),
    net("Input<5, 4>{}", "Dense<19, Tanh>{}", "LocalResponseNormalization<4, 3.0, 0.6, 0.5>{}", "Dense<2>{}"),
    net("Input<3>{}", "Dense<2, Tanh>{}", "LocalResponseNormalization<9, 1.5>{}", "Dense<2>{}"),
]

THREADS = [net("Input<5>{}", "Dense<4>{}", "LocalResponseNormalization<3, 0.5>{}", "Dense<2>{}")]
