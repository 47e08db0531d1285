# Recurrent layers and what wraps them: how their spelling is built, and their cases for generate.py and training.py.
import keras

import spelling

net = spelling.registry.net


def activation_of(term):
    return spelling.activation(term.arguments[0])


OPTIONS = {
    "return_sequences": lambda term: ("return_sequences", True),
    "go_backwards": lambda term: ("go_backwards", True),
    "reset_after": lambda term: ("reset_after", term.arguments[0].name == "true"),
    "recurrent_activation": lambda term: ("recurrent_activation", activation_of(term)),
    "recurrent_regularizer": lambda term: ("recurrent_regularizer", spelling.regularizer(term.arguments[0])),
}


@keras.saving.register_keras_serializable("strata")  # Bidirectional copies its layer by its description
def exact_tanh(x):
    """Keras' own gives floats, whatever it is given, and a loop over steps refuses that."""
    return keras.ops.cast(keras.ops.tanh(x), x.dtype)


def recurrent(term):
    options = dict(OPTIONS[argument.name](argument) if argument.name in OPTIONS else spelling.option(argument)
                   for argument in term.arguments[1:])
    if callable(given := options.get("activation")):
        options["activation"] = lambda x: keras.ops.cast(given(x), x.dtype)
    if keras.config.floatx() == "float64":
        options.setdefault("activation", exact_tanh)
    elif term.name == "GRU" and "use_bias" in options:
        options["use_cudnn"] = False  # the loop that stands beside cuDNN's adds zeros in double for the bias
    return getattr(keras.layers, term.name)(int(term.arguments[0].name), **options)


def bidirectional(term):
    inner, *options = term.arguments
    modes = [option.name.removeprefix("merge::") for option in options if option.name.startswith("merge::")]
    others = dict(spelling.option(option) for option in options if not option.name.startswith("merge::"))
    return keras.layers.Bidirectional(spelling.layer(inner), merge_mode=modes[0] if modes else "concat", **others)


def time_distributed(term):
    inner, *options = term.arguments
    return keras.layers.TimeDistributed(spelling.layer(inner), **dict(map(spelling.option, options)))


spelling.MAKERS |= {"LSTM": recurrent, "GRU": recurrent, "SimpleRNN": recurrent, "Bidirectional": bidirectional,
                    "TimeDistributed": time_distributed}


def each(layer):
    """One layer at sizes around those of vectors, with every option."""
    return {
        "units_1": net("Input<4, 3>{}", f"{layer}<1>{{}}"),
        "units_3": net("Input<5, 2>{}", f"{layer}<3, return_sequences>{{}}"),
        "units_4": net("Input<3, 1>{}", f"{layer}<4, return_sequences>{{}}"),
        "units_8": net("Input<6, 5>{}", f"{layer}<8, return_sequences>{{}}"),
        "units_9": net("Input<6, 1>{}", f"{layer}<9>{{}}"),
        "units_16": net("Input<7, 1>{}", f"{layer}<16, return_sequences>{{}}"),
        "units_17": net("Input<4, 17>{}", f"{layer}<17, return_sequences>{{}}"),
        "units_32": net("Input<9, 1>{}", f"{layer}<32>{{}}"),
        "units_33": net("Input<5, 8>{}", f"{layer}<33, return_sequences>{{}}"),
        "units_49": net("Input<4, 2>{}", f"{layer}<49, return_sequences>{{}}"),
        "units_64": net("Input<9, 1>{}", f"{layer}<64, return_sequences>{{}}"),
        "units_100": net("Input<5, 3>{}", f"{layer}<100, return_sequences>{{}}"),
        "wide_input": net("Input<6, 130>{}", f"{layer}<20, return_sequences>{{}}"),
        "wide_input_backwards": net("Input<6, 130>{}", f"{layer}<20, go_backwards>{{}}"),
        "one_step": net("Input<1, 3>{}", f"{layer}<5>{{}}"),
        "long": net("Input<60, 2>{}", f"{layer}<6>{{}}"),
        "go_backwards": net("Input<6, 3>{}", f"{layer}<5, go_backwards>{{}}"),
        "go_backwards_sequences": net("Input<6, 3>{}", f"{layer}<5, go_backwards, return_sequences>{{}}"),
        "no_bias": net("Input<6, 3>{}", f"{layer}<7, no_bias, return_sequences>{{}}"),
        "relu": net("Input<4, 3>{}", f"{layer}<7, ReLU, return_sequences>{{}}"),
        "linear": net("Input<4, 3>{}", f"{layer}<5, Linear, return_sequences>{{}}"),
        "gelu": net("Input<4, 3>{}", f"{layer}<5, GELU, return_sequences>{{}}"),
        "two": net("Input<5, 3>{}", f"{layer}<18, return_sequences>{{}}", f"{layer}<7>{{}}", "Dense<2>{}"),
    }


def gated(layer):
    return {
        "hard_gates": net("Input<6, 3>{}", f"{layer}<9, recurrent_activation<HardSigmoid>, return_sequences>{{}}"),
        "tanh_gates": net("Input<6, 3>{}", f"{layer}<9, recurrent_activation<Tanh>, Softsign>{{}}"),
    }


LAYERS = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "SimpleRNN"}
RECURRENT = {f"{name}_{case}": spelled for name, layer in LAYERS.items()
             for case, spelled in (each(layer) | (gated(layer) if layer != "SimpleRNN" else {})).items()}
WRAPPERS = {
    "bidirectional": net("Input<5, 3>{}", "Bidirectional<LSTM<4>>{}"),
    "bidirectional_sequences": net("Input<5, 3>{}", "Bidirectional<LSTM<4, return_sequences>>{}"),
    "bidirectional_sum": net("Input<5, 3>{}", "Bidirectional<GRU<17, return_sequences>, merge::sum>{}"),
    "bidirectional_mul": net("Input<5, 3>{}", "Bidirectional<GRU<6>, merge::mul>{}"),
    "bidirectional_ave": net("Input<5, 3>{}", "Bidirectional<SimpleRNN<6, return_sequences>, merge::ave>{}"),
    "bidirectional_concat": net("Input<5, 3>{}", "Bidirectional<SimpleRNN<6, return_sequences, no_bias>, merge::concat>{}"),
    "bidirectional_two": net("Input<5, 3>{}", "Bidirectional<LSTM<6, return_sequences>>{}", "Bidirectional<GRU<5>>{}",
                             "Dense<2>{}"),
    "time_distributed": net("Input<5, 3>{}", "TimeDistributed<Dense<4>>{}"),
    "time_distributed_relu": net("Input<5, 3>{}", "TimeDistributed<Dense<4, no_bias>>{}", "ReLU{}"),
    "time_distributed_softmax": net("Input<5, 3>{}", "TimeDistributed<Dense<4, Softmax>>{}"),
    "time_distributed_images": net("Input<4, 6, 7, 2>{}", "TimeDistributed<Conv2D<3, 3, ReLU>>{}",
                                   "TimeDistributed<MaxPooling2D<2>>{}", "TimeDistributed<Flatten<>>{}", "LSTM<5>{}"),
    "time_distributed_rows": net("Input<4, 6, 3>{}", "TimeDistributed<Dense<5>>{}"),
    "time_distributed_recurrent": net("Input<4, 6, 3>{}", "TimeDistributed<GRU<5>>{}"),
    "many_to_many": net("Input<6, 3>{}", "GRU<9, return_sequences>{}", "TimeDistributed<Dense<4, Tanh>>{}",
                        "TimeDistributed<Dense<2>>{}"),
}

FAMILIES = {"recurrent": RECURRENT, "wrappers": WRAPPERS}


def training(images, maps):
    """Cases of training.py; images ends in logits, maps in values that are compared one by one."""
    cases = {}
    for name, layer in LAYERS.items():
        cases |= {
            name: images("5, 3", f"{layer}<6>{{}}"),
            f"{name}_sequences": maps("5, 3", f"{layer}<6, return_sequences>{{}}", "Dense<2>{}"),
            f"{name}_two": images("4, 3", f"{layer}<7, return_sequences>{{}}", f"{layer}<5>{{}}"),
            f"{name}_units_17": images("4, 2", "Dense<5, Tanh>{}", f"{layer}<17>{{}}"),
            f"{name}_go_backwards": images("5, 3", "Dense<4, Tanh>{}", f"{layer}<6, go_backwards>{{}}"),
            f"{name}_backwards_sequences": images("5, 3", "Dense<4, Tanh>{}",
                                                  f"{layer}<6, go_backwards, return_sequences>{{}}", f"{layer}<4>{{}}"),
            f"{name}_no_bias": images("5, 3", f"{layer}<6, no_bias>{{}}"),
            f"{name}_softplus": images("4, 3", f"{layer}<6, Softplus>{{}}"),
            f"{name}_gelu": images("4, 3", f"{layer}<6, GELU>{{}}"),
            f"{name}_frozen": images("4, 3", "Dense<4, Tanh>{}", f"{layer}<5, frozen>{{}}"),
            f"{name}_regularized": images("4, 3", f"{layer}<5, kernel_regularizer<L2<0.05>>, "
                                          "recurrent_regularizer<L1<0.02>>, bias_regularizer<L2<0.05>>>{}"),
        }
    for name, layer in (("lstm", "LSTM"), ("gru", "GRU")):
        cases[f"{name}_gates"] = images("4, 3", f"{layer}<6, recurrent_activation<SiLU>>{{}}")
    cases |= {
        "bidirectional": images("5, 3", "Dense<4, Tanh>{}", "Bidirectional<LSTM<4>>{}"),
        "bidirectional_sequences": images("5, 3", "Bidirectional<LSTM<4, return_sequences>>{}", "GRU<4>{}"),
        "bidirectional_sum": images("5, 3", "Dense<4, Tanh>{}", "Bidirectional<GRU<5, return_sequences>, merge::sum>{}",
                                    "SimpleRNN<4>{}"),
        "bidirectional_mul": images("5, 3", "Dense<4, Tanh>{}", "Bidirectional<GRU<5, return_sequences>, merge::mul>{}",
                                    "SimpleRNN<4>{}"),
        "bidirectional_ave": images("5, 3", "Dense<4, Tanh>{}", "Bidirectional<SimpleRNN<5>, merge::ave>{}"),
        "time_distributed": maps("5, 3", "TimeDistributed<Dense<4, Tanh>>{}", "TimeDistributed<Dense<2>>{}"),
        "time_distributed_images": images("3, 6, 5, 2", "TimeDistributed<Conv2D<3, 3, Tanh>>{}",
                                          "TimeDistributed<MaxPooling2D<2>>{}", "TimeDistributed<Flatten<>>{}",
                                          "LSTM<5>{}"),
    }
    return cases


FILES = {
    "recurrent.weights.h5": (net("Input<5, 3>{}", "LSTM<4, return_sequences>{}", "GRU<6, return_sequences>{}",
                                 "LSTM<5, return_sequences>{}", "SimpleRNN<4, no_bias>{}", "Dense<2>{}"),
                             keras.Model.save_weights),
    "wrappers.weights.h5": (net("Input<5, 3>{}", "Bidirectional<LSTM<4, return_sequences>>{}",
                                "TimeDistributed<Dense<6, Tanh>>{}", "Bidirectional<GRU<5>, merge::sum>{}",
                                "Dense<2>{}"), keras.Model.save_weights),
}
FILES |= {"legacy_recurrent.h5": (FILES["recurrent.weights.h5"][0], keras.Model.save),
          "legacy_wrappers.h5": (FILES["wrappers.weights.h5"][0], keras.Model.save)}
