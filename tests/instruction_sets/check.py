#!/usr/bin/env python3
# Several instruction sets in one program: files compiled for each are right in every link order, a model handed from one
# to the other does not link, and the program of examples/instruction_sets runs on older processors.
# usage: check.py ROOT [--older] COMPILER...
#   --older   the example on emulated processors; needs qemu-x86_64
# Without optimization: what would be inlined is then a symbol that the linker picks from one of the files.
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LEVELS = {"v1": "x86-64", "v2": "x86-64-v2", "v3": "x86-64-v3", "v4": "x86-64-v4"}
PROCESSORS = {"Nehalem": "x86-64-v2", "Haswell": "x86-64-v3"}


def run(command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


class Build:
    def __init__(self, root, compiler, folder):
        self.root, self.compiler, self.folder = root, compiler, folder
        self.pool = ThreadPoolExecutor(2)

    def object(self, source, name, *flags):
        """Begins to compile a file; the object's path is the result."""
        target = self.folder / f"{name}.o"

        def compile_it():
            done = run([*self.compiler, "-std=c++20", "-O0", f"-I{self.root / 'include'}", *flags, "-c", source, "-o", target])
            if done.returncode != 0:
                sys.exit(f"{source} does not compile:\n{done.stderr}")
            return target
        return self.pool.submit(compile_it)

    def link(self, objects, *flags):
        program = self.folder / "program"
        return run([*self.compiler, *flags, *objects, "-o", program, "-pthread"]), program


def levels_here(root):
    best = run([root / "tools/instruction_set.sh"]).stdout.strip()
    names = list(LEVELS.values())
    return names[:names.index(best) + 1]


def check_mixed(build, here):
    """One program of files for SSE2, AVX2 and AVX-512, as far as the machine has them, under AddressSanitizer."""
    source = build.root / "tests/instruction_sets"
    levels = [level for level in ("x86-64", "x86-64-v3", "x86-64-v4") if level in here]
    names = [level.replace("-", "_") for level in levels]
    flags = ["-fsanitize=address", "-g1"]
    parts = [build.object(source / "part.cpp", name, *flags, f"-march={level}", f"-DPART={name}")
             for name, level in zip(names, levels)]
    declared = "".join(f"f({name})" for name in names)
    main = build.object(source / "main.cpp", "main", *flags, f"-DPARTS(f)={declared}").result()
    objects = [part.result() for part in parts]
    for order in (objects, objects[::-1]):
        linked, program = build.link([main, *order], "-fsanitize=address")
        if linked.returncode != 0:
            yield f"{[o.stem for o in order]} does not link:\n{linked.stderr}"
            continue
        done = run([program])
        print(f"{', '.join(o.stem for o in order)}: {done.stdout.strip()}")
        if done.returncode != 0:
            yield f"{[o.stem for o in order]}: exit code {done.returncode}\n{done.stdout}{done.stderr}"


def check_handed_over(build, here):
    """Links within one instruction set, and for two does not."""
    source = build.root / "tests/instruction_sets/handed_over.cpp"
    first = build.object(source, "defines", "-march=x86-64", "-DDEFINES").result()
    uses = {level: build.object(source, f"uses_{level}", f"-march={level}") for level in ("x86-64", "x86-64-v3")}
    linked, _ = build.link([uses["x86-64"].result(), first])
    if linked.returncode != 0:
        yield f"does not link within one instruction set:\n{linked.stderr}"
    linked, _ = build.link([uses["x86-64-v3"].result(), first])
    if linked.returncode == 0:
        yield "links for two instruction sets"
    for name in ("taken", "returned", "variable", "workspace_taken", "stream_taken"):
        if not re.search(rf"undefined (reference to [`']|symbol: ){name}\b[^\n]*avx2_fma", linked.stderr):
            yield f"{name}: the linker does not name it and the instruction set:\n{linked.stderr}"
    print("handed over: a model as argument, result and variable, a workspace and a stream")


def check_older(build):
    source = build.root / "examples/instruction_sets"
    objects = [build.object(source / "net.cpp", name, f"-march={level}", f"-DLEVEL={name}")
               for name, level in LEVELS.items()]
    main = build.object(source / "main.cpp", "main").result()
    linked, program = build.link([main, *(o.result() for o in objects)])
    if linked.returncode != 0:
        yield f"the example does not link:\n{linked.stderr}"
        return
    for processor, expected in PROCESSORS.items():
        done = run(["qemu-x86_64", "-cpu", processor, program])
        print(f"on {processor}: {done.stdout.splitlines()[0] if done.stdout else done.stderr}")
        if done.returncode != 0 or not done.stdout.startswith(expected + ":"):
            yield f"on {processor}: exit code {done.returncode}, {done.stdout!r}, {done.stderr[-500:]}"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("root", type=Path)
    options.add_argument("--older", action="store_true")
    options.add_argument("compiler", nargs="+")
    given = options.parse_args()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        build = Build(given.root.resolve(), given.compiler, Path(folder))
        if given.older:
            if not shutil.which("qemu-x86_64"):
                print("qemu-x86_64 is not installed")
                return 77  # Meson's code for a test that was skipped
            faults += check_older(build)
        else:
            here = levels_here(build.root)
            if len(here) < 3:
                print("this processor has no second instruction set to test")
                return 77
            faults += check_mixed(build, here)
            faults += check_handed_over(build, here)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
