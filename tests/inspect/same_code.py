# A program that includes the profiler and does not call it has the code of one without it: the same instructions.
# usage: same_code.py INCLUDE COMPILER [FLAGS...]
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = """
#include <strata/strata.hpp>
%s
using namespace strata;
using net = decltype(Sequential{Input<64, 64, 3>{}, Conv2D<8, 3, ReLU>{}, MaxPooling2D<2>{}, Flatten<>{}, Dense<4>{}});
using in_time = decltype(Sequential{Input<any, 2>{}, Conv1D<8, 3, padding::causal>{}, LSTM<8, return_sequences>{}});
void infer(const Model<net>& m, std::span<const float> x, std::span<float> y, ParallelWorkspace<net>& w) {
    m.infer(x, y, w);
}
void block(Stream<in_time>& s, std::span<const float> x, std::span<float> y) { s.process(x, y, 100); }
double train(Model<net>& m, const Dataset<float, shape{64, 64, 3}, int>& data) {
    return compile(m, SGD{}, SparseCategoricalCrossentropy{}).train_on_batch(data)["loss"];
}
"""


def instructions(folder, name, line, include, compiler):
    source, target = folder / "program.cpp", folder / "program.o"  # the compiler names a function after the file
    source.write_text(PROGRAM % line)
    subprocess.run([*compiler, "-std=c++20", "-O1", f"-I{include}", "-c", str(source), "-o", str(target)], check=True)
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", str(target)], check=True, capture_output=True,
                          text=True).stdout
    names = subprocess.run(["nm", str(target)], check=True, capture_output=True, text=True).stdout
    if re.search("step_recorder|stream_profiler|training_profiler", names):
        sys.exit(f"failed: {name} has code of the profiler")
    # The order of functions is no difference: that of the standard library's depends on which header names one first.
    return sorted(re.sub(re.escape(str(target)), "", text).split("Disassembly of section "))


def main():
    if shutil.which("objdump") is None:
        print("no objdump: not tested")
        return
    include, *compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        without = instructions(Path(name), "without", "", include, compiler)
        included = instructions(Path(name), "included", "#include <strata/inspect.hpp>", include, compiler)
    if without != included:
        sys.exit("failed: including the profiler changes the code of a program that does not call it")
    print(f"the same {sum(each.count(chr(10)) for each in without)} lines of code in {len(without)} sections")


main()
