#!/usr/bin/env python3
# Checks that the links of the documents lead to files, and to headings, of this tree.   usage: check_links.py [ROOT]
import re
import sys
from pathlib import Path

CODE = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


def anchors_of(text):
    """The names of headings, as hosting sites make them."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub(lambda c: c[0] if c[1] is None else "", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def main(arguments):
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    documents = [*root.glob("*.md"), *(root / "docs").glob("*.md"), *(root / "examples").glob("*/README.md"),
                 *(root / "tests").glob("*/README.md"), *(root / "bench").glob("*.md")]
    errors, total = [], 0
    for document in documents:
        for link in LINK.finditer(CODE.sub("", document.read_text(encoding="utf-8"))):
            file, _, anchor = link["target"].partition("#")
            if re.match(r"\w+:", file):
                continue
            total += 1
            target = document.parent / file if file else document
            if not target.exists():
                errors.append(f"{document.relative_to(root)}: there is no {link['target']}")
            elif anchor and target.suffix == ".md" and anchor not in anchors_of(target.read_text(encoding="utf-8")):
                errors.append(f"{document.relative_to(root)}: {file} has no heading {anchor}")
    if total < 20:
        errors.append(f"only {total} links were found in {len(documents)} documents")
    for error in errors:
        print(error, file=sys.stderr)
    print(f"{total} links, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
