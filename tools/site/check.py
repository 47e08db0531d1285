#!/usr/bin/env python3
# Checks a built site: every link leads to a page, a file or a heading of it, and no text shows the signs of Markdown.
# usage: check.py FOLDER
import html
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

SIGNS = re.compile(r".{0,30}(?:\*\*|\]\(|\\<|`|\|---|<!--|\\\|).{0,30}")
LINK = re.compile(r'(?:href|src)="?([^"\s>]+)')
NAME = re.compile(r'\b(?:id|name)="?([^"\s>]+)')


class Text(HTMLParser):
    """The text of a page's article but for code."""

    def __init__(self):
        super().__init__()
        self.is_article, self.codes, self.parts = False, 0, []

    def handle_starttag(self, tag, _):
        self.is_article = self.is_article or tag == "article"
        self.codes += tag in ("code", "pre", "script", "style")

    def handle_endtag(self, tag):
        self.is_article = self.is_article and tag != "article"
        self.codes -= tag in ("code", "pre", "script", "style")

    def handle_data(self, data):
        if self.is_article and self.codes == 0:
            self.parts.append(data)


def check(site):
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("index.html") if site / "api" not in page.parents}
    names = {page: set(NAME.findall(text)) for page, text in pages.items()}
    faults, links = [], 0
    for page, text in pages.items():
        reader = Text()
        reader.feed(text)
        faults += [f"{page.relative_to(site)}: shows {sign!r}" for part in reader.parts for sign in SIGNS.findall(part)]
        for link in map(html.unescape, LINK.findall(text)):
            path, _, name = link.partition("#")
            if re.match(r"\w+:|//", link) or link == "#":
                continue
            links += 1
            target = (page.parent / path).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or name and target in names and name not in names[target]:
                faults.append(f"{page.relative_to(site)}: {link} leads nowhere")
    if links < 1000:
        faults.append(f"only {links} links were found")
    print("\n".join([*faults, f"{len(pages)} pages, {links} links, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(check(Path(sys.argv[1]).resolve()))
