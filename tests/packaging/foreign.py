# What the checks of this folder share: the program of a foreign project, and commands that must succeed.
import re
import subprocess
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent / "program.cpp"


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)


def must_run(command, **options):
    """What a command prints; a RuntimeError with its words where it fails."""
    done = run(command, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def output_of(program, folder):
    """What the program prints, which is the same however it was built."""
    said = must_run([program], cwd=folder)
    if not said.startswith("13 weights, "):
        raise RuntimeError(f"the program prints {said!r}")
    return said


def version_of(root):
    """The version, which meson.build says."""
    return re.search(r"version: '([0-9.]+)'", (root / "meson.build").read_text(encoding="utf-8"))[1]
