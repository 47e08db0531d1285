#!/usr/bin/env python3
"""Builds and runs the benchmarks, keeps their results by machine, and writes tables of all machines into docs/performance.md,
between its table markers.

usage: bench/report.py --machine NAME [--only kernels|inference|applications|streaming|training]... [--python PYTHON]
       [--dir build-bench] [--threads 1 2] [--rounds 3] [--docs FILE]
       bench/report.py --no-run [--only PART]... [--docs FILE]
NAME is that of the machine in the tables, "Intel Xeon"; results lie in bench/machines/intel_xeon.json. PYTHON is that of an
environment with the peers (peers/inference.py says which packages). --no-run makes the tables of what lies there. A quiet
machine, please: 1 minute for kernels, 2 to 3 a number of threads for inference, 1 for applications, half a minute for
streaming, 5 for training.
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
MACHINES = ROOT / "bench" / "machines"
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
    return (f"{facts.get('Model name', 'unknown')}, {isa}, {facts['CPU(s)']} cores, caches {caches}, {system}; "
            f"{name}, `{flags}`")


def heading(machines, part):
    """Machines, versions, command: what a number must stand with."""
    text = ""
    for name, (setup, results) in machines.items():
        versions, peaks = {}, []
        for data in results if isinstance(results[0], dict) else []:
            versions.update(data.get("versions", {}))
            peaks += [data["peak"]] if "peak" in data else []
            peaks += [row["peak"] for row in data["rows"] if "peak" in row]
        peers = ", ".join(f"{NAMES[engine]} {version}" for engine, version in sorted(versions.items()))
        peak = f"; peak {max(peaks):.0f} GFLOP/s a core" if peaks else ""
        text += wrapped(f"{name}: {setup}{'; ' + peers if peers else ''}{peak}.") + "\n\n"
    if "peak" in text:
        text += wrapped("The peak is that of fused multiply-adds in registers, measured by the same program.") + "\n\n"
    command = f"bench/report.py --machine NAME --only {part}"
    return text + f"```sh\n{command}{'' if part in ALONE else ' --python PYTHON'}\n```\n"


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


def side_by_side(rows_of_machine, key, head, cells):
    """A table of all machines: a line has the cells of a key, then those of each machine's row that has this key. head has the
    names of both."""
    keys = list(dict.fromkeys(tuple(key(row)) for rows in rows_of_machine.values() for row in rows))
    columns = [*head[0]] + [f"{name}, {each}" for name in rows_of_machine for each in head[1]]
    lines = []
    for each in keys:
        line = list(each)
        for rows in rows_of_machine.values():
            found = [row for row in rows if tuple(key(row)) == each]
            line += cells(found[0]) if found else ["-"] * len(head[1])
        lines.append(line)
    return table(columns, lines)


def kernels_text(machines):
    rows = {name: results[0]["rows"] for name, (_, results) in machines.items()}
    worst = max(row["error"] for each in rows.values() for row in each)
    text = heading(machines, "kernels") + "\n"
    text += wrapped(f"Each result was first compared with plain loops in double: the largest difference is {worst:.0e} "
                    "of the largest value. FLOPs are those of the direct algorithm.") + "\n\n"
    timed = {name: [r for r in each if r["kind"] != "elementwise"] for name, each in rows.items()}
    functions = {name: [r for r in each if r["kind"] == "elementwise"] for name, each in rows.items()}
    text += side_by_side(timed, lambda r: (r["kind"], r["name"]), (("kernel", "shape"), ("us", "share of the peak")),
                         lambda r: [digits(r["median"]), f"{r['share_of_peak'] * 100:.0f} %"])
    return text + "\n" + side_by_side(functions, lambda r: (f"`{r['name']}`",), (("function of 4096 values",), ("ns an element",)),
                                      lambda r: [digits(r["ns_an_element"])])


def compared(row):
    """The best peer of a row, its time over strata's, and a cell for each engine; with ~ its rounds lay far apart."""
    def cell(name):
        given = row["engines"][name]
        is_unsteady = given.get("unsteady", given.get("high", 0) > 1.2 * given.get("low", 1))
        return ("~" if is_unsteady else "") + digits(given["median"])

    times = {name: given["median"] for name, given in row["engines"].items()}
    peers = {name: value for name, value in times.items() if name != "strata"}
    best = min(peers, key=peers.get, default=None)
    ratio = f"{peers[best] / times['strata']:.2f} ({NAMES[best]})" if best and "strata" in times else "-"
    return ratio, {name: cell(name) for name in times}


def compared_text(machines, unit):
    """strata and the best peer side by side for all machines, then all engines, machine by machine."""
    def key(row):
        name = NAMES[row["net"]] + (f", {row['mode']}" if row.get("mode", "call") != "call" else "")
        return name, str(row["batch"]), str(row["threads"])

    def short(row):
        ratio, cells = compared(row)
        return [cells.get("strata", "-"), f"{row['share_of_peak'] * 100:.0f} %" if "share_of_peak" in row else "-", ratio]

    rows = {name: [row for data in results for row in data["rows"]] for name, (_, results) in machines.items()}
    text = side_by_side(rows, key, (("net", "batch", "cores"), (unit, "share of the peak", "best peer / strata")), short)
    for name, each in rows.items():
        engines = [engine for engine in NAMES if any(engine in row["engines"] for row in each)]
        text += f"\nAll engines, {name}, {unit}:\n\n"
        text += table(["net", "batch", "cores", *(NAMES[engine] for engine in engines)],
                      [[*key(row), *(compared(row)[1].get(engine, "-") for engine in engines)] for row in each])
    return text


def inference_text(machines):
    text = heading(machines, "inference") + "\n" + wrapped(
        "Microseconds of a call, medians of the rounds, which take all engines in turn; outputs were compared first. "
        "With ~ the rounds lie more than 20 % apart. ONNX Runtime, OpenVINO and oneDNN are called through their C and C++ interfaces with preset buffers; LiteRT from Python, which "
        "adds a fraction of a microsecond to a call; TensorFlow and JAX have only a Python interface, whose calls alone cost "
        "what the smallest net shows. FLOPs are those of the direct algorithm on the whole output of each layer: Winograd, and rows that a pooling drops, make "
        "more than 100 % of the peak possible.") + "\n\n"
    text += compared_text(machines, "us")
    rows = [row for _, results in machines.values() for data in results for row in data["rows"]]
    marks = {(row["net"], row["mode"], row["batch"], row["threads"]): row["marks"] for row in rows if row["marks"]}
    text += "\nMarks only: C and C++ interfaces on another machine (Sapphire Rapids class, AVX-512, 177 GFLOP/s a core).\n\n"
    return text + table(["net", "batch", "cores", "us"],
                        [[NAMES[net] + (f", {mode}" if mode != "call" else ""), str(batch), str(threads), mark]
                         for (net, mode, batch, threads), mark in marks.items()])


def applications_text(machines):
    text = heading(machines, "applications") + "\n" + wrapped(
        "Milliseconds of a call, batch 1, medians of the rounds, as above; logits were compared first. strata's model is what "
        "`optimize` makes, the peers fold batch normalizations themselves. Memory is the most that a process had at once, less "
        "the weights: strata's whole process, which reads its weights tensor by tensor; of a peer only what loading and "
        "running the model added.") + "\n\n"
    memory = []
    for name, (_, results) in machines.items():
        for row in (row for data in results for row in data["rows"]):
            for given in row["engines"].values():
                given.update({key: given[key] / 1000 for key in ("median", "low", "high") if key in given})
        first = results[0]["rows"][0]
        memory += [[f"{NAMES[first['net']]} ({first['weights']:.0f} MB of weights)", name, NAMES[engine],
                    f"{given['memory'] - first['weights']:.0f}"] for engine, given in first["engines"].items()]
    return text + compared_text(machines, "ms") + "\n" + table(["net", "machine", "engine", "MB beside the weights"], memory)


def streaming_text(machines):
    rows = {name: [row for row in results[0] if row["unit"] not in ("fading step", "block")]
            for name, (_, results) in machines.items()}
    blocks = {name: [row for row in results[0] if row["unit"] == "block"] for name, (_, results) in machines.items()}
    fading = {name: [row for row in results[0] if row["unit"] == "fading step"] for name, (_, results) in machines.items()}
    worst = max(row["error"] for each in rows.values() for row in each)
    text = heading(machines, "streaming") + "\n" + wrapped(
        f"Nanoseconds of a step of a stream or of a call, on one core; each result was first compared with plain loops in "
        f"double: the largest difference is {worst:.0e} of the largest value. The mark is RTNeural's best backend on another "
        "machine (Sapphire Rapids class, AVX-512).") + "\n\n"
    text += side_by_side(rows, lambda r: (r["name"], r["unit"], digits(r["mark"])), (("net", "one", "mark"), ("ns", "mark / strata")),
                         lambda r: [digits(r["ns"]), f"{r['ratio']:.2f}"])
    if any(blocks.values()):
        text += "\n" + wrapped("A step in blocks of a stream, bit for bit what single steps give: nanoseconds, the least of "
                               "passes that alternate with passes of single steps. The mark is a step of RTNeural's best "
                               "backend, or Neural Amp Modeler in blocks of 64, on an Intel machine whose multiply-add "
                               "peak is 245 GFLOP/s a core. In brackets: the ratio if both machines had one peak.") + "\n\n"
        text += side_by_side({name: each for name, each in blocks.items() if each},
                             lambda r: (r["name"], str(r["size"]), r["bound"], digits(r["mark"]) if r["mark"] else "-"),
                             (("net", "block", "bound by", "mark"), ("ns", "single steps, ns", "share of the peak", "mark / strata")),
                             lambda r: [digits(r["ns"]), digits(r["step_ns"]), f"{100 * r['share']:.0f} %",
                                        f"{r['mark'] / r['ns']:.2f} ({r['at_one_peak']:.2f})" if r["mark"] else "-"])
    if not any(fading.values()):
        return text
    text += "\n" + wrapped("A step on inputs that stay at one size, as a sound fades to silence (0), and how many times the "
                           "time of sound it takes.") + "\n\n"
    return text + side_by_side({name: each for name, each in fading.items() if each},
                               lambda r: (r["name"], f"{r['size']:.0e}" if r["size"] else "0"),
                               (("net", "size"), ("ns", "times sound")), lambda r: [digits(r["ns"]), f"{r['factor']:.2f}"])


def training_text(machines):
    return heading(machines, "training") + "\n" + wrapped(
        "Milliseconds of one full Adam step, medians of the rounds; losses were compared first. FLOPs of a step: the forward pass "
        "three times, less the gradient of the input.") + "\n\n" + compared_text(machines, "ms")


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


def keep(given, part, results):
    """Adds the results of a part to the file of its machine."""
    file = MACHINES / (re.sub(r"\W+", "_", given.machine.lower()) + ".json")
    known = json.loads(file.read_text()) if file.exists() else {"name": given.machine, "parts": {}}
    known["parts"][part] = {"setup": machine(given.dir), "results": results}
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def machines_of(part):
    """By the name of a machine: its setup, and the results of a part."""
    known = [json.loads(file.read_text()) for file in sorted(MACHINES.glob("*.json"))]
    return {each["name"]: (each["parts"][part]["setup"], each["parts"][part]["results"])
            for each in known if part in each["parts"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine")
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--dir", type=Path, default=ROOT / "build-bench")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--docs", type=Path, default=ROOT / "docs/performance.md")
    parser.add_argument("--no-run", action="store_true")
    given = parser.parse_args()
    if not given.machine and not given.no_run:
        parser.error("--machine gives the machine a name; --no-run measures nothing")
    given.dir, given.only = given.dir.resolve(), given.only or list(PARTS)
    given.python = shutil.which(given.python) or given.python
    if not given.no_run:
        build(given)
    for part in given.only:
        if not given.no_run:
            folder = given.dir / "results"
            folder.mkdir(parents=True, exist_ok=True)
            run(given, part, folder)
            files = [folder / f"{part}.json"] if part in ALONE else [folder / f"{part}-{n}.json" for n in given.threads]
            keep(given, part, [json.loads(file.read_text()) for file in files])
        write(given.docs, part, TEXTS[part](machines_of(part)))
        print(f"{given.docs}: table of {part}")


if __name__ == "__main__":
    main()
