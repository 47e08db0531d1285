# Compiles the test programs of converted nets, several in one program, and runs them.
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MAIN = """// Runs the tests of several converted nets.
#define STRATA_CONVERT_NO_MAIN
#include <cstdio>
#include <exception>

{includes}

int main(int, char** words) {{
    int failed = 0;
    const auto run = [&](int (*test)(const std::filesystem::path&), const char* name) {{
        try {{
            failed += test(words[1]);
        }} catch (const std::exception& error) {{
            std::printf("%s: %s\\n", name, error.what());
            ++failed;
        }}
    }};
{calls}
    return failed == 0 ? 0 : 1;
}}
"""
FLAGS = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-pthread"]


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)


def build_and_run(names, folder, compiler, flags, include, number):
    """What the program of these nets prints, by the name of the net; the compiler's words where it does not compile."""
    source, program = folder / f"program_{number}.cpp", folder / f"program_{number}"
    source.write_text(MAIN.format(includes="\n".join(f'#include "{name}_test.cpp"' for name in names),
                                  calls="\n".join(f'    run({name}_test, "{name}");' for name in names)), encoding="utf-8")
    objects = [folder / f"{name}_weights.S" for name in names if (folder / f"{name}_weights.S").exists()]
    done = run([*compiler, *FLAGS, *flags, f"-I{include}", f"-I{folder}", f"-Wa,-I{folder}", source, *objects, "-o", program])
    if done.returncode:
        return dict.fromkeys(names, "does not compile:\n" + "\n".join(done.stderr.splitlines()[:20]))
    done = run([program, folder])
    lines = {line.partition(":")[0]: line for line in done.stdout.splitlines()}
    return {name: lines.get(name, f"prints nothing; exit code {done.returncode}: {done.stderr.strip()}") for name in names}


def test_programs(names, folder, compiler, flags, include, each=16, jobs=1):
    """The results of all nets, `each` of them in a program."""
    groups = [names[i:i + each] for i in range(0, len(names), each)]
    results = {}
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(lambda pair: build_and_run(pair[1], folder, compiler, flags, include, pair[0]), enumerate(groups)):
            results.update(found)
    return results


def add_arguments(parser):
    parser.add_argument("--convert", required=True, type=Path, help="the program strata-convert")
    parser.add_argument("--include", type=Path, default=Path(__file__).resolve().parents[2] / "include")
    parser.add_argument("--compiler", default="clang++-19")
    parser.add_argument("--flags", default="-march=x86-64-v3")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder that keeps the files")
    parser.add_argument("--only", default="", help="cases whose name has this text")
