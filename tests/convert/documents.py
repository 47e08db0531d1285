# Runs docs/convert.md: writes the files of its blocks `<!-- file: NAME -->`, and runs those after `<!-- run -->`, in their order.
# usage: python documents.py --convert PATH [--compiler C++]; needs keras
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import compiled
import nam_files
import rtneural

BLOCK = re.compile(r"<!-- (run|file: (\S+)) -->\n```\w+\n(.*?)```\n", re.DOTALL)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--convert", required=True, type=Path)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        commands = folder / "commands"
        commands.mkdir()
        for name, target in (("strata-convert", arguments.convert.resolve()), ("python", Path(sys.executable))):
            (commands / name).write_text(f'#!/bin/sh\nexec "{target}" "$@"\n')
        # By its path: on PATH its name would be that of the command that calls it.
        program, *words = arguments.compiler.split()
        compiler = " ".join([shutil.which(program) or program, *words])
        # -O2 and -march=native of the text take long, and native may be more than an emulator has.
        (commands / "g++").write_text(f'#!/bin/sh\nexec {compiler} "$@" -O0 -march=x86-64-v3\n')
        for command in commands.iterdir():
            command.chmod(0o755)
        (folder / "strata").symlink_to(root)
        rng = np.random.default_rng(1)
        name, shape, layers = next(rtneural.cases(rng))
        rtneural.write_case(folder, "amp", shape, layers, rng)
        (folder / "amp.nam").write_text(json.dumps(nam_files.lstm(rng, 3, 1)))
        compiled.write_files(folder)
        (folder / "check.npz").unlink()  # the page's own has this name
        (folder / "net.hpp").unlink()  # the page's own too
        environment = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}", "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}
        for kind, file, text in BLOCK.findall((root / "docs" / "convert.md").read_text(encoding="utf-8")):
            if file:
                (folder / file).write_text(text, encoding="utf-8")
                continue
            done = subprocess.run(["bash", "-e", "-c", text], cwd=folder, env=environment, capture_output=True, text=True)
            passed, failed = passed + (done.returncode == 0), failed + (done.returncode != 0)
            print(done.stdout, end="")
            if done.returncode:
                print(f"FAILED:\n{text}{done.stderr}")
        # The header that the text shows.
        shown = re.search(r"```cpp\nnamespace digits \{\n\n(.*?)```", (root / "docs" / "convert.md").read_text(encoding="utf-8"), re.DOTALL)
        is_shown = shown is not None and shown.group(1) in (folder / "net" / "digits.hpp").read_text(encoding="utf-8")
        passed, failed = passed + is_shown, failed + (not is_shown)
        if not is_shown:
            print("the header that the text shows is another:\n" + (folder / "net" / "digits.hpp").read_text(encoding="utf-8")[:1500])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed < 4 else 0


if __name__ == "__main__":
    sys.exit(main())
