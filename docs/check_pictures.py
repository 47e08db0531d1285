#!/usr/bin/env python3
# Checks that the pictures of the documents are those that their programs draw.
# usage: check_pictures.py [--write] PROGRAM      PROGRAM is docs/pictures.cpp, built for AVX2
#        check_pictures.py --page SCREENSHOT      makes docs/images/web.png of examples/web/run's desktop.png
#        check_pictures.py --self-test
#
# Every .svg of docs/images equals what PROGRAM draws. A screenshot differs from browser to browser: web.png holds the
# digest of the files that the page is made of, and is stale when one of them changed.
import hashlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ("index.html", "page.css", "page.js", "net.hpp", "digits.safetensors")
KEY = b"Made of"


def digest_of_page(root):
    digest = hashlib.sha256()
    for name in PAGE:
        digest.update((root / "examples/web" / name).read_bytes())
    return digest.hexdigest().encode()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def stamped(png, digest):
    """The picture with a text chunk after its header, in place of any other text."""
    result, at = png[:8], 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind != b"tEXt":
            result += png[at:at + 12 + length]
        if kind == b"IHDR":
            result += chunk(b"tEXt", KEY + b"\0" + digest)
        at += 12 + length
    return result


def check(root, drawn, write):
    """The faults; with write the pictures are made anew."""
    images = root / "docs/images"
    faults = []
    for file in sorted(drawn.iterdir()):
        kept = images / file.name
        if not kept.is_file() or kept.read_bytes() != file.read_bytes():
            if write:
                kept.write_bytes(file.read_bytes())
            else:
                faults.append(f"docs/images/{file.name} is not what docs/pictures.cpp draws; mend with --write")
    texts = "".join(page.read_text(encoding="utf-8") for page in [*root.glob("docs/*.md"), *root.glob("examples/*/README.md")])
    for kept in sorted(images.iterdir()):
        if kept.suffix == ".svg" and not (drawn / kept.name).is_file():
            faults.append(f"docs/images/{kept.name} is drawn by no program")
        if not re.search(rf"!\[[^\]]+\]\([^)]*images/{re.escape(kept.name)}\)", texts):
            faults.append(f"docs/images/{kept.name} is shown on no page")
    if chunk(b"tEXt", KEY + b"\0" + digest_of_page(root)) not in (images / "web.png").read_bytes():
        faults.append("docs/images/web.png shows another page: examples/web/run --screenshots build-web/screenshots, "
                      "then docs/check_pictures.py --page build-web/screenshots/desktop.png")
    return faults


def self_test():
    """A tree is good, and each change of it is reported."""
    empty = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b"")
    changes = {"": lambda root: None,
               "not what": lambda root: (root / "docs/images/net.svg").write_text("stale"),
               "no program": lambda root: (root / "docs/images/other.svg").write_text("<svg/>"),
               "no page": lambda root: (root / "docs/a.md").write_text("![](images/web.png)"),
               "another page": lambda root: (root / "examples/web/page.css").write_text("another")}
    failures = []
    for expected, change in changes.items():
        with tempfile.TemporaryDirectory() as folder:
            root, drawn = Path(folder), Path(folder) / "drawn"
            for each in (drawn, root / "docs/images", root / "examples/web"):
                each.mkdir(parents=True)
            for name in PAGE:
                (root / "examples/web" / name).write_text(name)
            (root / "docs/a.md").write_text("![A net](images/net.svg) ![A page](images/web.png)")
            for place in (drawn, root / "docs/images"):
                (place / "net.svg").write_text("<svg/>")
            (root / "docs/images/web.png").write_bytes(stamped(stamped(empty, b"old"), digest_of_page(root)))
            change(root)
            faults = check(root, drawn, False)
            if not expected and faults or expected and not any(expected in fault for fault in faults):
                failures.append(f"'{expected}' was reported as {faults}")
    print("\n".join([*failures, f"{len(changes) - 1} stale pictures, {len(failures)} failures"]))
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if arguments[:1] == ["--page"]:
        (ROOT / "docs/images/web.png").write_bytes(stamped(Path(arguments[1]).read_bytes(), digest_of_page(ROOT)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([arguments[-1], folder], check=True)
        faults = check(ROOT, Path(folder), arguments[:1] == ["--write"])
        count = len(list(Path(folder).iterdir()))
    print("\n".join([*faults, f"{count} drawings, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
