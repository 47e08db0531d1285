#!/usr/bin/env python3
# Writes docs/layers.md, the table of layers, from the comments and `takes` of the headers in include/strata/layers and of the
# branching layers in include/strata/net, with the names of all layers before it.
# usage: make_layers.py ROOT [--check]       --check fails where the file is not what would be written
import re
import sys
from pathlib import Path

HEAD = """<!-- Made by docs/make_layers.py from the comments in include/strata/layers and net; do not edit. -->
# Layers

All layers, with their options, shapes and weights. Every layer takes `name<"...">`, `frozen` and, as the first of a model,
`input_shape<...>`; options follow the sizes in any order. Names, defaults, shapes of weights and their order are Keras'.
Shapes are without the batch. An activation is a layer, `ReLU{}`, and an option, `Dense<8, ReLU>`. Channels come last.

NAMES
## Shapes, weights, options

| layer | Keras | computes | shape | weights | options |
|---|---|---|---|---|---|
"""

NAMES = "NAMES\n"  # the place of the table of names in HEAD

FOOT = """
## Not there

Keras' layers have these, strata's do not; there is no option of that name:

- masking: `Masking`, the `mask_zero` of Embedding, `mask` as an argument of a call
- constraints of weights (`kernel_constraint` and the like)
- `activity_regularizer`
- of recurrent layers `dropout`, `recurrent_dropout`, `return_state`, `unroll`
- of Bidirectional a merge of `None` (two outputs), and a backward layer of another kind
- the `axis` of normalizations: it is the last one
- `data_format` other than channels last

Of training [training.md](training.md) lists the same.
"""

# The rows of the table of names: names of layers that belong together, and a note. A layer stands in the first row that it fits.
GROUPS = [
    (r"Dense", "on the last axis, any rank"),
    (r"\w*Conv\dD\w*", "strides, dilation, groups, `padding::same`, `padding::causal` over sequences"),
    (r"\w*Pooling\dD", "the largest or the mean value of windows, or of whole maps"),
    (r"WaveNet", "arrays of dilated causal convolutions, as Neural Amp Modeler has them: [audio](audio.md)"),
    (r"SimpleRNN|LSTM|GRU|Bidirectional|TimeDistributed", "over whole sequences, or step by step as a stream"),
    (r"\w*Normalization|Rescaling", "mean and scale of values, learned, measured or given"),
    (r"Flatten|Reshape|Permute|RepeatVector|(Zero|Constant|Reflection|Replication)Padding\dD|Cropping\dD|UpSampling\dD", "other shapes of the same values"),
    (r"Embedding", "a vector for each index"),
    (r"\w*Dropout\w*|GaussianNoise", "cost nothing in an inference"),
    (r"ACTIVATION", "as a layer, `ReLU{}`, or as an option of a layer, `Dense<8, ReLU>`; `Activation<A>` is the layer with options"),
    (r"PReLU|Elementwise", "a function object of one's own; a slope with weights"),
    (r"BRANCHING", "paths over one input, whose outputs are merged"),
    (r"\w+", ""),
]

# A struct with the comment and the template head before it, and its base.
STRUCT = re.compile(r"(?P<comment>(?:^ *///.*\n)*)(?:^ *template <(?P<head>[^\n]*?)>(?:  //[^\n]*)?\n)?(?:^ *requires.*\n(?:^ {9,}.*\n)*)?"
                    r"^ *struct (?P<name>\w+)(?P<special><[^\n{]*?>)?(?:\s*:\s*(?P<base>\w+))?", re.MULTILINE)
TAKES = r"static constexpr (?:std::)?array(?:<[^;{]*?>)? takes\s*=?\s*\{(.*?)\};"
TYPE = re.compile(r'static constexpr std::string_view type = "(\w+)"')


class Struct:
    def __init__(self, match, body):
        self.name, self.base = match["name"], match["base"]
        self.head, self.body = match["head"], body
        text = " ".join(line.strip().removeprefix("///").strip() for line in match["comment"].splitlines())
        self.sentences = [s.strip().rstrip(".") for s in re.split(r"\.\s+(?=[A-Z(`])|\.$", text) if s and s.strip()]


def structs_of(text):
    """The structs of a header by name; of a template the primary one, with the bodies of its specialisations."""
    matches = [m for m in STRUCT.finditer(text)]
    result = {}
    for i, match in enumerate(matches):
        body = text[match.end():matches[i + 1].start() if i + 1 < len(matches) else len(text)]
        if match["special"] and match["name"] in result:
            result[match["name"]].body += body
        elif not match["special"]:
            result[match["name"]] = Struct(match, body)
    return result


def sentence(struct, all_structs, accepts):
    """The first sentence that is accepted in the struct's comment, or in the comment of its base."""
    while struct is not None:
        for text in struct.sentences:
            after_title = re.sub(r"^[A-Z][^:()`]*: ", "", text)  # `Base of the poolings: (steps, ...) -> ...`
            for candidate in (after_title, text):
                if accepts(candidate):
                    return candidate
        struct = all_structs.get(struct.base)
    return None


def is_shape(text):
    return "->" in text or "unchanged" in text


def is_keras(text):
    return text.startswith("Keras: ")


def is_weights(text):
    return text.startswith(("Weights: ", "No weights"))


def find_in_bodies(struct, all_structs, pattern):
    while struct is not None:
        found = re.search(pattern, struct.body, re.DOTALL)
        if found:
            return found
        struct = all_structs.get(struct.base)
    return None


def spelling(struct):
    """`Conv2D<Filters, Kernel>` from the template's head; what has a default stands with it."""
    arguments = []
    for argument in re.split(r",\s*(?![^<]*>)", struct.head or ""):
        found = re.fullmatch(r"\w+(?:::\w+)? (\w+)(?: = (.+))?", argument.strip())
        if found:
            arguments.append(found[1] + (f" = {found[2]}" if found[2] else ""))
        elif re.fullmatch(r"\w+(?:<[^>]*>)?\.\.\. (?:Layers|Branches)", argument.strip()):
            arguments.append(argument.split()[-1] + "...")
    return struct.name + (f"<{', '.join(arguments)}>" if struct.head is not None else "")


def option_kinds(text):
    """How an option's kind reads, by the option's name."""
    kinds = dict(re.findall(r'struct (\w+) \{\s*static constexpr std::string_view kind = "((?:[^"\\]|\\.)*)"', text))
    kinds |= dict(re.findall(r'inline constexpr std::string_view (\w+_kind) = "([^"]*)"', text))
    return {name: kind.replace('\\"', '"') for name, kind in kinds.items()}


def options_of(struct, all_structs, kinds):
    found = find_in_bodies(struct, all_structs, TAKES)
    if not found:
        return ""
    items = re.split(r",\s*(?![^<]*>)", found[1].strip())
    names = [re.sub(r"<.*>|::kind$", "", item).removesuffix("::kind").split("::")[-1] for item in items if item]
    unknown = [name for name in names if name not in kinds]
    if unknown or not names:
        raise ValueError(f"{struct.name}: takes names {', '.join(unknown) or 'nothing'}, which is no kind of option")
    return ", ".join(f"`{kinds[n]}`" if "an " not in kinds[n] else kinds[n] for n in names)


def escaped(cell):
    """Text as Markdown: bars always, brackets outside of code."""
    parts = cell.replace("|", "\\|").split("`")
    return "`".join(part if i % 2 else part.replace("<", "&lt;") for i, part in enumerate(parts))


def row(struct, all_structs, kinds):
    shape = sentence(struct, all_structs, is_shape)
    keras = sentence(struct, {}, is_keras)
    weights = sentence(struct, all_structs, is_weights)
    if shape is None:
        raise ValueError(f"{struct.name}: its comment gives no shape rule, `(...) -> (...)` or `..., unchanged`")
    if keras is None:
        raise ValueError(f"{struct.name}: its comment has no sentence `Keras: ...`")
    if weights is None and find_in_bodies(struct, all_structs, r"\bparameters\(const shape"):
        raise ValueError(f"{struct.name}: it has parameters, and its comment has no sentence `Weights: ...`")
    notes = [s for s in struct.sentences if s not in (shape, keras, weights)]
    notes = [s if re.match(r"\w+\(|[xf]\b|[^a-z]", s) else s[0].upper() + s[1:] for s in notes]
    weights = (weights or "").removeprefix("Weights: ").replace("No weights", "")
    cells = [f"`{spelling(struct)}`", keras.removeprefix("Keras: "), ". ".join(notes), shape,
             weights, options_of(struct, all_structs, kinds)]
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |\n"


def table(folder):
    paths = sorted([*folder.glob("*.hpp"), *(folder.parent / "net").glob("*.hpp")], key=lambda path: path.name)
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    all_structs, kinds = {}, {}
    for text in texts.values():
        all_structs |= structs_of(text)
        kinds |= option_kinds(text)
    all_structs.pop("layer", None)  # the base of all: its members say nothing about a layer
    rows, mistakes, names = [], [], {}
    for path, text in texts.items():
        for struct in structs_of(text).values():
            # Of net/ a public struct that says which layer of Keras it is.
            if TYPE.search(struct.body) and (path.parent == folder or
                                             struct.name[0].isupper() and sentence(struct, {}, is_keras)):
                try:
                    rows.append(row(struct, all_structs, kinds))
                    # Activations share their headers' names; a branching layer is one of net/.
                    names[struct.name] = ("BRANCHING" if path.parent != folder else
                                          "ACTIVATION" if path.stem in ("activation", "activations", "softmax") else
                                          struct.name)
                except ValueError as mistake:
                    mistakes.append(f"{path}: {mistake}")
    if mistakes or not rows:
        raise ValueError("\n".join(mistakes) or f"no layers in {folder}")
    return HEAD + "".join(rows) + FOOT, names_table(names)


def names_table(names):
    groups = [[] for _ in GROUPS]
    for name, sort in names.items():
        groups[next(i for i, (pattern, _) in enumerate(GROUPS) if re.fullmatch(pattern, sort))].append(name)
    rows = [f"| {' '.join(f'`{name}`' for name in group)} | {note} |".replace("|  |", "| |")
            for group, (_, note) in zip(groups, GROUPS) if group]
    return "\n".join(["| layers | what they do |", "|---|---|", *rows,
                      "| `Sequential` in a `Sequential` | is one layer of the outer net |", "", ""])


def main(arguments):
    if not arguments or len(arguments) > 2 or (len(arguments) == 2 and arguments[1] != "--check"):
        print("usage: make_layers.py ROOT [--check]", file=sys.stderr)
        return 2
    root = Path(arguments[0])
    try:
        text, names = table(root / "include" / "strata" / "layers")
    except (ValueError, IndexError) as mistake:
        print(mistake)
        return 1
    target, made = root / "docs" / "layers.md", text.replace(NAMES, names, 1)
    if len(arguments) == 1:
        target.write_text(made, encoding="utf-8")
    elif not target.is_file() or target.read_text(encoding="utf-8") != made:
        print(f"{target} is stale: run docs/make_layers.py {root}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
