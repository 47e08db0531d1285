#!/usr/bin/env python3
"""Builds and runs the benchmarks and writes their tables into docs/performance.md, between its table markers.

usage: bench/report.py [--only kernels|inference|applications|streaming|training]... [--python PYTHON] [--dir build-bench] [--threads 1 2]
       [--rounds 3] [--docs FILE] [--no-run]
PYTHON is that of an environment with the peers (peers/inference.py says which packages). Results lie in DIR/results as JSON;
--no-run makes the tables of what lies there. A quiet machine, please: 1 minute for kernels, 2 to 3 a number of threads for
inference, 1 for applications, half a minute for streaming, 5 for training.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("kernels", "inference", "applications", "streaming", "training")
TARGETS = {"kernels": ["kernels"], "inference": ["inference", "libcalls.so", "onednn"],
           "applications": ["applications", "libcalls.so"], "streaming": ["streaming"], "training": ["training"]}
ALONE = ("kernels", "streaming")  # without peers
PEERS_OF_FILES = ["onnxruntime", "openvino", "litert"]
NAMES = {"guide": "guide 250x250x3", "cnn": "MNIST-sized CNN", "mlp": "784-32-32-32-10", "tiny": "4-2-3-4",
         "wide": "512-1024-1024-1024-256", "xception": "Xception 299x299x3", "strata": "strata", "onednn": "oneDNN", "onednn_winograd": "oneDNN Winograd",
         "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "litert": "LiteRT", "tensorflow": "TensorFlow",
         "jax": "JAX"}


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def call(*command):
    print("+", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True)


# Machine, compiler, versions

def compiler(folder):
    """The build's compiler and its version, its flags, and the widest instruction set that they allow."""
    entry = next(e for e in json.loads((folder / "compile_commands.json").read_text())
                 if e["file"].endswith("bench/kernels.cpp"))
    words = entry["command"].split()
    if Path(words[0]).name == "ccache":
        words = words[1:]
    flags = [w for w in words if re.match(r"-(std|march|O|f|m)", w) and not w.startswith("-fdiagnostics")]
    # Of several -O the last one counts.
    flags = [w for w in flags if not w.startswith("-O")] + [w for w in flags if w.startswith("-O")][-1:]
    defines = said(words[0], *[f for f in flags if f.startswith("-m")], "-x", "c++", "-dM", "-E", os.devnull)
    isa = next((name for macro, name in (("__AVX512F__", "AVX-512"), ("__AVX2__", "AVX2"), ("__AVX__", "AVX"),
                                         ("__SSE2__", "SSE2"), ("__ARM_NEON", "NEON")) if macro in defines), "no vectors")
    version = said(words[0], "--version")
    number = re.search(r"\d+\.\d+\.\d+", version.splitlines()[0]).group()
    name = "Clang" if "clang" in version else "GCC" if "Free Software" in version else version.split()[0]
    return f"{name} {number}", " ".join(sorted(set(flags))), isa


def machine(folder):
    facts = {}

    def read(entries):  # newer ones nest
        for entry in entries:
            facts[entry["field"].rstrip(":")] = entry["data"]
            read(entry.get("children", []))
    read(json.loads(said("lscpu", "-J"))["lscpu"])
    caches = ", ".join(f"{level} {facts[level + ' cache']}" for level in ("L1d", "L2", "L3") if level + " cache" in facts)
    release = Path("/etc/os-release")
    system = re.search(r'PRETTY_NAME="(.*)"', release.read_text()).group(1) if release.exists() else sys.platform
    name, flags, isa = compiler(folder)
    return (f"Machine: {facts.get('Model name', 'unknown')}, {isa}, {facts['CPU(s)']} cores, caches {caches}, {system}; "
            f"{name}, `{flags}`")


def heading(given, part, versions, peak=None):
    """Machine, versions, command: what a number must stand with."""
    peers = ", ".join(f"{NAMES[name]} {version}" for name, version in sorted(versions.items()))
    text = machine(given.dir) + (f"; {peers}" if peers else "") + "."
    if peak:
        text += f" The peak is that of fused multiply-adds in registers, measured by the same program: {peak:.0f} GFLOP/s a core."
    command = f"bench/report.py --only {part}"
    if part not in ALONE:
        command += f" --python PYTHON --rounds {given.rounds} --threads {' '.join(map(str, given.threads))}"
    return f"{wrapped(text)}\n\n    {command}\n"


def wrapped(text, width=120):
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)


# Tables

def digits(value):
    """Three significant digits, without an exponent."""
    for places, bound in ((0, 100), (1, 10), (2, 1), (3, 0.1), (4, 0.01)):
        if value >= bound:
            return f"{value:.{places}f}"
    return f"{value:.5f}"


def table(head, rows):
    return "\n".join(["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]) + "\n"


def kernels_text(given, results):
    data, = results
    timed = [r for r in data["rows"] if r["kind"] != "elementwise"]
    functions = [r for r in data["rows"] if r["kind"] == "elementwise"]
    worst = max(r["error"] for r in data["rows"])
    text = heading(given, "kernels", {}, data["peak"])
    text += "\n" + wrapped(f"Each result was first compared with plain loops in double: the largest difference is {worst:.0e} "
                           "of the largest value. FLOPs are those of the direct algorithm.") + "\n\n"
    text += table(["kernel", "shape", "us", "GFLOP/s", "share of the peak"],
                  [[r["kind"], r["name"], digits(r["median"]), f"{r['gflops']:.0f}", f"{r['share_of_peak'] * 100:.0f} %"]
                   for r in timed])
    half = (len(functions) + 1) // 2
    cells = [[f"`{r['name']}`", digits(r["ns_an_element"])] for r in functions] + [["", ""]] * (half * 2 - len(functions))
    if functions:
        text += "\n" + table(["function of 4096 values", "ns an element"] * 2,
                             [a + b for a, b in zip(cells[:half], cells[half:])])
    return text


def compared_rows(rows, engines):
    """The cells of rows that compare engines; the last is the best peer's time over strata's."""
    def cell(name):
        if name not in times:
            return "-"
        given = row["engines"][name]
        unsteady = isinstance(given, dict) and given["high"] > 1.2 * given["low"]
        return ("~" if unsteady else "") + digits(times[name])

    for row in rows:
        times = {name: given["median"] if isinstance(given, dict) else given for name, given in row["engines"].items()}
        peers = {name: value for name, value in times.items() if name != "strata"}
        best = min(peers, key=peers.get, default=None)
        ratio = f"{peers[best] / times['strata']:.2f} ({NAMES[best]})" if best and "strata" in times else "-"
        share = f"{row['share_of_peak'] * 100:.0f} %" if "share_of_peak" in row else "-"
        name = NAMES[row["net"]] + (f", {row['mode']}" if row.get("mode", "call") != "call" else "")
        yield [name, str(row["batch"]), str(row["threads"]), cell("strata"), share,
               *(cell(name) for name in engines if name != "strata"), ratio]


def all_rows(results):
    versions, rows = {}, []
    for data in results:
        versions.update(data["versions"])
        rows += data["rows"]
    found = {name for row in rows for name in row["engines"]}
    return versions, rows, [name for name in NAMES if name in found]


def inference_text(given, results):
    versions, rows, engines = all_rows(results)
    peak = max((row["peak"] for row in rows if "peak" in row), default=None)
    text = heading(given, "inference", versions, peak)
    text += "\n" + wrapped(
        "Microseconds of a call, medians of the rounds, which take all engines in turn; outputs were compared first. "
        "With ~ the rounds lie more than 20 % apart. ONNX Runtime, OpenVINO and oneDNN are called through their C and C++ interfaces with preset buffers; LiteRT from Python, which "
        "adds a fraction of a microsecond to a call; TensorFlow and JAX have only a Python interface, whose calls alone cost "
        "what the smallest net shows. FLOPs are those of the direct algorithm on the whole output of each layer: Winograd, and rows that a pooling drops, make "
        "more than 100 % of the peak possible.") + "\n\n"
    head = ["net", "batch", "cores", "strata", "share of the peak", *(NAMES[e] for e in engines if e != "strata"),
            "best peer / strata"]
    text += table(head, compared_rows(rows, engines))
    marks = [[NAMES[r["net"]] + (f", {r['mode']}" if r["mode"] != "call" else ""), str(r["batch"]), str(r["threads"]),
              r["marks"]] for r in rows if r["marks"]]
    if marks:
        text += "\nMarks only: C and C++ interfaces on another machine (Sapphire Rapids class, AVX-512, 177 GFLOP/s a core).\n\n"
        text += table(["net", "batch", "cores", "us"], marks)
    return text


def applications_text(given, results):
    versions, rows, engines = all_rows(results)
    text = heading(given, "applications", versions, max(row["peak"] for row in rows))
    text += "\n" + wrapped(
        "Milliseconds of a call, batch 1, medians of the rounds, as above; logits were compared first. strata's model is what "
        "`optimize` makes, the peers fold batch normalizations themselves. Memory is the most that a process had at once, less "
        "the weights: strata's whole process, which reads its weights tensor by tensor; of a peer only what loading and "
        "running the model added.") + "\n\n"
    for row in rows:
        for given_time in row["engines"].values():
            for key in ("median", "low", "high"):
                given_time[key] /= 1000
    head = ["net", "batch", "cores", "strata", "share of the peak", *(NAMES[e] for e in engines if e != "strata"),
            "best peer / strata"]
    text += table(head, compared_rows(rows, engines))
    first = rows[0]
    text += "\n" + table(["memory beside the weights, MB", *(NAMES[e] for e in engines)],
                         [[NAMES[first["net"]] + f" ({first['weights']:.0f} MB of weights)",
                           *(f"{first['engines'][e]['memory'] - first['weights']:.0f}" for e in engines)]])
    return text


def streaming_text(given, results):
    all_steps, = results
    rows = [row for row in all_steps if row["unit"] not in ("fading step", "block")]
    blocks = [row for row in all_steps if row["unit"] == "block"]
    fading = [row for row in all_steps if row["unit"] == "fading step"]
    worst = max(row["error"] for row in rows)
    text = heading(given, "streaming", {}) + "\n" + wrapped(
        f"Nanoseconds of a step of a stream or of a call, on one core; each result was first compared with plain loops in "
        f"double: the largest difference is {worst:.0e} of the largest value. The mark is RTNeural's best backend on another "
        "machine (Sapphire Rapids class, AVX-512).") + "\n\n"
    text += table(["net", "one", "ns", "mark", "mark / strata"],
                  [[row["name"], row["unit"], digits(row["ns"]), digits(row["mark"]), f"{row['ratio']:.2f}"]
                   for row in rows])
    if blocks:
        text += "\n" + wrapped("A step in blocks of a stream, bit for bit what single steps give: nanoseconds, the least of "
                               "passes that alternate with passes of single steps. The mark is a step of RTNeural's best "
                               "backend, or Neural Amp Modeler in blocks of 64, on an Intel machine whose multiply-add "
                               f"peak is 245 GFLOP/s a core; it is {blocks[0]['peak']:.0f} here. In brackets: the ratio "
                               "if both machines had one peak.") + "\n\n"
        text += table(["net", "block", "ns", "single steps, ns", "share of the peak", "bound by", "mark", "mark / strata"],
                      [[row["name"], str(row["size"]), digits(row["ns"]), digits(row["step_ns"]),
                        f"{100 * row['share']:.0f} %", row["bound"],
                        *([digits(row["mark"]), f"{row['mark'] / row['ns']:.2f} ({row['at_one_peak']:.2f})"] if row["mark"] else ["-", "-"])]
                       for row in blocks])
    if not fading:
        return text
    text += "\n" + wrapped("A step on inputs that stay at one size, as a sound fades to silence (0), and how many times the "
                           "time of sound it takes.") + "\n\n"
    return text + table(["net", "size", "ns", "times sound"],
                        [[row["name"], f"{row['size']:.0e}" if row["size"] else "0", digits(row["ns"]),
                          f"{row['factor']:.2f}"] for row in fading])


def training_text(given, results):
    versions, rows, engines = all_rows(results)
    text = heading(given, "training", versions) + "\n" + wrapped(
        "Milliseconds of one full Adam step, medians of the rounds; losses were compared first. The peak is that of fused "
        "multiply-adds in registers, measured by the same program. FLOPs of a step: the forward pass three times, less the "
        "gradient of the input.") + "\n\n"
    head = ["net", "batch", "cores", "strata", "share of the peak", *(NAMES[e] for e in engines if e != "strata"),
            "best peer / strata"]
    return text + table(head, compared_rows(rows, engines))


TEXTS = {"kernels": kernels_text, "inference": inference_text, "applications": applications_text,
         "streaming": streaming_text, "training": training_text}


def write(docs, part, text):
    """Puts text between the markers of a part; without markers it fails."""
    begin, end = f"<!-- table: {part} -->\n", "<!-- end -->\n"
    whole = docs.read_text(encoding="utf-8")
    if begin not in whole or end not in whole.split(begin, 1)[1]:
        sys.exit(f"{docs}: no lines {begin.strip()} and {end.strip()}")
    before, rest = whole.split(begin, 1)
    docs.write_text(before + begin + text + end + rest.split(end, 1)[1], encoding="utf-8")


# Running

def build(given):
    if not (given.dir / "build.ninja").exists():
        call("meson", "setup", given.dir, ROOT, "-Dbench=enabled", *(f"-D{part}=disabled" for part in
                                                                     ("tests", "examples", "docs", "sources")))
    known = re.findall(r"^(bench/\S+):", said("ninja", "-C", str(given.dir), "-t", "targets", "all"), re.MULTILINE)
    wanted = [f"bench/{target}" for part in given.only for target in TARGETS[part]]
    call("ninja", "-C", given.dir, *(target for target in wanted if target in known))  # oneDNN may be missing


def run(given, part, folder):
    """Writes the results of a part into a folder."""
    programs = given.dir / "bench"
    if part == "kernels":
        call(programs / "kernels", "--json", folder / "kernels.json")
    if part == "streaming":
        lines = said(programs / "streaming", "--json").splitlines()
        (folder / "streaming.json").write_text("[" + ",\n".join(lines) + "]\n", encoding="utf-8")
    for threads in given.threads if part not in ALONE else []:
        common = ["--threads", threads, "--rounds", given.rounds, "--json", folder / f"{part}-{threads}.json"]
        nets = {"inference": ["guide", "cnn", "mlp", "tiny", "wide"], "applications": ["xception"]}
        if part in nets:
            seconds = ["--seconds", 1.5, "--peers", *PEERS_OF_FILES] if part == "applications" else []
            call(sys.executable, ROOT / "bench/peers/inference.py", programs, "--python", given.python, *common, *seconds,
                 "--nets", *nets[part])
        else:
            call(given.python, ROOT / "bench/peers/training.py", programs / "training", "--seconds", 0.4, *common)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--dir", type=Path, default=ROOT / "build-bench")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--docs", type=Path, default=ROOT / "docs/performance.md")
    parser.add_argument("--no-run", action="store_true")
    given = parser.parse_args()
    given.dir, given.only = given.dir.resolve(), given.only or list(PARTS)
    given.python = shutil.which(given.python) or given.python
    results = given.dir / "results"
    if not given.no_run:
        build(given)
        results.mkdir(parents=True, exist_ok=True)
    for part in given.only:
        if not given.no_run:
            run(given, part, results)
        files = [results / f"{part}.json"] if part in ALONE else [results / f"{part}-{n}.json" for n in given.threads]
        write(given.docs, part, TEXTS[part](given, [json.loads(file.read_text()) for file in files]))
        print(f"{given.docs}: table of {part}")


if __name__ == "__main__":
    main()
