#!/usr/bin/env python3
# Writes docs/layers.md, the table of layers, from the comments and `takes` of the headers in include/strata/layers and of the
# branching layers in include/strata/net, with the names of all layers before it.
# usage: make_layers.py ROOT [--check]       --check fails where the file is not what would be written
import re
import sys
from pathlib import Path

HEAD = """<!-- Made by docs/make_layers.py from the comments in include/strata/layers and net; do not edit. -->
# Layers

All layers, with their shapes, weights and options. Names, defaults, shapes of weights and their order are Keras'.

- Sizes come first, then options in any order: `Conv2D<32, 3, strides<2>, ReLU>{}`.
- Every layer takes `name<"...">` and `frozen`. The first of a net may take `input_shape<...>` instead of an `Input`.
- Shapes are those of one sample, without the batch. Channels come last.
- An activation is a layer, `ReLU{}`, and an option, `Dense<8, ReLU>`.

"""

FOOT = """
## Not there

strata has no option for these parts of Keras' layers:

- masking: `Masking`, the `mask_zero` of Embedding, `mask` as an argument of a call
- constraints of weights (`kernel_constraint` and the like)
- `activity_regularizer`
- of recurrent layers `dropout`, `recurrent_dropout`, `return_state`, `unroll`
- of Bidirectional a merge of `None` (two outputs), and a backward layer of another kind
- the `axis` of normalizations: it is the last one
- `data_format` other than channels last

[training.md](training.md#not-there) lists the same for training.
"""

# The sections: names of layers that belong together, a title and a note. A layer stands in the first section that it fits.
GROUPS = [
    (r"Dense", "Dense", "on the last axis, any rank"),
    (r"\w*Conv\dD\w*", "Convolutions", "strides, dilation, groups, `padding::same`, `padding::causal` over sequences"),
    (r"\w*Pooling\dD", "Poolings", "the largest or the mean value of windows, or of whole maps"),
    (r"SimpleRNN|LSTM|GRU|Bidirectional|TimeDistributed", "Sequences", "over whole sequences, or step by step as a stream"),
    (r"WaveNet", "WaveNet", "arrays of dilated causal convolutions, as Neural Amp Modeler has them: [audio](audio.md)"),
    (r"\w*Normalization|Rescaling", "Normalizations", "mean and scale of values, learned, measured or given"),
    (r"Flatten|Reshape|Permute|RepeatVector|(Zero|Constant|Reflection|Replication)Padding\dD|Cropping\dD|UpSampling\dD",
     "Shapes", "other shapes of the same values"),
    (r"Embedding", "Embedding", "a vector for each index"),
    (r"\w*Dropout\w*|GaussianNoise", "Dropout and noise", "cost nothing in an inference"),
    (r"ACTIVATION", "Activations", "as a layer, `ReLU{}`, or as an option of a layer, `Dense<8, ReLU>`; `Activation<A>` is the layer with options"),
    (r"PReLU|Elementwise", "Functions of one value", "a function object of your own; a slope with weights"),
    (r"BRANCHING", "Branching layers", "paths from one input, whose outputs are merged"),
    (r"\w+", "Others", ""),
]
NO_SHAPE = "Activations"  # the section whose layers keep every shape and have neither weights nor options

# A struct with the comment and the template head before it, and its base.
STRUCT = re.compile(r"(?P<comment>(?:^ *///.*\n)*)(?:^ *template <(?P<head>[^\n]*?)>(?:  //[^\n]*)?\n)?(?:^ *requires.*\n(?:^ {9,}.*\n)*)?"
                    r"^ *struct (?P<name>\w+)(?P<special><[^\n{]*?>)?(?:\s*:\s*(?P<base>\w+))?", re.MULTILINE)
TAKES = r"static constexpr (?:std::)?array(?:<[^;{]*?>)? takes\s*=?\s*\{(.*?)\};"
NAMED_TAKES = re.compile(r"static constexpr auto takes = ((\w+)(?:<(.*)>)?);")
TYPE = re.compile(r'static constexpr std::string_view type = "(\w+)"')


class Struct:
    def __init__(self, match, body):
        self.name, self.base = match["name"], match["base"]
        self.head, self.body = match["head"], body
        # The layers that are arguments of its base: a layer over sequences is made of one over images.
        self.parts = re.findall(r"\w+", body.split(" {\n")[0]) if self.base else []
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


def find_options(struct, all_structs):
    """The kinds that a layer takes: its own, those of its base, or those of the layer that it is made of."""
    found = find_in_bodies(struct, all_structs, TAKES)
    for name in struct.parts if not found else []:
        if name != struct.name and name in all_structs:
            found = found or find_in_bodies(all_structs[name], all_structs, TAKES)
    return found


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


def named_takes_written_out(path, text, all_texts):
    """A header whose layers take the options of a list that has a name, with the list itself."""
    for written, name, own in NAMED_TAKES.findall(text):
        found = re.search(r"constexpr std::array " + name + r"\{(.*?)\};", all_texts, re.DOTALL)
        if not found:
            raise ValueError(f"{path}: takes is {name}, which is no list of options in these headers")
        options = found[1].replace("Own::kind...,", "".join(f"{each}::kind," for each in own.split(", ") if each))
        text = text.replace(f"static constexpr auto takes = {written};", f"static constexpr std::array takes{{{options}}};")
    return text


def option_kinds(text):
    """How an option's kind reads, by the option's name."""
    kinds = dict(re.findall(r'struct (\w+) \{\s*static constexpr std::string_view kind = "((?:[^"\\]|\\.)*)"', text))
    kinds |= dict(re.findall(r'inline constexpr std::string_view (\w+_kind) = "([^"]*)"', text))
    return {name: kind.replace('\\"', '"') for name, kind in kinds.items()}


def options_of(struct, all_structs, kinds):
    found = find_options(struct, all_structs)
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
    keras, shape = keras.removeprefix("Keras: "), shape[0].upper() + shape[1:]
    name = f"`{spelling(struct)}`" + ("" if keras == f"`{struct.name}`" else f"; Keras: {keras}")
    notes = ". ".join(notes)
    return [name, notes], [name, f"{shape}. {notes}" if notes else shape, weights, options_of(struct, all_structs, kinds)]


def row_of(cells):
    return ("| " + " | ".join(escaped(cell) for cell in cells) + " |\n").replace("|  |", "| |").replace("|  |", "| |")


def table(folder):
    paths = sorted([*folder.glob("*.hpp"), *(folder.parent / "net").glob("*.hpp")], key=lambda path: path.name)
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    all_structs, kinds = {}, {}
    for text in texts.values():
        kinds |= option_kinds(text)
    texts = {path: named_takes_written_out(path, text, "\n".join(texts.values())) for path, text in texts.items()}
    for text in texts.values():
        all_structs |= structs_of(text)
    all_structs.pop("layer", None)  # the base of all: its members say nothing about a layer
    mistakes, groups = [], [[] for _ in GROUPS]
    for path, text in texts.items():
        for struct in structs_of(text).values():
            # Of net/ a public struct that says which layer of Keras it is.
            if TYPE.search(struct.body) and (path.parent == folder or
                                             struct.name[0].isupper() and sentence(struct, {}, is_keras)):
                try:
                    cells = row(struct, all_structs, kinds)
                except ValueError as mistake:
                    mistakes.append(f"{path}: {mistake}")
                    continue
                # Activations share their headers' names; a branching layer is one of net/.
                sort = ("BRANCHING" if path.parent != folder else
                        "ACTIVATION" if path.stem in ("activation", "activations", "softmax") else struct.name)
                group = next(i for i, (pattern, *_) in enumerate(GROUPS) if re.fullmatch(pattern, sort))
                groups[group].append((struct.name, *cells))
    if mistakes or not any(groups):
        raise ValueError("\n".join(mistakes) or f"no layers in {folder}")
    found = [(title, note, group) for group, (_, title, note) in zip(groups, GROUPS) if group]
    return HEAD + names_table(found) + "".join(section(title, group) for title, _, group in found) + FOOT


def names_table(groups):
    rows = [f"| [{title}](#{title.lower().replace(' ', '-')}) | {' '.join(f'`{name}`' for name, *_ in group)} | {note} |".replace("|  |", "| |")
            for title, note, group in groups]
    return "\n".join(["| section | layers | |", "|---|---|---|", *rows,
                      "| [Nets and models](models.md) | `Sequential` in a `Sequential` | is one layer of the outer net |", ""])


def section(title, group):
    if title == NO_SHAPE:
        rows = [f"\n## {title}\n\nThe shape stays.\n\n", "| layer | computes |\n|---|---|\n"]
        return "".join(rows + [row_of(short) for _, short, _ in group])
    heads = ["layer", "shape", "weights", "options"]
    used = [i for i in range(len(heads)) if any(cells[i] for _, _, cells in group)]  # no column is empty
    rows = [f"\n## {title}\n\n", row_of([heads[i] for i in used]), "|" + "---|" * len(used) + "\n"]
    return "".join(rows + [row_of([cells[i] for i in used]) for _, _, cells in group])


def main(arguments):
    if not arguments or len(arguments) > 2 or (len(arguments) == 2 and arguments[1] != "--check"):
        print("usage: make_layers.py ROOT [--check]", file=sys.stderr)
        return 2
    root = Path(arguments[0])
    try:
        made = table(root / "include" / "strata" / "layers")
    except (ValueError, IndexError) as mistake:
        print(mistake)
        return 1
    target = root / "docs" / "layers.md"
    if len(arguments) == 1:
        target.write_text(made, encoding="utf-8")
    elif not target.is_file() or target.read_text(encoding="utf-8") != made:
        print(f"{target} is stale: run docs/make_layers.py {root}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
