#!/usr/bin/env python3
# `conan create` with the libraries of the system, plain and with the options hdf5 and libzip: Conan packages a copy of the
# tree and builds and runs tests/packaging/conan with the package. Nothing is downloaded.
# usage: check_conan.py ROOT [--conan CONAN]
# Exit code 77, which Meson calls skipped, where Conan is not installed.
import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from foreign import must_run, version_of

PROFILE = """[settings]
os=Linux
arch={machine}
compiler=gcc
compiler.version={version}
compiler.libcxx=libstdc++11
compiler.cppstd=20
build_type=Debug
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--conan", default="conan")
    given = parser.parse_args()
    conan = shutil.which(given.conan)
    if conan is None:
        print("conan is not installed")
        return 77
    root, conan = given.root.resolve(), Path(conan).absolute()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tree, home = folder / "strata", folder / "home"
        tree.mkdir()
        for file in ("conanfile.py", "meson.build", "LICENSE"):
            shutil.copy(root / file, tree / file)
        for part in ("include", "tests/packaging"):
            shutil.copytree(root / part, tree / part)
        home.mkdir()
        (home / "remotes.json").write_text('{"remotes": []}', encoding="utf-8")
        version = must_run(["g++", "-dumpversion"]).strip().split(".")[0]
        machine = {"x86_64": "x86_64", "aarch64": "armv8"}.get(os.uname().machine, os.uname().machine)
        (folder / "profile").write_text(PROFILE.format(machine=machine, version=version), encoding="utf-8")
        environment = {**os.environ, "CONAN_HOME": str(home)}
        try:
            for options in ([], ["-o", "strata/*:hdf5=True", "-o", "strata/*:libzip=True"]):
                must_run([conan, "create", tree, "-pr:a", folder / "profile", *options], env=environment, cwd=folder)
            package = must_run([conan, "list", f"strata/{version_of(root)}:*"], env=environment)
        except RuntimeError as mistake:
            print(mistake)
            return 1
        files = [file for pattern in ("model.weights.h5", "model.npz") for file in tree.rglob(pattern)]
    if len(files) != 2 or package.count("hdf5: True") != 1:
        print(f"the package with hdf5 and libzip writes {files}\n{package}")
        return 1
    print(f"conan create strata/{version_of(root)}: plain, and with hdf5 and libzip")
    return 0


if __name__ == "__main__":
    sys.exit(main())
