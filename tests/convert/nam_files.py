# Files of Neural Amp Modeler, converted, compiled, run: their outputs are those of strata's own reader of such files, and,
# where a folder has them, those of Neural Amp Modeler.
# usage: python nam_files.py --convert PATH [--data FOLDER]; FOLDER has input.f32, NAME.nam and NAME.y.f32
import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from programs import FLAGS, add_arguments, run, test_programs

STEPS = 400
SHOWN = 4096  # samples of real files; all of them take long without optimization

# What the library's reader makes of the files: written by hand, not by strata-convert.
READER = """#include <cmath>
#include <cstdio>
#include <vector>

#include <strata/applications/nam.hpp>
#include <strata/applications/nam_files.hpp>
#include <strata/infer.hpp>

using namespace strata;

template <class Net>
void print(const char* name, const char* file, std::size_t submodel = nam::largest) {
    const nam::amplifier<Net> amplifier(file, submodel);
    auto stream = amplifier.stream();
    std::vector<float> x(%d), y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(0.1f * static_cast<float>(i)) * 0.7f;
    stream.process(x, y, x.size());
    for (const auto& [ending, values] : {std::pair{"_x.csv", &x}, std::pair{"_y.csv", &y}}) {
        std::FILE* out = std::fopen((std::string(name) + ending).c_str(), "w");
        for (const float value : *values) std::fprintf(out, "%%.9g\\n", static_cast<double>(value));
        std::fclose(out);
    }
}

int main() {
    using plain = Sequential<Input<any, 1>, WaveNet<wavenet_array<3, 2, dilations<1, 2, 5>>, wavenet_array<2, 1, dilations<8>, head_bias>>>;
    using gates = Sequential<Input<any, 1>, WaveNet<wavenet_array<4, 1, dilations<1, 3>, kernel_sizes<2, 6>, LeakyReLU<0.25>, gated,
                                                                  head_bias, head_kernel<4>>>>;
    print<plain>("plain", "plain.nam");
    print<gates>("gates", "gates.nam");
    print<gates>("submodel_0", "container.nam", 0);
    print<plain>("submodel_1", "container.nam");
    print<nam::LSTM<5, 2>>("recurrent", "recurrent.nam");
    print<nam::ConvNet<3, dilations<1, 2, 4>, ReLU>>("convolutions", "convolutions.nam");
    print<nam::Linear<6>>("response", "response.nam");
}
""" % STEPS


def array(channels, outputs, kernels, dilations, inputs=1, **more):
    return {"input_size": inputs, "condition_size": 1, "head_size": outputs, "channels": channels, "kernel_sizes": kernels,
            "dilations": dilations, "activation": "Tanh", "gated": False, "head_bias": False, **more}


def weight_count(arrays):
    total = 1
    for a in arrays:
        c, gates = a["channels"], a["channels"] * (2 if a["gated"] else 1)
        outputs, taps, bias = a.get("head_size"), 1, a["head_bias"]
        if "head" in a:
            outputs, taps, bias = a["head"]["out_channels"], a["head"]["kernel_size"], a["head"]["bias"]
        total += a["input_size"] * c + taps * c * outputs + (outputs if bias else 0)
        total += sum(k * c * gates + 2 * gates + c * c + c for k in a["kernel_sizes"])
    return total


def wavenet(rng, arrays):
    weights = np.round(rng.uniform(-0.5, 0.5, weight_count(arrays)), 4).tolist()
    return {"version": "0.6.1", "architecture": "WaveNet", "config": {"layers": arrays, "head": None, "head_scale": 0.02},
            "weights": weights, "sample_rate": 44100}


def lstm(rng, hidden, layers):
    count = sum(4 * hidden * ((1 if i == 0 else hidden) + hidden + 1) + 2 * hidden for i in range(layers)) + hidden + 1
    return {"version": "0.5.4", "architecture": "LSTM", "config": {"input_size": 1, "hidden_size": hidden, "num_layers": layers},
            "weights": np.round(rng.uniform(-0.5, 0.5, count), 4).tolist(), "sample_rate": 8}


def conv_net(rng, channels, dilations):
    count = sum(2 * (1 if i == 0 else channels) * channels + 4 * channels + 1 for i in range(len(dilations))) + channels + 1
    return {"version": "0.5.4", "architecture": "ConvNet", "weights": np.round(rng.uniform(0.1, 0.5, count), 4).tolist(),
            "config": {"channels": channels, "dilations": dilations, "batchnorm": True, "activation": "ReLU"}}


def linear(rng, taps):
    return {"version": "0.5.4", "architecture": "Linear", "config": {"receptive_field": taps, "bias": True},
            "weights": np.round(rng.uniform(-0.5, 0.5, taps + 1), 4).tolist(), "sample_rate": 96000}


def write_files(folder, rng):
    plain = wavenet(rng, [array(3, 2, [3, 3, 3], [1, 2, 5]), array(2, 1, [3], [8], inputs=3, head_bias=True)])
    gates = array(4, 1, [2, 6], [1, 3], activation={"type": "LeakyReLU", "negative_slope": 0.25}, gated=True,
                  head={"out_channels": 1, "kernel_size": 4, "bias": True})
    del gates["head_size"], gates["head_bias"]
    gates = wavenet(rng, [{**gates, "head_bias": True}])
    container = {"version": "0.7.0", "architecture": "SlimmableContainer", "weights": [],
                 "config": {"submodels": [{"max_value": 0.5, "model": gates}, {"max_value": 1.0, "model": plain}]}}
    for name, file in {"plain": plain, "gates": gates, "container": container, "recurrent": lstm(rng, 5, 2),
                       "convolutions": conv_net(rng, 3, [1, 2, 4]), "response": linear(rng, 6)}.items():
        (folder / f"{name}.nam").write_text(json.dumps(file))


def print_references(folder, compiler, flags, include):
    (folder / "reader.cpp").write_text(READER)
    done = run([compiler, *FLAGS, *flags, f"-I{include}", folder / "reader.cpp", "-o", folder / "reader"])
    done = done if done.returncode else run([folder / "reader"], cwd=folder)
    if done.returncode:
        raise SystemExit(done.stderr)


def real_files(data, folder):
    """Name, file, its outputs, its submodel, of those that the folder has."""
    x = np.fromfile(data / "input.f32", "<f4")[:SHOWN]
    np.savetxt(folder / "real_x.csv", x, fmt="%.9g")
    for file in sorted(data.glob("*.nam")):
        for y, submodel in ((f"{file.stem}.y.f32", None), (f"{file.stem}.lite.y.f32", 0), (f"{file.stem}.full.y.f32", 1)):
            if (data / y).exists():
                name = "real_" + y.removesuffix(".y.f32").replace(".", "_")
                np.savetxt(folder / f"{name}_y.csv", np.fromfile(data / y, "<f4")[:SHOWN], fmt="%.9g")
                yield name, file, folder / f"{name}_y.csv", submodel


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--data", type=Path, help="a folder of .nam files with the outputs of Neural Amp Modeler")
    arguments = parser.parse_args()
    failed, names = {}, []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        write_files(folder, np.random.default_rng(1))
        flags = arguments.flags.split()
        print_references(folder, arguments.compiler, flags, arguments.include)

        def convert(name, file, x, y, submodel, *options):
            if arguments.only not in name:
                return
            chosen = [] if submodel is None else ["--submodel", submodel]
            done = run([arguments.convert.resolve(), file, "-o", folder, "--name", name, "--check", f"{x},{y}", *chosen, *options])
            if done.returncode:
                failed[name] = done.stderr.strip()
            else:
                names.append(name)

        for name, file, submodel, *options in (("plain", "plain", None), ("gates", "gates", None, "--weights", "file"),
                                               ("submodel_0", "container", 0), ("submodel_1", "container", None, "--steps", "any"),
                                               ("recurrent", "recurrent", None, "--weights", "inline"),
                                               ("convolutions", "convolutions", None), ("response", "response", None)):
            convert(name, folder / f"{file}.nam", folder / f"{name}_x.csv", folder / f"{name}_y.csv", submodel, *options)
        for name, file, y, submodel in real_files(arguments.data, folder) if arguments.data else ():
            convert(name, file, folder / "real_x.csv", y, submodel)
        results = test_programs(names, folder, [arguments.compiler], flags, arguments.include, jobs=arguments.jobs)
        failed.update({name: line for name, line in results.items() if not line.endswith(": equal")})
        # A wrong number is seen: the state of the file is part of the outputs.
        if "recurrent" in names:
            header = folder / "recurrent.hpp"
            header.write_text(header.read_text().replace("value = *from++", "value = 0 * *from++"))
            line = test_programs(["recurrent"], folder, [arguments.compiler], flags, arguments.include)["recurrent"]
            if not line.endswith(": WRONG"):
                failed["recurrent without its state"] = line
    for name, problem in failed.items():
        print(f"{name}: {problem}")
    print(f"{len(set(names) - set(failed))} passed, {len(failed)} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
