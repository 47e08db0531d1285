#!/usr/bin/env python3
# Checks that the compiler refuses docs/refused.cpp in the sentence that the README shows, and GCC with the fact it names.
# usage: check_refusal.py COMPILER...
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = re.compile(r"strata: [^\"]*; fix: [^\"\n]*")


def main(compiler):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown, facts = set(SENTENCE.findall(readme)), re.findall(r"`(strata::got<[^`]*>)`", readme)
    # Clang cuts strings in C++20; where static_assert takes a computed message, it prints the whole sentence.
    is_clang = "clang" in subprocess.run([*compiler, "--version"], capture_output=True, text=True).stdout
    standard = "-std=c++26" if is_clang else "-std=c++20"
    command = [*compiler, standard, "-fsyntax-only", f"-I{ROOT / 'include'}", str(ROOT / "docs/refused.cpp")]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        print("docs/refused.cpp compiles", file=sys.stderr)
    elif len(shown) != 1:
        print(f"the README shows {len(shown)} sentences, expected one: {sorted(shown)}", file=sys.stderr)
    elif next(iter(shown)) not in result.stderr:
        print(f"the README shows: {next(iter(shown))}\nthe compiler says:\n{result.stderr}", file=sys.stderr)
    elif not facts or not is_clang and not all(fact in result.stderr for fact in facts):
        print(f"the README names the facts {facts}\nthe compiler says:\n{result.stderr}", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
