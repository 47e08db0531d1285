# Makes docs/errors.md of the cases of this folder: the mistake, the sentence of the refusal, the repair.
# The outputs of compilers in errors_head.md are made by docs/check_outputs.py --write.
# usage: make_docs.py FILE | make_docs.py --check FILE, which fails where the file is stale
import re
import sys
from pathlib import Path

from cases import FOLDER, printed_facts, read_cases
from language import WRITTEN, read_language_cases

SHOWN = "conv2d_window_does_not_fit"  # the case whose outputs stand in errors_head.md
# Other topics follow these.
TOPICS = ["Nets that are not built", "List of layers", "Options", "Layers", "Branching layers", "Nested models", "Names", "Calls",
          "Training", "Lifetimes", "Static assertions"]
# Topics of cases that stand under another one, each with its name before its titles.
WITHIN = {"Not built": "Nets that are not built", "Input": "List of layers", "Activations": "Options",
          **dict.fromkeys(("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Residual", "Subtract"),
                          "Branching layers")}


def code(lines):
    return ["```cpp", *"\n".join(lines).strip("\n").splitlines(), "```"]


def heading(title):
    """The title as a heading; one that begins with a name of the interface keeps its spelling."""
    first = title.split()[0]
    title = title[0].upper() + title[1:] if re.fullmatch(r"[a-z]+", first) else title
    return title.replace("<", "&lt;")  # no tag


def code_of(sentence):
    """The sentence as code, also where it has such ticks itself."""
    return f"`` {sentence} ``" if "`" in sentence else f"`{sentence}`"


def causes(cases):
    """Cases in lists of those with the same sentence, in the order of the first of each."""
    found = {}
    for case in cases:
        found.setdefault(case.sentence(), []).append(case)
    return list(found.values())


def entry(cases):
    """One cause: its sentence, the mistakes that have it, a repair of the first."""
    first = cases[0]
    if len(cases) == 1:
        title = first.title if first.topic not in WITHIN else f"{first.topic}: {first.title}"
        return ["", f"### {heading(title)}", "", *code(first.common + first.mistake), "", code_of(first.sentence()), "",
                *code(first.repair)]
    mistakes = [line for case in cases for line in
                (f"// {case.title}", *"\n".join(case.common + case.mistake).strip("\n").splitlines(), "")]
    return ["", f"### {heading(first.title)}, and {len(cases) - 1} more with this sentence", "", *code(mistakes), "",
            code_of(first.sentence()), "", "The first of them, repaired:", "", *code(first.common + first.repair)]


def page(cases):
    topic_of = {case.name: WITHIN.get(case.topic, case.topic) for case in cases}
    known = set(topic_of.values())
    topics = [topic for topic in TOPICS if topic in known] + sorted(known - set(TOPICS))
    lines = (FOLDER / "errors_head.md").read_text(encoding="utf-8").splitlines()
    for topic in topics:
        lines += ["", f"## {topic}"]
        for cause in causes([case for case in cases if topic_of[case.name] == topic]):
            lines += entry(cause)
    return "\n".join(lines + language_section()) + "\n"


def language_section():
    """Mistakes that compilers see before strata does, with what they say (language.py writes it)."""
    lines = ["", "## Mistakes that the language refuses", "",
             "Some mistakes never reach strata's checks: a value where a template wants a type, a name that does not exist, a",
             "layer without its braces. Compilers refuse them in their own words. Where strata has a hint for the case, GCC prints",
             "it in the error, and Clang in the line of the header that it quotes. Line numbers are left out below.",
             "",
             "Why Clang's first error cannot be strata's sentence here: each parameter of a template takes either types or values,",
             "and a pack takes one of the two. A class template cannot be overloaded, so that no second declaration can take the",
             "string or the number. Its constraints are checked, and its body, constructors and deduction guides are looked at, only",
             "after every argument has matched its parameter. GCC prints the constraints with the declaration; Clang points to the",
             "line of the parameter."]
    for case in read_language_cases():
        lines += ["", f"### {case.title}", "", *code(case.common + case.mistake), "",
                  f"Meaning: {case.meaning}", "", *code(case.repair)]
        for compiler in WRITTEN:
            if case.written(compiler).exists():
                text = case.written(compiler).read_text(encoding="utf-8").rstrip("\n").splitlines()
                lines += ["", f"`{compiler}` says:", "", "```text", *text, "```"]
    return lines


def stale_outputs(cases):
    """The outputs of compilers that the head of the page shows and whose facts are not those of the case."""
    case = next(case for case in cases if case.name == SHOWN)
    head = (FOLDER / "errors_head.md").read_text(encoding="utf-8")
    if "\n".join(case.mistake).strip("\n") not in head:
        return [f"the code of {SHOWN} is another one"]
    shown = re.findall(r"```text\n(.*?)```", head, re.DOTALL)
    right = [printed_facts(text) == case.facts or text.rstrip("\n").endswith(": " + case.sentence()) for text in shown]
    return [text for text, is_right in zip(shown, right) if not is_right] if shown else ["there are none"]


def main(arguments):
    check, files = "--check" in arguments, [Path(argument) for argument in arguments if argument != "--check"]
    if len(files) != 1 or files[0].name.startswith("-"):
        print("usage: make_docs.py [--check] FILE", file=sys.stderr)
        return 2
    file = files[0]
    cases = read_cases()
    for text in stale_outputs(cases):
        print(f"errors_head.md shows what a compiler no longer says of {SHOWN}:\n{text}")
        return 1
    made = page(cases)
    if not check:
        file.write_text(made, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != made:
        print(f"{file} is stale; make it anew: tests/compile_fail/make_docs.py docs/errors.md")
        return 1
    print(f"{len(cases)} refusals")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
