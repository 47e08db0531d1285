# Comparison of outputs for the scripts of this folder.
import numpy as np


def difference(found, wanted, tolerance):
    """None where found equals wanted to `tolerance` of the largest value; else a sentence. A NaN differs."""
    if found.shape != wanted.shape:
        return f"shape {found.shape}, expected {wanted.shape}"
    error = np.abs(found - wanted).max() / np.abs(wanted).max()
    return None if error <= tolerance else f"outputs differ by {error:.1e} of the largest"


def check_outputs(path, wanted, tolerance):
    """The same of a file of raw floats."""
    return difference(np.fromfile(path, np.float32), np.ravel(wanted), tolerance)
