# Printers of gdb for strata: tensors with their extents, shapes, texts, datasets, and nets as lists of layers.
# In gdb, or in ~/.gdbinit:   source FOLDER/tools/debugger/strata_gdb.py
import re

import gdb
import gdb.printing
import gdb.types


def arguments_of(name):
    """The template arguments of a type's name, as texts."""
    begin = name.find("<")
    if begin < 0:
        return []
    found, depth, start = [], 0, begin + 1
    for at in range(begin + 1, len(name)):
        letter = name[at]
        if letter in "<({[":
            depth += 1
        elif letter in ">)}]" and depth > 0:
            depth -= 1
        elif letter == ">" or (letter == "," and depth == 0):
            found.append(name[start:at].strip())
            start = at + 1
            if letter == ">":
                break
    return [each for each in found if each]


def text_of_characters(found):
    return '"' + "".join(chr(int(code)) for code in re.findall(r"\(char\)(\d+)", found[0]) if code != "0") + '"'


def plain(name):
    """A type's name as a program spells it: without namespaces of instruction sets, and with values as they are written."""
    name = re.sub(r"\bstrata::(?:scalar|avx\w*|sse\w*|neon\w*|wasm\w*)::", "", name)
    name = re.sub(r"\bstrata::fixed_string<\d+(?:ul|UL)?>\{char ?\[\d+\]\{[^}]*\}\}", text_of_characters, name)
    name = re.sub(r'\bstrata::fixed_string<\d+(?:ul|UL)?>\{("(?:[^"\\]|\\.)*")\}', r"\1", name)
    name = re.sub(r"\bstrata::input_extent\{(-?\d+)\}", lambda found: found[1] if int(found[1]) >= 0 else "any", name)
    name = re.sub(r"\bstrata::window\{(\d+), (\d+)\}", lambda found: found[1] if found[1] == found[2]
                  else f"{found[1]}, {found[2]}", name)
    name = re.sub(r"\bstrata::", "", name)
    name = re.sub(r"(\d)(?:ul|UL)\b", r"\1", name)
    return re.sub(r">\s+>", ">>", re.sub(r">\s+>", ">>", name))


def layers_of(name):
    """The layers of a net by the name of its type."""
    return [plain(each) for each in arguments_of(name)]


class Tensor:
    """`(2, 3) = {{0, 0, 0}, {0, 0, 1.5}}`."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        extents = [int(re.match(r"\d+", each)[0]) for each in arguments_of(self.value.type.strip_typedefs().name)[1:]]
        element = self.value.type.template_argument(0)
        storage = self.value["elements_"]["elements_"]
        if storage.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and int(storage) == 0:
            return "moved from"
        array = element
        for extent in reversed(extents):
            array = array.array(extent - 1)
        first = storage if storage.type.strip_typedefs().code == gdb.TYPE_CODE_PTR else storage[0].address
        values = first.cast(array.pointer()).dereference().format_string() if extents else str(first.dereference())
        return f"({', '.join(map(str, extents))}) = {values}"


class Shape:
    """`(28, 28, 1)`."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        extents = self.value["extents"]["_M_elems" if gdb.types.has_field(self.value["extents"].type, "_M_elems")
                                        else "__elems_"]
        return "(" + ", ".join(str(int(extents[i])) for i in range(int(self.value["rank_"]))) + ")"


class Text:
    """The characters of a text of bounded length."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return self.value["chars"].string(length=int(self.value["length"]))

    def display_hint(self):
        return "string"


class Net:
    """`Sequential, 4 items`, then one after the other."""

    def __init__(self, value):
        self.layers = layers_of(value.type.strip_typedefs().name)

    def to_string(self):
        return f"Sequential, {len(self.layers)} items"

    def children(self):
        return ((f"[{i}]", layer) for i, layer in enumerate(self.layers))


class Model:
    """A model by its net, as Net, and its scalar."""

    def __init__(self, value):
        net, scalar = arguments_of(value.type.strip_typedefs().name)[:2]
        self.layers, self.scalar = layers_of(net), scalar

    def to_string(self):
        return f"Model of {self.scalar}, {len(self.layers)} items"

    def children(self):
        return ((f"[{i}]", layer) for i, layer in enumerate(self.layers))


class Dataset:
    """The number of samples, then inputs and labels."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        vector = self.value["labels_"]["_M_impl"]
        arguments = arguments_of(self.value.type.strip_typedefs().name)
        # An extent each, then the rank; without template arguments of the array that holds them.
        numbers = re.findall(r"\d+", re.sub(r"<[^<>]*>", "", arguments[3])) if len(arguments) > 3 else []
        values = 1
        for extent in numbers[:-1]:
            values *= int(extent)
        return f"{int(vector['_M_finish'] - vector['_M_start']) // values} samples"

    def children(self):
        return (("inputs", self.value["inputs_"]), ("labels", self.value["labels_"]))


class TypeNames:
    """Names of types in `whatis` and `ptype`: nets as a list, a layer a line."""

    name = "strata"
    enabled = True

    class Recognizer:
        def recognize(self, found):
            if not found.name or "strata::" not in found.name:
                return None
            name = found.name
            if re.match(r"strata::(?:\w+::)?Sequential<", name):
                return "Sequential<\n    " + ",\n    ".join(layers_of(name)) + ">"
            if re.match(r"strata::(?:\w+::)?Model<", name):
                net, scalar = arguments_of(name)[:2]
                return "Model<Sequential<\n    " + ",\n    ".join(layers_of(net)) + f">, {scalar}>"
            return plain(name)

    def instantiate(self):
        return self.Recognizer()


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("strata")
    for name, pattern, printer in (
            ("Tensor", r"^strata::Tensor<.*>$", Tensor), ("shape", r"^strata::shape$", Shape),
            ("text", r"^strata::text<.*>$", Text), ("Dataset", r"^strata::Dataset<.*>$", Dataset),
            ("Sequential", r"^strata::\w+::Sequential<.*>$", Net), ("Model", r"^strata::\w+::Model<.*>$", Model)):
        collection.add_printer(name, pattern, printer)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
gdb.types.register_type_printer(gdb.current_objfile(), TypeNames())
