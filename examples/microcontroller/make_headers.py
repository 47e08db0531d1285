#!/usr/bin/env python3
# Writes weights.hpp, the weights of a .safetensors file as an array that bind takes, and pictures.hpp, some digits.
# usage: make_headers.py WEIGHTS.safetensors DIGITS_FOLDER OUTPUT_FOLDER
import json
import struct
import sys
from pathlib import Path

HELD_BACK = 1437  # the images before are trained on
PICTURES = 12
PIXELS = 64


def read_safetensors(file):
    """(name, shape, values) of each tensor in the order of the file: that of model.weights()."""
    content = file.read_bytes()
    header_size = struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:8 + header_size])
    header.pop("__metadata__", None)
    tensors = sorted(header.items(), key=lambda item: item[1]["data_offsets"][0])
    for name, tensor in tensors:
        if tensor["dtype"] != "F32":
            sys.exit(f"{file}: {name} is of type {tensor['dtype']}, expected F32")
        begin, end = (8 + header_size + offset for offset in tensor["data_offsets"])
        yield name, tensor["shape"], struct.unpack(f"<{(end - begin) // 4}f", content[begin:end])


def rows_of(numbers, width=8):
    return "".join("    " + ", ".join(numbers[i:i + width]) + ",\n" for i in range(0, len(numbers), width))


def weights_header(file):
    tensors = list(read_safetensors(file))
    count = sum(len(values) for _, _, values in tensors)
    text = ("// All weights of the net in Keras' order. Made by make_headers.py.\n#pragma once\n\n#include <array>\n\n"
            f"namespace digits {{\n\ninline constexpr std::array<float, {count}> weights{{\n")
    for name, shape, values in tensors:
        # Hexadecimal: the very numbers of the file.
        text += f"    // {name}: {shape}\n" + rows_of([value.hex() + "f" for value in values])
    return text + "};\n\n}  // namespace digits\n"


def pictures_header(folder):
    images = (folder / "digits-images.idx3-ubyte").read_bytes()[16:]
    labels = (folder / "digits-labels.idx1-ubyte").read_bytes()[8:]
    text = ("// Digits of 8x8 pixels that training did not see, and what they are. Made by make_headers.py.\n#pragma once\n\n"
            "#include <array>\n#include <cstdint>\n\nnamespace digits {\n\n"
            "struct labelled_picture {\n    std::array<std::uint8_t, 64> pixels;\n    int digit;\n};\n\n"
            f"inline constexpr std::array<labelled_picture, {PICTURES}> pictures{{{{\n")
    for index in range(HELD_BACK, HELD_BACK + PICTURES):
        pixels = ", ".join(str(pixel) for pixel in images[index * PIXELS:(index + 1) * PIXELS])
        text += f"    {{{{{pixels}}}, {labels[index]}}},\n"
    return text + "}};\n\n}  // namespace digits\n"


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: make_headers.py WEIGHTS.safetensors DIGITS_FOLDER OUTPUT_FOLDER")
    weights, folder, output = (Path(argument) for argument in sys.argv[1:])
    output.mkdir(parents=True, exist_ok=True)
    for name, text in (("weights.hpp", weights_header(weights)), ("pictures.hpp", pictures_header(folder))):
        (output / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
