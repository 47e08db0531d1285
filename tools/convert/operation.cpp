// Shapes, weights and spelling of operations.
#include "operation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "graph.hpp"
#include "problem.hpp"

namespace convert {

namespace {

template <class... Cases>
struct cases : Cases... {
    using Cases::operator()...;
};

std::size_t unsigned_of(int value) { return static_cast<std::size_t>(value); }

std::string sequence_or_image(std::size_t axes) {
    return axes == 1 ? "(steps, channels)" : "(height, width, channels)";
}
void require_rank(const extents& in, std::size_t axes) {
    if (in.size() == axes + 1) return;
    throw problem("its input has the shape " + shape_text(in) + ", expected " + sequence_or_image(axes) +
                  "; the file does not fit together, save the model again");
}

/// The number of outputs of a window along one axis.
std::size_t slide(std::size_t input, int kernel, int stride, int dilation, padding_mode padding) {
    const std::size_t span = unsigned_of(kernel - 1) * unsigned_of(dilation) + 1, step = unsigned_of(stride);
    if (padding != padding_mode::valid) return (input + step - 1) / step;
    if (input < span)
        throw problem("its window of " + std::to_string(span) + " does not fit into " + std::to_string(input) +
                      "; give a larger input with --steps or --input-shape");
    return (input - span) / step + 1;
}
extents slide(const extents& in, std::size_t axes, const pair& kernel, const pair& strides, const pair& dilation,
              padding_mode padding, std::size_t channels) {
    require_rank(in, axes);
    extents out;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t at = axis + 2 - axes;
        out.push_back(slide(in[axis], kernel[at], strides[at], dilation[at], padding));
    }
    out.push_back(channels);
    return out;
}

extents pooled(const pooling& p, const extents& in) {
    require_rank(in, p.axes);
    extents padded = in;
    for (std::size_t axis = 0; axis < p.axes; ++axis) {
        const std::size_t at = 2 * (axis + 2 - p.axes);
        padded[axis] += unsigned_of(p.pads[at]) + unsigned_of(p.pads[at + 1]);
    }
    return slide(padded, p.axes, p.window, p.strides, p.dilation, p.padding, in.back());
}

extents convolved(const convolution& c, const extents& in) {
    require_rank(in, c.axes);
    using form = convolution::form;
    const bool has_strides = c.strides != pair{1, 1}, has_dilation = c.dilation != pair{1, 1};
    if (has_strides && has_dilation)
        throw problem("it has strides and dilation; strata's convolutions have one of them; set one to 1");
    if (c.kind == form::depthwise)
        return slide(in, c.axes, c.kernel, c.strides, c.dilation, c.padding,
                     in.back() * unsigned_of(c.depth_multiplier));
    if (c.kind == form::transposed) {
        extents out;
        for (std::size_t axis = 0; axis < c.axes; ++axis) {
            const std::size_t at = axis + 2 - c.axes, stride = unsigned_of(c.strides[at]);
            const std::size_t span = unsigned_of(c.kernel[at] - 1) * unsigned_of(c.dilation[at]) + 1;
            const std::size_t more = c.padding == padding_mode::valid && span > stride ? span - stride : 0;
            out.push_back(in[axis] * stride + more);
        }
        out.push_back(unsigned_of(c.filters));
        return out;
    }
    if (c.groups < 1 || in.back() % unsigned_of(c.groups) != 0 || c.filters % c.groups != 0)
        throw problem("its " + std::to_string(c.groups) + " groups do not divide " + std::to_string(in.back()) +
                      " channels and " + std::to_string(c.filters) + " filters; the file is damaged");
    return slide(in, c.axes, c.kernel, c.strides, c.dilation, c.padding, unsigned_of(c.filters));
}

extents broadcast(const std::vector<extents>& inputs) {
    extents out;
    for (const extents& in : inputs) {
        if (in.size() > out.size()) out.insert(out.begin(), in.size() - out.size(), 1);
        for (std::size_t i = 0; i < in.size(); ++i) {
            std::size_t& extent = out[out.size() - in.size() + i];
            if (extent != in[i] && extent != 1 && in[i] != 1)
                throw problem("its inputs " + shape_text(inputs.front()) + " and " + shape_text(in) +
                              " do not broadcast; the file is damaged");
            extent = std::max(extent, in[i]);
        }
    }
    return out;
}

extents merged(const merge& m, const std::vector<extents>& inputs) {
    if (inputs.size() < 2)
        throw problem("it merges " + std::to_string(inputs.size()) + " inputs, expected two or more");
    if (m.type == "Subtract" && inputs.size() != 2) throw problem("it has more than two inputs");
    if (m.type != "Concatenate") return broadcast(inputs);
    extents out = inputs.front();
    for (std::size_t i = 1; i < inputs.size(); ++i) {
        const extents& in = inputs[i];
        if (in.empty() || in.size() != out.size() || !std::equal(in.begin(), in.end() - 1, out.begin()))
            throw problem("its inputs " + shape_text(inputs.front()) + " and " + shape_text(in) +
                          " differ in more than the last axis; the file is damaged");
        out.back() += in.back();
    }
    return out;
}

extents bordered(const borders& b, const extents& in) {
    require_rank(in, b.axes);
    if (std::isnan(b.fill)) throw problem("it pads with NaN; the file is damaged");
    extents out = in;
    for (std::size_t axis = 0; axis < b.axes; ++axis) {
        const std::size_t edges = unsigned_of(b.edges[2 * axis]) + unsigned_of(b.edges[2 * axis + 1]);
        if (!b.adds && edges >= out[axis])
            throw problem("it crops " + std::to_string(edges) + " of " + std::to_string(out[axis]) +
                          "; give a larger input with --steps or --input-shape");
        const auto longest = unsigned_of(std::max(b.edges[2 * axis], b.edges[2 * axis + 1]));
        if (b.adds && b.mode == border_mode::reflected && longest >= out[axis])
            throw problem("it reflects " + std::to_string(longest) + " of " + std::to_string(out[axis]) +
                          " values; give a larger input with --steps or --input-shape");
        out[axis] = b.adds ? out[axis] + edges : out[axis] - edges;
    }
    return out;
}

extents recurrent_output(const recurrent& r, const extents& in) {
    require_rank(in, 1);
    return r.returns_sequences ? extents{in[0], unsigned_of(r.units)} : extents{unsigned_of(r.units)};
}

std::size_t gates_of(const recurrent& r) { return r.type == "LSTM" ? 4 : r.type == "GRU" ? 3 : 1; }

void append_recurrent(std::vector<weight_slot>& slots, const recurrent& r, const extents& in, const std::string& part) {
    const std::size_t units = unsigned_of(r.units), columns = gates_of(r) * units;
    slots.push_back({"kernel", {in.back(), columns}, part, 0});
    slots.push_back({"recurrent_kernel", {units, columns}, part, 1});
    const bool has_two = r.type == "GRU" && r.resets_after;  // one for the input, one for the last output
    if (r.has_bias) slots.push_back({"bias", has_two ? extents{2, columns} : extents{columns}, part, 2});
}

std::vector<weight_slot> convolution_weights(const convolution& c, const extents& in) {
    using form = convolution::form;
    extents window;
    for (std::size_t axis = 2 - c.axes; axis < 2; ++axis) window.push_back(unsigned_of(c.kernel[axis]));
    const auto with = [](extents base, std::size_t a, std::size_t b) {
        base.push_back(a);
        base.push_back(b);
        return base;
    };
    const std::size_t filters = unsigned_of(c.filters), multiplier = unsigned_of(c.depth_multiplier);
    std::size_t channels = filters;
    std::vector<weight_slot> slots;
    if (c.kind == form::plain) {
        slots.push_back({"kernel", with(window, in.back() / unsigned_of(c.groups), filters), "", 0});
    } else if (c.kind == form::transposed) {
        slots.push_back({"kernel", with(window, filters, in.back()), "", 0});
    } else if (c.kind == form::depthwise) {
        slots.push_back({"kernel", with(window, in.back(), multiplier), "", 0});
        channels = in.back() * multiplier;
    } else {
        slots.push_back({"depthwise_kernel", with(window, in.back(), multiplier), "", 0});
        slots.push_back({"pointwise_kernel", with(extents(c.axes, 1), in.back() * multiplier, filters), "", 1});
    }
    if (c.has_bias) slots.push_back({"bias", {channels}, "", slots.size()});
    return slots;
}

std::vector<weight_slot> gamma_and_beta(bool has_gamma, bool has_beta, std::size_t channels) {
    std::vector<weight_slot> slots;
    if (has_gamma) slots.push_back({"gamma", {channels}, "", 0});
    if (has_beta) slots.push_back({"beta", {channels}, "", slots.size()});
    return slots;
}

// Spelling

std::string window_text(const pair& window, std::size_t axes) {
    if (axes == 1 || window[0] == window[1]) return std::to_string(window[1]);
    return "strata::window{" + std::to_string(window[0]) + ", " + std::to_string(window[1]) + "}";
}
std::string two(const char* option, const pair& values, std::size_t axes) {
    std::string text = ", strata::" + std::string(option) + "<" + std::to_string(values[axes == 1 ? 1 : 0]);
    if (axes == 2 && values[0] != values[1]) text += ", " + std::to_string(values[1]);
    return text + ">";
}
std::string padding_text(padding_mode padding) {
    return padding == padding_mode::same     ? ", strata::padding::same"
           : padding == padding_mode::causal ? ", strata::padding::causal"
                                             : "";
}
std::string pads_text(const pooling& p) {
    if (p.pads == std::array<int, 4>{}) return "";
    std::string text;
    for (std::size_t i = p.axes == 1 ? 2 : 0; i < 4; ++i) text += (text.empty() ? "" : ", ") + std::to_string(p.pads[i]);
    return ", strata::pads<" + text + ">";
}
std::string activation_text(const std::string& function, const char* usual = "Linear") {
    return function == usual ? "" : ", strata::" + function;
}
/// A list of options that begins the argument list.
std::string as_first(const std::string& options) { return options.empty() ? options : options.substr(2); }

std::string normalization_options(double epsilon, double usual, bool has_beta, bool has_gamma) {
    return (epsilon == usual ? "" : ", strata::epsilon<" + number_text(epsilon) + ">") +
           (has_beta ? "" : ", strata::no_center") + (has_gamma ? "" : ", strata::no_scale");
}

std::string spelled_recurrent(const recurrent& r) {
    return "strata::" + r.type + "<" + std::to_string(r.units) + activation_text(r.activation, "Tanh") +
           (r.recurrent_activation == "Sigmoid" || r.type == "SimpleRNN"
                ? ""
                : ", strata::recurrent_activation<strata::" + r.recurrent_activation + ">") +
           (r.returns_sequences ? ", strata::return_sequences" : "") +
           (r.goes_backwards ? ", strata::go_backwards" : "") + (r.has_bias ? "" : ", strata::no_bias") +
           (r.resets_after ? "" : ", strata::reset_after<false>");
}

std::string convolution_arguments(const convolution& c) {
    return (c.kind == convolution::form::depthwise ? "" : std::to_string(c.filters) + ", ") +
           window_text(c.kernel, c.axes) + (c.strides == pair{1, 1} ? "" : two("strides", c.strides, c.axes)) +
           padding_text(c.padding) + (c.dilation == pair{1, 1} ? "" : two("dilation", c.dilation, c.axes)) +
           (c.groups == 1 ? "" : ", strata::groups<" + std::to_string(c.groups) + ">") +
           (c.depth_multiplier == 1 ? "" : ", strata::depth_multiplier<" + std::to_string(c.depth_multiplier) + ">") +
           activation_text(c.activation) + (c.has_bias ? "" : ", strata::no_bias");
}

std::string border_text(const borders& b) {
    const auto& e = b.edges;
    const std::size_t count = 2 * b.axes;
    if (std::equal(e.begin() + 1, e.begin() + static_cast<std::ptrdiff_t>(count), e.begin()))
        return std::to_string(e[0]);
    std::string text = b.axes == 1 ? "strata::ends{" : "strata::border{";
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ", " : "") + std::to_string(e[i]);
    return text + "}";
}

template <class Range>
std::string list_text(const Range& values) {
    std::string text;
    for (const auto value : values) text += (text.empty() ? "" : ", ") + std::to_string(value);
    return text;
}

bool are_equal(const std::vector<int>& values) {
    return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

std::string arguments_of(const operation& op) {
    return std::visit(
        cases{
            [](const dense& d) {
                return std::to_string(d.units) + activation_text(d.activation) +
                       (d.has_bias ? "" : ", strata::no_bias");
            },
            [](const convolution& c) { return convolution_arguments(c); },
            [](const pooling& p) {
                return window_text(p.window, p.axes) +
                       (p.strides == p.window ? "" : two("strides", p.strides, p.axes)) + padding_text(p.padding) +
                       (p.dilation == pair{1, 1} ? "" : two("dilation", p.dilation, p.axes)) + pads_text(p);
            },
            [](const reshape& r) { return "strata::shape{" + list_text(r.target) + "}"; },
            [](const plain_layer& p) { return p.arguments; },
            [](const permute& p) { return "strata::axes{" + list_text(p.order) + "}"; },
            [](const repeat_vector& r) { return std::to_string(r.count); },
            [](const borders& b) {
                if (b.mode != border_mode::constant) return border_text(b);
                const std::string fill =
                    std::isinf(b.fill) ? "std::numeric_limits<double>::infinity()" : number_text(std::fabs(b.fill));
                return border_text(b) + ", " + (std::signbit(b.fill) ? "-" : "") + fill;
            },
            [](const up_sampling& u) {
                return window_text(u.factor, u.axes) + (u.is_bilinear ? ", strata::interpolation::bilinear" : "");
            },
            [](const batch_normalization& b) {
                return as_first(normalization_options(b.epsilon, 1e-3, b.has_beta, b.has_gamma));
            },
            [](const sample_normalization& s) {
                using form = sample_normalization::form;
                const std::string options = s.kind == form::rms
                                                ? normalization_options(s.epsilon, 1e-6, true, true)
                                                : normalization_options(s.epsilon, 1e-3, s.has_beta, s.has_gamma);
                return s.kind == form::group ? std::to_string(s.groups) + options : as_first(options);
            },
            [](const rescaling& r) { return number_text(r.scale) + ", " + number_text(r.offset); },
            [](const dropout& d) { return number_text(d.rate); },
            [](const embedding& e) { return std::to_string(e.vocabulary) + ", " + std::to_string(e.dimension); },
            [](const bidirectional& b) {
                return spelled_recurrent(b.layer) + ">" + (b.merge == "concat" ? "" : ", strata::merge::" + b.merge);
            },
            [](const function_object& f) { return "functions::" + f.name; },
            [](const activation& a) { return "strata::" + a.function; },
            [](const prelu& p) {
                return p.shared_axes.empty() ? std::string{} : "strata::shared_axes<" + list_text(p.shared_axes) + ">";
            },
            [](const wavenet& w) {
                std::string text;
                for (const wavenet::part& each : w.arrays) text += (text.empty() ? "" : ", ") + spelled(each) + ">";
                return text;
            },
            [](const std::shared_ptr<time_distributed>& t) { return spelled(t->layer) + ">"; },
            [](const auto&) { return std::string{}; },
        },
        op);
}

}  // namespace

std::string spelled(const wavenet::part& part) {
    std::string text = "strata::wavenet_array<" + std::to_string(part.channels) + ", " + std::to_string(part.outputs) +
                       ", strata::dilations<" + list_text(part.dilations) + ">";
    if (!are_equal(part.kernels)) text += ", strata::kernel_sizes<" + list_text(part.kernels) + ">";
    else if (part.kernels.front() != 3) text += ", strata::kernel_sizes<" + std::to_string(part.kernels.front()) + ">";
    return text + activation_text(part.activation, "Tanh") + (part.is_gated ? ", strata::gated" : "") +
           (part.has_head_bias ? ", strata::head_bias" : "") +
           (part.head_taps == 1 ? "" : ", strata::head_kernel<" + std::to_string(part.head_taps) + ">");
}

std::string type_name(const operation& op) {
    const auto with_axes = [](const char* name, std::size_t axes) { return name + std::to_string(axes) + "D"; };
    return std::visit(
        cases{
            [](const dense&) -> std::string { return "Dense"; },
            [&](const convolution& c) {
                using form = convolution::form;
                return c.kind == form::depthwise    ? with_axes("DepthwiseConv", c.axes)
                       : c.kind == form::separable  ? with_axes("SeparableConv", c.axes)
                       : c.kind == form::transposed ? with_axes("Conv", c.axes) + "Transpose"
                                                    : with_axes("Conv", c.axes);
            },
            [&](const pooling& p) { return with_axes(p.is_max ? "MaxPooling" : "AveragePooling", p.axes); },
            [&](const global_pooling& p) {
                return with_axes(p.is_max ? "GlobalMaxPooling" : "GlobalAveragePooling", p.axes);
            },
            [](const flatten&) -> std::string { return "Flatten"; },
            [](const reshape&) -> std::string { return "Reshape"; },
            [](const permute&) -> std::string { return "Permute"; },
            [](const repeat_vector&) -> std::string { return "RepeatVector"; },
            [&](const borders& b) {
                static constexpr std::array paddings{"ZeroPadding", "ConstantPadding", "ReflectionPadding",
                                                     "ReplicationPadding"};
                return with_axes(b.adds ? paddings[static_cast<std::size_t>(b.mode)] : "Cropping", b.axes);
            },
            [&](const up_sampling& u) { return with_axes("UpSampling", u.axes); },
            [](const batch_normalization&) -> std::string { return "BatchNormalization"; },
            [](const sample_normalization& s) -> std::string {
                using form = sample_normalization::form;
                return s.kind == form::layer   ? "LayerNormalization"
                       : s.kind == form::group ? "GroupNormalization"
                                               : "RMSNormalization";
            },
            [](const unit_normalization&) -> std::string { return "UnitNormalization"; },
            [](const normalization&) -> std::string { return "Normalization"; },
            [](const rescaling&) -> std::string { return "Rescaling"; },
            [](const dropout& d) { return d.type; },
            [](const embedding&) -> std::string { return "Embedding"; },
            [](const recurrent& r) { return r.type; },
            [](const bidirectional&) -> std::string { return "Bidirectional"; },
            [](const function_object&) -> std::string { return "Elementwise"; },
            [](const activation&) -> std::string { return "Activation"; },
            [](const prelu&) -> std::string { return "PReLU"; },
            [](const wavenet&) -> std::string { return "WaveNet"; },
            [](const plain_layer& p) { return p.type; },
            [](const merge& m) { return m.type; },
            [](const nested&) -> std::string { return "Sequential"; },
            [](const identity&) -> std::string { return "Identity"; },
            [](const std::shared_ptr<time_distributed>&) -> std::string { return "TimeDistributed"; },
        },
        op);
}

std::string spelled(const operation& op) {
    if (const auto* r = std::get_if<recurrent>(&op)) return spelled_recurrent(*r);
    return "strata::" + type_name(op) + "<" + arguments_of(op);
}

extents output_shape(const operation& op, const std::vector<extents>& inputs) {
    const extents& in = inputs.front();
    extents result = std::visit(
        cases{
            [&](const dense& d) {
                extents out = in;
                out.back() = unsigned_of(d.units);
                return out;
            },
            [&](const convolution& c) { return convolved(c, in); },
            [&](const pooling& p) { return pooled(p, in); },
            [&](const global_pooling& p) {
                require_rank(in, p.axes);
                return extents{in.back()};
            },
            [&](const flatten&) { return extents{element_count(in)}; },
            [&](const reshape& r) {
                if (element_count(r.target) != element_count(in))
                    throw problem(shape_text(in) + " cannot become " + shape_text(r.target) +
                                  "; give another input with --steps or --input-shape");
                return r.target;
            },
            [&](const permute& p) {
                std::vector<int> sorted = p.order;
                std::sort(sorted.begin(), sorted.end());
                std::vector<int> expected(in.size());
                std::iota(expected.begin(), expected.end(), 1);
                if (sorted != expected) throw problem("its dims are no order of the axes of " + shape_text(in));
                extents out;
                for (const int axis : p.order) out.push_back(in[unsigned_of(axis) - 1]);
                return out;
            },
            [&](const rescaling& r) {
                if (!std::isfinite(r.scale) || !std::isfinite(r.offset))
                    throw problem("its scale or offset is no finite number; the file is damaged");
                return in;
            },
            [&](const repeat_vector& r) {
                if (in.size() != 1) throw problem("its input has the shape " + shape_text(in) + ", expected a vector");
                return extents{unsigned_of(r.count), in[0]};
            },
            [&](const borders& b) { return bordered(b, in); },
            [&](const up_sampling& u) {
                require_rank(in, u.axes);
                extents out = in;
                for (std::size_t axis = 0; axis < u.axes; ++axis) out[axis] *= unsigned_of(u.factor[axis + 2 - u.axes]);
                return out;
            },
            [&](const embedding& e) {
                extents out = in;
                out.push_back(unsigned_of(e.dimension));
                return out;
            },
            [&](const recurrent& r) { return recurrent_output(r, in); },
            [&](const bidirectional& b) {
                extents out = recurrent_output(b.layer, in);
                if (b.merge == "concat") out.back() *= 2;
                return out;
            },
            [&](const prelu& p) {
                for (const int axis : p.shared_axes)
                    if (axis < 1 || unsigned_of(axis) > in.size())
                        throw problem("its shared_axes are no axes of " + shape_text(in));
                return in;
            },
            [&](const sample_normalization& s) {
                if (s.kind == sample_normalization::form::group && s.groups != -1 &&
                    (s.groups < 1 || in.back() % unsigned_of(s.groups) != 0))
                    throw problem("its groups do not divide " + std::to_string(in.back()) + " channels");
                return in;
            },
            [&](const wavenet& w) {
                require_rank(in, 1);
                return extents{in[0], unsigned_of(w.arrays.back().outputs)};
            },
            [&](const merge& m) { return merged(m, inputs); },
            [&](const nested& n) {
                n.model->input = in;
                infer_shapes(*n.model);
                return n.model->shape_of(n.model->output);
            },
            [&](const std::shared_ptr<time_distributed>& t) {
                if (in.size() < 2)
                    throw problem("its input has the shape " + shape_text(in) + ", expected (steps, ...)");
                if (t->last_axis != 0 && unsigned_of(t->last_axis) + 1 != in.size())
                    throw problem("the axis of its layer is not the last one; strata's layer works on the last axis");
                extents out = output_shape(t->layer, {extents(in.begin() + 1, in.end())});
                out.insert(out.begin(), in[0]);
                return out;
            },
            [&](const auto&) { return in; },
        },
        op);
    constexpr std::size_t most_axes = 6;
    if (result.empty() || result.size() > most_axes)
        throw problem("its output has " + std::to_string(result.size()) + " axes; strata has 1 to 6");
    element_count(result);
    return result;
}

std::vector<weight_slot> weights_of(const operation& op, const extents& input) {
    const std::size_t channels = input.empty() ? 0 : input.back();
    return std::visit(cases{
                          [&](const dense& d) {
                              std::vector<weight_slot> slots{{"kernel", {channels, unsigned_of(d.units)}, "", 0}};
                              if (d.has_bias) slots.push_back({"bias", {unsigned_of(d.units)}, "", 1});
                              return slots;
                          },
                          [&](const convolution& c) { return convolution_weights(c, input); },
                          [&](const batch_normalization& b) {
                              auto slots = gamma_and_beta(b.has_gamma, b.has_beta, channels);
                              slots.push_back({"moving_mean", {channels}, "", slots.size(), false});
                              slots.push_back({"moving_variance", {channels}, "", slots.size(), false});
                              return slots;
                          },
                          [&](const sample_normalization& s) {
                              if (s.kind == sample_normalization::form::rms)
                                  return std::vector<weight_slot>{{"scale", {channels}, "", 0}};
                              return gamma_and_beta(s.has_gamma, s.has_beta, channels);
                          },
                          [&](const normalization&) {
                              return std::vector<weight_slot>{{"mean", {channels}, "", 0, false},
                                                              {"variance", {channels}, "", 1, false},
                                                              {"count", {}, "", 2, false}};
                          },
                          [&](const embedding& e) {
                              return std::vector<weight_slot>{
                                  {"embeddings", {unsigned_of(e.vocabulary), unsigned_of(e.dimension)}, "", 0}};
                          },
                          [&](const recurrent& r) {
                              std::vector<weight_slot> slots;
                              append_recurrent(slots, r, input, "/cell");
                              return slots;
                          },
                          [&](const bidirectional& b) {
                              std::vector<weight_slot> slots;
                              append_recurrent(slots, b.layer, input, "/forward_layer/cell");
                              append_recurrent(slots, b.layer, input, "/backward_layer/cell");
                              return slots;
                          },
                          [&](const prelu& p) {
                              extents shape = input;
                              for (const int axis : p.shared_axes) shape[unsigned_of(axis) - 1] = 1;
                              return std::vector<weight_slot>{{"alpha", shape, "", 0}};
                          },
                          [&](const std::shared_ptr<time_distributed>& t) {
                              auto slots = weights_of(t->layer, extents(input.begin() + 1, input.end()));
                              for (weight_slot& slot : slots) slot.part = "/layer" + slot.part;
                              return slots;
                          },
                          [](const auto&) { return std::vector<weight_slot>{}; },
                      },
                      op);
}

std::string shape_text(const extents& shape) { return "(" + list_text(shape) + ")"; }

std::size_t element_count(const extents& shape) {
    constexpr std::size_t most = std::numeric_limits<int>::max();
    std::size_t product = 1;
    for (const std::size_t extent : shape) {
        if (extent == 0) throw problem("the shape " + shape_text(shape) + " is empty; the file is damaged");
        if (extent > most / product)
            throw problem("the shape " + shape_text(shape) + " has more than 2147483647 elements");
        product *= extent;
    }
    return product;
}

namespace {

template <class T>
std::string shortest(T value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    std::string text(digits.data(), end);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string number_text(double value) { return shortest(value); }
std::string number_text(float value) { return shortest(value) + "f"; }

}  // namespace convert
