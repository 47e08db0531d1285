# Normalization in the tests of all layers; registry.py says what each name means.
from registry import net


def normalization(spelling, term):
    import keras

    class Normalization(keras.layers.Normalization):
        """Keras' own, which takes what set_weights gave as well as what adapt found."""

        def call(self, inputs):
            self.finalize_state()
            return super().call(inputs)

    return Normalization(**dict(map(spelling.option, term.arguments)))


KERAS = {"Normalization": normalization}

EXAMPLES = [
    ("4, 6", "Normalization<>{}"),
]

GRADIENTS = [
    net("Input<5>{}", "Dense<7>{}", "Rescaling<-0.7, 0.3>{}", "Dense<3, Tanh>{}", "Normalization<>{}", "Dense<2>{}"),
]

GOLDEN = {"normalization": {
    **{f"normalization_{n}": net(f"Input<{n}>{{}}", "Normalization<>{}") for n in (1, 2, 7, 8, 15, 16, 17, 33, 65)},
    "normalization_rank_3": net("Input<2, 3, 5>{}", "Normalization<>{}"),
}}

TRAINING = {
    "normalization": ("images", "6", "Normalization<>{}", "Dense<7, Tanh>{}", "Normalization<>{}", "Dense<5, Tanh>{}"),
}
