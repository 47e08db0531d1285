// Keras' layers as operations.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "keras.hpp"

namespace convert {

namespace {

pair pair_of(const std::vector<int>& values) {
    return values.size() == 1 ? pair{1, values[0]} : pair{values[0], values[1]};
}

/// `Conv2D`: the class without its number of axes, and that number; 0 where it has none.
std::size_t axes_of(std::string& type) {
    for (const std::size_t axes : {1u, 2u, 3u}) {
        const std::string mark = std::to_string(axes) + "D";
        if (const std::size_t at = type.find(mark); at != std::string::npos && at > 0) {
            type.erase(at, mark.size());
            return axes;
        }
    }
    return 0;
}

void require_channels_last(config_reader& config) {
    const std::string format = config.text("data_format", "channels_last");
    if (format != "channels_last")
        config.refuse("has data_format=" + printable(format) +
                      "; strata's layers have channels last; build the model with data_format=\"channels_last\" and "
                      "transpose its kernels, or export it from a model made so");
}

padding_mode padding_of(config_reader& config, bool may_be_causal) {
    const std::string padding = config.text("padding", "valid");
    if (padding == "valid") return padding_mode::valid;
    if (padding == "same") return padding_mode::same;
    if (padding == "causal" && may_be_causal) return padding_mode::causal;
    config.refuse("has padding=" + printable(padding) + "; strata has valid and same, and causal for Conv1D");
}

/// The last axis alone. The rank is not known here: infer_shapes compares a positive axis with it.
void require_last_axis(config_reader& config) {
    const json& axis = config.get("axis");
    const json& value = axis.is_array() && axis.size() == 1 ? axis[0] : axis;
    if (value.is_null() || value == -1) return;
    if (value.is_number_integer() && value.get<int>() > 0) return;
    config.refuse("has axis=" + printable(axis.dump()) +
                  "; strata works on the last axis alone; permute it to the end");
}

constexpr const char* no_masks = "strata has no masks; leave mask_zero out and give sequences of one length";

/// strata's normalizations divide by the root of a variance and a positive number.
double positive_epsilon(config_reader& config, double usual) {
    const double epsilon = config.number("epsilon", usual);
    if (!(epsilon > 0.0))
        config.refuse("has an epsilon of " + number_text(epsilon) + "; strata's normalizations need a positive one");
    return epsilon;
}

}  // namespace

std::string keras_config::function_of(const json& value, config_reader& config, const std::string& key) {
    if (value.is_object()) {
        // A function, or a layer as an activation, with a config of its own.
        const std::string type = text_member(value, "class_name");
        const json& inner = value.contains("config") ? value["config"] : value;
        if (type == "function" && inner.is_string()) return function_of(inner, config, key);
        if (!inner.is_object()) config.refuse("has an activation that is no text; the file is damaged");
        config_reader nested(inner, config.name(), type);
        std::optional<operation> op = activating(type, nested);
        if (op && std::holds_alternative<activation>(*op)) {
            nested.ignore({"name", "trainable", "dtype"});
            nested.finish();
            return std::get<activation>(*op).function;
        }
        config.refuse("has the activation " + printable(type) + "; put it after the layer as a layer of its own");
    }
    if (!value.is_string()) config.refuse("has an activation that is no text; the file is damaged, save it again");
    static const std::map<std::string, std::string> functions{{"linear", "Linear"},
                                                              {"relu", "ReLU"},
                                                              {"relu6", "ReLU6"},
                                                              {"leaky_relu", "LeakyReLU<0.2>"},
                                                              {"elu", "ELU"},
                                                              {"selu", "SELU"},
                                                              {"gelu", "GELU"},
                                                              {"silu", "SiLU"},
                                                              {"swish", "SiLU"},
                                                              {"hard_silu", "HardSiLU"},
                                                              {"hard_swish", "HardSiLU"},
                                                              {"mish", "Mish"},
                                                              {"sigmoid", "Sigmoid"},
                                                              {"hard_sigmoid", "HardSigmoid"},
                                                              {"tanh", "Tanh"},
                                                              {"softmax", "Softmax"},
                                                              {"log_softmax", "LogSoftmax"},
                                                              {"softplus", "Softplus"},
                                                              {"softsign", "Softsign"},
                                                              {"exponential", "Exponential"}};
    std::string name = value.get<std::string>();
    if (const std::size_t at = name.find('>'); at != std::string::npos) name.erase(0, at + 1);  // a registered name
    if (is_keras_2_ && name == "hard_sigmoid")
        config.refuse(
            "has the activation hard_sigmoid of Keras 2, min(max(0.2 x + 0.5, 0), 1); Keras 3 and strata have "
            "relu6(x + 3) / 6; train it with another activation");
    const auto found = functions.find(name);
    if (found == functions.end())
        config.refuse(
            "has " + printable(key) + "=" + printable(name) +
            ", an activation that strata lacks; take one of docs/layers.md, or write it as strata::Elementwise");
    return found->second;
}

std::string keras_config::activation_of(config_reader& config, const std::string& key, const char* usual) {
    const json& value = config.get(key);
    return value.is_null() ? usual : function_of(value, config, key);
}

bool keras_config::read_dtype(config_reader& config) {
    const json& value = config.get("dtype");
    std::string policy = value.is_string() ? value.get<std::string>() : "float32";
    if (value.is_object()) {
        const json& inner = value.contains("config") ? value["config"] : value;
        policy = text_member(inner, "mode").empty() ? text_member(inner, "name") : text_member(inner, "mode");
    }
    const auto begins = [&](std::string_view text) { return std::string_view(policy).starts_with(text); };
    const auto note = [&](const std::string& text) {
        if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(text);
    };
    if (policy == "float32") return false;
    bool is_quantized = false;
    if (policy == "float64") {
        if (!options_.wants_doubles)
            note("the file computes in float64, the net in float; --scalar double keeps its precision");
    } else if (policy == "float16" || policy == "bfloat16" || begins("mixed_")) {
        note("the file computes in " + printable(policy) +
             ", the net in float32; outputs differ by the rounding of Keras");
    } else if ((begins("int8") || begins("int4")) && config.type() == "Dense") {
        note("layer \"" + printable(config.name()) + "\" (Dense) is quantized to " + printable(policy) +
             "; its kernel is read as floats, and where Keras quantizes the layer's input too, outputs differ by that");
        is_quantized = true;
    } else if (!begins("int") && !begins("uint") && policy != "bool") {
        config.refuse("has the dtype " + printable(policy) + "; strata computes in float32 or float64; cast the model");
    } else if (begins("int8") || begins("int4")) {
        config.refuse("is quantized to " + printable(policy) +
                      "; strata reads that of Dense alone; save the model before quantize()");
    }
    return is_quantized;
}

void keras_config::read_common(config_reader& config, node& to) {
    config.ignore({"name", "seed", "batch_input_shape", "batch_shape", "input_shape", "input_dtype", "lora_rank",
                   "lora_alpha", "quantization_config"});
    to.is_quantized = read_dtype(config);
    to.is_frozen = !config.flag("trainable", true);
}

std::optional<operation> keras_config::weighted(const std::string& type, config_reader& config) {
    if (type == "Dense") {
        dense d{.units = config.integer("units")};
        d.activation = activation_of(config, "activation", "Linear");
        d.has_bias = config.flag("use_bias", true);
        return d;
    }
    if (type == "Embedding") {
        config.require_unset("mask_zero", no_masks);
        config.ignore({"input_length"});
        config.require_unset("sparse", "strata has no sparse embeddings");
        return embedding{config.integer("input_dim"), config.integer("output_dim")};
    }
    if (type == "SimpleRNN" || type == "LSTM" || type == "GRU") return recurrent_layer(type, config);
    if (type == "PReLU") {
        prelu p;
        if (config.has("shared_axes")) {
            const json& axes = config.get("shared_axes");
            p.shared_axes = axes.is_array() ? config.list("shared_axes", 1) : config.integers("shared_axes", 1);
            std::sort(p.shared_axes.begin(), p.shared_axes.end());
            p.shared_axes.erase(std::unique(p.shared_axes.begin(), p.shared_axes.end()), p.shared_axes.end());
        }
        return p;
    }
    return std::nullopt;
}

recurrent keras_config::recurrent_layer(const std::string& type, config_reader& config) {
    recurrent r{.type = type, .units = config.integer("units")};
    r.activation = activation_of(config, "activation", "Tanh");
    if (type != "SimpleRNN")
        r.recurrent_activation = activation_of(config, "recurrent_activation", is_keras_2_ ? "" : "Sigmoid");
    if (r.recurrent_activation.empty())
        config.refuse("has no recurrent_activation, and Keras 2 had several; save it again");
    if (r.activation == "Softmax" || r.activation == "LogSoftmax" || r.recurrent_activation.ends_with("oftmax"))
        config.refuse("has a softmax inside its cell; strata's cells have activations of single values");
    r.has_bias = config.flag("use_bias", true);
    r.returns_sequences = config.flag("return_sequences", false);
    r.goes_backwards = config.flag("go_backwards", false);
    if (type == "GRU") r.resets_after = config.flag("reset_after", !is_keras_2_);
    if (config.flag("stateful", false)) {
        const std::string text =
            "stateful: each call of the net begins at zeros; model.stream() keeps the state from step to step until "
            "reset()";
        if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(text);
    }
    config.require_unset("return_state", "strata's layers have one output; save the model with return_state=False");
    config.require_unset("time_major", "strata's sequences are (steps, features); save it with time_major=False");
    config.ignore({"unroll", "implementation", "zero_output_for_mask", "dropout", "recurrent_dropout",
                   "unit_forget_bias", "use_cudnn", "activity_regularizer", "input_length", "input_dim"});
    return r;
}

std::optional<operation> keras_config::windowed(const std::string& type, config_reader& config) {
    std::string base = type;
    const std::size_t axes = axes_of(base);
    if (axes == 3) return std::nullopt;
    using form = convolution::form;
    static const std::map<std::string, form> convolutions{{"Conv", form::plain},
                                                          {"Convolution", form::plain},
                                                          {"ConvTranspose", form::transposed},
                                                          {"ConvolutionTranspose", form::transposed},
                                                          {"DepthwiseConv", form::depthwise},
                                                          {"SeparableConv", form::separable},
                                                          {"SeparableConvolution", form::separable}};
    if (const auto found = convolutions.find(base); axes > 0 && found != convolutions.end()) {
        convolution c{.kind = found->second, .axes = axes};
        require_channels_last(config);
        if (c.kind != form::depthwise) c.filters = config.integer("filters");
        c.kernel = pair_of(config.integers("kernel_size", axes));
        if (config.has("strides")) c.strides = pair_of(config.integers("strides", axes));
        if (config.has("dilation_rate")) c.dilation = pair_of(config.integers("dilation_rate", axes));
        c.padding = padding_of(config, axes == 1 && c.kind == form::plain);
        c.groups = config.integer("groups", 1, 1);
        if (c.groups != 1 && c.kind != form::plain) config.refuse("has groups; strata has them of Conv1D and Conv2D");
        if (c.kind == form::depthwise || c.kind == form::separable)
            c.depth_multiplier = config.integer("depth_multiplier", 1, 1);
        if (c.kind == form::depthwise) config.ignore({"filters"});
        config.require_unset("output_padding",
                             "strata computes Keras' default output size alone; leave output_padding out");
        c.activation = activation_of(config, "activation", "Linear");
        c.has_bias = config.flag("use_bias", true);
        return c;
    }
    if (base == "MaxPooling" || base == "AveragePooling" || base == "MaxPool" || base == "AvgPool") {
        if (axes == 0) return std::nullopt;
        pooling p{.is_max = base.starts_with("Max"), .axes = axes};
        require_channels_last(config);
        p.window = config.has("pool_size") ? pair_of(config.integers("pool_size", axes)) : pair{axes == 2 ? 2 : 1, 2};
        p.strides = config.has("strides") ? pair_of(config.integers("strides", axes)) : p.window;
        p.padding = padding_of(config, false);
        return p;
    }
    if (axes > 0 && (base.starts_with("GlobalMaxPool") || base.starts_with("GlobalAveragePool"))) {
        require_channels_last(config);
        return global_pooling{base.starts_with("GlobalMax"), axes, config.flag("keepdims", false)};
    }
    return std::nullopt;
}

std::optional<operation> keras_config::shaping(const std::string& type, config_reader& config) {
    if (type == "Flatten") {
        require_channels_last(config);
        return flatten{};
    }
    if (type == "Permute") return permute{config.list("dims", 1)};
    if (type == "RepeatVector") return repeat_vector{config.integer("n")};
    if (type == "UpSampling1D") return up_sampling{.axes = 1, .factor = {1, config.integers("size", 1)[0]}};
    if (type == "UpSampling2D") {
        require_channels_last(config);
        const std::string how = config.text("interpolation", "nearest");
        if (how != "nearest" && how != "bilinear")
            config.refuse("has interpolation=" + printable(how) + "; strata has nearest and bilinear");
        return up_sampling{.axes = 2, .factor = pair_of(config.integers("size", 2)), .is_bilinear = how == "bilinear"};
    }
    const bool pads = type == "ZeroPadding1D" || type == "ZeroPadding2D";
    if (pads || type == "Cropping1D" || type == "Cropping2D") {
        borders b{.adds = pads, .axes = type.ends_with("1D") ? 1u : 2u};
        require_channels_last(config);
        const std::string key = pads ? "padding" : "cropping";
        const json& value = config.get(key);
        std::vector<int> edges;
        if (b.axes == 2 && value.is_array() && value.size() == 2 && value[0].is_array()) {
            for (const json& side : value) {
                const json pair_config{{key, side}};
                config_reader nested(pair_config, config.name(), config.type());
                for (const int edge : nested.integers(key, 2, 0)) edges.push_back(edge);
            }
        } else {
            const std::vector<int> each = config.integers(key, 2, 0);
            if (b.axes == 1) edges = each;
            else edges = {each[0], each[0], each[1], each[1]};
        }
        std::copy(edges.begin(), edges.end(), b.edges.begin());
        return b;
    }
    return std::nullopt;
}

std::optional<operation> keras_config::normalizing(const std::string& type, config_reader& config) {
    if (type == "BatchNormalization" || type == "BatchNormalizationV2" || type == "BatchNormalizationV1" ||
        type == "SyncBatchNormalization") {
        require_last_axis(config);
        config.require_unset("renorm", "strata has no batch renormalization; train it without");
        config.require_unset("virtual_batch_size", "strata has none; train it without");
        config.ignore({"momentum", "synchronized", "renorm_clipping", "renorm_momentum", "fused", "adjustment"});
        return batch_normalization{positive_epsilon(config, 1e-3), config.flag("center", true),
                                   config.flag("scale", true)};
    }
    if (type == "LayerNormalization" || type == "GroupNormalization" || type == "RMSNormalization") {
        using form = sample_normalization::form;
        require_last_axis(config);
        config.require_unset("rms_scaling", "take RMSNormalization");
        sample_normalization s{.kind = type[0] == 'L' ? form::layer : type[0] == 'G' ? form::group : form::rms};
        s.epsilon = positive_epsilon(config, type[0] == 'R' ? 1e-6 : 1e-3);
        if (s.kind == form::rms) return s;
        if (s.kind == form::group) s.groups = config.integer("groups", -1, 32);
        s.has_beta = config.flag("center", true);
        s.has_gamma = config.flag("scale", true);
        return s;
    }
    if (type == "UnitNormalization") {
        require_last_axis(config);
        return unit_normalization{};
    }
    if (type == "Normalization") {
        require_last_axis(config);
        if (config.get("axis").is_null())
            config.refuse("has axis=None, one mean for all values; strata's has one for each feature; take Rescaling");
        config.require_unset("invert", "strata's Normalization goes one way; take Rescaling");
        if (config.has("mean") || config.has("variance"))
            config.refuse("has its mean and variance as arguments; adapt() the layer instead, or take Rescaling");
        return normalization{};
    }
    if (type == "Rescaling") {
        for (const char* key : {"scale", "offset"})
            if (config.get(key).is_array()) config.refuse("has a list as " + std::string(key) + "; take Normalization");
        return rescaling{config.number("scale"), config.number("offset", 0.0)};
    }
    return std::nullopt;
}

std::optional<operation> keras_config::activating(const std::string& type, config_reader& config) {
    const auto last_axis = [&] {
        const json& axis = config.get("axis");
        const json& value = axis.is_array() && axis.size() == 1 ? axis[0] : axis;
        if (!value.is_null() && value != -1 && !(value.is_number_integer() && value.get<int>() > 0))
            config.refuse("has axis=" + printable(axis.dump()) +
                          "; strata's Softmax is over the last axis; permute it");
    };
    if (type == "Activation") return activation{activation_of(config, "activation", "Linear")};
    if (type == "Softmax") {
        last_axis();
        return activation{"Softmax"};
    }
    if (type == "LeakyReLU") {
        const double slope =
            config.has("negative_slope") ? config.number("negative_slope") : config.number("alpha", 0.3);
        config.ignore({"alpha"});
        return activation{"LeakyReLU<" + number_text(slope) + ">"};
    }
    if (type == "ELU") {
        if (config.number("alpha", 1.0) != 1.0) config.refuse("has an alpha other than 1; strata's ELU has 1");
        return activation{"ELU"};
    }
    if (type == "ReLU") {
        const double slope = config.number("negative_slope", 0.0), threshold = config.number("threshold", 0.0);
        const bool has_most = config.has("max_value");
        if (threshold == 0.0 && !has_most)
            return activation{slope == 0.0 ? "ReLU" : "LeakyReLU<" + number_text(slope) + ">"};
        if (threshold == 0.0 && slope == 0.0 && config.number("max_value") == 6.0) return activation{"ReLU6"};
        config.refuse("has a threshold, or a max_value other than 6; strata has ReLU, ReLU6 and LeakyReLU");
    }
    static const std::map<std::string, std::string> dropouts{{"Dropout", "rate"},          {"SpatialDropout1D", "rate"},
                                                             {"SpatialDropout2D", "rate"}, {"AlphaDropout", "rate"},
                                                             {"GaussianDropout", "rate"},  {"GaussianNoise", "stddev"}};
    if (const auto found = dropouts.find(type); found != dropouts.end()) {
        config.ignore({"noise_shape"});
        if (type == "SpatialDropout2D") require_channels_last(config);
        const double rate = config.number(found->second);
        if (rate < 0.0 || (rate >= 1.0 && type != "GaussianNoise"))
            config.refuse("has a rate of " + number_text(rate) + "; expected at least 0, below 1");
        return dropout{type, rate};
    }
    if (type == "ActivityRegularization") config.ignore({"l1", "l2"});
    if (type == "ActivityRegularization" || type == "Identity" || type == "InputLayer") return identity{};
    return std::nullopt;
}

operation keras_config::bidirectional_layer(config_reader& config, int depth) {
    const json& inner = config.get("layer");
    if (!inner.is_object()) config.refuse("has no layer inside; the file is damaged");
    const auto read = [&](const json& entry) {
        const std::string type = text_member(entry, "class_name");
        config_reader reader(member(entry, "config"), config.name(), type);
        node ignored;
        operation op = layer(entry, reader, depth);
        read_common(reader, ignored);
        reader.finish();
        if (!std::holds_alternative<recurrent>(op))
            config.refuse("wraps a " + printable(type) + "; strata wraps LSTM, GRU and SimpleRNN");
        return std::get<recurrent>(op);
    };
    bidirectional b{.layer = read(inner)};
    if (b.layer.goes_backwards) config.refuse("wraps a layer that goes backwards; strata wraps layers that go forward");
    if (config.has("backward_layer")) {
        const recurrent other = read(config.get("backward_layer"));
        recurrent expected = b.layer;
        expected.goes_backwards = true;
        if (spelled(operation(other)) != spelled(operation(expected)))
            config.refuse("has a backward_layer that differs from its layer; strata has one layer for both directions");
    }
    b.merge = config.get("merge_mode").is_null() ? "" : config.text("merge_mode", "concat");
    if (b.merge != "concat" && b.merge != "sum" && b.merge != "mul" && b.merge != "ave")
        config.refuse("has merge_mode=None, two outputs; strata has concat, sum, mul and ave");
    return b;
}

operation keras_config::layer(const json& entry, config_reader& config, int depth) {
    const std::string& type = config.type();
    config.ignore({"activity_regularizer"});
    static const std::array merges{"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"};
    if (std::find(merges.begin(), merges.end(), type) != merges.end()) {
        if (type == "Concatenate") require_last_axis(config);
        return merge{type};
    }
    if (type == "Reshape") {  // -1 is resolved where the input's shape is known
        const std::vector<int> target = config.list("target_shape", -1);
        extents shape;
        for (const int extent : target) shape.push_back(extent == -1 ? 0 : static_cast<std::size_t>(extent));
        if (std::count(shape.begin(), shape.end(), std::size_t{0}) > 1)
            config.refuse("has more than one -1 in target_shape");
        return reshape{shape};
    }
    if (type == "Bidirectional") return bidirectional_layer(config, depth);
    if (type == "TimeDistributed") {
        const json& inner = config.get("layer");
        if (!inner.is_object()) config.refuse("has no layer inside; the file is damaged");
        const std::string inner_type = text_member(inner, "class_name");
        config_reader reader(member(inner, "config"), config.name(), inner_type);
        node ignored;
        auto wrapped = std::make_shared<time_distributed>(
            time_distributed{layer(inner, reader, depth), inner_type, stated_axis(member(inner, "config"))});
        if (const auto* pooled = std::get_if<global_pooling>(&wrapped->layer); pooled != nullptr && pooled->keeps_axes)
            config.refuse("wraps a pooling with keepdims=True; put a Reshape after it instead");
        if (std::holds_alternative<nested>(wrapped->layer) || std::holds_alternative<merge>(wrapped->layer) ||
            std::holds_alternative<identity>(wrapped->layer))
            config.refuse("wraps a " + printable(inner_type) + "; strata's wraps one layer with a shape of its own");
        read_common(reader, ignored);
        reader.finish();
        if (ignored.is_quantized) config.refuse("wraps a quantized layer; save the model before quantize()");
        return wrapped;
    }
    if (type == "Sequential" || type == "Functional" || type == "Model") {
        constexpr int deepest = 16;
        if (depth >= deepest) config.refuse("is nested deeper than 16 models; write it with fewer");
        config.ignore({"layers", "input_layers", "output_layers", "build_input_shape"});
        return nested{std::make_shared<graph>(model(entry, depth + 1))};
    }
    if (auto op = weighted(type, config)) return *op;
    if (auto op = windowed(type, config)) return *op;
    if (auto op = shaping(type, config)) return *op;
    if (auto op = normalizing(type, config)) return *op;
    if (auto op = activating(type, config)) return *op;
    if (type == "Masking")
        config.refuse(std::string("strata has no masks; leave the layer out and give sequences of one length"));
    config.refuse(
        "is a layer that strata lacks; docs/layers.md lists its layers; write the net with those, or convert "
        "the part of the model that has them");
}

}  // namespace convert
