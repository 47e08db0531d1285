// inference: timing of whole models for one sample and for batches, and files of weights and outputs for other
// libraries.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "nets.hpp"
#include "peak.hpp"
#include "settings.hpp"
#include "timing.hpp"

namespace inference {

using namespace strata;

/// Writes weights in Keras' order, inputs x and outputs y as .safetensors.
template <class Model>
void write_case(const std::filesystem::path& file, const Model& model, const std::vector<float>& x,
                const std::vector<float>& y) {
    std::vector<state_array<float>> arrays;
    std::size_t number = 0;
    for (const auto& weight : model.weights())
        arrays.push_back({"weights", std::to_string(number++), weight.shape(), weight.to_vector()});
    const std::size_t samples = x.size() / Model::input_shape().size();
    arrays.push_back({"data", "x", batch_shape(samples, Model::input_shape()), x});
    arrays.push_back({"data", "y", batch_shape(samples, Model::output_shape()), y});
    state_files<float>::save(file, arrays);
}

/// Calls use(workspace) with a workspace for `threads` threads.
template <class Model, class Use>
void run_threads(const Model& model, std::size_t threads, Use use) {
    if (threads == 1) {
        auto workspace = model.workspace();
        use(workspace);
    } else {
        auto workspace = model.workspace({.threads = threads});
        use(workspace);
    }
}

/// Prints the time of a call with `batch` samples as a line of JSON.
template <class Net>
void report(const char* name, const char* mode, std::size_t batch, const settings& options, percentiles time) {
    const double rate = static_cast<double>(Net::flops() * batch) / time.median * 1e-9;
    std::printf(
        "{\"net\": \"%s\", \"mode\": \"%s\", \"batch\": %zu, \"threads\": %zu, \"median\": %.6g, \"low\": %.6g, "
        "\"high\": %.6g, \"unit\": \"us\", \"gflops\": %.4g, \"share_of_peak\": %.4g, \"peak\": %.4g}\n",
        name, mode, batch, options.threads, time.median * 1e6, time.low * 1e6, time.high * 1e6, rate,
        rate / (fma_peak() * static_cast<double>(options.threads)), fma_peak());
    std::fflush(stdout);
}

inline percentiles divided(percentiles time, std::size_t calls) {
    const auto n = static_cast<double>(calls);
    return {time.median / n, time.low / n, time.high / n};
}

template <class Model>
using input_span = std::span<const float, Model::input_shape().size()>;
template <class Model>
using output_span = std::span<float, Model::output_shape().size()>;

/// Times calls with one sample. A net that takes nanoseconds is timed in two ways. `call`: independent calls in one
/// loop over all samples. `chain`: each call takes the output of the last one as its input, as in a control loop.
template <class Model, class Workspace>
void time_samples(const Model& model, const char* name, const std::vector<float>& x, const settings& options,
                  Workspace& workspace) {
    using net = typename Model::net_type;
    constexpr std::size_t in = Model::input_shape().size(), out = Model::output_shape().size();
    std::vector<float> y(nets::samples * out);
    const auto sample = [&](std::size_t i) {
        model.infer(input_span<Model>(x.data() + i * in, in), output_span<Model>(y.data() + i * out, out), workspace);
    };
    if constexpr (net::flops() > 1000) {
        report<net>(name, "call", 1, options, time_calls(options.seconds, [&] {
                        sample(0);
                        touch_memory();
                    }));
    } else {
        const percentiles loop = time_calls(options.seconds, [&] {
            for (std::size_t i = 0; i < nets::samples; ++i) sample(i);
            touch_memory();
        });
        report<net>(name, "call", 1, options, divided(loop, nets::samples));
        if constexpr (in == out) {
            std::vector<float> a(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(in)), b(out);
            const percentiles chain = time_calls(options.seconds, [&] {
                for (std::size_t i = 0; i < nets::samples / 2; ++i) {
                    model.infer(input_span<Model>(a), output_span<Model>(b), workspace);
                    model.infer(input_span<Model>(b), output_span<Model>(a), workspace);
                }
                touch_memory();
            });
            report<net>(name, "chain", 1, options, divided(chain, nets::samples));
            // Subnormal numbers and infinities would change the time.
            for (const float value : a)
                if (!(std::fabs(value) < 1e6f) || (value != 0.0f && std::fabs(value) < 1e-6f)) {
                    std::fprintf(stderr, "%s: the chain left the usual numbers\n", name);
                    std::exit(1);
                }
        }
    }
}

/// Times predict with all samples. The allocator reuses the memory of result and arena, so that no call has page
/// faults.
template <class Model, class Workspace>
void time_batch(const Model& model, const char* name, const std::vector<float>& x, const settings& options,
                Workspace& workspace) {
    using net = typename Model::net_type;
    std::vector<float> y;
    const auto work = [&] {
        if constexpr (std::same_as<decltype(model.predict(x, workspace)), std::vector<float>>)
            y = model.predict(x, workspace);
        else y = model.predict(x);
        touch_memory();
    };
    report<net>(name, "call", nets::samples, options, time_calls(options.seconds, work));
}

/// The outputs of all samples. Exits where infer and predict disagree.
template <class Model, class Workspace>
std::vector<float> checked_outputs(const Model& model, const char* name, const std::vector<float>& x,
                                   Workspace& workspace) {
    constexpr std::size_t in = Model::input_shape().size(), out = Model::output_shape().size();
    const std::size_t samples = x.size() / in;
    std::vector<float> y(samples * out);
    for (std::size_t i = 0; i < samples; ++i)
        model.infer(input_span<Model>(x.data() + i * in, in), output_span<Model>(y.data() + i * out, out), workspace);
    const std::vector<float> batch = model.predict(x);
    const double error = largest_error(std::span<const float>(y), std::span<const float>(batch));
    if (!(error < 1e-5)) {
        std::fprintf(stderr, "%s: infer and predict differ by %g of the largest value\n", name, error);
        std::exit(1);
    }
    return y;
}

/// Checks a model and times it. `original` is written for other libraries; `model` may be an optimized version of it.
template <class Original, class Model>
void run(const Original& original, const Model& model, const char* name, const std::vector<float>& x,
         const settings& options) {
    run_threads(model, options.threads, [&](auto& workspace) {
        const std::vector<float> y = checked_outputs(model, name, x, workspace);
        if (!options.folder.empty()) write_case(options.folder / (std::string(name) + ".safetensors"), original, x, y);
        if (options.seconds <= 0.0) return;
        if (options.wants(1)) time_samples(model, name, x, options, workspace);
        if (x.size() == nets::samples * Model::input_shape().size() && options.wants(nets::samples))
            time_batch(model, name, x, options, workspace);
    });
}

}  // namespace inference
