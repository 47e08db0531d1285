#!/usr/bin/env python3
# Would the tests notice? Makes single-point changes to the headers, one at a time, and runs the narrowest test of each.
# usage: mutants.py [--compiler clang++-19] [--march x86-64-v3] [--jobs 1] [--only REGEX] [--trust] [--list]
#
# Run by hand: each change costs a compilation, all of them about an hour on two idle cores. Clang takes half of GCC's
# time. Changes of code for AVX-512 are noticed only where the processor has it. The tree stays as it is: the
# headers are copied, a change is made in the copy, one test program is compiled without optimization and run. A change
# is noticed where the program does not compile, fails, crashes or takes longer than five minutes. Its text must stand in
# the header exactly once: a change whose line was rewritten since is reported as `stale`, and wants to be written anew.
# --list says so too, without compiling.
# A change that is not noticed wants a test, or a reason why nothing can be wrong with it. First every program is run
# without a change: one that fails then tells nothing.
import argparse
import concurrent.futures
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests/golden/data"
LONGEST = 300  # seconds a test may take
# Headers that no change touches and most programs include: read once.
THIRD_PARTY = """#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <vector>
#include <boost/hana/tuple.hpp>
#include <xsimd/xsimd.hpp>
#include "CATCH"
"""

DEFINITIONS = [f'-DGOLDEN_FOLDER="{DATA}"', f'-DGOLDEN_FILES="{DATA / "files/files.inc"}"',
               f'-DGOLDEN_LOSSES="{DATA / "losses.inc"}"', f'-DGOLDEN_METRICS="{DATA / "metrics.inc"}"',
               f'-DGOLDEN_RESIDUAL="{DATA / "residual.inc"}"',
               f'-DGOLDEN_BRANCHING="{DATA / "branching.inc"}"', f'-DGOLDEN_NETS="{DATA / "nets.inc"}"',
               '-DKERNELS_AT_EVERY_SIZE']


def golden(family):
    return ("golden/golden.cpp", [f'-DGOLDEN_FAMILY="{family}"', f'-DGOLDEN_CASES="{DATA / (family + ".inc")}"'])


def trained(family):
    return ("train/equals_keras.cpp",
            [f'-DGOLDEN_FAMILY="{family}"', f'-DGOLDEN_CASES="{DATA / ("training_" + family + ".inc")}"'])


# Header, text, text instead, test program and perhaps its test cases. The first ones were found unnoticed once, and have their tests since.
CHANGES = [
    ("train/optimizer_state.hpp", "scale(n, g, factor); });\n        threads.barrier();", "scale(n, g, factor); });",
     "train/steps.cpp"),
    ("graph/chains.hpp", "k == no_operand || readers[outline.plan.steps[s - 1].last() + 1] != 1", "k == no_operand",
     "model/bands.cpp"),
    ("kernels/conv/depthwise.hpp", "G.width.after <= last* G.width.stride", "G.width.after <= split_columns.big* G.width.stride",
     "kernels/depthwise.cpp"),
    ("graph/streaming_schedule.hpp", "flat_nodes_of<Net>[i].input_count; ++k)\n            back", "1; ++k)\n            back",
     "model/stream.cpp"),
    ("model/summary.hpp", "if (i > 0) line.chars[line.length - 1] = ' ';", "", "model/static.cpp"),
    ("core/text.hpp", "if (i > 0 && (digits.size() - i) % 3 == 0)", "if ((digits.size() - i) % 3 == 0)",
     "model/static.cpp"),
    ("core/border.hpp", "|| right < 0", "", "model/static.cpp"),
    ("core/random.hpp", "std::log(1.0f - uniform(position))", "std::log(uniform(position))", "train/noise.cpp"),
    ("train/batch_schedule.hpp", "(random() % i)", "(random() % (i - 1))", "train/steps.cpp"),
    ("train/sample_weights.hpp", "if (label[i] > label[best]) best = i;",
     "if (label[i] >= label[best]) best = i;", "train/steps.cpp"),
    ("train/callbacks/early_stopping.hpp", "wait = stopped_epoch = best_epoch = 0;", "stopped_epoch = best_epoch = 0;",
     "train/callbacks.cpp"),
    ("io/safetensors.hpp", "if (extent != 0 && product > left / extent) product = left + 1;\n            else product",
     "product", "io/safetensors.cpp"),
    ("io/safetensors.hpp", "entry.extents.size() > strata::shape::max_rank",
     "entry.extents.size() > strata::shape::max_rank + 1", "io/safetensors.cpp"),
    ("io/keras_h5.hpp", ' && dataset.find("/seed_generator/") == std::string::npos', "", "io/hdf5.cpp"),
    # core
    ("core/text.hpp", "if (negative) digits[count++] = '-';", "", "model/static.cpp"),
    ("core/text.hpp", "Capacity - length);\n        std::copy_n", "Capacity);\n        std::copy_n", "model/static.cpp"),
    ("core/text.hpp", "(lower(type[i - 1]) || (i + 1 < type.size() && lower(type[i + 1])))", "lower(type[i - 1])",
     "model/static.cpp"),
    ("core/axes.hpp", "if (count != 1) return false;", "if (count > 1) return false;", "model/static.cpp"),
    ("core/axes.hpp", "result.numbers[static_cast<std::size_t>(numbers[i] - 1)] = static_cast<int>(i + 1);",
     "result.numbers[i] = numbers[i];", "kernels/catalogue.cpp"),
    ("core/shape.hpp", "if (axis > 0 || !first.empty()) result", "if (axis > 0) result", "model/static.cpp"),
    ("core/random.hpp", "low + (high - low) * uniform()", "low + high * uniform()", "train/initializers.cpp"),
    ("core/random.hpp", "z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;", "z = (z ^ (z >> 28)) * 0x94d049bb133111ebu;",
     "train/initializers.cpp"),
    # kernels
    ("kernels/elementwise/softmax.hpp", "for (std::size_t i = 1; i < n; ++i) best", "for (std::size_t i = 1; i + 1 < n; ++i) best",
     "kernels/softmax.cpp"),
    ("kernels/elementwise/softmax.hpp", "for (; i < n; ++i) sum += y[i];", "for (; i + 1 < n; ++i) sum += y[i];",
     "kernels/softmax.cpp"),
    ("kernels/pooling/pooling.hpp", "std::min(axis.kernel - std::min(skipped, axis.kernel), fitting)",
     "axis.kernel - std::min(skipped, axis.kernel)", "kernels/pooling.cpp"),
    ("kernels/pooling/pooling.hpp", "static_cast<T>(rows * columns)", "static_cast<T>(columns)", "kernels/pooling.cpp"),
    ("kernels/pooling/pooling.hpp", "for (std::size_t r = 1; r < rows; ++r)", "for (std::size_t r = 1; r + 1 < rows; ++r)",
     "kernels/pooling.cpp"),
    ("kernels/normalization/normalization.hpp", "for (; i < n; i += L) sums[0]", "for (; i + L <= n; i += L) sums[0]",
     "kernels/catalogue.cpp"),
    ("kernels/normalization/normalization.hpp", "if (k < lanes<T>) value = value * first_lanes<T>(k);", "",
     "kernels/catalogue.cpp"),
    ("kernels/elementwise/channels.hpp", "if constexpr (C % L != 0) visit(r * C + j, j, C - j);", "", "kernels/channels.cpp"),
    ("kernels/elementwise/channels.hpp", "const std::size_t end = rows - rows % wide::group;", "const std::size_t end = rows;",
     "kernels/channels.cpp"),
    ("kernels/recurrent/recurrent_cell.hpp", "return gate == 2 ? 3 : gate;", "return gate;", "kernels/recurrent.cpp"),
    ("kernels/recurrent/recurrent_cell.hpp", "return update * h + (V(1) - update) * candidate;",
     "return (V(1) - update) * h + update * candidate;", "kernels/recurrent.cpp"),
    ("kernels/recurrent/recurrent_cell.hpp", "tanh_fraction_times(next[v], o[v])", "tanh_fraction_times(next[v], V(1))",
     "kernels/recurrent.cpp"),
    ("kernels/conv/geometry.hpp", "std::min((position - at + axis.stride - 1) / axis.stride, axis.output)",
     "std::min((position - at) / axis.stride, axis.output)", "kernels/conv2d_transpose.cpp"),
    ("kernels/conv/geometry.hpp", ".end = (out.end - 1) * axis.stride + axis.span()}",
     ".end = (out.end - 1) * axis.stride + axis.span() - 1}", "kernels/conv2d.cpp"),
    # layers
    ("layers/initializer.hpp", "while (std::fabs(value) > 2.0)", "while (std::fabs(value) > 3.0)",
     "train/initializers.cpp"),
    ("layers/initializer.hpp", "values.mode == fan::in ? inputs", "values.mode == fan::in ? outputs",
     "train/initializers.cpp"),
    ("layers/initializer.hpp", "std::sqrt(detail::variance(values, extents)) / 0.87962566103423978",
     "std::sqrt(detail::variance(values, extents))", "train/initializers.cpp"),
    ("layers/initializer.hpp", "axis + 2 < rank; ++axis) taps", "axis + 1 < rank; ++axis) taps",
     "train/initializers.cpp"),
    ("layers/initializer.hpp", "gain * (rows < columns ?", "(rows < columns ?", "train/initializers.cpp"),
    ("layers/initializer.hpp", "turn < 3 && after < 0.1 * before", "turn < 1", "train/initializers.cpp"),
    ("layers/rate.hpp", "if (rate >= 0.0 && rate < 1.0) return {};", "if (rate >= 0.0 && rate <= 1.0) return {};",
     "compile_fail/dropout_rate_of_one.cpp"),
    ("layers/padding.hpp", "rows < in[0] && (in.rank() != 3 || columns < in[1])", "rows < in[0]",
     "compile_fail/cropping2d_of_everything.cpp"),
    ("layers/sliding.hpp", "if (!takes_both && stride != window{1} && dilation != window{1})", "if (false)",
     "compile_fail/conv2d_strides_with_dilation.cpp"),
    # model
    ("net/names.hpp", "if (number > 0) names[i] << \"_\" << number;", "names[i] << \"_\" << number;",
     "model/static.cpp"),
    ("net/names.hpp", "while (taken.first_place(names[i], i) != i);", "while (false);", "model/static.cpp"),
    ("graph/arena.hpp", "other.begin > own.end || own.begin > other.end", "other.begin >= own.end || own.begin > other.end",
     "model/residual.cpp"),
    ("graph/arena.hpp", "if (buffer.offset + buffer.size <= other.offset) break;",
     "if (buffer.offset <= other.offset) break;", "model/residual.cpp"),
    ("graph/plan.hpp", "target == 0 && last_reads_of<Net, Count>[value] == s &&", "target == 0 &&", "model/residual.cpp"),
    ("graph/plan.hpp", "buffers[buffer_of[value]].end = s;", "", "model/residual.cpp"),
    ("model/summary.hpp", "grouped(total - trainable)", "grouped(trainable)", "model/residual.cpp"),
    ("graph/streaming_schedule.hpp", "lookback.back() == unbounded ? unbounded : lookback.back() + 1", "lookback.back()", "model/stream.cpp"),
    # train
    ("train/csv.hpp", "result.append(c == '\"' ? 2 : 1, c)", "result.append(1, c)", "train/history.cpp"),
    ("train/csv.hpp", "text.find_first_of(\"\\\"\\r\\n\")", "text.find_first_of(\"\\\"\\n\")", "train/history.cpp"),
    ("train/csv.hpp", "at_ += separator_.size();", "at_ += 1;", "train/history.cpp"),
    ("train/decimal.hpp", "size >= 1e-4 && size < 1e16", "size >= 1e-3 && size < 1e16", "train/history.cpp"),
    ("train/decimal.hpp", "value < 0 ? \"-inf\" : \"inf\"", "\"inf\"", "train/history.cpp"),
    ("train/decimal.hpp", "std::abs(value) > 1e-3 ?", "std::abs(value) >= 1e-3 ?", "train/progress.cpp"),
    ("train/history_scores.hpp", "? internal::not_a_number<double> : value", "? 0.0 : value",
     "train/history.cpp"),
    ("train/history_scores.hpp", "std::to_string(initial_epoch_ + i)", "std::to_string(i)", "train/history.cpp"),
    ("train/history_scores.hpp", "initial_epoch_ + 1));", "1));", "train/history.cpp"),
    ("train/progress.hpp", "if (whole > 3600)", "if (whole >= 3600)", "train/progress.cpp"),
    ("train/progress.hpp", "duration >= 1 || duration == 0", "duration >= 1", "train/progress.cpp"),
    ("train/progress.hpp", "now - drawn_ < 0.05", "now - drawn_ < 0.5", "train/progress.cpp"),
    ("train/schedules.hpp", "if (now < warmup) return", "if (now <= warmup) return", "train/schedules.cpp"),
    ("train/schedules.hpp", "return target * ((1.0 - alpha) * cosine + alpha);",
     "return target * ((1.0 - alpha) * cosine) + alpha;", "train/schedules.cpp"),
    ("train/schedules.hpp", "std::lower_bound(boundaries", "std::upper_bound(boundaries", "train/schedules.cpp"),
    ("train/schedules.hpp", "cycle && step > 0 ? std::ceil(now / decay_steps) : 1.0",
     "cycle && step > 0 ? std::floor(now / decay_steps) + 1.0 : 1.0", "train/schedules.cpp"),
    ("train/optimizer.hpp", "check.require(clippings <= 1,", "check.require(clippings <= 2,", "train/optimizers.cpp"),
    ("train/optimizers/adam.hpp", "slot[2] = kernels::max(slot[2], v);", "slot[2] = v;", "train/optimizers.cpp"),
    ("train/optimizers/adam.hpp", "(1.0 - std::pow(beta_1, n));", "(1.0 - std::pow(beta_1, n + 1.0));",
     "train/optimizers.cpp"),
    ("train/optimizer_kernels.hpp", "norm <= limit ? 1.0 : limit / norm", "limit / norm", "train/optimizers.cpp"),
    ("train/optimizer_kernels.hpp", "internal::is_finite(norm) ? clip_factor(norm, limit) : internal::not_a_number<double>",
     "clip_factor(norm, limit)", "train/optimizers.cpp"),
    ("train/optimizer_kernels.hpp", "weights_penalty.l1 * detail::sum_of(n, w, [](auto v) { return kernels::abs(v); })",
     "weights_penalty.l1 * detail::sum_of(n, w, [](auto v) { return v; })", "train/optimizers.cpp"),
    ("train/optimizer_kernels.hpp", "static_cast<T>(2.0 * weights_penalty.l2)", "static_cast<T>(weights_penalty.l2)", "train/optimizers.cpp"),
    ("train/losses/regression.hpp", "kernels::select(size <= edge, error, edge * sign_of(error))",
     "kernels::select(size <= edge, error, sign_of(error))", "train/losses.cpp"),
    ("train/losses/regression.hpp", "kernels::max(constant<V>(keras_epsilon), kernels::abs(t))",
     "kernels::abs(t)", "train/losses.cpp"),
    ("train/losses/regression.hpp", "slope_of_larger(y, low) / (positive + V(1))", "V(1) / (positive + V(1))",
     "train/losses.cpp"),
    ("train/losses/binary_crossentropy.hpp", "constant<V>(0.5 * amount)", "constant<V>(amount)", "train/losses.cpp"),
    ("train/losses/binary_crossentropy.hpp", " * slope_of_clipped(y, low, high)", "", "train/losses.cpp"),
    ("train/losses/binary_crossentropy.hpp", "(T(1) - t) * static_cast<T>(1 - alpha)", "(T(1) - t) * static_cast<T>(alpha)",
     "train/losses.cpp"),
    ("train/metrics/precision_recall.hpp", "(y[i] == y[last] && i > last)", "(y[i] == y[last] && i >= last)",
     "train/metrics.cpp"),
    ("train/metrics/precision_recall.hpp", "*class_id >= columns", "*class_id > columns", "train/metrics.cpp"),
    ("train/metrics/precision_recall.hpp", "thresholds ? static_cast<T>(*thresholds) : top_k ? none : T(0.5)",
     "thresholds ? static_cast<T>(*thresholds) : T(0.5)", "train/metrics.cpp"),
    ("train/metrics/auc.hpp", "width * std::max(low_height, high_height)", "width * high_height", "train/metrics.cpp"),
    ("train/metrics/auc.hpp", "std::ceil(std::min(value, T(1)) * last) - T(1)", "std::floor(std::min(value, T(1)) * last)",
     "train/metrics.cpp"),
    ("train/metrics/auc.hpp", "intercept * std::log(ratio)", "std::log(ratio)", "train/metrics.cpp"),
    ("train/callbacks/reduce_lr_on_plateau.hpp", "cooldown_counter == 0 && ++wait >= patience",
     "cooldown_counter == 0 && ++wait > patience", "train/callbacks.cpp"),
    ("train/callbacks/reduce_lr_on_plateau.hpp", "std::max(control.learning_rate() * factor, min_lr)",
     "control.learning_rate() * factor", "train/callbacks.cpp"),
    ("train/callbacks/reduce_lr_on_plateau.hpp", "--cooldown_counter;", "cooldown_counter = 0;",
     "train/callbacks.cpp"),
    ("train/callbacks/early_stopping.hpp", "} else if (wait >= patience && epoch > 0) {", "} else if (wait >= patience) {",
     "train/callbacks.cpp"),
    # io
    ("io/half.hpp", "exponent == 31 ? 255 : exponent + 112", "exponent + 112", "io/safetensors.cpp"),
    ("io/half.hpp", "if (exponent == 0) return", "if (false) return", "io/safetensors.cpp"),
    ("io/header_parser.hpp", "if (twice != names.end()) fail(", "if (false) fail(", "io/safetensors.cpp"),
    ("io/header_parser.hpp", "if (at_ != json_.size()) fail(\"text after the header\");", "", "io/safetensors.cpp"),
    ("io/header_parser.hpp", "if (value > (SIZE_MAX - 9) / 10)", "if (false)", "io/safetensors.cpp"),
    ("io/name_match.hpp", "names_.size() == 1 || !std::is_sorted(names_.begin(), names_.end())", "true",
     "io/safetensors.cpp"),
    ("io/name_match.hpp", "std::stoul(type.substr(type.size() - digits)) + 1",
     "std::stoul(type.substr(type.size() - digits))", "io/safetensors.cpp"),
    ("io/safetensors.hpp", "if (entry->begin != end)", "if (entry->begin < end)", "io/safetensors.cpp"),
    # what was built later
    ("train/checkpoint.hpp", "    pack_all_weights<Net>(parameters);\n", "", "train/checkpoints.cpp"),
    ("train/class_weights.hpp", "entries_[middle].label < label", "entries_[middle].label <= label", "train/trainer.cpp"),
    ("train/class_weights.hpp", "i > at; --i)", "i > at + 1; --i)", "train/trainer.cpp"),
    ("train/metric_names.hpp", "weighted && !each.is_numbered && is_taken", "weighted && is_taken", "train/metrics.cpp"),
    ("core/number_as.hpp", "value < end &&", "value <= end &&", "data/data.cpp"),
    ("core/number_as.hpp", "value > Stored{-1}", "value >= Stored{-1}", "data/data.cpp"),
    ("core/number_as.hpp", "if (!fits)", "if (false)", "data/data.cpp"),
    ("core/json_depth.hpp", "if (c == '\\\\') ++i;\n            else if", "if", "io/nam_files.cpp"),
    ("core/json_depth.hpp", "--open;", "", "io/nam_files.cpp"),
    ("core/redundancy_check.hpp", "^ (state >> 8)", "^ (state >> 7)", "train/checkpoints.cpp"),
    ("core/thread_pool.hpp", "flag.notify_all();", "flag.notify_one();", "model/thread_pool.cpp"),
    ("core/thread_pool.hpp", "arrived_.store(0, std::memory_order_relaxed);", "", "model/thread_pool.cpp"),
    ("core/thread_pool.hpp", "const flush_subnormals flush;  // these threads do nothing else", "",
     "model/subnormals.cpp: every thread*"),
    ("io/values_in_place.hpp", "!= begins[0] + net.offsets[i] * sizeof(T)", "< begins[0]", "io/mapped_weights.cpp"),
    ("io/values_in_place.hpp", "begins[i] % values_alignment != 0", "begins[i] % 4 != 0", "io/mapped_weights.cpp"),
    ("io/values_in_place.hpp", "if (entry->dtype != wanted)", "if (false)", "io/mapped_weights.cpp"),
    ("kernels/recurrent/gru_reset_before_cell.hpp", "return update * h + (V(1) - update) * Activation::apply(sum);",
     "return (V(1) - update) * h + update * Activation::apply(sum);", "kernels/recurrent.cpp"),
    ("kernels/recurrent/gru_reset_before_step.hpp", "{.begin = 2, .end = 3}>(state + reset_offset",
     "{.begin = 2, .end = 3}>(state", "kernels/recurrent.cpp"),
    ("kernels/recurrent/gru_reset_before_training.hpp", "load_partial(dh + u, used) + d * value_of<gate>(z), used)",
     "load_partial(dh + u, used), used)", "train/gradients_catalogue.cpp"),
    ("kernels/math/tanh_table.hpp", "i % 2 == 0 ? -value : value", "i % 2 == 0 ? value : -value", "kernels/recurrent.cpp"),
    ("kernels/math/tanh_table.hpp", "_mm512_set1_ps(15.5f), _CMP_NGE_UQ", "_mm512_set1_ps(14.5f), _CMP_NGE_UQ",
     "kernels/recurrent.cpp"),
    ("kernels/math/tanh_table.hpp", "_mm512_set1_ps(15.5f), _CMP_NGE_UQ", "_mm512_set1_ps(15.5f), _CMP_LT_OQ",
     "kernels/recurrent.cpp"),
    ("layers/batch_normalization.hpp", "if (s.count * rows > 1) continue;", "continue;",
     "train/trainer.cpp: a batch of one*"),
    ("graph/weight_view.hpp", "if (i >= Count)", "if (i > Count)", "model/model.cpp"),
    ("core/posix_file.hpp", "::flock(file_.id(), LOCK_UN);", "", "io/replace_file.cpp"),
    ("train/sample_weights.hpp", "std::clamp(static_cast<double>(label[0]), lowest, highest)",
     "static_cast<double>(label[0])", "train/steps.cpp: of tied*"),
]


def error_of(output):
    """The first error of a compiler: a change that is no C++ would tell nothing."""
    errors = re.findall(r"error: (.{,100})", output)
    return f"does not compile ({errors[0] if errors else 'no error'})"


class Bench:
    """Compiles and runs test programs against a copy of the headers."""

    def __init__(self, given, folder):
        self.given, self.folder = given, folder
        self.command = [given.compiler, "-std=c++20", "-O0", "-w", "-pthread"] + ([f"-march={given.march}"] if given.march else [])
        self.hdf5, self.hdf5_libraries = [], []
        for package in ("hdf5-serial", "hdf5"):
            flags, libraries = (subprocess.run(["pkg-config", part, package], capture_output=True, text=True)
                                for part in ("--cflags", "--libs"))
            if flags.returncode == 0:
                self.hdf5, self.hdf5_libraries = ["-DSTRATA_WITH_HDF5", *flags.stdout.split()], libraries.stdout.split()
                break
        self.main = folder / "main.o"
        done = subprocess.run([*self.command, "-c", str(ROOT / "tests/main.cpp"), "-o", str(self.main)])
        if done.returncode != 0:
            sys.exit("the main function of Catch2 2 does not compile")
        header = folder / "third_party.hpp"
        header.write_text(THIRD_PARTY.replace("CATCH", str(ROOT / "tests/catch.hpp")), encoding="utf-8")
        version = subprocess.run([given.compiler, "--version"], capture_output=True, text=True).stdout
        binary = Path(f"{header}.pch" if "clang" in version else f"{header}.gch")
        subprocess.run([*self.command, "-x", "c++-header", str(header), "-o", str(binary)], check=True)
        self.command += ["-include-pch", str(binary)] if binary.suffix == ".pch" else ["-include", str(header)]

    def run(self, include, program, name):
        """`passes`, or what failed. After the program may stand which of its test cases are run."""
        program, _, cases = program.partition(": ")
        source = ROOT / "tests" / program
        definitions = DEFINITIONS + (self.hdf5 if program.startswith("io/") else [])
        command = [*self.command, f"-I{include}", *definitions, str(source)]
        if program.startswith("compile_fail/"):  # it must be refused, in strata's words
            done = subprocess.run([*command, "-fsyntax-only"], capture_output=True, text=True)
            return "passes" if done.returncode != 0 and "strata: " in done.stderr else "is not refused"
        if not re.search(r"\bTEST_CASE\(", source.read_text(encoding="utf-8")):
            done = subprocess.run([*command, "-fsyntax-only"], capture_output=True, text=True)
            return "passes" if done.returncode == 0 else error_of(done.stderr)
        binary = self.folder / f"{name}.bin"
        libraries = self.hdf5_libraries if program.startswith("io/") else []
        done = subprocess.run([*command, str(self.main), "-o", str(binary), *libraries],
                              capture_output=True, text=True)
        if done.returncode != 0:
            return error_of(done.stderr)
        try:
            command = [str(binary), cases] if cases else [str(binary)]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LONGEST,
                                  cwd=self.folder)
        except subprocess.TimeoutExpired:
            return "does not end"
        finally:
            binary.unlink()
        return "passes" if done.returncode == 0 else "fails" if done.returncode > 0 else "crashes"


def is_stale(change):
    header, text = ROOT / "include/strata" / change[0], change[1]
    return not header.exists() or header.read_text(encoding="utf-8").count(text) != 1


def try_change(bench, number, change):
    header, text, instead, program = change
    include = bench.folder / f"include{number}"
    shutil.copytree(ROOT / "include", include)
    file = include / "strata" / header
    if is_stale(change):
        shutil.rmtree(include)
        return change, "stale"
    file.write_text(file.read_text(encoding="utf-8").replace(text, instead), encoding="utf-8")
    result = bench.run(include, program, f"change{number}")
    shutil.rmtree(include)
    return change, result


def main():
    parser = argparse.ArgumentParser(description="Makes changes to the headers and says which the tests notice.")
    parser.add_argument("--compiler", default="clang++-19" if shutil.which("clang++-19") else "g++")
    level = subprocess.run([ROOT / "tools/instruction_set.sh"], capture_output=True, text=True).stdout.strip()
    parser.add_argument("--march", default=level)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="changes whose header, text or program match")
    parser.add_argument("--trust", action="store_true", help="do not run the programs without a change first")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    changes = [change for change in CHANGES if re.search(given.only, " ".join(change))]
    if given.list:
        for header, text, instead, program in changes:
            said = "stale: " if is_stale((header, text)) else ""
            print(f"{said}{header}: {text!r} -> {instead!r}, {program}")
        return 1 if any(map(is_stale, changes)) else 0
    counts = {}
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        bench = Bench(given, Path(folder))
        programs = [] if given.trust else sorted({change[3] for change in changes})
        results = pool.map(lambda p: (p, bench.run(ROOT / "include", p, p.replace("/", "_"))), programs)
        useless = {program for program, result in results if result != "passes"}
        for program in useless:
            print(f"{program} does not pass without a change", flush=True)
        todo = [(n, change) for n, change in enumerate(changes) if change[3] not in useless]
        for change, result in pool.map(lambda c: try_change(bench, *c), todo):
            said = {"passes": "NOT NOTICED", "stale": "stale"}.get(result, f"noticed: {change[3]} {result}")
            counts[said.split(":")[0]] = counts.get(said.split(":")[0], 0) + 1
            print(f"{said}: {change[0]}: {change[1]!r} -> {change[2]!r}", flush=True)
    tried = counts.get("noticed", 0) + counts.get("NOT NOTICED", 0)
    print(f"{len(changes)} changes, {tried} tried, {counts.get('noticed', 0)} noticed, {counts.get('stale', 0)} stale")
    return 1 if counts.get("NOT NOTICED", 0) or useless or counts.get("stale", 0) else 0


if __name__ == "__main__":
    sys.exit(main())
