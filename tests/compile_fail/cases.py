# Reads the pairs of this folder, and the facts of a refusal out of what a compiler printed.
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
FACTS = ("at", "expects", "got", "fix")
LONGEST_PIECE = 34  # as in core/diagnostic.hpp: a piece of this length was cut inside a word


class Case:
    """A mistake and its repair: topic, title and facts from the comment at the top, code from the branches of #if."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        lines = path.read_text(encoding="utf-8").splitlines()
        head = [line[3:] for line in lines if line.startswith("// ")]
        first = re.fullmatch(r"([A-Z][^:]*): (.+)\.", head[0] if head else "")
        if not first:
            raise ValueError(f"{path}: the first line reads `// Topic: what the mistake is.`")
        self.topic, self.title = first.groups()
        self.facts = {fact: " ".join(line[len(fact) + 2:] for line in head if line.startswith(fact + ": "))
                      for fact in FACTS}
        empty = [fact for fact in FACTS if fact != "got" and not self.facts[fact]]
        if empty:
            raise ValueError(f"{path}: no line `// {empty[0]}: ...`")
        self.includes = [line for line in lines if line.startswith("#include")]
        begin, middle, end = (lines.index(mark) for mark in ("#if !defined(REPAIR)", "#else", "#endif"))
        code = next(i for i, line in enumerate(lines) if line.startswith("using namespace"))
        self.common, self.mistake, self.repair = lines[code + 1:begin], lines[begin + 1:middle], lines[middle + 1:end]

    def sentence(self):
        """The whole refusal, as compilers print it where static_assert takes computed text."""
        got = f", got {self.facts['got']}" if self.facts["got"] else ""
        return f"strata: {self.facts['at']} expects {self.facts['expects']}{got}; fix: {self.facts['fix']}"


def read_cases(names=()):
    """The cases of the given names, or all."""
    paths = [FOLDER / f"{name}.cpp" for name in names] or sorted(FOLDER.glob("*.cpp"))
    return [Case(path) for path in paths]


def printed_facts(output):
    """The facts in a compiler's output: the arguments of at<>, expects<>, got<> and fix<>, pieces joined."""
    facts = {}
    for fact in FACTS:
        found = re.search(rf'strata::{fact}<((?:[^<>"]|<\d+>|"(?:[^"\\]|\\.)*")*)>', output)
        text = ""
        for piece in re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(1)) if found else []:
            piece = re.sub(r"\\(.)", r"\1", piece)
            text += piece if len(piece) == LONGEST_PIECE else piece + " "
        facts[fact] = text.rstrip(" ")
    return facts
