#!/usr/bin/env python3
# Builds and runs a foreign Meson project that has strata as a subproject, by its wrap file, and programs that are compiled
# by hand with what pkg-config says of an installation: strata, strata-hdf5, strata-libzip.
# usage: check_meson.py ROOT [--compiler g++] [--convert PROGRAM] [--build-convert]
# --convert: a strata-convert that is built, for examples/convert; --build-convert: the subproject builds it.
# Exit code 77, which Meson calls skipped, where Git or pkg-config is not installed.
import argparse
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from foreign import PROGRAM, must_run, output_of, run, version_of

# After the project that docs/install.md shows.
VERSION = """
if dependency('strata').version() != '{version}'
  error('another version', dependency('strata').version())
endif
"""
# What a Meson project of strata needs to be a subproject or to be installed.
SOURCES = ("include", "meson.build", "meson_options.txt", "tools", "tests/meson.build", "LICENSE")
# An optional part, its package for pkg-config, those that it needs, the file that the program writes with it.
PARTS = (("strata", (), None), ("strata-hdf5", ("hdf5", "hdf5-serial"), "model.weights.h5"),
         ("strata-libzip", ("libzip",), "model.npz"))


def repository(root, folder):
    """A Git repository with the sources, as those that a wrap file names."""
    for name in SOURCES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, target)
        else:
            shutil.copy(root / name, target)
    author = {"GIT_AUTHOR_NAME": "test", "GIT_AUTHOR_EMAIL": "test", "GIT_COMMITTER_NAME": "test", "GIT_COMMITTER_EMAIL": "test"}
    must_run(["git", "init", "-q", folder])
    must_run(["git", "-C", folder, "add", "--all"])
    must_run(["git", "-C", folder, "commit", "-q", "-m", "sources"], env={**os.environ, **author})
    return folder


def project_of_page(root):
    """The project that docs/install.md shows, with its precompiled header, strict warnings and for any machine."""
    page = (root / "docs/install.md").read_text(encoding="utf-8")
    project, with_header = re.findall(r"```meson\n(.*?)```", page, re.DOTALL)
    shown = re.sub(r"executable\(.*\n", lambda _: with_header, project)
    if "cpp_pch" not in shown:
        raise RuntimeError("docs/install.md shows no precompiled header")
    return shown.replace("'buildtype=release'", "'warning_level=3', 'werror=true', 'optimization=0'").replace(
        "'-march=native'", "[]") + VERSION.format(version=version_of(root))


def wrapped(root, folder, sources, environment):
    """What the program of a Meson project with a wrap file prints."""
    (folder / "subprojects").mkdir(parents=True)
    wrap = (root / "packaging/meson/strata.wrap").read_text(encoding="utf-8")
    (folder / "subprojects/strata.wrap").write_text(wrap.replace("url = ../strata", f"url = {sources.as_uri()}"), "utf-8")
    (folder / "meson.build").write_text(project_of_page(root), "utf-8")
    shutil.copy(PROGRAM, folder / "main.cpp")
    (folder / "pch").mkdir()
    (folder / "pch/program.hpp").write_text("#include <strata/strata.hpp>\n", "utf-8")
    must_run(["meson", "setup", "build", "--wrap-mode=forcefallback"], cwd=folder, env=environment)
    must_run(["meson", "compile", "-C", "build"], cwd=folder, env=environment)
    if not [file for ending in ("gch", "pch") for file in (folder / "build").rglob(f"*.{ending}")]:
        raise RuntimeError("the project of docs/install.md has no precompiled header")
    if list((folder / "build").rglob("suite*")):
        raise RuntimeError("a subproject's tests are built")
    return output_of(folder / "build/program", folder)


def by_pkg_config(sources, folder, compiler, environment):
    """What programs print that are compiled with what pkg-config says of an installation."""
    folder.mkdir()
    prefix = folder / "prefix"
    must_run(["meson", "setup", folder / "build", sources, f"--prefix={prefix}", "--libdir=lib", "-Dtests=disabled",
              "-Dexamples=disabled", "-Ddocs=disabled", "-Dconvert=disabled"], env=environment)
    must_run(["meson", "install", "-C", folder / "build"], env=environment)
    environment = {**environment, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    for part, needed, file in PARTS:
        if needed and all(run(["pkg-config", "--exists", package]).returncode for package in needed):
            print(f"{part}: not tried, {needed[0]} is not installed")
            continue
        if must_run(["pkg-config", "--modversion", part], env=environment).strip() != version_of(sources):
            raise RuntimeError(f"{part}.pc says another version")
        flags = must_run(["pkg-config", "--cflags", "--libs", part], env=environment).split()
        if f"-I{prefix}/include" not in flags:
            raise RuntimeError(f"{part}.pc does not name the headers: {flags}")
        program = folder / part
        must_run([compiler, "-std=c++20", "-O0", PROGRAM, "-o", program, *flags])
        yield output_of(program, folder)
        if file and not (folder / file).exists():
            raise RuntimeError(f"a program with {part} writes no {file}")


def converted(root, folder, sources, environment, *arguments):
    """Builds and runs examples/convert, whose net is a header that strata-convert makes; then again with another file."""
    shutil.copytree(root / "examples/convert", folder)
    (folder / "subprojects").mkdir()
    wrap = (root / "packaging/meson/strata.wrap").read_text(encoding="utf-8")
    (folder / "subprojects/strata.wrap").write_text(wrap.replace("url = ../strata", f"url = {sources.as_uri()}"), "utf-8")
    must_run(["meson", "setup", "build", *arguments], cwd=folder, env=environment)
    must_run(["meson", "compile", "-C", "build", "amp"], cwd=folder, env=environment)
    said = must_run([folder / "build/amp"])
    if not said.startswith("101 weights"):
        raise RuntimeError(f"examples/convert prints {said!r}")
    file = folder / "amp.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"weights": [[[', '"weights": [[[1', 1), encoding="utf-8")
    must_run(["meson", "compile", "-C", "build", "amp"], cwd=folder, env=environment)
    done = run([folder / "build/amp"])
    if done.returncode != 1 or done.stdout == said:
        raise RuntimeError(f"after its file has changed, examples/convert prints {done.stdout!r}, exit code {done.returncode}")
    print("examples/convert is built", *arguments)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--convert", type=Path)
    parser.add_argument("--build-convert", action="store_true")
    given = parser.parse_args()
    if shutil.which("pkg-config") is None or shutil.which("git") is None:
        print("pkg-config or git is not installed")
        return 77
    root, environment = given.root.resolve(), {**os.environ, "CXX": given.compiler}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            sources = repository(root, folder / "strata")
            said = [wrapped(root, folder / "wrapped", sources, environment),
                    *by_pkg_config(sources, folder / "installed", given.compiler, environment)]
            if given.build_convert:
                converted(root, folder / "convert_built", sources, environment, "-Dstrata:convert=enabled", "-Doptimization=0",
                          "--wrap-mode=forcefallback")
            if given.convert:
                (folder / "bin").mkdir()
                shutil.copy(given.convert, folder / "bin/strata-convert")
                with_path = {**environment, "PATH": f"{folder / 'bin'}:{environment['PATH']}"}
                converted(root, folder / "convert_found", sources, with_path, "-Doptimization=0")
        except RuntimeError as mistake:
            print(mistake)
            return 1
    if len(set(said)) != 1:
        print("the programs differ:", *said)
        return 1
    print(f"{len(said)} programs print {said[0].strip()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
