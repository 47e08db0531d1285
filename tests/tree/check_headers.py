#!/usr/bin/env python3
# Compiles every header with what it includes and nothing else, with warnings as errors.
# usage: check_headers.py ROOT [--together | --one-by-one] [--std c++20] [--library NAME=PKG_CONFIG_NAME,...]... [--jobs N]
#                         COMPILER...
#   --together    all headers in one program, each included twice: for the warnings of a second compiler with the same
#                 standard library
#   --one-by-one  each header in a program of its own, included twice
# Headers that need a library which pkg-config does not know are named and not compiled.
# Clang reads each header once: all are parts of one module, and a part sees only the parts that it includes. The headers
# of other libraries are parts of a second module, without warnings. Where a module has an error, the headers that it names
# are compiled in programs of their own, and those decide. Other compilers compile the headers one by one.
# Each header is compiled with one lane, without xsimd; those with code for vectors of their own with vectors, too.
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Warnings that a user's project may ask for.
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wold-style-cast",
            "-Wdouble-promotion", "-Wcast-align", "-Wnull-dereference", "-Wformat=2", "-Werror"]
ONE_LANE = ["-DSTRATA_SCALAR"]
INCLUDE = re.compile(r"^\s*#\s*include <([^>]+)>", re.MULTILINE)
STANDARD = re.compile(r"/c\+\+/[^/]+/[a-z_]+$")  # a header of the standard library
# Headers that each includer reads itself: those of C, which have no types of their own to lose, and <cassert>, whose
# meaning depends on the includer.
READ_EACH_TIME = re.compile(r"(.*/)?(sys/\w+|fcntl|signal|unistd)\.h|cassert")

# A tree whose headers are each wrong in one way, and the words of the error. A check that misses one is no check.
DEFECTS = {
    "lacks_own.hpp": ("inline own::number f1() { return 1; }", "own"),
    "lacks_own_macro.hpp": ("inline int f2() { return OWN_MACRO; }", "OWN_MACRO"),
    "lacks_standard.hpp": ("inline std::vector<int> f3() { return {}; }", "vector"),
    "lacks_standard_through_own.hpp": ("#include <strata/own.hpp>\ninline std::string f4() { return {}; }", "string"),
    "lacks_definition.hpp": ("struct declared;\ninline int f5(const declared& d) { return d.value; }", "declared"),
    "warns.hpp": ("inline int f6(double x) { return x; }", "-Wfloat-conversion"),
}
SOUND = {
    "a_first.hpp": "#include <vector>\n#include <strata/own.hpp>\nstruct declared { int value; };\n"
                   "inline own::number f7() { return OWN_MACRO + static_cast<int>(std::vector<int>(3).size()); }",
    "own.hpp": "#define OWN_MACRO 1\nnamespace own { using number = int; }",
    "z_last.hpp": "#include <string>\n#include <vector>\ninline std::vector<std::string> f8() { return {\"a\"}; }",
}


def includes_of(path, folder):
    return INCLUDE.findall((folder / path).read_text(encoding="utf-8"))


def included(paths, folder):
    """What headers include, themselves or through strata's headers: these, and names of others."""
    found, new = set(), set(paths)
    while new:
        found |= new
        new = {name for path in new if (folder / path).is_file() for name in includes_of(path, folder)} - found
    return found


def flags_of(packages):
    """What pkg-config says of the first package that it knows; None where it knows none."""
    for package in packages:
        done = subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split()
    return None


def with_vector_code(paths, folder):
    return [path for path in paths if "STRATA_SCALAR" in (folder / path).read_text(encoding="utf-8")]


def run(command, program=None):
    return subprocess.run([str(word) for word in command], input=program, capture_output=True, text=True)


def is_clang(command):
    return "clang" in run([*command, "--version"]).stdout


def module_map(name, attributes, files):
    """The text that makes each file a part of a module; files maps the name of a part to its path."""
    parts = "".join(f'  module "{part}" {{ header "{path}" export * }}\n' for part, path in files.items())
    return f"module {name}{attributes} {{\n{parts}}}\n"


def others_of(command, folder, paths):
    """The headers of other libraries that strata's include, as names and paths; with those of the standard library that
    they include in turn."""
    program = "".join(f"#include <{path}>\n" for path in paths)
    read = run([*command, "-E", "-H", "-x", "c++", "-"], program).stderr
    read = {Path(path).resolve() for path in re.findall(r"^\.+ (/.*)$", read, re.MULTILINE)}
    names = {name for name in included(paths, folder) if not (folder / name).is_file()}
    # The shortest path, as <sched.h> includes <bits/sched.h>.
    shorter_last = sorted(read, key=lambda path: -len(path.as_posix()))
    found = {name: path for path in shorter_last for name in names if path.as_posix().endswith(f"/{name}")}
    found |= {path.name: path for path in read if STANDARD.search(path.as_posix())}
    return {name: found[name] for name in sorted(found) if not READ_EACH_TIME.fullmatch(name)}


def compile_modules(command, flags, folder, builds, target):
    """What Clang says to the modules of each build (headers, flags); "" where it has nothing to say."""
    command = [*command, *flags, f"-I{folder}"]
    as_module = [*command, "-fmodules", "-fno-implicit-module-maps", "-Xclang", "-fmodules-local-submodule-visibility",
                 "-ferror-limit=0", "-c", "-x", "c++", "-Xclang", "-emit-module"]

    def compiled(name, text, *more):
        (target / f"{name}.modulemap").write_text(text, encoding="utf-8")
        module = "strata" if name.startswith("strata") else name
        return run([*as_module, *more, f"-fmodule-name={module}", target / f"{name}.modulemap", "-o", target / f"{name}.pcm"])
    everything = sorted({path for paths, _ in builds for path in paths})
    others = compiled("others", module_map("others", " [system]", others_of(command, folder, everything)))
    if others.returncode != 0:
        return [others.stderr]
    known = [f"-fmodule-map-file={target}/others.modulemap", f"-fmodule-file=others={target}/others.pcm", *WARNINGS]
    said = []
    for number, (paths, build) in enumerate(builds):
        text = module_map("strata", "", {path: (folder / path).resolve() for path in paths})
        done = compiled(f"strata{number}", text, *known, *build)
        said.append(done.stderr if done.returncode != 0 or done.stderr else "")
    return said


def finds_defects(command):
    """Whether modules of a tree with a header of each defect show it, and a sound tree has no error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "include"
        (folder / "strata").mkdir(parents=True)
        target = Path(name) / "target"
        target.mkdir()
        for file, text in {**SOUND, **{file: text for file, (text, _) in DEFECTS.items()}}.items():
            (folder / "strata" / file).write_text(f"#pragma once\n{text}\n", encoding="utf-8")
        sound, all_of_them = ([f"strata/{file}" for file in files] for files in (SOUND, [*SOUND, *DEFECTS]))
        if any(compile_modules(command, [], folder, [(sound, [])], target)):
            return False
        said = "".join(compile_modules(command, [], folder, [(sorted(all_of_them), [])], target))
        return all(re.search(rf"strata/{file}:\d+:\d+: error: .*{re.escape(word)}", said)
                   for file, (_, word) in DEFECTS.items())


def compile_headers(compiler, flags, folder, paths):
    command = [*compiler, *WARNINGS, *flags, f"-I{folder}", "-fsyntax-only", "-x", "c++", "-"]
    program = "".join(f"#include <{path}>\n#include <{path}>\n" for path in paths) + "int main() {}\n"
    done = run(command, program)
    return " ".join(paths), done.returncode, done.stderr


def failures(compiler, flags, folder, builds, jobs):
    """The builds (headers, flags) that do not compile, each in one program, and what the compiler says."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda build: compile_headers(compiler, flags + build[1], folder, build[0]), builds))
    return [(paths, said) for paths, code, said in results if code != 0]


def failures_by_modules(compiler, flags, folder, builds, one_by_one, jobs):
    """The same of headers that modules have, see above."""
    if not finds_defects(compiler):
        print("modules do not show what is missing: each header in a program of its own")
        return failures(compiler, flags, folder, one_by_one, jobs)
    with tempfile.TemporaryDirectory() as target:
        said = "".join(compile_modules(compiler, flags, folder, builds, Path(target)))
    if not said:
        return []
    print(f"not compiled as one module:\n{said[:3000]}")
    named = set(re.findall(r"(strata/\S+?\.hpp):\d+:\d+: (?:fatal )?error", said))
    of_named = [(paths, build) for paths, build in one_by_one if paths[0] in named]
    return (failures(compiler, flags, folder, of_named, jobs) or
            failures(compiler, flags, folder, [each for each in one_by_one if each not in of_named], jobs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--std", default="c++20", help="the language")
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("compiler", nargs="+", help="the compiler's command")
    given = parser.parse_args()
    command = [*given.compiler, f"-std={given.std}"]
    folder = given.root / "include"
    headers = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.hpp"))
    if not headers:
        print(f"no headers below {folder}")
        return 2
    flags, left = [], {}
    for library in given.library:
        name, packages = library.split("=")
        found = flags_of(packages.split(","))
        flags += found or []
        left |= {path: name for path in headers if found is None and
                 any(i.startswith(name) for i in included([path], folder))}
    for path, name in left.items():
        print(f"{path}: not compiled, {name} is not installed")
    todo = [path for path in headers if path not in left]
    vectors = with_vector_code(todo, folder)
    one_by_one = [([path], ONE_LANE) for path in todo] + [([path], []) for path in vectors]
    if given.together:
        wrong = failures(command, flags, folder, [(todo, ONE_LANE), (todo, [])], given.jobs)
    elif given.one_by_one or not is_clang(command):
        wrong = failures(command, flags, folder, one_by_one, given.jobs)
    else:
        parts = [(todo, ONE_LANE), ([path for path in todo if path in included(vectors, folder)], [])]
        wrong = failures_by_modules(command, flags, folder, parts, one_by_one, given.jobs)
    for paths, said in wrong:
        print(f"{paths}: {'not compiled in one program' if given.together else 'does not compile alone'}\n{said}")
    used = os.times()
    print(f"{len(todo)} headers, {len(vectors)} of them with vectors, too, with {' '.join(command)}, {len(wrong)} failures, "
          f"{used.children_user + used.children_system:.0f} s of CPU time")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
