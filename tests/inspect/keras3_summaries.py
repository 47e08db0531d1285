# Prints keras3_summaries.inc: tables of Keras 3, of the nets that summary.cpp builds too.
# usage: KERAS_BACKEND=jax COLUMNS=80 python keras3_summaries.py > keras3_summaries.inc
import keras
from keras import layers as L


def net(name, inputs, *layers, **options):
    return keras.Sequential([keras.Input(inputs, **options), *layers], name=name)


frozen = L.Conv2D(32, 5, strides=2, activation="relu")
inner = keras.Sequential([L.Conv2D(32, 3), L.ReLU()], name="a_rather_long_name_of_an_inner_model")
NETS = [
    net("net", (28, 28, 1), L.Conv2D(16, 3, name="c1"), L.BatchNormalization(), L.GlobalAveragePooling2D(), L.Dense(10)),
    net("long", (250, 250, 3), frozen, inner, L.MaxPooling2D(3), L.Flatten(), L.Dense(400, name="very_long_name_that_does_not_fit_into_a_column"), L.Dropout(0.5)),
    net("batch", (4,), L.Dense(2, name="dense"), L.Dense(3, name="dense_1"), batch_size=1),
    net("wide", (1000000,), L.Reshape((10, 1000, 10, 10), name="reshape"), L.Reshape((1000, 1000, 1, 1), name="reshape_1")),
    net("sizes", (1024,), L.Dense(1023, name="dense"), L.Dense(524, name="dense_1"), L.Dense(7, use_bias=False, name="dense_2")),
]
frozen.trainable = False
NETS[0].layers[3].name = "dense"
NETS[1].layers[0].name = "conv2d"
for model in NETS:
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    text = "\n".join(lines).rstrip("\n")
    print(f'{{"{model.name}", R"({text}\n)"}},')
