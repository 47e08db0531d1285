// graph: a net as front ends give it to the converter: nodes with operations, edges and weights.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "operation.hpp"

namespace convert {

/// The values of a weight in Keras' shape and order. `doubles` holds them instead where the file has 64 bits.
struct array {
    extents shape;
    std::vector<float> floats{};
    std::vector<double> doubles{};

    std::size_t size() const { return doubles.empty() ? floats.size() : doubles.size(); }
    double operator[](std::size_t i) const { return doubles.empty() ? double{floats[i]} : doubles[i]; }
    friend bool operator==(const array&, const array&) = default;
};

/// A layer of a graph. Inputs are numbers of nodes before it; `graph::source` is the input of the graph.
struct node {
    std::string name;  // the file's
    std::string type;  // the file's, for messages
    operation op;
    std::vector<std::size_t> inputs;
    bool is_frozen = false;
    bool is_quantized = false;       // its kernel is stored as integers and scales
    std::size_t place = 0;           // of the layer in the file; nodes of one place share its weights
    int last_axis = 0;               // an axis that must be the input's last, counted from 1; 0: none
    bool takes_equal_ranks = false;  // broadcasts with the batch, so that its inputs need one number of axes
    bool has_no_place = false;       // a function, which files list among no layers

    extents output{};
    std::vector<array> weights{};
};

/// How a stream of a net begins where it does not begin with zeros.
struct stream_begin {
    std::vector<float> states{};  // of all layers, in the order of the stream's
    std::size_t zeros = 0;        // inputs before the first step; 0: as many as an output depends on
    double sample_rate = 0.0;     // in Hz
};

/// Nodes in topological order. Front ends fill in everything but the shapes, which infer_shapes finds; weights may be
/// read after that.
struct graph {
    static constexpr std::size_t source = static_cast<std::size_t>(-1);

    std::string name;
    bool is_functional = false;  // in the file
    extents input{};
    /// The net leaves the number of steps open; shapes are those of one step.
    bool has_open_length = false;
    std::optional<stream_begin> begin{};
    /// The axes of the file's input in the order in which the net takes them, from 0; empty: as in the file.
    std::vector<std::size_t> input_axes{};
    /// The same of its output.
    std::vector<std::size_t> output_axes{};
    std::vector<node> nodes{};
    std::size_t output = source;

    const extents& shape_of(std::size_t value) const { return value == source ? input : nodes[value].output; }
    std::vector<extents> input_shapes(const node& of) const;
};

/// The choices of a user that a front end needs.
struct reading_options {
    int steps = 64;                  // where a file leaves the length of a sequence open
    bool has_any_length = false;     // the net is for streams: sequences have no length, whatever a file says
    std::optional<extents> input{};  // the whole shape of a sample
    bool wants_doubles = false;
    std::string output{};                   // of a file with several outputs, the one that is converted
    std::optional<std::size_t> submodel{};  // of a .nam file with several; the last one without it
};

/// Sets the input. For streams its steps are any number; an input that is no sequence is refused.
void set_input(graph& g, extents stated, const reading_options& options);

/// Fills in the shapes, for the shape that the graph's input has; those of nested graphs too. A problem names the
/// layer: one that does not fit, or one that has no output for each step where the length is open.
void infer_shapes(graph& g);

}  // namespace convert
