// operation: a layer as the converter knows it, whatever file it came from: typed attributes, shapes, weights, and its
// spelling as a strata type.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace convert {

/// Extents of one sample, channels last.
using extents = std::vector<std::size_t>;

enum class padding_mode { valid, same, causal };
using pair = std::array<int, 2>;  // height, width; of sequences the second is used alone

struct graph;

// Activations are spelled as strata types: `ReLU`, `LeakyReLU<0.2>`.

struct dense {
    int units = 0;
    bool has_bias = true;
    std::string activation = "Linear";
};
struct convolution {
    enum class form { plain, transposed, depthwise, separable };
    form kind = form::plain;
    std::size_t axes = 2;  // that a window slides over
    int filters = 0;       // not of a depthwise one
    pair kernel{1, 1}, strides{1, 1}, dilation{1, 1};
    padding_mode padding = padding_mode::valid;
    int groups = 1;
    int depth_multiplier = 1;
    bool has_bias = true;
    std::string activation = "Linear";
};
struct pooling {
    bool is_max = true;
    std::size_t axes = 2;
    pair window{2, 2}, strides{2, 2}, dilation{1, 1};
    padding_mode padding = padding_mode::valid;
    std::array<int, 4> pads{};  // top, bottom, left, right; of sequences the last two
};
struct global_pooling {
    bool is_max = true;
    std::size_t axes = 2;
    bool keeps_axes = false;  // front ends write a reshape after it; strata's pooling gives (channels)
};
struct flatten {};
struct reshape {
    extents target;  // 0: an extent that follows from the others, which infer_shapes fills in
};
struct permute {
    std::vector<int> order;  // from 1
};
struct repeat_vector {
    int count = 1;
};
enum class border_mode { zeros, constant, reflected, replicated };
/// A padding or Cropping: top, bottom, left, right; of sequences the first two.
struct borders {
    bool adds = true;
    std::size_t axes = 2;
    std::array<int, 4> edges{};
    border_mode mode = border_mode::zeros;
    double fill = 0.0;  // of a constant padding
};
struct up_sampling {
    std::size_t axes = 2;
    pair factor{1, 1};
    bool is_bilinear = false;
};
struct batch_normalization {
    double epsilon = 1e-3;
    bool has_beta = true, has_gamma = true;
};
/// LayerNormalization, GroupNormalization, RMSNormalization.
struct sample_normalization {
    enum class form { layer, group, rms };
    form kind = form::layer;
    int groups = 1;
    double epsilon = 1e-3;
    bool has_beta = true, has_gamma = true;
};
struct unit_normalization {};
/// Keras' Normalization: by a mean and a variance that are weights.
struct normalization {};
struct rescaling {
    double scale = 1.0, offset = 0.0;
};
/// The identity at inference: type is Dropout, SpatialDropout1D, GaussianNoise or alike.
struct dropout {
    std::string type;
    double rate = 0.0;
};
struct embedding {
    int vocabulary = 0, dimension = 0;
};
struct recurrent {
    std::string type;  // SimpleRNN, LSTM, GRU
    int units = 0;
    std::string activation = "Tanh", recurrent_activation = "Sigmoid";
    bool has_bias = true, returns_sequences = false, goes_backwards = false;
    bool resets_after = true;  // of a GRU: after the recurrent product
};
struct bidirectional {
    recurrent layer;
    std::string merge = "concat";
};
struct activation {
    std::string function = "Linear";
};
/// A layer without weights and options that keeps the shape: strata's name and its template arguments.
struct plain_layer {
    std::string type, arguments;
};
/// A function object in the header that is written: its name there, and C++ of `x`.
struct function_object {
    std::string name, body;
};
struct prelu {
    std::vector<int> shared_axes;  // from 1
};
/// Arrays of dilated causal convolutions, as Neural Amp Modeler's files have them.
struct wavenet {
    struct part {
        int channels = 1, outputs = 1, head_taps = 1;
        std::vector<int> kernels, dilations;  // of each layer
        std::string activation = "Tanh";
        bool is_gated = false, has_head_bias = false;
    };
    std::vector<part> arrays;
};
/// Add, Concatenate and alike: type is strata's name.
struct merge {
    std::string type;
};
struct time_distributed;
/// A model inside a model.
struct nested {
    std::shared_ptr<graph> model;
};
/// A layer that changes nothing at inference, and that the net leaves out.
struct identity {};

using operation = std::variant<dense, convolution, pooling, global_pooling, flatten, reshape, permute, repeat_vector,
                               borders, up_sampling, batch_normalization, sample_normalization, unit_normalization,
                               normalization, rescaling, dropout, embedding, recurrent, bidirectional, activation,
                               function_object, prelu, wavenet, plain_layer, merge, nested, identity,
                               std::shared_ptr<time_distributed>>;

struct time_distributed {
    operation layer;
    std::string type;   // the file's
    int last_axis = 0;  // as of a node, of one step
};

/// A weight that an operation has: its name and shape in Keras, and the part of the layer that holds it in Keras' files
/// (`cell`, `forward_layer/cell`), with its number there.
struct weight_slot {
    std::string name;
    extents shape;
    std::string part;
    std::size_t number = 0;
    bool is_trainable = true;
};

/// The shape of its output; throws a problem where inputs or attributes do not fit.
extents output_shape(const operation& op, const std::vector<extents>& inputs);
/// Its weights in the order of strata's `weights()`; none of a model inside.
std::vector<weight_slot> weights_of(const operation& op, const extents& input);
/// strata's class and its arguments, without a closing bracket: `Conv2D<8, 3, ReLU`; complete: `Flatten<`.
std::string spelled(const operation& op);
/// `strata::wavenet_array<16, 8, strata::dilations<1, 2, 4>`, without a closing bracket.
std::string spelled(const wavenet::part& part);
/// strata's name of the class.
std::string type_name(const operation& op);

/// `(28, 28, 1)`.
std::string shape_text(const extents& shape);
/// The product; throws a problem beyond 2^31 - 1 elements.
std::size_t element_count(const extents& shape);
/// The shortest decimal that reads back as the same number.
std::string number_text(double value);
std::string number_text(float value);

}  // namespace convert
