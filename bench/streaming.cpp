// streaming: nanoseconds of one time step on one core: recurrent nets and causal convolutions as streams, small dense
// nets as calls, recurrent layers on whole sequences. Each result is first compared with plain loops in double (a NaN
// fails), and blocks of a stream with its steps, bit for bit. Each time is printed with the time of RTNeural's best
// backend for a step on a similar machine, blocks also with the time of steps in the same run, with their share of the
// measured peak of multiply-adds and with what bounds them; times of fading inputs and silence are compared with those
// of sound. Nets with approximate activations are compared with the exact ones. --json prints lines of JSON.
// usage: streaming [--seconds S] [--json] [NAME...]
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/applications/nam.hpp>
#include <strata/infer.hpp>

#include "peak.hpp"
#include "timing.hpp"

namespace {

using namespace strata;

/// The bound of differences. Outputs have magnitude 1, a float an epsilon of 6e-8, and errors of a recurrent net
/// accumulate.
constexpr double worst_error = 1e-6;

/// The peak of the machine of the marks for blocks, GFLOP/s of one core.
constexpr double peak_of_marks = 245.0;

/// The bound of differences between a net and the same with approximate activations.
constexpr double worst_approximation = 1e-2;

/// A net in plain loops of double. Each call computes one layer from the outputs of the last one. Weights are in Keras'
/// order.
class plain_net {
public:
    using sequence = std::vector<std::vector<double>>;

    template <class Model>
    plain_net(const Model& model, const std::vector<float>& x, std::size_t features) {
        for (const auto weight : model.weights()) {
            const auto values = weight.to_vector();
            weights_.emplace_back(values.begin(), values.end());
        }
        for (std::size_t i = 0; i < x.size(); i += features)
            values_.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(i),
                                 x.begin() + static_cast<std::ptrdiff_t>(i + features));
    }

    void dense(bool has_tanh) {
        const auto kernel = next(), bias = next();
        for (auto& row : values_) {
            row = times(row, kernel, bias);
            if (has_tanh)
                for (double& value : row) value = std::tanh(value);
        }
    }
    void lstm(std::size_t units) {
        const auto kernel = next(), recurrent = next(), bias = next();
        std::vector<double> h(units), c(units), none(4 * units);
        for (auto& row : values_) {
            const auto z = sum(times(row, kernel, bias), times(h, recurrent, none));
            for (std::size_t u = 0; u < units; ++u) {
                c[u] = sigmoid(z[units + u]) * c[u] + sigmoid(z[u]) * std::tanh(z[2 * units + u]);
                h[u] = sigmoid(z[3 * units + u]) * std::tanh(c[u]);
            }
            row = h;
        }
    }
    void gru(std::size_t units) {
        const auto kernel = next(), recurrent = next(), bias = next();
        const auto middle = bias.begin() + static_cast<std::ptrdiff_t>(3 * units);
        const std::vector<double> first(bias.begin(), middle), second(middle, bias.end());
        std::vector<double> h(units);
        for (auto& row : values_) {
            const auto z = times(row, kernel, first), own = times(h, recurrent, second);
            for (std::size_t u = 0; u < units; ++u) {
                const double update = sigmoid(z[u] + own[u]), reset = sigmoid(z[units + u] + own[units + u]);
                const double candidate = std::tanh(z[2 * units + u] + reset * own[2 * units + u]);
                h[u] = update * h[u] + (1.0 - update) * candidate;
            }
            row = h;
        }
    }
    void convolution(std::size_t taps, std::size_t dilation) {
        const auto kernel = next(), bias = next();
        const sequence x = values_;
        const std::size_t channels = x[0].size();
        for (std::size_t t = 0; t < x.size(); ++t) {
            values_[t] = bias;
            for (std::size_t k = 0; k < taps; ++k) {
                const std::size_t back = (taps - 1 - k) * dilation;
                if (back > t) continue;
                for (std::size_t c = 0; c < channels; ++c)
                    for (std::size_t f = 0; f < bias.size(); ++f)
                        values_[t][f] += x[t - back][c] * kernel[(k * channels + c) * bias.size() + f];
            }
        }
    }
    /// The outputs of all steps, or of the last one.
    std::vector<double> outputs(bool is_last = false) const {
        std::vector<double> result;
        for (const auto& row : values_) result.insert(result.end(), row.begin(), row.end());
        if (is_last) result.erase(result.begin(), result.end() - static_cast<std::ptrdiff_t>(values_[0].size()));
        return result;
    }

private:
    std::vector<double> next() { return weights_[used_++]; }
    static double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
    static std::vector<double> sum(std::vector<double> a, const std::vector<double>& b) {
        for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
        return a;
    }
    static std::vector<double> times(const std::vector<double>& x, const std::vector<double>& kernel,
                                     std::vector<double> result) {
        for (std::size_t k = 0; k < x.size(); ++k)
            for (std::size_t f = 0; f < result.size(); ++f) result[f] += x[k] * kernel[k * result.size() + f];
        return result;
    }

    std::vector<std::vector<double>> weights_;
    std::size_t used_ = 0;
    sequence values_;
};

class bench {
public:
    double seconds = 0.3;
    bool is_json = false;
    std::vector<std::string> names;

    /// Checks and times one step of a stream.
    template <class Net, class Plain>
    void stream(const std::string& name, double mark, double factor, Net net, Plain plain) {
        if (!wants(name)) return;
        constexpr std::size_t steps = Net::input_shape()[0], in = decltype(net.stream())::input_size,
                              out = decltype(net.stream())::output_size;
        const auto model = net.build({.seed = 3});
        const std::vector<float> x = signal(steps * in);
        auto state = model.stream();
        std::vector<float> y(steps * out);
        state.template process<steps>(x, y);
        plain_net expected(model, x, in);
        plain(expected);
        const double error = largest_error<float, double>(y, expected.outputs());
        const percentiles time = time_calls(seconds, [&] {
            for (std::size_t t = 0; t < steps; ++t) {
                state.step(std::span<const float, in>(x.data() + t * in, in), std::span<float, out>(y.data(), out));
                touch_memory();
            }
        });
        report(name, "step", time, static_cast<double>(steps), mark, factor, error);
    }
    /// Checks and times one step of a stream in blocks of several sizes. Passes of steps and of blocks alternate, so
    /// that a change of the machine's speed meets both; the least of each counts. `bound` says what takes the time.
    template <class Net>
    void blocks(const std::string& name, double mark, double factor, const char* bound, Net net) {
        if (!wants(name)) return;
        constexpr std::size_t steps = 2048, in = decltype(net.stream())::input_size,
                              out = decltype(net.stream())::output_size;
        const auto model = net.build({.seed = 3});
        const std::vector<float> x = signal(steps * in);
        std::vector<float> expected(steps * out), y(steps * out);
        auto state = model.stream();
        const auto by_steps = [&] {
            for (std::size_t t = 0; t < steps; ++t) {
                state.step(std::span<const float, in>(x.data() + t * in, in),
                           std::span<float, out>(expected.data() + t * out, out));
                touch_memory();
            }
        };
        const auto by_blocks = [&](std::size_t size) {
            for (std::size_t t = 0; t < steps; t += size) {
                state.process(std::span(x).subspan(t * in), std::span(y).subspan(t * out), size);
                touch_memory();
            }
        };
        by_steps();
        for (const std::size_t size : {16u, 64u, 256u, 1024u}) {
            state.reset();
            by_blocks(size);
            const bool is_equal = std::memcmp(y.data(), expected.data(), y.size() * sizeof(float)) == 0;
            wrong_ += is_equal ? 0 : 1;
            double step_time = HUGE_VAL, block_time = HUGE_VAL;
            for (const double end = seconds_now() + seconds; seconds_now() < end;) {
                step_time = std::min(step_time, time_of(by_steps));
                block_time = std::min(block_time, time_of([&] { by_blocks(size); }));
            }
            state.reset();
            by_steps();
            const double flops = static_cast<double>(Net::flops()) / static_cast<double>(Net::input_shape()[0]);
            report_blocks({.name = name,
                           .bound = bound,
                           .size = size,
                           .ns = block_time * 1e9 / steps,
                           .step_ns = step_time * 1e9 / steps,
                           .flops = flops,
                           .mark = mark,
                           .factor = factor,
                           .is_equal = is_equal});
        }
    }
    /// As blocks, of the net with approximate activations, whose outputs are first compared with the exact ones.
    template <class Net>
    void approximate_blocks(const std::string& name, double mark, double factor, const char* bound, Net net) {
        if (!wants(name)) return;
        constexpr std::size_t steps = 2048, in = decltype(net.stream())::input_size,
                              out = decltype(net.stream())::output_size;
        const std::vector<float> x = signal(steps * in);
        const auto outputs = [&](auto any_net) {
            const auto model = any_net.build({.seed = 3});
            auto stream = model.stream();
            std::vector<float> y(steps * out);
            stream.process(x, y, steps);
            return y;
        };
        const std::vector<float> exact = outputs(net), found = outputs(approximate<Net>{});
        const double error = largest_error<float, float>(found, exact);
        if (!(error <= worst_approximation)) {
            std::printf("%-22s differs from the exact net by %.1e   WRONG\n", name.c_str(), error);
            ++wrong_;
        }
        blocks(name, mark, factor, bound, approximate<Net>{});
    }
    /// Times one step of a stream for inputs of several magnitudes, from sound to silence, and the factor between each
    /// time and that of sound. A factor above 1.5 is an error.
    template <class Net>
    void fading(const std::string& name, Net net) {
        if (!wants(name)) return;
        constexpr std::size_t steps = 256, in = decltype(net.stream())::input_size,
                              out = decltype(net.stream())::output_size;
        const auto model = net.build({.seed = 3});
        auto state = model.stream();
        std::vector<float> x(in), y(out);
        const auto time_of = [&](float size) {
            std::fill(x.begin(), x.end(), size);
            const auto work = [&] {
                for (std::size_t t = 0; t < steps; ++t) {
                    state.step(std::span<const float, in>(x), std::span<float, out>(y));
                    touch_memory();
                }
            };
            for (int i = 0; i < 40; ++i) work();  // until the state has followed
            return time_calls(seconds / 4, work).low / steps * 1e9;
        };
        const double sound = time_of(0.5f);
        double slowest = 0.0;
        for (const float size : {1e-20f, 1e-30f, 1e-37f, 1e-40f, 0.0f}) {
            const double time = time_of(size), factor = time / sound;
            slowest = std::max(slowest, factor);
            if (is_json)
                std::printf(
                    "{\"name\": \"%s\", \"unit\": \"fading step\", \"size\": %.0e, \"ns\": %.2f, \"factor\": %.3f}\n",
                    name.c_str(), static_cast<double>(size), time, factor);
            else
                std::printf("%-22s %9.1f ns a step at %.0e   %.2f times that of sound (%.1f ns)%s\n", name.c_str(),
                            time, static_cast<double>(size), factor, sound, factor <= 1.5 ? "" : "   SLOW");
        }
        wrong_ += slowest <= 1.5 ? 0 : 1;
        std::fflush(stdout);
    }
    /// Checks and times one call on a vector or on a whole sequence.
    template <class Net, class Plain>
    void call(const std::string& name, double mark, double factor, Net net, std::size_t features, Plain plain) {
        if (!wants(name)) return;
        constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
        const auto model = net.build({.seed = 3});
        auto workspace = model.workspace();
        const std::vector<float> x = signal(in);
        std::vector<float> y(out);
        const auto work = [&] {
            model.infer(std::span<const float, in>(x), std::span<float, out>(y), workspace);
            touch_memory();
        };
        work();
        plain_net expected(model, x, features);
        plain(expected);
        const double error = largest_error<float, double>(y, expected.outputs(true));
        report(name, "call", time_calls(seconds, work), 1.0, mark, factor, error);
    }
    /// The exit code: 0 where all results were right.
    int exit_code() const { return wrong_ > 0 ? 1 : 0; }

private:
    template <class Work>
    static double time_of(Work work) {
        const double begin = seconds_now();
        work();
        return seconds_now() - begin;
    }
    struct block_times {
        const std::string& name;
        const char* bound;
        std::size_t size;
        double ns, step_ns, flops, mark, factor;
        bool is_equal;
    };
    /// The ratio to the mark, and in brackets what it would be if both machines had one peak.
    void report_blocks(const block_times& row) const {
        const double peak = fma_peak(), share = row.flops / row.ns / peak;
        const double ratio = row.mark / row.ns, at_one_peak = ratio * peak_of_marks / peak;
        if (is_json) {
            std::printf(
                "{\"name\": \"%s\", \"unit\": \"block\", \"size\": %zu, \"ns\": %.2f, \"step_ns\": %.2f, \"mark\": "
                "%.1f, \"wanted\": %.1f, \"at_one_peak\": %.3f, \"share\": %.4f, \"peak\": %.1f, \"bound\": \"%s\", "
                "\"equal\": %s}\n",
                row.name.c_str(), row.size, row.ns, row.step_ns, row.mark, row.factor, at_one_peak, share, peak,
                row.bound, row.is_equal ? "true" : "false");
        } else {
            std::printf("%-24s %8.1f ns a step in blocks of %4zu   steps %8.1f   %3.0f %% of the peak, bound by %s",
                        row.name.c_str(), row.ns, row.size, row.step_ns, 100.0 * share, row.bound);
            if (row.mark > 0)
                std::printf("   mark %8.1f   ratio %5.2f (%.2f)   wanted %.1f", row.mark, ratio, at_one_peak,
                            row.factor);
            std::printf("%s\n", row.is_equal ? "" : "   WRONG");
        }
        std::fflush(stdout);
    }
    bool wants(const std::string& name) const {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    }
    static std::vector<float> signal(std::size_t count) {
        std::vector<float> x(count);
        for (std::size_t i = 0; i < count; ++i)
            x[i] = static_cast<float>(std::sin(1.0 + 0.37 * static_cast<double>(i * i % 101)));
        return x;
    }
    void report(const std::string& name, const char* unit, const percentiles& time, double parts, double mark,
                double factor, double error) {
        const double scale = 1e9 / parts, median = time.median * scale;
        const bool is_right = error <= worst_error;
        wrong_ += is_right ? 0 : 1;
        if (is_json)
            std::printf(
                "{\"name\": \"%s\", \"unit\": \"%s\", \"ns\": %.2f, \"low\": %.2f, \"high\": %.2f, \"mark\": %.1f, "
                "\"ratio\": %.3f, \"wanted\": %.1f, \"error\": %.2g}\n",
                name.c_str(), unit, median, time.low * scale, time.high * scale, mark, mark / median, factor, error);
        else
            std::printf("%-22s %9.1f ns a %s   mark %9.1f   ratio %5.2f   wanted %.1f   error %.1e%s\n", name.c_str(),
                        median, unit, mark, mark / median, factor, error, is_right ? "" : "   WRONG");
        std::fflush(stdout);
    }

    int wrong_ = 0;
};

/// Filters of a stack of causal convolutions and a Dense, dilations 1, 2, 4, ..., 128.
template <int Filters>
constexpr auto stack_of_convolutions() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return Sequential{Input<any, 1>{}, Conv1D<Filters, 3, dilation<(1 << I)>, padding::causal, Tanh>{}...,
                          Dense<1>{}};
    }(std::make_index_sequence<8>{});
}

template <class... Layers>
constexpr auto of_one(Layers... layers) {
    return Sequential{Input<512, 1>{}, layers...};
}

}  // namespace

int main(int count, char** arguments) {
    bench all;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--json") all.is_json = true;
        else if (argument == "--seconds" && i + 1 < count) all.seconds = std::stod(arguments[++i]);
        else if (argument.starts_with("--")) return 2;
        else all.names.emplace_back(argument);
    }
    all.stream("lstm-16-dense-1", 74.5, 1.5, of_one(LSTM<16, return_sequences>{}, Dense<1>{}), [](plain_net& net) {
        net.lstm(16);
        net.dense(false);
    });
    all.stream("lstm-32", 182, 1.5, of_one(LSTM<32, return_sequences>{}), [](plain_net& net) { net.lstm(32); });
    all.stream("lstm-64", 712, 1.5, of_one(LSTM<64, return_sequences>{}), [](plain_net& net) { net.lstm(64); });
    all.stream("gru-16", 73.6, 1.5, of_one(GRU<16, return_sequences>{}), [](plain_net& net) { net.gru(16); });
    all.stream("gru-32", 165, 1.5, of_one(GRU<32, return_sequences>{}), [](plain_net& net) { net.gru(32); });
    all.stream("gru-64", 496, 1.5, of_one(GRU<64, return_sequences>{}), [](plain_net& net) { net.gru(64); });
    all.stream("conv1d-8x8-k7-d2", 33, 1.3, Sequential{Input<512, 8>{}, Conv1D<8, 7, dilation<2>, padding::causal>{}},
               [](plain_net& net) { net.convolution(7, 2); });
    all.stream("conv1d-16x16-k15-d4", 118, 1.3,
               Sequential{Input<512, 16>{}, Conv1D<16, 15, dilation<4>, padding::causal>{}},
               [](plain_net& net) { net.convolution(15, 4); });
    constexpr const char *latency = "latency of gates", *loads = "loads of weights",
                         *both = "loads of weights, latency of gates", *sums = "multiply-adds",
                         *functions = "multiply-adds and tanh", *few = "lanes without a filter",
                         *divisions = "divisions of tanh";
    const auto lstm_16 = of_one(LSTM<16, return_sequences>{}, Dense<1>{});
    const auto lstm_32 = of_one(LSTM<32, return_sequences>{});
    const auto lstm_64 = of_one(LSTM<64, return_sequences>{});
    const auto gru_64 = of_one(GRU<64, return_sequences>{});
    const auto dense = of_one(Dense<8, Tanh>{}, Dense<8, Tanh>{}, Dense<1>{});
    all.blocks("lstm-16-dense-1-blocks", 66.8, 2.0, latency, lstm_16);
    all.blocks("lstm-32-blocks", 123, 2.0, both, lstm_32);
    all.blocks("lstm-64-blocks", 542, 2.0, loads, lstm_64);
    all.blocks("gru-64-blocks", 391, 2.0, loads, gru_64);
    all.blocks("dense-1-8-8-1-blocks", 12.2, 1.3, divisions, dense);
    all.approximate_blocks("lstm-16-dense-1-approximate", 66.8, 2.0, latency, lstm_16);
    all.approximate_blocks("lstm-32-approximate", 123, 2.0, both, lstm_32);
    all.approximate_blocks("dense-1-8-8-1-approximate", 12.2, 1.3, functions, dense);
    all.blocks("conv1d-8-filters-blocks", 0, 1.0, few, stack_of_convolutions<8>());
    all.blocks("conv1d-16-filters-blocks", 0, 1.0, sums, stack_of_convolutions<16>());
    all.blocks("conv1d-32-filters-blocks", 0, 1.0, sums, stack_of_convolutions<32>());
    // Marks: Neural Amp Modeler Core 0.7 in blocks of 64, with its fast tanh and -ffast-math.
    all.blocks("nam-a1-standard", 698.0, 2.5, functions, nam::A1Standard{});
    all.approximate_blocks("nam-a1-approximate", 698.0, 3.0, functions, nam::A1Standard{});
    all.blocks("nam-a2-full", 917.0, 4.0, sums, nam::A2Full{});
    all.blocks("nam-a2-lite", 0.0, 0.0, sums, nam::A2Lite{});
    all.call("dense-16x16", 8.1, 1.3, Sequential{Input<16>{}, Dense<16>{}}, 16,
             [](plain_net& net) { net.dense(false); });
    all.call("dense-1-8-8-1-tanh", 13, 1.3, Sequential{Input<1>{}, Dense<8, Tanh>{}, Dense<8, Tanh>{}, Dense<1>{}}, 1,
             [](plain_net& net) {
                 net.dense(true);
                 net.dense(true);
                 net.dense(false);
             });
    all.fading("lstm-32-fading", of_one(LSTM<32, return_sequences>{}, Dense<1>{}));
    all.fading("gru-32-fading", of_one(GRU<32, return_sequences>{}, Dense<1>{}));
    all.fading("simple-rnn-32-fading", of_one(SimpleRNN<32, return_sequences>{}, Dense<1>{}));
    all.fading("conv1d-2-fading", of_one(Conv1D<16, 3, padding::causal, Tanh>{},
                                         Conv1D<16, 3, padding::causal, dilation<4>, Tanh>{}, Dense<1>{}));
    all.fading("dense-16x16-fading", Sequential{Input<512, 16>{}, Dense<16, Tanh>{}, Dense<16>{}});
    all.call("lstm-32-100x8", 17800, 1.5, Sequential{Input<100, 8>{}, LSTM<32>{}}, 8,
             [](plain_net& net) { net.lstm(32); });
    all.call("gru-32-100x8", 17300, 1.5, Sequential{Input<100, 8>{}, GRU<32>{}}, 8,
             [](plain_net& net) { net.gru(32); });
    return all.exit_code();
}
