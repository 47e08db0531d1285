#!/usr/bin/env python3
# The files of this folder, one a header of layers, and layers.inc, which C++ tests read: registry.py ROOT [--check].
#
# A file tests/layers/<header>.py says what the tests of all layers need to know of the layers of that header. It needs
# no Keras to be read. All of its names are optional:
#
#   SIZES      {layer: count}: so many template arguments are sizes, the rest are options; Keras' layer has that name
#   KERAS      {layer: function(spelling, Term)}: makes Keras' layer where names or arguments differ (golden/spelling.py)
#   EXAMPLES   [(input shape, layer)]: computed as a constant and at run time, and trained in the test of warnings
#   STREAMS    [net]: a stream gives step by step what predict gives of the whole sequence
#   GRADIENTS  [net] or [(net, samples)]: backward against central differences, in double; inputs lie in (-1.5, 1.5)
#   THREADS    [net]: gradients are the same bits for any number of threads; inputs are whole numbers from 0 to 10
#   GOLDEN     {family: {case: net}}: forward equals Keras (tests/golden/generate.py)
#   TRAINING   {case: ("images" or "maps", input shape, *layers)}: training equals Keras step by step (training.py);
#              the last may be a dict of more arguments, such as {"optimizer": ...}
#   FILES      {file: net}: files that Keras writes, .weights.h5, .safetensors or legacy_*.h5, and the way back to Keras
#   TORCH      {case: (shapes, class, layer, sample, function)}: weights of PyTorch (tests/interop/torch_conversion.py)
#
# After a change: registry.py ROOT writes layers.inc; generate.py, training.py and generate.py files (in tests/golden,
# with Keras) write the values.
import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NAMES = ("SIZES", "KERAS", "EXAMPLES", "STREAMS", "GRADIENTS", "THREADS", "GOLDEN", "TRAINING", "FILES", "TORCH")


def net(*items):
    return f"Sequential{{{', '.join(items)}}}"


def files():
    """The modules, in the order of their names."""
    sys.modules.setdefault("registry", sys.modules[__name__])  # for `from registry import net`
    for path in sorted(FOLDER.glob("*.py")):
        if path.name != "registry.py":
            spec = importlib.util.spec_from_file_location(f"layers_{path.stem}", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            unknown = [name for name in vars(module) if name.isupper() and len(name) > 1 and name not in NAMES]
            if unknown:
                raise ValueError(f"{path}: {', '.join(unknown)}: no name that registry.py knows")
            yield module


FILES_OF_LAYERS = list(files())


def all_of(name):
    """The entries of all files under one of NAMES: a list, or a dict; of GOLDEN a dict of dicts."""
    found = [getattr(module, name) for module in FILES_OF_LAYERS if hasattr(module, name)]
    if name in ("EXAMPLES", "STREAMS", "GRADIENTS", "THREADS"):
        return [entry for entries in found for entry in entries]
    result = {}
    for entries in found:
        for key, value in entries.items():
            if name == "GOLDEN":
                value = merged(result.get(key, {}), value)
            elif key in result:
                raise ValueError(f"{name}: a second entry {key}")
            result[key] = value
    return result


def merged(a, b):
    twice = a.keys() & b.keys()
    if twice:
        raise ValueError(f"GOLDEN: a second case {', '.join(sorted(twice))}")
    return a | b


def product(shape):
    result = 1
    for extent in shape.split(","):
        result *= int(extent)
    return result


def chain():
    """One net of all examples; Dense and Reshape bring each the shape that it wants."""
    items = ["Input<7>{}"]
    for shape, layer in all_of("EXAMPLES"):
        items += ["Flatten<>{}", f"Dense<{product(shape)}>{{}}", f"Reshape<shape{{{shape}}}>{{}}", layer]
    return net(*items, "Flatten<>{}", "Dense<2>{}")


def text():
    lines = ["// Made by tests/layers/registry.py from the files of this folder; do not edit. Each use defines one macro."]

    def part(macro, entries):
        lines.extend([f"#if defined({macro})", *(f"{macro}({entry})" for entry in entries), f"#undef {macro}", "#endif"])

    part("LAYER_EXAMPLE", [net(f"Input<{shape}>{{}}", layer) for shape, layer in all_of("EXAMPLES")])
    part("LAYER_CHAIN", [chain()])
    part("LAYER_STREAM", all_of("STREAMS"))
    gradients = [entry if isinstance(entry, tuple) else (entry, 3) for entry in all_of("GRADIENTS")]
    part("LAYER_GRADIENTS", [f"{samples}, {spelling}" for spelling, samples in gradients])
    part("LAYER_THREADS", all_of("THREADS"))
    part("LAYER_TORCH", [f"torch_{case}, {net(f'Input<{channels_last(entry[3])}>{{}}', named(entry[2]))}"
                         for case, entry in all_of("TORCH").items()])
    return "\n".join(lines) + "\n"


def channels_last(sample):
    """The shape of a sample of PyTorch, as strata spells it."""
    return ", ".join(map(str, (*sample[1:], sample[0])))


def named(layer):
    """The layer with the name that torch_conversion.py gives the module."""
    return layer.removesuffix(">{}") + ("" if layer.endswith("<>{}") else ", ") + 'name<"it">>{}'


def main(arguments):
    if not arguments or len(arguments) > 2 or (len(arguments) == 2 and arguments[1] != "--check"):
        print("usage: registry.py ROOT [--check]", file=sys.stderr)
        return 2
    target = Path(arguments[0]) / "tests/layers/layers.inc"
    if len(arguments) == 1:
        target.write_text(text(), encoding="utf-8")
        return 0
    if not target.is_file() or target.read_text(encoding="utf-8") != text():
        print(f"{target} is stale: run tests/layers/registry.py {arguments[0]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
