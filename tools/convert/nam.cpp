// Files of Neural Amp Modeler, read by strata's own reader of them.
#include <algorithm>
#include <utility>

#include <strata/applications/nam_reader.hpp>
#include <strata/applications/nam_weights.hpp>

#include "keras.hpp"

namespace convert {

namespace {

namespace nam = strata::nam::detail;

int integer_of(std::size_t value) { return static_cast<int>(value); }  // the reader has none beyond 2^20

std::vector<int> integers_of(const std::vector<std::size_t>& values) {
    std::vector<int> result;
    for (const std::size_t value : values) result.push_back(integer_of(value));
    return result;
}

/// A node after those that a graph has, with weights in the order of the layer's.
void append(graph& g, const char* type, operation op, std::vector<std::vector<float>>::const_iterator weights,
            std::size_t count) {
    g.nodes.push_back({.name = "",
                       .type = type,
                       .op = std::move(op),
                       .inputs = {g.nodes.empty() ? graph::source : g.nodes.size() - 1},
                       .place = g.nodes.size()});
    for (std::size_t i = 0; i < count; ++i, ++weights)
        g.nodes.back().weights.push_back({.shape = {weights->size()}, .floats = *weights});
    g.output = g.nodes.size() - 1;
}

void append_wavenet(graph& g, const nam::nam_reader& reader, std::size_t submodel) {
    constexpr std::size_t most_arrays = 2, most_layers = 1000;  // of strata's WaveNet; more is a damaged file
    const nam::nam_wavenet found = reader.wavenet(submodel);
    if (found.arrays.size() > most_arrays)
        throw problem("has " + std::to_string(found.arrays.size()) + " arrays; strata's WaveNet has one or two");
    wavenet op;
    std::size_t inputs = 1;
    for (const nam::nam_array& each : found.arrays) {
        if (each.inputs != inputs || each.condition != 1)
            throw problem("has an array of " + std::to_string(each.inputs) + " inputs and " +
                          std::to_string(each.condition) + " condition channels, expected " + std::to_string(inputs) +
                          " and 1; strata's WaveNet passes on what the array before has");
        if (each.dilations.empty() || each.dilations.size() > most_layers)
            throw problem("has an array of " + std::to_string(each.dilations.size()) + " layers, expected 1 to " +
                          std::to_string(most_layers));
        inputs = each.channels;
        op.arrays.push_back({.channels = integer_of(each.channels),
                             .outputs = integer_of(each.outputs),
                             .head_taps = integer_of(each.head_taps),
                             .kernels = integers_of(each.kernels),
                             .dilations = integers_of(each.dilations),
                             .activation = each.activation,
                             .is_gated = each.is_gated,
                             .has_head_bias = each.has_head_bias});
    }
    for (std::size_t i = 0; i + 1 < op.arrays.size(); ++i)
        if (op.arrays[i].outputs != op.arrays[i + 1].channels)
            throw problem("has an array of " + std::to_string(op.arrays[i].outputs) + " outputs before one of " +
                          std::to_string(op.arrays[i + 1].channels) +
                          " channels; strata's WaveNet adds the one to the other");
    const auto weights = nam::nam_weights(reader, found);
    append(g, "WaveNet", std::move(op), weights.begin(), weights.size());
    g.begin = {.states = {}, .zeros = 0, .sample_rate = found.sample_rate};
}

void append_lstm(graph& g, const nam::nam_reader& reader) {
    constexpr std::size_t most_layers = 1000;
    const nam::nam_lstm found = reader.lstm();
    if (found.layers > most_layers)
        throw problem("has " + std::to_string(found.layers) + " layers; the file is damaged");
    auto [weights, states] = nam::nam_weights(reader, found);
    constexpr std::size_t of_lstm = 3;  // kernel, recurrent kernel, bias
    auto at = weights.begin();
    for (std::size_t layer = 0; layer < found.layers; ++layer, at += of_lstm) {
        const recurrent op{.type = "LSTM", .units = integer_of(found.hidden), .returns_sequences = true};
        append(g, "LSTM", op, at, of_lstm);
    }
    append(g, "Dense", dense{.units = 1}, at, static_cast<std::size_t>(weights.end() - at));
    g.begin = {.states = std::move(states),
               .zeros = static_cast<std::size_t>(found.sample_rate / 2.0),
               .sample_rate = found.sample_rate};
}

/// A causal convolution of a sequence.
convolution causal(std::size_t filters, std::size_t taps, std::size_t dilation, std::string activation) {
    return {.axes = 1,
            .filters = integer_of(filters),
            .kernel = {1, integer_of(taps)},
            .dilation = {1, integer_of(dilation)},
            .padding = padding_mode::causal,
            .activation = std::move(activation)};
}

void append_conv_net(graph& g, const nam::nam_reader& reader) {
    constexpr std::size_t most_layers = 1000, of_layer = 2;  // kernel, bias
    const nam::nam_conv_net found = reader.conv_net();
    if (found.dilations.empty() || found.dilations.size() > most_layers)
        throw problem("has " + std::to_string(found.dilations.size()) + " layers, expected 1 to " +
                      std::to_string(most_layers));
    const auto weights = nam::nam_weights(reader, found);
    auto at = weights.begin();
    for (const std::size_t dilation : found.dilations) {
        append(g, "Conv1D", causal(found.channels, 2, dilation, found.activation), at, of_layer);
        at += of_layer;
    }
    append(g, "Dense", dense{.units = 1}, at, of_layer);
    g.begin = {.states = {}, .zeros = 0, .sample_rate = found.sample_rate};
}

void append_linear(graph& g, const nam::nam_reader& reader) {
    const nam::nam_linear found = reader.linear();
    const auto weights = nam::nam_weights(reader, found);
    append(g, "Conv1D", causal(1, found.taps, 1, "Linear"), weights.begin(), weights.size());
    g.begin = {.states = {}, .zeros = 0, .sample_rate = found.sample_rate};
}

}  // namespace

graph read_nam(const std::filesystem::path& file, const reading_options& options) {
    // The reader's own JSON has no limit of depth.
    const json parsed = parse_json(read_file(file), "it");
    const std::string architecture = text_member(parsed, "architecture");
    graph g;
    reading_options open = options;
    open.has_any_length = true;
    set_input(g, {1, 1}, open);
    const nam::nam_reader reader(file);
    if (architecture == "LSTM") append_lstm(g, reader);
    else if (architecture == "ConvNet") append_conv_net(g, reader);
    else if (architecture == "Linear") append_linear(g, reader);
    else append_wavenet(g, reader, options.submodel.value_or(nam::nam_reader::last_submodel));
    infer_shapes(g);
    return g;
}

}  // namespace convert
