// onednn: microseconds of inference with oneDNN's C++ interface, for the nets, weights and inputs of inference.cpp.
// Outputs are compared with strata's first. oneDNN chooses the layouts; weights are reordered in advance; activations
// are fused.
// usage: onednn [--threads N] [--batch N] [--seconds S] [--algorithm auto|direct|winograd] [NET...]
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <unistd.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <strata/strata.hpp>

#include "nets.hpp"
#include "peak.hpp"
#include "timing.hpp"

namespace {

using dnnl::memory;
using dims = memory::dims;

struct settings {
    std::size_t threads = 1, batch = 0;
    double seconds = 0.5;
    dnnl::algorithm algorithm = dnnl::algorithm::convolution_auto;
    std::vector<std::string> nets;

    bool wants(const std::string& net) const {
        return nets.empty() || std::find(nets.begin(), nets.end(), net) != nets.end();
    }
};

/// A layer of a net. units: filters or units. size: height and width of the window.
struct step {
    enum { convolution, max_pooling, global_max_pooling, dense, softmax } kind;
    memory::dim units = 0, size = 0, stride = 1;
    bool relu = false;
};

std::vector<step> steps_of(const std::string& net) {
    const auto conv = [](memory::dim filters, memory::dim size, memory::dim stride = 1) {
        return step{step::convolution, filters, size, stride, true};
    };
    const auto pool = [](memory::dim size) { return step{step::max_pooling, 0, size, size}; };
    const auto dense = [](memory::dim units, bool relu) { return step{step::dense, units, 0, 1, relu}; };
    if (net == "guide")
        return {conv(32, 5, 2),  conv(32, 3), pool(3),     conv(32, 3), conv(32, 3),
                pool(3),         conv(32, 3), conv(32, 3), pool(2),     {step::global_max_pooling},
                dense(10, false)};
    if (net == "cnn") return {conv(32, 3), pool(2), conv(64, 3), pool(2), dense(10, false), {step::softmax}};
    if (net == "mlp") return {dense(32, true), dense(32, true), dense(32, true), dense(10, false)};
    if (net == "tiny") return {dense(2, true), dense(3, true), dense(4, false)};
    if (net == "wide") return {dense(1024, true), dense(1024, true), dense(1024, true), dense(256, false)};
    std::fprintf(stderr, "onednn: no steps for %s\n", net.c_str());
    std::exit(1);
}

memory::desc floats(const dims& extents, const dims& strides) {
    return memory::desc(extents, memory::data_type::f32, strides);
}
memory::desc any_layout(const dims& extents) {
    return memory::desc(extents, memory::data_type::f32, memory::format_tag::any);
}

/// A net as a list of primitives. Input and output are channels last, as in strata.
class chain {
public:
    template <class Model>
    chain(const Model& model, const std::vector<step>& steps, memory::dim batch, dnnl::algorithm algorithm)
        : algorithm_(algorithm) {
        const strata::shape in = Model::input_shape();
        const auto extent = [&](std::size_t axis) { return static_cast<memory::dim>(in[axis]); };
        if (in.rank() == 3) {
            const memory::dim h = extent(0), w = extent(1), c = extent(2);
            current_ = memory(floats({batch, c, h, w}, {h * w * c, 1, w * c, c}), engine_);
        } else {
            current_ = memory(floats({batch, extent(0)}, {extent(0), 1}), engine_);
        }
        input_ = current_;
        std::vector<std::vector<float>> weights;
        for (const auto& weight : model.weights()) weights.push_back(weight.to_vector());
        std::size_t next = 0;
        for (const step& s : steps) {
            const bool weighted = s.kind == step::convolution || s.kind == step::dense;
            if (s.kind == step::convolution) add_convolution(s, weights[next], weights[next + 1]);
            else if (s.kind == step::dense) add_dense(s, weights[next], weights[next + 1]);
            else if (s.kind == step::softmax) add_softmax();
            else add_pooling(s);
            if (weighted) next += 2;
        }
        const dims out = current_.get_desc().dims();
        current_ = in_layout(current_, floats(out, {out[1], 1}), true);
        stream_.wait();
    }

    void run() {
        for (const auto& [primitive, arguments] : calls_) primitive.execute(stream_, arguments);
        stream_.wait();
    }
    float* input() { return static_cast<float*>(input_.get_data_handle()); }
    std::span<const float> output() const {
        return {static_cast<const float*>(current_.get_data_handle()), current_.get_desc().get_size() / sizeof(float)};
    }

private:
    using arguments = std::unordered_map<int, memory>;

    void add(const dnnl::primitive& primitive, const arguments& given) { calls_.emplace_back(primitive, given); }

    /// The memory in the layout `wanted`: itself, or a copy that is reordered now (weights) or in each run.
    memory in_layout(const memory& from, const memory::desc& wanted, bool each_run) {
        if (from.get_desc() == wanted) return from;
        memory to(wanted, engine_);
        memory source = from;
        const dnnl::reorder reorder(source, to);
        if (each_run) {
            add(reorder, {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, to}});
        } else {
            reorder.execute(stream_, source, to);
            stream_.wait();
        }
        return to;
    }
    memory constant(std::vector<float>& values, const memory::desc& keras, const memory::desc& wanted) {
        memory copy(keras, engine_);
        std::copy(values.begin(), values.end(), static_cast<float*>(copy.get_data_handle()));
        return in_layout(copy, wanted, false);
    }
    static dnnl::primitive_attr epilogue(const step& s) {
        dnnl::primitive_attr attributes;
        if (s.relu) {
            dnnl::post_ops operations;
            operations.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
            attributes.set_post_ops(operations);
        }
        return attributes;
    }

    void add_convolution(const step& s, std::vector<float>& kernel, std::vector<float>& bias) {
        const dims in = current_.get_desc().dims();
        const memory::dim c = in[1], o = s.units, k = s.size;
        const dims out = {in[0], o, (in[2] - k) / s.stride + 1, (in[3] - k) / s.stride + 1};
        const dnnl::convolution_forward::desc description(dnnl::prop_kind::forward_inference, algorithm_,
                                                          any_layout(in), any_layout({o, c, k, k}), floats({o}, {1}),
                                                          any_layout(out), {s.stride, s.stride}, {0, 0}, {0, 0});
        const auto attributes = epilogue(s);
        // Winograd's algorithm where oneDNN has it; elsewhere oneDNN chooses.
        dnnl::convolution_forward::primitive_desc chosen;
        try {
            chosen = dnnl::convolution_forward::primitive_desc(description, attributes, engine_);
        } catch (const dnnl::error&) {
            dnnl::convolution_forward::desc other = description;
            other.data.alg_kind = dnnl_convolution_auto;
            chosen = dnnl::convolution_forward::primitive_desc(other, attributes, engine_);
        }
        const memory x = in_layout(current_, chosen.src_desc(), true);
        const memory w = constant(kernel, floats({o, c, k, k}, {1, o, k * c * o, c * o}), chosen.weights_desc());
        const memory b = constant(bias, floats({o}, {1}), floats({o}, {1}));
        current_ = memory(chosen.dst_desc(), engine_);
        add(dnnl::convolution_forward(chosen),
            {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST, current_}});
    }
    void add_pooling(const step& s) {
        const memory::desc in = current_.get_desc();
        const dims extents = in.dims();
        const bool global = s.kind == step::global_max_pooling;
        const dims window = global ? dims{extents[2], extents[3]} : dims{s.size, s.size};
        const dims out = {extents[0], extents[1], extents[2] / window[0], extents[3] / window[1]};
        const dnnl::pooling_forward::desc description(dnnl::prop_kind::forward_inference, dnnl::algorithm::pooling_max,
                                                      in, any_layout(out), window, window, {0, 0}, {0, 0});
        const dnnl::pooling_forward::primitive_desc chosen(description, engine_);
        const memory x = current_;
        current_ = memory(chosen.dst_desc(), engine_);
        add(dnnl::pooling_forward(chosen), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, current_}});
    }
    /// A dense layer on an image: Flatten and Dense, whose weight rows are (height, width, channel).
    void add_dense(const step& s, std::vector<float>& kernel, std::vector<float>& bias) {
        const dims in = current_.get_desc().dims();
        const memory::dim o = s.units;
        dims extents = in, strides = {1, o};
        extents[0] = o;
        if (in.size() == 4) strides = {1, o, in[3] * in[1] * o, in[1] * o};
        const dnnl::inner_product_forward::desc description(dnnl::prop_kind::forward_inference, any_layout(in),
                                                            any_layout(extents), floats({o}, {1}),
                                                            any_layout({in[0], o}));
        const dnnl::inner_product_forward::primitive_desc chosen(description, epilogue(s), engine_);
        const memory x = in_layout(current_, chosen.src_desc(), true);
        const memory w = constant(kernel, floats(extents, strides), chosen.weights_desc());
        const memory b = constant(bias, floats({o}, {1}), floats({o}, {1}));
        current_ = memory(chosen.dst_desc(), engine_);
        add(dnnl::inner_product_forward(chosen),
            {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST, current_}});
    }
    void add_softmax() {
        const dnnl::softmax_forward::desc description(dnnl::prop_kind::forward_inference, current_.get_desc(), 1);
        const dnnl::softmax_forward::primitive_desc chosen(description, engine_);
        add(dnnl::softmax_forward(chosen), {{DNNL_ARG_SRC, current_}, {DNNL_ARG_DST, current_}});
    }

    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    dnnl::algorithm algorithm_;
    std::vector<std::pair<dnnl::primitive, arguments>> calls_;
    memory input_, current_;
};

template <class Net>
void run(Net net, const std::string& name, const settings& options) {
    if (!options.wants(name)) return;
    constexpr std::size_t in = Net::input_shape().size(), out = Net::output_shape().size();
    const auto model = nets::make_model(net);
    const std::vector<float> x = nets::make_inputs(net), y = model.predict(x);
    for (const std::size_t batch : {std::size_t{1}, nets::samples}) {
        if (options.batch != 0 && options.batch != batch) continue;
        chain peer(model, steps_of(name), static_cast<memory::dim>(batch), options.algorithm);
        std::copy_n(x.begin(), batch * in, peer.input());
        peer.run();
        const double error = largest_error(peer.output(), std::span<const float>(y.data(), batch * out));
        if (!(error < 1e-4)) {
            std::fprintf(stderr, "%s, batch %zu: differs from strata by %g of the largest value\n", name.c_str(), batch,
                         error);
            std::exit(1);
        }
        const percentiles time = time_calls(options.seconds, [&] { peer.run(); });
        const double rate = static_cast<double>(Net::flops() * batch) / time.median * 1e-9;
        const dnnl_version_t* version = dnnl_version();
        std::printf(
            "{\"net\": \"%s\", \"batch\": %zu, \"threads\": %zu, \"median\": %.6g, \"low\": %.6g, \"high\": %.6g, "
            "\"unit\": \"us\", \"gflops\": %.4g, \"share_of_peak\": %.4g, \"error\": %.2g, \"version\": "
            "\"%d.%d.%d\"}\n",
            name.c_str(), batch, options.threads, time.median * 1e6, time.low * 1e6, time.high * 1e6, rate,
            rate / (fma_peak() * static_cast<double>(options.threads)), error, version->major, version->minor,
            version->patch);
        std::fflush(stdout);
    }
}

settings parse(int count, char** arguments) {
    settings options;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument.starts_with("--") && i + 1 < count) {
            const std::string value = arguments[++i];
            if (argument == "--threads") options.threads = std::stoul(value);
            else if (argument == "--batch") options.batch = std::stoul(value);
            else if (argument == "--seconds") options.seconds = std::stod(value);
            else if (argument == "--algorithm" && value == "direct")
                options.algorithm = dnnl::algorithm::convolution_direct;
            else if (argument == "--algorithm" && value == "winograd")
                options.algorithm = dnnl::algorithm::convolution_winograd;
            else if (argument == "--algorithm" && value == "auto")
                options.algorithm = dnnl::algorithm::convolution_auto;
            else std::exit(2);
        } else {
            options.nets.emplace_back(argument);
        }
    }
    return options;
}

}  // namespace

int main(int count, char** arguments) {
    const settings options = parse(count, arguments);
    // OpenMP reads its number of threads when the program is loaded.
    const std::string threads = std::to_string(options.threads);
    const char* given = std::getenv("OMP_NUM_THREADS");
    if (given == nullptr || threads != given) {
        setenv("OMP_NUM_THREADS", threads.c_str(), 1);
        execv("/proc/self/exe", arguments);
    }
    nets::for_each([&](auto net, const char* name) { run(net, name, options); });
}
