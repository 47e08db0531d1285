# Writes scikit-learn's copy of the 8x8 digits as IDX files, MNIST's format.
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

FOLDER = Path(__file__).parent
UNSIGNED_BYTE = 0x08


def write_idx(path, values):
    with open(path, "wb") as file:
        file.write(bytes([0, 0, UNSIGNED_BYTE, values.ndim]))
        file.write(np.array(values.shape, ">u4").tobytes())
        file.write(values.astype(np.uint8).tobytes())


def read_idx(path):
    data = Path(path).read_bytes()
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


if __name__ == "__main__":
    digits = load_digits()
    write_idx(FOLDER / "digits-images.idx3-ubyte", digits.images)
    write_idx(FOLDER / "digits-labels.idx1-ubyte", digits.target)
