"""Pages that are not in docs/: the README and its neighbours at the root, sources that pages link to, the API reference."""
import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
AT_ROOT = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md",
           "SECURITY.md": "security.md"}
LANGUAGES = {".hpp": "cpp", ".cpp": "cpp", ".py": "python", ".sh": "bash", ".md": ""}
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
LONG_LINE = re.compile(r"^.{121}", re.MULTILINE)  # longer than code is
SHORT_CODE = re.compile(r"<code>([^<>]{1,24})</code>")
MOST_HEADINGS = 60  # in the list of pages
API = """# API reference

The [reference of all headers](api/index.html) is made from the comments in the headers by Doxygen: classes, functions and
files, with the headers that each includes.
"""

pages = {}  # the page of each path of the tree that some page links to


def linked(text, folder):
    """The paths, as seen from ROOT, that a text in that folder links to."""
    for link in LINK.finditer(text):
        path = posixpath.normpath(posixpath.join(folder, link[1]))
        if (ROOT / path).exists():
            yield path


def source_page(path):
    """A file of the tree as a page, or a folder as a list of its files."""
    file = ROOT / path
    if file.is_dir():
        inside = sorted(child.name for child in file.iterdir() if child.suffix in LANGUAGES)
        return f"# {path}\n\n" + "\n".join(f"- [{name}]({path}/{name})" for name in inside) + "\n", ""
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix == ".md":
        return text, posixpath.dirname(path)
    ticks = "````" if "```" in text else "```"
    return f"# {path}\n\n{ticks}{LANGUAGES.get(file.suffix, 'text')}\n{text.rstrip()}\n{ticks}\n", ""


texts = {}  # of the pages made here: their text, and the folder that their links start from


def add(path, page, files, config):
    pages[path] = page
    texts[page] = source_page(path)
    files.append(File.generated(config, page, content=texts[page][0]))
    text, folder = texts[page]
    for other in linked(text, folder):
        visit(other, files, config)


def visit(path, files, config):
    # Documents and pictures of docs/ are pages and files of the site as they are.
    if path in pages or (path.startswith("docs/") and path.endswith((".md", ".png", ".svg"))):
        return
    add(path, AT_ROOT.get(path, f"source/{path}/index.md"), files, config)


def on_files(files, config):
    pages.clear(), texts.clear()
    documents = [file for file in files if file.src_uri.endswith(".md")]
    for path in AT_ROOT:
        visit(path, files, config)
    for document in documents:
        for path in linked((ROOT / "docs" / document.src_uri).read_text(encoding="utf-8"), "docs"):
            visit(path, files, config)
    files.append(File.generated(config, "api.md", content=API))
    files.append(File.generated(config, "site.css", content=(Path(__file__).parent / "site.css").read_text()))
    return files


def on_page_markdown(markdown, page, config, files):
    """Links lead to the pages of what they name, pictures to themselves alone; long lines of compilers are wrapped."""
    here = page.file.src_uri
    folder = texts[here][1] if here in texts else "docs"

    def moved(link):
        path = posixpath.normpath(posixpath.join(folder, link[1]))
        target = pages.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else None)
        return posixpath.relpath(target, posixpath.dirname(here) or ".") + (link[2] or "") if target else link[0]

    if here == "api.md":
        return markdown
    parts = re.split(r"(^(`{3,}).*?^\2$)", markdown, flags=re.DOTALL | re.MULTILINE)
    for i in range(1, len(parts), 3):
        if LONG_LINE.search(parts[i]):
            parts[i] = parts[i].replace("```text", "```{.text .wrapped}", 1)
    return "".join(part if i % 3 == 1 else "" if i % 3 == 2 else IMAGE.sub(r"[\g<0>](\1)", LINK.sub(moved, part))
                   for i, part in enumerate(parts))


def on_page_content(html, page, config, files):
    """Short code stays on one line. A page of many headings has only its sections in the list of pages."""
    headings = sum(1 + len(section.children) for title in page.toc for section in title.children)
    if headings > MOST_HEADINGS:
        for title in page.toc:
            for section in title.children:
                section.children = []
    return SHORT_CODE.sub(r'<code class="short">\1</code>', html)
