// Microseconds of each kernel shape, as a net of one layer: the result is first compared with the plain loops of
// kernels/reference/reference.hpp in double (a NaN fails), then timed beside the machine's peak in the same run. usage:
// kernels
// [--seconds S] [--json FILE] [KIND...]   kinds: convolution, pointwise, depthwise, separable, grouped, sequence,
// transposed, dense, gemm, merge, elementwise
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <strata/kernels/conv/channel_groups.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/reference/reference_conv2d_transpose.hpp>
#include <strata/kernels/reference/reference_depthwise.hpp>
#include <strata/strata.hpp>

#include "nets.hpp"
#include "peak.hpp"
#include "timing.hpp"

namespace {

using namespace strata;

/// Sums are of at most a few thousand products of values of size 1, and Winograd's transforms lose two digits.
constexpr double worst_error = 1e-4;

struct result {
    std::string kind, name;
    percentiles time;
    double flops, values, error;
};

class bench {
public:
    double seconds = 0.2;
    std::vector<std::string> kinds;

    /// Compares one inference of a net with what `reference` makes of (input, weights), all in double, and times it.
    template <class Net, class Reference>
    void run(const std::string& kind, const std::string& name, Net net, Reference reference) {
        if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return;
        constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
        const auto model = nets::make_model(net);
        // The functions see both of their sides.
        const double range = kind == "elementwise" ? 6.0 : 1.0;
        const std::vector<float> x = nets::random_values(in, -range, range, 7);
        // Input and output begin at cache lines, half a page from each other: where they lie must not decide a time.
        constexpr std::size_t page = 4096 / sizeof(float), from = (in + page - 1) / page * page + page / 2;
        aligned_array<float> memory(from + out + page);
        float* const begin =
            memory.data() + page - reinterpret_cast<std::uintptr_t>(memory.data()) / sizeof(float) % page;
        std::copy(x.begin(), x.end(), begin);
        const std::span<float, out> y(begin + from, out);
        std::fill(y.begin(), y.end(), -1.0f);
        auto workspace = model.workspace();
        const auto call = [&] {
            model.infer(std::span<const float, in>(begin, in), y, workspace);
            touch_memory();
        };
        call();
        std::vector<std::vector<double>> weights;
        for (const auto weight : model.weights()) {
            const std::vector<float> values = weight.to_vector();
            weights.emplace_back(values.begin(), values.end());
        }
        const std::vector<double> exact(x.begin(), x.end());
        std::vector<double> expected(out);
        reference(exact, weights, expected);
        const double error = largest_error(std::span<const float>(y), std::span<const double>(expected));
        if (!(error <= worst_error)) {
            std::printf("%s %s: WRONG, differs from the reference by %g of the largest value\n", kind.c_str(),
                        name.c_str(), error);
            ++wrong_;
            return;
        }
        const result r{
            kind, name, time_calls(seconds, call), static_cast<double>(Net::flops()), static_cast<double>(out), error};
        if (kind == "elementwise")
            std::printf("%-12s %-34s %9.3f ns an element   error %.0e\n", kind.c_str(), name.c_str(),
                        r.time.median * 1e9 / r.values, error);
        else
            std::printf("%-12s %-34s %9.2f us  %7.1f GFLOP/s  %4.0f %% of peak  error %.0e\n", kind.c_str(),
                        name.c_str(), r.time.median * 1e6, rate(r), 100.0 * rate(r) / fma_peak(), error);
        std::fflush(stdout);
        results_.push_back(r);
    }

    void save(const std::string& file) const {
        std::FILE* to = std::fopen(file.c_str(), "w");
        if (to == nullptr) std::exit(2);
        std::fprintf(to, "{\"peak\": %.4g, \"rows\": [", fma_peak());
        const char* separator = "";
        for (const result& r : results_) {
            std::fprintf(to,
                         "%s\n{\"kind\": \"%s\", \"name\": \"%s\", \"median\": %.6g, \"low\": %.6g, \"high\": %.6g, "
                         "\"unit\": \"us\", \"gflops\": %.4g, \"share_of_peak\": %.4g, \"ns_an_element\": %.4g, "
                         "\"error\": %.2g}",
                         separator, r.kind.c_str(), r.name.c_str(), r.time.median * 1e6, r.time.low * 1e6,
                         r.time.high * 1e6, rate(r), rate(r) / fma_peak(), r.time.median * 1e9 / r.values, r.error);
            separator = ",";
        }
        std::fprintf(to, "\n]}\n");
        if (std::fclose(to) != 0) std::exit(2);
    }
    bool passed() const { return wrong_ == 0 && !results_.empty(); }

private:
    static double rate(const result& r) { return r.flops / r.time.median * 1e-9; }

    std::vector<result> results_;
    int wrong_ = 0;
};

template <std::size_t Side, std::size_t Channels, std::size_t Filters, std::size_t Kernel, std::size_t Stride = 1>
void convolution(bench& b, const std::string& kind = "convolution") {
    const std::string name = std::to_string(Side) + "x" + std::to_string(Side) + "x" + std::to_string(Channels) + ", " +
                             std::to_string(Kernel) + "x" + std::to_string(Kernel) +
                             (Stride > 1 ? " s" + std::to_string(Stride) : "") + ", " + std::to_string(Filters);
    const auto reference = [](const auto& x, const auto& weights, auto& y) {
        constexpr std::size_t output = (Side - Kernel) / Stride + 1;
        constexpr sliding_axis axis{.input = Side, .kernel = Kernel, .stride = Stride, .output = output};
        constexpr kernels::conv2d_geometry geometry{
            .height = axis, .width = axis, .in_channels = Channels, .out_channels = Filters};
        kernels::reference::conv2d<kernels::relu>(geometry, kernels::panels{Kernel * Kernel * Channels, Filters},
                                                  x.data(), weights[0].data(), weights[1].data(), y.data());
    };
    b.run(kind, name, Sequential<Input<Side, Side, Channels>, Conv2D<Filters, Kernel, strides<Stride>, ReLU>>{},
          reference);
}

/// A depthwise convolution of 3x3 that keeps the size, or with filters a separable one.
template <std::size_t Side, std::size_t Channels, std::size_t Filters = 0>
void depthwise(bench& b) {
    static constexpr sliding_axis axis{.input = Side, .kernel = 3, .output = Side, .before = 1, .after = 1};
    [[maybe_unused]] static constexpr kernels::depthwise_geometry geometry{
        .height = axis, .width = axis, .channels = Channels};
    const std::string name =
        std::to_string(Side) + "x" + std::to_string(Side) + "x" + std::to_string(Channels) + ", 3x3";
    if constexpr (Filters == 0) {
        const auto reference = [](const auto& x, const auto& weights, auto& y) {
            kernels::reference::depthwise_conv2d<kernels::relu>(geometry, x.data(), weights[0].data(),
                                                                weights[1].data(), y.data());
        };
        b.run("depthwise", name, Sequential<Input<Side, Side, Channels>, DepthwiseConv2D<3, padding::same, ReLU>>{},
              reference);
    } else {
        const auto reference = [](const auto& x, const auto& weights, auto& y) {
            std::vector<double> map(x.size());
            kernels::reference::depthwise_conv2d<kernels::linear>(geometry, x.data(), weights[0].data(),
                                                                  static_cast<const double*>(nullptr), map.data());
            kernels::reference::dense<kernels::relu>(Side * Side, kernels::panels{Channels, Filters}, map.data(),
                                                     weights[1].data(), weights[2].data(), y.data());
        };
        b.run("separable", name + ", " + std::to_string(Filters),
              Sequential<Input<Side, Side, Channels>, SeparableConv2D<Filters, 3, padding::same, ReLU>>{}, reference);
    }
}

/// A convolution of 3x3 in groups of so many channels and filters that keeps the size.
template <std::size_t Side, std::size_t Groups, std::size_t Each>
void grouped(bench& b) {
    constexpr std::size_t channels = Groups * Each;
    const auto reference = [](const auto& x, const auto& weights, auto& y) {
        constexpr sliding_axis axis{.input = Side, .kernel = 3, .output = Side, .before = 1, .after = 1};
        constexpr kernels::conv2d_geometry one{
            .height = axis, .width = axis, .in_channels = Each, .out_channels = Each};
        std::vector<double> in(one.in_size()), out(one.out_size()), kernel(one.depth() * Each);
        for (std::size_t g = 0; g < Groups; ++g) {
            kernels::gather_group<Groups, Each>(Side * Side, g, x.data(), in.data());
            kernels::gather_group<Groups, Each>(one.depth(), g, weights[0].data(), kernel.data());
            kernels::reference::conv2d<kernels::relu>(one, kernels::panels{one.depth(), Each}, in.data(), kernel.data(),
                                                      weights[1].data() + g * Each, out.data());
            kernels::scatter_group<Groups, Each>(Side * Side, g, out.data(), y.data());
        }
    };
    b.run("grouped",
          std::to_string(Side) + "x" + std::to_string(Side) + "x" + std::to_string(channels) + ", 3x3, groups of " +
              std::to_string(Each),
          Sequential<Input<Side, Side, channels>, Conv2D<channels, 3, groups<Groups>, padding::same, ReLU>>{},
          reference);
}

/// A causal convolution of a sequence.
template <std::size_t Steps, std::size_t Channels, std::size_t Filters, std::size_t Kernel>
void causal(bench& b) {
    const auto reference = [](const auto& x, const auto& weights, auto& y) {
        constexpr sliding_axis row{.input = 1, .kernel = 1, .output = 1};
        constexpr sliding_axis axis{.input = Steps, .kernel = Kernel, .output = Steps, .before = Kernel - 1};
        constexpr kernels::conv2d_geometry geometry{
            .height = row, .width = axis, .in_channels = Channels, .out_channels = Filters};
        kernels::reference::conv2d<kernels::relu>(geometry, kernels::panels{Kernel * Channels, Filters}, x.data(),
                                                  weights[0].data(), weights[1].data(), y.data());
    };
    b.run("sequence",
          std::to_string(Steps) + "x" + std::to_string(Channels) + ", " + std::to_string(Kernel) + ", " +
              std::to_string(Filters),
          Sequential<Input<Steps, Channels>, Conv1D<Filters, Kernel, padding::causal, ReLU>>{}, reference);
}

/// A transposed convolution that doubles the size.
template <std::size_t Side, std::size_t Channels, std::size_t Filters, std::size_t Kernel>
void transposed(bench& b) {
    using layer = Conv2DTranspose<Filters, Kernel, strides<2>, padding::same, ReLU>;
    const auto reference = [](const auto& x, const auto& weights, auto& y) {
        constexpr auto geometry = layer::geometry(shape{Side, Side, Channels});
        kernels::reference::conv2d_transpose<kernels::relu>(geometry,
                                                            kernels::panels{Kernel * Kernel * Filters, Channels},
                                                            x.data(), weights[0].data(), weights[1].data(), y.data());
    };
    b.run("transposed",
          std::to_string(Side) + "x" + std::to_string(Side) + "x" + std::to_string(Channels) + ", " +
              std::to_string(Kernel) + "x" + std::to_string(Kernel) + " s2, " + std::to_string(Filters),
          Sequential<Input<Side, Side, Channels>, layer>{}, reference);
}

/// Rows samples through one dense layer; as one sample of rank 2, so that the layer is one GEMM.
template <std::size_t Rows, std::size_t Inputs, std::size_t Units>
void dense(bench& b) {
    const auto reference = [](const auto& x, const auto& weights, auto& y) {
        kernels::reference::dense<kernels::relu>(Rows, kernels::panels{Inputs, Units}, x.data(), weights[0].data(),
                                                 weights[1].data(), y.data());
    };
    const std::string name = std::to_string(Inputs) + "x" + std::to_string(Units);
    if constexpr (Rows == 1) b.run("dense", name, Sequential<Input<Inputs>, Dense<Units, ReLU>>{}, reference);
    else
        b.run("gemm", std::to_string(Rows) + " x " + name, Sequential<Input<Rows, Inputs>, Dense<Units, ReLU>>{},
              reference);
}

/// Merges of a map with itself: joined, multiplied, and multiplied by the means of its channels.
template <std::size_t Side, std::size_t Channels>
void merges(bench& b) {
    using input = Input<Side, Side, Channels>;
    const std::string name = std::to_string(Side) + "x" + std::to_string(Side) + "x" + std::to_string(Channels);
    b.run("merge", name + ", Concatenate", Sequential<input, Concatenate<branch<>, branch<>>>{},
          [](const auto& x, const auto&, auto& y) {
              for (std::size_t i = 0; i < x.size(); ++i) {
                  const std::size_t at = i / Channels * 2 * Channels + i % Channels;
                  y[at] = y[at + Channels] = x[i];
              }
          });
    b.run("merge", name + ", Multiply", Sequential<input, Multiply<branch<>, branch<>>>{},
          [](const auto& x, const auto&, auto& y) {
              for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * x[i];
          });
    b.run("merge", name + ", Multiply by means",
          Sequential<input, Multiply<branch<>, branch<GlobalAveragePooling2D<>>>>{},
          [](const auto& x, const auto&, auto& y) {
              std::vector<double> means(Channels, 0.0);
              for (std::size_t i = 0; i < x.size(); ++i) means[i % Channels] += x[i] / double(Side * Side);
              for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * means[i % Channels];
          });
}

/// A function on 4096 values, which lie in L1 with their results; its twin is the function's own scalar in double.
template <class Layer>
void elementwise(bench& b) {
    b.run("elementwise", std::string(Layer::type), Sequential<Input<4096>, Layer>{},
          [](const auto& x, const auto&, auto& y) {
              for (std::size_t i = 0; i < x.size(); ++i) y[i] = Layer::function::apply(x[i]);
          });
}

template <class... Layers>
void all_elementwise(bench& b) {
    (elementwise<Layers>(b), ...);
}

}  // namespace

int main(int count, char** arguments) {
    bench b;
    std::string json;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument.starts_with("--") && i + 1 < count) {
            const std::string value = arguments[++i];
            if (argument == "--seconds") b.seconds = std::stod(value);
            else if (argument == "--json") json = value;
            else return 2;
        } else {
            b.kinds.emplace_back(argument);
        }
    }
    std::printf("peak of multiply-adds: %.1f GFLOP/s\n", fma_peak());

    convolution<250, 3, 32, 5, 2>(b);
    convolution<123, 32, 32, 3>(b);
    convolution<40, 32, 32, 3>(b);
    convolution<38, 32, 32, 3>(b);
    convolution<12, 32, 32, 3>(b);
    convolution<10, 32, 32, 3>(b);
    convolution<28, 1, 32, 3>(b);
    convolution<26, 32, 64, 3>(b);
    convolution<56, 64, 64, 3>(b);
    convolution<28, 128, 128, 3>(b);
    convolution<32, 3, 16, 3>(b);

    convolution<74, 128, 128, 1>(b, "pointwise");
    convolution<19, 728, 728, 1>(b, "pointwise");
    convolution<10, 1024, 1536, 1>(b, "pointwise");

    depthwise<147, 64>(b);
    depthwise<74, 128>(b);
    depthwise<19, 728>(b);
    depthwise<14, 512>(b);
    depthwise<74, 128, 256>(b);
    depthwise<19, 728, 728>(b);
    depthwise<10, 1536, 2048>(b);

    grouped<32, 32, 2>(b);
    grouped<32, 16, 4>(b);
    grouped<32, 8, 8>(b);
    grouped<32, 4, 16>(b);
    causal<1024, 32, 64, 5>(b);
    transposed<16, 64, 32, 4>(b);

    dense<1, 784, 32>(b);
    dense<1, 784, 128>(b);
    dense<1, 32, 32>(b);
    dense<1, 64, 64>(b);
    dense<1, 1024, 1024>(b);
    dense<32, 784, 32>(b);
    dense<32, 512, 1024>(b);
    dense<8, 1024, 1024>(b);
    dense<32, 1024, 1024>(b);
    dense<32, 1024, 256>(b);
    dense<32, 1000, 1000>(b);
    dense<128, 512, 1024>(b);
    dense<128, 1024, 1024>(b);

    merges<28, 128>(b);
    merges<28, 24>(b);

    all_elementwise<ReLU, LeakyReLU<>, ELU, SELU, GELU, GELUTanh, SiLU, HardSiLU, Mish, Sigmoid, HardSigmoid, Tanh,
                    Softplus, Softsign, Exponential>(b);
    if (!json.empty()) b.save(json);
    return b.passed() ? 0 : 1;
}
