# GRU with reset_after<false> in the tests of all layers; registry.py says what each name means. tests/golden/recurrent.py
# has the cases of GRU without that option.
from registry import net

EXAMPLES = [
    ("4, 3", "GRU<5, reset_after<false>>{}"),
]

STREAMS = [
    net("Input<9, 3>{}", "GRU<17, return_sequences, reset_after<false>>{}", "GRU<4, return_sequences, no_bias, reset_after<false>>{}"),
]

GRADIENTS = [
    net("Input<4, 3>{}", "GRU<5, reset_after<false>>{}", "Dense<2>{}"),
    net("Input<4, 3>{}", "Dense<4, Tanh>{}", "GRU<6, go_backwards, return_sequences, reset_after<false>>{}",
        "GRU<2, reset_after<false>>{}"),
    net("Input<3, 3>{}", "Dense<4, Tanh>{}", "GRU<6, GELU, recurrent_activation<SiLU>, no_bias, reset_after<false>>{}",
        "Dense<2>{}"),
    net("Input<1, 3>{}", "Dense<4, Tanh>{}", "GRU<9, reset_after<false>>{}", "Dense<2>{}"),
    (net("Input<3, 2>{}", "GRU<40, reset_after<false>>{}", "Dense<2>{}"), 7),
    (net("Input<2, 2>{}", "GRU<3, return_sequences, reset_after<false>>{}", "Dense<2>{}"), 131),
    net("Input<4, 3>{}", "Dense<4, Tanh>{}", "Bidirectional<GRU<5, return_sequences, reset_after<false>>, merge::mul>{}",
        "Dense<2>{}"),
]

THREADS = [net("Input<5, 3>{}", "GRU<40, return_sequences, reset_after<false>>{}", "GRU<6, reset_after<false>>{}", "Dense<3>{}")]

GOLDEN = {"recurrent": {
    "gru_resets_before": net("Input<6, 3>{}", "GRU<5, reset_after<false>>{}"),
    "gru_resets_before_units_1": net("Input<4, 3>{}", "GRU<1, return_sequences, reset_after<false>>{}"),
    "gru_resets_before_units_16": net("Input<7, 1>{}", "GRU<16, return_sequences, reset_after<false>>{}"),
    "gru_resets_before_units_33": net("Input<5, 8>{}", "GRU<33, return_sequences, reset_after<false>>{}"),
    "gru_resets_before_units_100": net("Input<5, 3>{}", "GRU<100, reset_after<false>>{}"),
    "gru_resets_before_wide_input_backwards": net("Input<6, 130>{}", "GRU<20, go_backwards, reset_after<false>>{}"),
    "gru_resets_before_no_bias": net("Input<6, 3>{}", "GRU<7, no_bias, return_sequences, reset_after<false>>{}"),
    "gru_resets_before_tanh_gates": net("Input<6, 3>{}", "GRU<9, recurrent_activation<Tanh>, Softsign, reset_after<false>>{}"),
    "gru_resets_before_two": net("Input<5, 3>{}", "GRU<18, return_sequences, reset_after<false>>{}",
                                 "GRU<7, reset_after<true>>{}", "Dense<2>{}"),
}, "wrappers": {
    "bidirectional_gru_resets_before": net("Input<5, 3>{}", "Bidirectional<GRU<4, return_sequences, reset_after<false>>>{}"),
}}

TRAINING = {
    "gru_resets_before": ("images", "5, 3", "GRU<6, reset_after<false>>{}"),
    "gru_resets_before_sequences": ("maps", "5, 3", "GRU<6, return_sequences, reset_after<false>>{}", "Dense<2>{}"),
    "gru_resets_before_backwards": ("images", "5, 3", "Dense<4, Tanh>{}",
                                    "GRU<6, go_backwards, return_sequences, reset_after<false>>{}",
                                    "GRU<17, no_bias, reset_after<false>>{}"),
    "gru_resets_before_gates": ("images", "4, 3", "GRU<6, GELU, recurrent_activation<SiLU>, reset_after<false>>{}"),
    "gru_resets_before_regularized": ("images", "4, 3", "GRU<5, kernel_regularizer<L2<0.05>>, recurrent_regularizer<L1<0.02>>, "
                                      "bias_regularizer<L2<0.05>>, reset_after<false>>{}"),
    "gru_resets_before_both_ways": ("images", "5, 3", "Dense<4, Tanh>{}", "Bidirectional<GRU<4, reset_after<false>>>{}"),
}

two_layers = net("Input<5, 3>{}", "GRU<6, return_sequences, reset_after<false>>{}",
                 "Bidirectional<GRU<4, reset_after<false>>, merge::sum>{}", "Dense<2>{}")
FILES = {"gru_resets_before.weights.h5": two_layers, "legacy_gru_resets_before.h5": two_layers}
