#!/usr/bin/env python3
# Checks that the tree keeps its rules: who includes whom, what a header looks like, what each layer brings along.
# usage: check_tree.py ROOT [--write] | check_tree.py --self-test
# --write adds headers of layers that no umbrella includes to infer.hpp.
import re
import sys
import tempfile
from pathlib import Path

# Folders of include/strata in the order in which they include: to the left only.
RANK = {"core": 0, "kernels": 1, "layers": 2, "net": 3, "graph": 4, "runtime": 5, "model": 6, "train": 7, "io": 7,
        "data": 8, "applications": 8, "inspect": 8}
# Headers whose code means the same for every instruction set; they include only each other, and live in plain
# `namespace strata`. All others live in `namespace strata::inline STRATA_ISA`.
SAME_FOR_EVERY_INSTRUCTION_SET = {"train/csv.hpp", "train/dataset.hpp", "train/decimal.hpp", "train/history.hpp",
                                  "train/history_scores.hpp", "train/history_svg.hpp", "train/scores.hpp",
                                  "train/svg_axis.hpp"}
# The folders that know the contract of layers and no layer.
CONTRACT_ONLY = {"net", "graph", "runtime", "model", "train", "io"}
UMBRELLAS = ("strata.hpp", "infer.hpp", "data.hpp", "inspect.hpp")
# Headers that no umbrella includes: a program includes them by name, as they need more than Hana and xsimd or generated
# code includes them; or they are an oracle that only tests need.
OPT_IN = {"io/c_interface.hpp", "io/keras_h5.hpp", "applications/nam_any_of.hpp", "applications/nam_files.hpp",
          "applications/rtneural_files.hpp",
          "applications/nam_save.hpp",
          "kernels/reference/reference_backward.hpp"}
# Third party: which headers may include what.
THIRD_PARTY = {
    "boost": lambda path: path == "core/meta.hpp",
    "xsimd": lambda path: path == "kernels/simd/xsimd.hpp",
    "hdf5": lambda path: path.startswith("io/"),
    "zip": lambda path: path.startswith("io/"),
    "png": lambda path: path in ("data/decode_image.hpp", "train/png_image.hpp"),
    "turbojpeg": lambda path: path == "data/decode_image.hpp",
    "nlohmann": lambda path: path.startswith(("applications/nam_", "applications/rtneural_")),
}
# System headers that are no part of the standard library, by the one header that includes them: another system needs one
# more of these headers, and nothing else.
SYSTEM_HEADERS = {"core/config.hpp": {"intrin.h"},
                  "core/posix_file.hpp": {"fcntl.h", "signal.h", "sys/file.h", "sys/mman.h", "sys/stat.h", "unistd.h"},
                  "core/terminal.hpp": {"sys/ioctl.h", "unistd.h"},
                  "core/native_thread.hpp": {"pthread.h", "sched.h", "unistd.h"},
                  "core/thread_pool.hpp": {"unistd.h"},
                  "core/windows.hpp": {"windows.h"},
                  "kernels/simd/wasm.hpp": {"wasm_simd128.h"}}
# Headers that define macros: strata's own; those that spare programs the macros of Windows' header.
MACRO_FILES = {"core/config.hpp", "core/features.hpp", "core/windows.hpp"}
SILENT = {"core", "kernels", "layers"}  # nothing prints here
PRINTING = {"iostream", "cstdio", "print"}
PRINTS = {"core/error.hpp"}  # the last words of a program without exceptions
LONGEST_HEADER = 300
LONGEST_LINE = 120
TEXT_FOLDERS = ("include", "tests", "examples", "bench", "docs")
TEXT_ENDINGS = {".hpp", ".cpp", ".py", ".sh", ".md", ".build"}
LONG_LINES_ALLOWED = {".md", ".py"}  # tables: of words, of cases

# One character and what a function returns: GCC 12 inserts it, and warns of memory that overlaps (its bug 105651).
CHARACTER_FIRST = re.compile(r'(?:=|return|\(|,|\?|:)\s*"(?:[^"\\]|\\.)" \+ [\w:]+\(')
# Words of a former vocabulary, and the words that the tree uses for them; as identifiers, or parts of such.
FORMER_NAMES = {
    r"judge\w*": "metric_tracker, update", r"\w*verdicts?": "check, diagnostic", r"tape\w*": "saved",
    r"team\w*": "thread_pool, thread_slice", r"in_order(?=\()": "for_each_in_order",
    r"prepared?(?:_\w+)?": "pack_weights, packed", r"derived?(?:_(?!from\b)\w+)?": "pack_for_backward", r"turned": "transposed",
    r"spread\w*": "lane_broadcast, scatter, percentiles", r"(?:larger|smaller|choose|magnitude)(?=\()": "max, min, select, abs",
    r"plan_facts": "layer_traits", r"facts": "layer_traits, plan_query", r"net_surface": "net_interface",
    r"running_fit": "fit_session", r"\w+_walk": "executor", r"forked": "branching", r"asserted|accepted": "require",
    r"(?<![.>])join": "merge", r"fold(?:ed|ing)?(?:_\w+)?": "fusion_pass, fused_type, fuse_weights", r"[Aa]sks": "Prefetch",
}
# Names that mean something else outside the rooms of the engine: facts of a file, a metric that prepares.
FORMER_IN_ENGINE = {r"prepared?(?:_\w+)?", r"facts"}
ENGINE = {"kernels", "layers", "net", "graph", "runtime", "model"}
# The same of comments.
FORMER_WORDS = {
    r"\A[Ww]hat\b": "begin with the subject", r"\bbehind\b": "after, next, consumer or fused",
    r"\bin front of\b": "before, previous or producer", r"\basked for ahead\b": "prefetched",
    r"\bverdicts?\b": "check", r"\bjudges?\b": "metrics", r"\btapes?\b": "saved activations",
}
COMMENT_OR_TEXT = re.compile(r'//(?P<comment>[^\n]*)|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'')

# Files that documents name: links, and paths in code. The changelog names files that are gone.
DOCUMENTS = ("*.md", "docs/*.md", "tests/**/*.md", "examples/**/*.md")
NAMES_FORMER_FILES = {"CHANGELOG.md"}
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH_IN_CODE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:hpp|cpp|py|md|json|build|sh))`")

WEIGHT_BY_NUMBER = re.compile(r"\b(?:weights|gradients|statistics)\[(?:\d+|\w+_at|[^\]]*\? *\d+ *: *\d+)\]")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
LAYER_TYPE = re.compile(r'static constexpr std::string_view type = "(\w+)"')
STRUCT = re.compile(r"^(?:struct|class) (\w+)", re.MULTILINE)


class Tree:
    """The headers below include/strata by their path there, with their text and what they include of strata."""

    def __init__(self, root):
        self.root = Path(root)
        folder = self.root / "include" / "strata"
        files = sorted(folder.rglob("*.hpp"))
        self.headers = {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}
        self.includes = {path: INCLUDE.findall(text) for path, text in self.headers.items()}
        self.graph = {path: [name.removeprefix("strata/") for _, name in found if name.startswith("strata/")]
                      for path, found in self.includes.items()}

    def layers_of(self, path):
        """The layers that a header of layers/ defines."""
        text = self.headers[path]
        return sorted({max(STRUCT.finditer(text, 0, match.start()), key=lambda s: s.start(), default=match).group(1)
                       for match in LAYER_TYPE.finditer(text)})

    def layer_headers(self, folders=("layers", "net")):
        """The headers that define layers; of net/ those of a public struct: others are steps that passes make."""
        found = {path: [name for name in self.layers_of(path) if name[0].isupper()]
                 for path in self.headers if room(path) in folders}
        return {path: layers for path, layers in found.items() if layers}

    def text_of(self, pattern):
        return "\n".join(p.read_text(encoding="utf-8") for p in sorted(self.root.glob(pattern)))


def room(path):
    return path.split("/")[0] if "/" in path else ""


def check_includes(tree):
    """Includes go one way; train and io do not see each other; the rooms that know the contract include no layer."""
    layers = tree.layer_headers()
    for path, targets in tree.graph.items():
        here = room(path)
        if here and here not in RANK:
            yield "room", path, f"{here}/ is no folder of the design"
            continue
        for target in targets:
            there = room(target)
            if target not in tree.headers:
                yield "missing", path, f"includes strata/{target}, which does not exist"
            elif here and not there:
                yield "direction", path, f"includes the umbrella {target}"
            elif here and there != here and RANK.get(there, 9) >= RANK[here]:
                yield "direction", path, f"{here}/ includes {target}"
            elif here in CONTRACT_ONLY and target in layers and here != there:
                yield "layer", path, f"{here}/ includes {target}, which defines {', '.join(layers[target])}"


def check_cycles(tree):
    done, stack = set(), []

    def visit(path):
        if path in stack:
            return [stack[stack.index(path):] + [path]]
        if path in done or path not in tree.graph:
            return []
        stack.append(path)
        found = [cycle for target in tree.graph[path] for cycle in visit(target)]
        stack.pop()
        done.add(path)
        return found

    for path in tree.graph:
        for cycle in visit(path):
            yield "cycle", cycle[0], " -> ".join(cycle)


def check_third_party(tree):
    for path, found in tree.includes.items():
        for bracket, name in found:
            if name.startswith("strata/") and bracket == "<":
                continue
            if bracket == '"':
                yield "spelling", path, f'#include "{name}": write <strata/...>'
                continue
            owner = re.match(r"[a-z]+\d?", name).group(0) if re.match(r"[a-z]+\d?", name) else name
            if owner in THIRD_PARTY:
                if not THIRD_PARTY[owner](path):
                    yield owner, path, f"includes <{name}>"
            elif not re.fullmatch(r"[a-z_]+\d?", name) and \
                    name not in SYSTEM_HEADERS.get(path, set()):
                yield "third party", path, f"includes <{name}>"
            if room(path) in SILENT and name in PRINTING and path not in PRINTS:
                yield "printing", path, f"includes <{name}>"


def check_umbrellas(tree):
    reached, todo = set(), [name for name in UMBRELLAS if name in tree.headers]
    while todo:
        path = todo.pop()
        if path not in reached:
            reached.add(path)
            todo += [target for target in tree.graph[path] if target in tree.headers]
    private = set()  # what only opt-in headers include
    todo = [path for path in OPT_IN if path in tree.headers]
    while todo:
        path = todo.pop()
        if path not in private:
            private.add(path)
            todo += [target for target in tree.graph[path] if target in tree.headers]
    for path in tree.headers:
        if path not in reached and path not in private and room(path) in RANK:
            yield "umbrella", path, f"is reached from none of {', '.join(UMBRELLAS)}"


def write_umbrella(tree):
    """Adds to infer.hpp the headers of layers that no umbrella reaches; its includes are sorted."""
    missing = [path for rule, path, _ in check_umbrellas(tree) if path in tree.layer_headers()]
    file = tree.root / "include/strata/infer.hpp"
    lines = file.read_text(encoding="utf-8").splitlines()
    includes = [line for line in lines if line.startswith("#include <strata/")]
    first = lines.index(includes[0])
    rest = [line for line in lines[first:] if line not in includes]
    includes = sorted({*includes, *(f"#include <strata/{path}>" for path in missing)})
    file.write_text("\n".join(lines[:first] + includes + rest) + "\n", encoding="utf-8")


def comments_and_code(text):
    """The comments of a header as (line, text without slashes); and its code, without them and without texts."""
    comments = [(text.count("\n", 0, match.start()) + 1, match["comment"].strip(" /"))
                for match in COMMENT_OR_TEXT.finditer(text) if match["comment"] is not None]
    return comments, COMMENT_OR_TEXT.sub("", text)


def check_words(tree):
    """No word of a former vocabulary comes back: see CONTRIBUTING.md, Words."""
    names = [(re.compile(rf"\b{name}\b" if name[-1] != ")" else rf"\b{name}"), instead)
             for name, instead in FORMER_NAMES.items()]
    words = [(re.compile(word), instead) for word, instead in FORMER_WORDS.items()]
    for path, text in tree.headers.items():
        comments, code = comments_and_code(text)
        previous = 0
        for number, comment in comments:
            for word, instead in words:
                # Only the first line of a comment can begin it.
                found = word.search(comment)
                if found and not (word.pattern.startswith(r"\A") and previous == number - 1):
                    yield "word", f"{path}:{number}", f"{found[0]}: {instead}"
            previous = number
        for number, line in enumerate(code.split("\n"), 1):
            for name, instead in names:
                found = name.search(line)
                is_elsewhere = room(path) not in ENGINE and any(re.fullmatch(word, found[0]) for word in FORMER_IN_ENGINE) \
                    if found else False
                if found and not is_elsewhere and not line.lstrip().startswith("#"):
                    yield "word", f"{path}:{number}", f"{found[0]}: {instead}"


def check_headers(tree):
    for path, text in tree.headers.items():
        lines = text.splitlines()
        if not lines or not lines[0].startswith("// "):
            yield "first line", path, "the first line says what the file holds"
        if lines.count("#pragma once") != 1:
            yield "once", path, "needs one #pragma once"
        if len(lines) > LONGEST_HEADER:
            yield "length", path, f"{len(lines)} lines, more than {LONGEST_HEADER}"
        for number, line in enumerate(lines, 1):
            if re.match(r"\s*#\s*define\b", line) and path not in MACRO_FILES:
                yield "macro", f"{path}:{number}", line.strip()
            if found := CHARACTER_FIRST.search(line):
                yield "character", f"{path}:{number}", f"{found[0]}: write internal::message({{...}}), GCC warns of this"
            if re.match(r"\s*using namespace\b", line):
                yield "using namespace", f"{path}:{number}", line.strip()


def check_weights(tree):
    """Layers reach their weights, gradients and statistics by name, or all of them in turn: never number so and so."""
    for path, text in tree.headers.items():
        if not path.startswith("layers/"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := WEIGHT_BY_NUMBER.search(line):
                yield "weight", f"{path}:{number}", f"{found[0]}: write weight<Layer, In, \"name\">(s)"


def is_same_for_every_instruction_set(path):
    return path.startswith("core/") or path in SAME_FOR_EVERY_INSTRUCTION_SET


def check_instruction_sets(tree):
    for path, text in tree.headers.items():
        spaces = re.findall(r"^namespace strata\b(?!::inline STRATA_ISA)", text, re.MULTILINE)
        tagged = re.findall(r"^namespace strata::inline STRATA_ISA", text, re.MULTILINE)
        if is_same_for_every_instruction_set(path):
            if tagged:
                yield "instruction set", path, "write namespace strata { ... }"
            for target in tree.graph[path] if path in SAME_FOR_EVERY_INSTRUCTION_SET else ():
                if not is_same_for_every_instruction_set(target):
                    yield "instruction set", path, f"includes {target}, which depends on the instruction set"
        elif spaces:
            yield "instruction set", path, "write namespace strata::inline STRATA_ISA { ... }"


def check_text(tree):
    for folder in TEXT_FOLDERS:
        for file in sorted((tree.root / folder).rglob("*")):
            if not file.is_file() or not ({file.suffix} & TEXT_ENDINGS or file.name == "run"):
                continue
            path, text = file.relative_to(tree.root).as_posix(), file.read_text(encoding="utf-8")
            for number, line in enumerate(text.split("\n"), 1):
                if len(line) > LONGEST_LINE and file.suffix not in LONG_LINES_ALLOWED:
                    yield "columns", f"{path}:{number}", f"{len(line)} columns, more than {LONGEST_LINE}"
                if line != line.rstrip():
                    yield "blanks", f"{path}:{number}", "trailing blanks"
            if text and not text.endswith("\n") or text.endswith("\n\n"):
                yield "last line", path, "a file ends with one newline"


def check_layers(tree):
    """Each layer has a test that names it and a row of docs/layers.md, each header of layers a pair in compile_fail."""
    refusals = tree.text_of("tests/compile_fail/*.cpp")
    programs = [p for p in sorted(tree.root.glob("tests/**/*.cpp")) if p.parent.name != "compile_fail"]
    tests = tree.text_of("tests/golden/data/*.inc") + tree.text_of("tests/layers/*.inc") + "".join(p.read_text(encoding="utf-8") for p in programs)
    rows = set(re.findall(r"^\| `(\w+)", tree.text_of("docs/layers.md"), re.MULTILINE))
    for path, layers in tree.layer_headers().items():
        for layer in layers:
            if not re.search(rf"\b{layer}\b", tests):
                yield "layer test", path, f"no test and no golden case names {layer}"
            if layer not in rows:
                yield "layer row", path, f"docs/layers.md has no row of {layer}"
        if not any(re.search(rf"\b{layer}\b", refusals) for layer in layers):
            yield "layer refusal", path, f"no pair in tests/compile_fail names {' or '.join(layers)}"


def check_documents(tree):
    """Documents link to files that exist, and name such: from the root, or as headers are included."""
    for document in sorted({file for pattern in DOCUMENTS for file in tree.root.glob(pattern)}):
        name = document.relative_to(tree.root).as_posix()
        if name.startswith("build"):
            continue
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            for target in LINK.findall(line):
                if not re.match(r"\w+:", target) and not (document.parent / target).exists():
                    yield "document", f"{name}:{number}", f"links to {target}, which does not exist"
            for path in PATH_IN_CODE.findall(line) if name not in NAMES_FORMER_FILES else ():
                places = (tree.root, tree.root / "include", tree.root / "include/strata", document.parent)
                if not any((place / path).exists() for place in places):
                    yield "document", f"{name}:{number}", f"names {path}, which does not exist"


CHECKS = (check_includes, check_cycles, check_third_party, check_umbrellas, check_headers, check_weights, check_instruction_sets, check_text,
          check_layers, check_words, check_documents)


def violations(root):
    tree = Tree(root)
    return [found for check in CHECKS for found in check(tree)]


# Self-test: a tree that keeps the rules, and for each rule what breaks it

def header(*includes, body="struct thing {};"):
    lines = "".join(f"#include <{name}>\n" for name in includes)
    return f"// A header.\n#pragma once\n\n{lines}\nnamespace strata {{\n{body}\n}}\n"


LAYER = 'struct Dense : layer<Dense> {\n    static constexpr std::string_view type = "Dense";\n};'
LAYER_NEEDS = ("strata/core/meta.hpp", "strata/kernels/simd/simd.hpp")
GOOD = {
    "include/strata/strata.hpp": header("strata/infer.hpp", "strata/io/file.hpp", "strata/train/fit.hpp"),
    "include/strata/infer.hpp": header("strata/layers/dense.hpp", "strata/model/model.hpp"),
    "include/strata/core/config.hpp": "// Macros.\n#pragma once\n\n#define STRATA_INLINE inline\n",
    "include/strata/core/meta.hpp": header("boost/hana/tuple.hpp", "cstddef"),
    "include/strata/kernels/simd/simd.hpp": header("strata/core/config.hpp", "strata/kernels/simd/xsimd.hpp"),
    "include/strata/kernels/simd/xsimd.hpp": header("xsimd/xsimd.hpp", "strata/core/config.hpp"),
    "include/strata/layers/layer.hpp": header(*LAYER_NEEDS),
    "include/strata/layers/dense.hpp": header("strata/layers/layer.hpp", body=LAYER),
    "include/strata/model/model.hpp": header("strata/layers/layer.hpp"),
    "include/strata/train/fit.hpp": header("strata/model/model.hpp"),
    "include/strata/io/file.hpp": header("strata/model/model.hpp", "hdf5.h"),
    "tests/layers.cpp": "// A test.\nDense d;\n",
    "tests/compile_fail/dense.cpp": "// A refusal.\nDense<0> d;\n",
    "docs/layers.md": "| layer |\n|---|\n| `Dense<units>` |\n",
}
BROKEN = {
    "room": {"include/strata/utils/a.hpp": header()},
    "missing": {"include/strata/model/model.hpp": header("strata/model/nothing.hpp")},
    "direction": {"include/strata/core/meta.hpp": header("strata/kernels/simd/simd.hpp")},
    "direction ": {"include/strata/io/file.hpp": header("strata/train/fit.hpp")},
    "direction  ": {"include/strata/train/fit.hpp": header("strata/io/file.hpp")},
    "direction   ": {"include/strata/train/fit.hpp": header("strata/infer.hpp")},
    "layer": {"include/strata/model/model.hpp": header("strata/layers/dense.hpp")},
    "layer ": {"include/strata/train/fit.hpp": header("strata/layers/dense.hpp")},
    "layer  ": {"include/strata/runtime/run.hpp": header("strata/layers/dense.hpp"),
                "include/strata/model/model.hpp": header("strata/runtime/run.hpp")},
    "layer   ": {"include/strata/net/twice.hpp": header("strata/layers/layer.hpp", body=LAYER.replace("Dense", "Twice")),
                 "include/strata/model/model.hpp": header("strata/net/twice.hpp"),
                 "tests/layers.cpp": "Dense d; Twice t;\n", "tests/compile_fail/dense.cpp": "Dense<0> d; Twice<> t;\n",
                 "docs/layers.md": "| `Dense<units>` |\n| `Twice<>` |\n"},
    "direction    ": {"include/strata/net/net.hpp": header("strata/graph/graph.hpp"),
                      "include/strata/graph/graph.hpp": header("strata/layers/layer.hpp"),
                      "include/strata/model/model.hpp": header("strata/net/net.hpp")},
    "direction     ": {"include/strata/graph/graph.hpp": header("strata/runtime/run.hpp"),
                       "include/strata/runtime/run.hpp": header("strata/layers/layer.hpp"),
                       "include/strata/model/model.hpp": header("strata/graph/graph.hpp")},
    "direction      ": {"include/strata/runtime/run.hpp": header("strata/model/model.hpp"),
                        "include/strata/train/fit.hpp": header("strata/runtime/run.hpp")},
    "word": {"include/strata/core/meta.hpp": header(body="struct judge {};")},
    "word ": {"include/strata/core/meta.hpp": header(body="int y = larger(a, b);")},
    "word  ": {"include/strata/core/meta.hpp": header(body="/// What is held.\nstruct thing {};")},
    "word   ": {"include/strata/core/meta.hpp": header(body="struct thing {};  // the layer behind it")},
    "document": {"docs/layers.md": "| `Dense<units>` | [here](nothing.md) |\n"},
    "document ": {"docs/layers.md": "| `Dense<units>` | see `layers/nothing.hpp` |\n"},
    "cycle": {"include/strata/model/a.hpp": header("strata/model/model.hpp"),
              "include/strata/model/model.hpp": header("strata/model/a.hpp", "strata/layers/layer.hpp")},
    "boost": {"include/strata/model/model.hpp": header("strata/layers/layer.hpp", "boost/hana/for_each.hpp")},
    "xsimd": {"include/strata/layers/layer.hpp": header(*LAYER_NEEDS, "xsimd/xsimd.hpp")},
    "hdf5": {"include/strata/model/model.hpp": header("strata/layers/layer.hpp", "hdf5.h")},
    "third party": {"include/strata/model/model.hpp": header("strata/layers/layer.hpp", "eigen3/Eigen/Dense")},
    "third party ": {"include/strata/layers/layer.hpp": header(*LAYER_NEEDS, "unistd.h")},
    "spelling": {"include/strata/model/model.hpp": header("strata/layers/layer.hpp") + '#include "net.hpp"\n'},
    "printing": {"include/strata/core/meta.hpp": header("iostream")},
    "umbrella": {"include/strata/layers/lost.hpp": header("strata/layers/layer.hpp")},
    "first line": {"include/strata/core/meta.hpp": "#pragma once\n"},
    "once": {"include/strata/core/meta.hpp": "// A header.\n"},
    "length": {"include/strata/core/meta.hpp": header() + "// more\n" * 300},
    "macro": {"include/strata/core/meta.hpp": header() + "#define STRATA_TWICE 2\n"},
    "character": {"include/strata/core/meta.hpp": header(body='auto text(int n) { return "_" + to_text(n); }')},
    "using namespace": {"include/strata/core/meta.hpp": header(body="using namespace std;")},
    "instruction set": {"include/strata/model/model.hpp": header("strata/layers/layer.hpp",
                                                                 body="}\nnamespace strata::detail {")},
    "instruction set ": {"include/strata/core/meta.hpp": header(body="}\nnamespace strata::inline STRATA_ISA {")},
    "instruction set  ": {"include/strata/train/fit.hpp": header("strata/model/model.hpp", "strata/train/scores.hpp"),
                          "include/strata/train/scores.hpp": header("strata/model/model.hpp")},
    "columns": {"tests/layers.cpp": "// A test of Dense.\n// " + "x" * 118 + "\n"},
    "blanks": {"tests/layers.cpp": "// A test of Dense. \n"},
    "last line": {"tests/layers.cpp": "// A test of Dense."},
    "last line ": {"tests/layers.cpp": "// A test of Dense.\n\n"},
    "weight": {"include/strata/layers/layer.hpp": header(*LAYER_NEEDS, body="auto b = s.weights[has_bias ? 3 : 2];")},
    "weight ": {"include/strata/layers/layer.hpp": header(*LAYER_NEEDS, body="auto k = weights[0][c];")},
    "layer test": {"tests/layers.cpp": "// A test of DenseOrNot.\n"},
    "layer row": {"docs/layers.md": "| layer |\n|---|\n"},
    "layer refusal": {"tests/compile_fail/dense.cpp": "// A refusal.\n"},
}


def self_test():
    def found(files, change=lambda folder: None):
        files = {name: text if is_same_for_every_instruction_set(name.removeprefix("include/strata/"))
                 else text.replace("namespace strata {", "namespace strata::inline STRATA_ISA {", 1)
                 for name, text in files.items()}
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            change(folder)
            return violations(folder)

    failures = [f"the good tree: {v}" for v in found(GOOD)]
    for rule, change in BROKEN.items():
        rules = {v[0] for v in found(GOOD | change)}
        if rules != {rule.strip()}:
            failures.append(f"'{rule.strip()}' broken by {', '.join(change)} was reported as {sorted(rules)}")
    lost = GOOD | {"include/strata/layers/twice.hpp": header("strata/layers/layer.hpp", body=LAYER.replace("Dense", "Twice"))}
    if any(rule == "umbrella" for rule, *_ in found(lost, lambda folder: write_umbrella(Tree(folder)))):
        failures.append("--write does not add a layer to the umbrella")
    for failure in failures:
        print(failure)
    print(f"{len(BROKEN)} broken trees, {len(failures)} failures")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    write = arguments[1:] == ["--write"]
    if len(arguments) != 1 + write or not (Path(arguments[0]) / "include" / "strata").is_dir():
        print("usage: check_tree.py ROOT [--write] | check_tree.py --self-test", file=sys.stderr)
        return 2
    if write:
        write_umbrella(Tree(arguments[0]))
    found = violations(arguments[0])
    for rule, path, what in found:
        print(f"{path}: {rule}: {what}")
    print(f"{len(Tree(arguments[0]).headers)} headers, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
