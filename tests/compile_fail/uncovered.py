# Finds refusals without a pair: for each `refuse(...)` in the headers some case must state its literal words.
# usage: uncovered.py FOLDER_OF_HEADERS
import re
import sys
from pathlib import Path

from cases import read_cases

# What is expected in programs without a heap. Pairs take no options: tests/configurations/check.py has these refusals.
IN_CONFIGURATIONS = ("a heap", "initializers that need no heap")
ORDER = ("expects", "got", "fix", "at")  # the arguments of refuse()
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def arguments(text, begin):
    """The arguments of the call whose parenthesis opened before begin."""
    found, depth, start, position = [], 0, begin, begin
    while depth >= 0:
        literal = LITERAL.match(text, position)
        if literal:
            position = literal.end()
            continue
        c = text[position]
        depth += (c in "([{") - (c in ")]}")
        if depth < 0 or (c == "," and depth == 0):
            found.append(text[start:position].strip())
            start = position + 1
        position += 1
    return found


def words_of(argument):
    """The literals that any refusal of this call prints; of a choice (?:) it is not known which."""
    if "?" in LITERAL.sub("", argument):
        return []
    return [re.sub(r"\\(.)", r"\1", literal) for literal in LITERAL.findall(argument)]


def main(headers):
    cases, missing, seen = read_cases(), 0, 0
    for header in sorted(headers.rglob("*.hpp")):
        text = header.read_text(encoding="utf-8")
        if "void refuse(" in text:  # one of its own, which throws
            continue
        for call in re.finditer(r"\brefuse\(", text):
            given = arguments(text, call.end())
            words = [(fact, word) for fact, argument in zip(ORDER, given) for word in words_of(argument)]
            if "std::string_view expects" in given:  # the function itself
                continue
            if ("expects", IN_CONFIGURATIONS[0]) in words or ("expects", IN_CONFIGURATIONS[1]) in words:
                continue
            seen += 1
            if not any(all(word in case.facts[fact] for fact, word in words) for case in cases):
                missing += 1
                line = text.count("\n", 0, call.start()) + 1
                print(f"{header.relative_to(headers)}:{line}: no case states {'; '.join(word for _, word in words)}")
    print(f"{seen} refusals, {len(cases)} cases: {missing} refusals have none")
    return 1 if missing or not seen else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
