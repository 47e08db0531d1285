#!/usr/bin/env python3
# The version stands in meson.build. Files that must repeat it, since their formats or the compiler want it, say the same.
# usage: check_version.py ROOT
import json
import re
import sys
from pathlib import Path

from foreign import version_of


def repeated(root):
    """Each file that says a version, and the version."""
    config = (root / "include/strata/core/config.hpp").read_text(encoding="utf-8")
    numbers = (re.search(rf"#define STRATA_VERSION_{part} (\d+)", config)[1] for part in ("MAJOR", "MINOR", "PATCH"))
    yield "include/strata/core/config.hpp", ".".join(numbers)
    port = json.loads((root / "packaging/vcpkg/strata/vcpkg.json").read_text(encoding="utf-8"))
    yield "packaging/vcpkg/strata/vcpkg.json", port["version-semver"]


def stray(root, version):
    """Other files of packages that say this version, which would be forgotten."""
    known = {"meson.build", *(file for file, _ in repeated(root))}
    for pattern in ("CMake*", "cmake/*", "conanfile.py", "packaging/**/*", "include/strata/core/*.hpp", "docs/install.md",
                    "README.md"):
        for file in root.glob(pattern):
            name = file.relative_to(root).as_posix()
            if file.is_file() and name not in known and version in file.read_text(encoding="utf-8"):
                yield name


def main():
    root = Path(sys.argv[1]).resolve()
    version = version_of(root)
    wrong = [f"{file} says {said}, meson.build {version}" for file, said in repeated(root) if said != version]
    wrong += [f"{file} says {version}: read it from meson.build, or add the file to check_version.py"
              for file in stray(root, version)]
    print("\n".join(wrong) or f"version {version} in every file that says one")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
