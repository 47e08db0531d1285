// event_file: a file that TensorBoard reads: scalars, histograms, images and a graph, each of a step.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <strata/core/clock.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/graph_record.hpp>
#include <strata/train/event_wire.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The numbers of fields and types are those of TensorFlow's event.proto, summary.proto, tensor.proto, graph.proto.
namespace wire {
enum data_type : std::uint64_t { float_type = 1, double_type = 2, string_type = 7 };
enum data_class : std::uint64_t { scalar = 1, tensor = 2, blob_sequence = 3 };

template <class = internal::where_used>
wire_message tensor_shape(std::initializer_list<std::size_t> extents) {
    wire_message result;
    for (const std::size_t extent : extents) result.message(2, wire_message().number(1, extent));
    return result;
}
/// A value of a summary: a tag, the plugin of TensorBoard that shows it, and a tensor.
template <class = internal::where_used>
wire_message summary(std::string_view tag, std::string_view plugin, data_class kind, const wire_message& values) {
    const wire_message metadata =
        wire_message().message(1, wire_message().bytes(1, plugin)).number(4, static_cast<std::uint64_t>(kind));
    const wire_message value = wire_message().bytes(1, tag).message(9, metadata).message(8, values);
    return wire_message().message(1, value);
}
}  // namespace wire

/// Thirty buckets of equal width from the least to the largest of some numbers: left edge, right edge, count. NaN and
/// infinities are left out. TensorFlow: `tf.summary.histogram`.
template <class = internal::where_used>
std::vector<double> histogram_buckets(std::span<const double> values) {
    constexpr std::size_t buckets = 30;
    double low = 0.0, high = 0.0;
    bool is_empty = true;
    for (const double value : values) {
        if (!internal::is_finite(value)) continue;
        low = is_empty ? value : std::min(low, value);
        high = is_empty ? value : std::max(high, value);
        is_empty = false;
    }
    if (is_empty) return {};
    std::array<double, buckets> counts{};
    const double width = (high - low) / static_cast<double>(buckets);
    for (const double value : values) {
        if (!internal::is_finite(value)) continue;
        const double place = width > 0.0 ? (value - low) / width : static_cast<double>(buckets - 1);
        counts[std::min(buckets - 1, static_cast<std::size_t>(place))] += 1.0;
    }
    std::vector<double> result;
    for (std::size_t i = 0; i < buckets; ++i) {
        const double left = low + width * static_cast<double>(i);
        result.insert(result.end(), {left, i + 1 == buckets ? high : left + width, counts[i]});
    }
    return result;
}

/// The graph as TensorFlow's GraphDef: nodes `model/layer` with the layers' types, edges, and shapes of outputs.
template <class = internal::where_used>
std::string graph_def(const graph_record& graph) {
    const std::string model(graph.model);
    const auto node_name = [&](std::size_t value) {
        return model + "/" + (value == 0 ? "input" : std::string(graph.layers[value - 1].name));
    };
    wire_message result;
    const auto add = [&](std::size_t value, std::string_view type, const shape& out,
                         std::span<const std::size_t> inputs) {
        wire_message node;
        node.bytes(1, node_name(value)).bytes(2, type);
        for (const std::size_t input : inputs) node.bytes(3, node_name(input));
        wire_message extents;
        extents.message(2, wire_message().number(1, static_cast<std::uint64_t>(-1)));  // the batch
        for (std::size_t axis = 0; axis < out.rank(); ++axis) extents.message(2, wire_message().number(1, out[axis]));
        const wire_message shapes = wire_message().message(1, wire_message().message(7, extents));
        node.message(5, wire_message().bytes(1, "_output_shapes").message(2, shapes));
        result.message(1, node);
    };
    add(0, "Placeholder", graph.input, {});
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
        const graph_layer& layer = graph.layers[i];
        add(i + 1, layer.type, layer.out, graph.inputs.subspan(layer.first_input, layer.input_count));
    }
    constexpr std::uint64_t producer = 22;  // a version of graphs that every TensorBoard reads
    result.message(4, wire_message().number(1, producer));
    return result.bytes();
}

/// A file of events, to which each call appends. Makes the folder where it does not exist. Throws file_error.
template <class = internal::where_used>
class event_file {
public:
    explicit event_file(const std::filesystem::path& folder) {
        std::error_code code;
        std::filesystem::create_directories(folder, code);
        if (code) throw file_error(folder, "cannot be made: " + code.message());
        const auto time = std::to_string(static_cast<long long>(internal::seconds_since_1970()));
        std::size_t number = 0;
        do path_ = folder / ("events.out.tfevents." + time + ".strata." + std::to_string(number++) + ".v2");
        while (std::filesystem::exists(path_));
        out_.open(path_, std::ios::binary);
        write(wire_message().real(1, internal::seconds_since_1970()).bytes(3, "brain.Event:2"));
        flush();
    }

    void scalar(std::string_view tag, double value, std::uint64_t step) {
        const wire_message values =
            wire_message().number(1, wire::float_type).message(2, {}).packed_float(5, static_cast<float>(value));
        summary(wire::summary(tag, "scalars", wire::scalar, values), step);
    }
    void histogram(std::string_view tag, std::span<const double> values, std::uint64_t step) {
        const std::vector<double> buckets = histogram_buckets(values);
        std::string bytes;
        for (const double value : buckets) wire_message::append_fixed(bytes, std::bit_cast<std::uint64_t>(value));
        const wire_message tensor = wire_message()
                                        .number(1, wire::double_type)
                                        .message(2, wire::tensor_shape({buckets.size() / 3, 3}))
                                        .bytes(4, bytes);
        summary(wire::summary(tag, "histograms", wire::tensor, tensor), step);
    }
    /// Pictures of one size, as PNG files.
    void images(std::string_view tag, std::size_t width, std::size_t height, std::span<const std::string> files,
                std::uint64_t step) {
        wire_message tensor;
        tensor.number(1, wire::string_type).message(2, wire::tensor_shape({files.size() + 2}));
        tensor.bytes(8, std::to_string(width)).bytes(8, std::to_string(height));
        for (const std::string& file : files) tensor.bytes(8, file);
        summary(wire::summary(tag, "images", wire::blob_sequence, tensor), step);
    }
    void graph(const graph_record& record) {
        write(wire_message().real(1, internal::seconds_since_1970()).bytes(4, graph_def(record)));
    }
    /// Whatever was written can be read then.
    void flush() {
        out_.flush();
        if (!out_) throw file_error(path_, "cannot be written: is the disk full?");
    }

private:
    void summary(const wire_message& values, std::uint64_t step) {
        write(wire_message().real(1, internal::seconds_since_1970()).number(2, step).message(5, values));
    }
    void write(const wire_message& event) { out_ << tf_record(event.bytes()); }

    std::filesystem::path path_;
    std::ofstream out_;
};

}  // namespace strata::inline STRATA_ISA::detail
