# Trains the digits net in Keras, and writes its weights, its predictions of the held-back images and README.md.
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np
from keras import layers

from make_data import FOLDER, read_idx, write_idx

TRAINING_IMAGES = 1437
EPOCHS = 30
BATCH = 64
SHIFTS = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]

README = """# Handwritten digits

| file | what it is |
|---|---|
| `digits-images.idx3-ubyte` | 1797 images of 8x8 pixels, values 0 to 16, in MNIST's IDX format |
| `digits-labels.idx1-ubyte` | their digits, 0 to 9 |
| `digits.weights.h5` | weights of the net below, trained in Keras on the first {training} images |
| `keras-predictions.idx1-ubyte` | the digits that Keras predicts for the last {held_back} images |

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
<https://doi.org/10.24432/C50P49>, licence CC BY 4.0: its test set, in the copy that scikit-learn (BSD 3-Clause) ships
as `sklearn.datasets.load_digits`. The pixels and labels are unchanged; `make_data.py` wrote them as IDX files.

```
{net}
```

Pixels are multiplied by 1/16 before the net. `train_keras.py` trained it (Adam, {epochs} epochs, the images and the same
shifted by one pixel) with Keras {version} on the {backend} backend: {correct} of the {held_back} held-back images are
right, {accuracy:.2%}.
"""
NET = """Sequential{Input<8, 8, 1>{}, Conv2D<16, 3, padding::same, ReLU>{}, Conv2D<32, 3, ReLU>{}, MaxPooling2D<2>{},
           Dropout<0.25>{}, Flatten<>{}, Dense<64, ReLU>{}, Dropout<0.5>{}, Dense<10, Softmax>{}}"""


def network():
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])


def shifted(images):
    """The images moved by each of SHIFTS, zeros moving in."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return np.concatenate([padded[:, 1 + down:9 + down, 1 + right:9 + right] for down, right in SHIFTS])


if __name__ == "__main__":
    images = read_idx(FOLDER / "digits-images.idx3-ubyte")[..., None].astype(np.float32) / 16
    labels = read_idx(FOLDER / "digits-labels.idx1-ubyte")
    x, y = shifted(images[:TRAINING_IMAGES]), np.tile(labels[:TRAINING_IMAGES], len(SHIFTS))

    keras.utils.set_random_seed(1)
    trained = network()
    steps = EPOCHS * -(-len(x) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    trained.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    trained.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=2)

    keras.utils.clear_session()
    model = network()  # never compiled, so that the file holds no optimizer
    model.set_weights(trained.get_weights())
    model.save_weights(FOLDER / "digits.weights.h5")
    predictions = model.predict(images[TRAINING_IMAGES:], verbose=0).argmax(axis=-1)
    write_idx(FOLDER / "keras-predictions.idx1-ubyte", predictions)
    correct, held_back = int((predictions == labels[TRAINING_IMAGES:]).sum()), len(predictions)
    print(f"{correct} of {held_back} held-back images are right: {correct / held_back:.2%}")
    (FOLDER / "README.md").write_text(README.format(
        training=TRAINING_IMAGES, held_back=held_back, net=NET, epochs=EPOCHS, version=keras.__version__,
        backend=keras.backend.backend(), correct=correct, accuracy=correct / held_back))
