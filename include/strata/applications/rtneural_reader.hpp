// rtneural_reader: the layers of a file of RTNeural, as strata's architectures describe them. Needs nlohmann-json.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <strata/core/config.hpp>
#include <strata/core/extents_text.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/json_depth.hpp>
#include <strata/core/native_file.hpp>
#include <strata/core/shape.hpp>
#include <strata/io/json_text.hpp>

namespace strata::inline STRATA_ISA::rtneural::detail {

/// A layer, or the activation after one, as io::config_text writes it.
struct file_row {
    std::size_t layer = 0;  // its number in the file, from 1
    std::string text{};
};

/// A weight in the file's order, which is Keras'.
struct file_weight {
    std::size_t layer = 0;
    std::vector<std::size_t> extents{};
    std::vector<double> values{};

    /// Whether the extents are those of a shape, but for axes of 1.
    bool may_have(const shape& wanted) const {
        std::vector<std::size_t> mine, others;
        for (const std::size_t extent : extents)
            if (extent != 1) mine.push_back(extent);
        for (std::size_t axis = 0; axis < wanted.rank(); ++axis)
            if (wanted[axis] != 1) others.push_back(wanted[axis]);
        return mine == others;
    }
    std::string shape_text() const { return strata::internal::extents_text(extents); }
};

/// Whether a part of a file changes nothing. Programs that read RTNeural's files write more into them than it reads,
/// and some of it changes the sound.
inline bool is_harmless_part(std::string_view name) {
    constexpr std::string_view known[] = {"in_shape", "layers",  "samplerate", "sample_rate", "author",      "esr",
                                          "metadata", "name",    "version",    "comment",     "description", "date",
                                          "license",  "dataset", "info",       "input_batch", "output_batch"};
    return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

class rtneural_reader {
public:
    /// `rank` is that of the net's input: a layer over single values has no time axis.
    rtneural_reader(const std::filesystem::path& file, std::size_t rank) : file_(file), rank_(rank) {
        const strata::internal::input_file in(file, "a .json file of RTNeural");
        std::string text(static_cast<std::size_t>(in.size()), '\0');
        in.read(0, text.data(), text.size());
        if (strata::internal::json_levels(text) > strata::internal::most_json_levels)
            fail("has lists nested deeper than 200; RTNeural's save_model writes none, the file is damaged");
        const json root = json::parse(text, nullptr, false);
        if (!root.is_object() || !root.contains("layers") || !root["layers"].is_array())
            fail("has no layers; expected the JSON of RTNeural's save_model");
        for (const auto& [name, value] : root.items())
            if (!is_harmless_part(name) && value != 0)
                fail(
                    "has the part \"" + name.substr(0, 40) +
                    "\", which RTNeural does not read and which may change the sound; do in your program what it says, "
                    "and take it out of the file");
        for (const json& layer : root["layers"]) read_layer(layer);
    }

    const std::vector<file_row>& rows() const { return rows_; }
    const std::vector<file_weight>& weights() const { return weights_; }

    [[noreturn]] void fail(const std::string& message) const { throw file_error(file_, message); }
    [[noreturn]] void fail_in(std::size_t layer, const std::string& message) const {
        fail("layer " + std::to_string(layer) + " " + message);
    }

private:
    using json = nlohmann::json;
    static constexpr int largest = 1 << 20;

    [[noreturn]] void fail_here(const std::string& message) const { fail_in(number_, message); }

    void add(const std::string& text) { rows_.push_back({number_, text}); }
    /// A setting that differs from Keras' default, in the order of their names.
    static std::string list(std::vector<std::pair<std::string, std::string>> settings) {
        std::sort(settings.begin(), settings.end());
        std::string text = "(";
        for (const auto& [key, value] : settings) text += (text.size() > 1 ? ", " : "") + key + "=" + value;
        return text + ")";
    }
    static std::string sizes(std::vector<int> values) {
        std::string text = "[";
        for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(values[i]);
        return text + "]";
    }

    /// An integer, or the last one of a list.
    int integer(const json& layer, const char* key) const {
        if (!layer.contains(key)) fail_here(std::string("has no ") + key);
        const json& value = layer[key].is_array() && !layer[key].empty() ? layer[key].back() : layer[key];
        if (!value.is_number_integer() || value.get<std::int64_t>() < 1 || value.get<std::int64_t>() > largest)
            fail_here(std::string("has ") + key + " " + value.dump() + ", expected a number from 1 on");
        return value.get<int>();
    }
    int integer(const json& layer, const char* key, int otherwise) const {
        return layer.contains(key) ? integer(layer, key) : otherwise;
    }
    std::string text(const json& layer, const char* key) const {
        return layer.contains(key) && layer[key].is_string() ? layer[key].get<std::string>() : std::string();
    }

    void read_layer(const json& layer) {
        ++number_;
        if (!layer.is_object()) fail_here("is no object");
        const std::string type = text(layer, "type");
        const std::size_t count = read_weights(layer);
        std::vector<std::pair<std::string, std::string>> settings;
        const auto note_bias = [&](std::size_t with_bias) {
            if (count + 1 == with_bias) settings.emplace_back("use_bias", "false");
            else if (count != with_bias)
                fail_here("has " + std::to_string(count) + " weights, expected " + std::to_string(with_bias));
        };
        if (type == "dense" || type == "time-distributed-dense") {
            settings = {{"units", std::to_string(integer(layer, "shape"))}};
            note_bias(2);
            add("Dense" + list(settings));
            add_activation(layer);
        } else if (type == "lstm" || type == "gru") {
            if (const std::string name = text(layer, "activation"); !name.empty() && name != "tanh")
                fail_here("has the activation " + name + "; RTNeural's recurrent layers have tanh and sigmoid");
            settings = {{"activation", "tanh"},
                        {"recurrent_activation", "sigmoid"},
                        {"return_sequences", "true"},
                        {"units", std::to_string(integer(layer, "shape"))}};
            note_bias(3);
            add((type == "lstm" ? "LSTM" : "GRU") + list(settings));
        } else if (type == "conv1d") {
            if (text(layer, "padding") == "same" || integer(layer, "strides", 1) != 1)
                fail_here("has strides or padding=same; RTNeural's Conv1D is causal and computes every step");
            settings = {{"filters", std::to_string(integer(layer, "shape"))},
                        {"kernel_size", sizes({integer(layer, "kernel_size")})},
                        {"padding", "causal"}};
            if (const int step = integer(layer, "dilation", 1); step != 1)
                settings.emplace_back("dilation_rate", sizes({step}));
            if (const int groups = integer(layer, "groups", 1); groups != 1)
                settings.emplace_back("groups", std::to_string(groups));
            note_bias(2);
            add("Conv1D" + list(settings));
            add_activation(layer);
        } else if (type == "conv2d") {
            read_conv2d(layer, settings);
            note_bias(2);
            add("Conv2D" + list(settings));
            add_activation(layer);
        } else if (type == "prelu") {
            if (count != 1) fail_here("has no slopes");
            const bool is_shared = weights_.back().values.size() == 1;
            std::vector<int> axes;
            for (std::size_t axis = 1; axis < rank_ + (is_shared ? 1 : 0); ++axis)
                axes.push_back(static_cast<int>(axis));
            add("PReLU" + (axes.empty() ? "()" : list({{"shared_axes", sizes(axes)}})));
        } else if (type == "batchnorm" || type == "batchnorm2d") {
            if (!layer.contains("epsilon") || !layer["epsilon"].is_number()) fail_here("has no epsilon");
            settings = {{"epsilon", io::number_text(layer["epsilon"].get<double>())}};
            if (count == 2) settings.insert(settings.end(), {{"center", "false"}, {"scale", "false"}});
            else if (count != 4) fail_here("has " + std::to_string(count) + " weights, expected 2 or 4");
            add("BatchNormalization" + list(settings));
        } else if (type == "activation") {
            add_activation(layer);
        } else {
            fail_here("has the type \"" + type.substr(0, 40) + "\", which RTNeural does not know and leaves out");
        }
    }
    /// (time, features, channels): causal in time.
    void read_conv2d(const json& layer, std::vector<std::pair<std::string, std::string>>& settings) {
        const int rows = integer(layer, "kernel_size_time"), columns = integer(layer, "kernel_size_feature");
        const int step = integer(layer, "dilation"), stride = integer(layer, "strides");
        const std::string padding = text(layer, "padding");
        if (padding != "valid" && padding != "same") fail_here("has the padding \"" + padding.substr(0, 40) + "\"");
        const std::int64_t before = std::int64_t{rows - 1} * step;
        if (before > largest) fail_here("spans more than a million steps");
        int missing = 0;
        if (padding == "same") {
            const int features = integer(layer, "num_features_in"), outputs = (features - 1) / stride + 1;
            missing = std::max(0, (outputs - 1) * stride + columns - features);
        }
        if (before > 0 || missing > 0)
            add("ZeroPadding2D" +
                list({{"padding", sizes({static_cast<int>(before), 0, missing / 2, missing - missing / 2})}}));
        settings = {{"filters", std::to_string(integer(layer, "num_filters_out"))},
                    {"kernel_size", sizes({rows, columns})}};
        if (stride != 1) settings.emplace_back("strides", sizes({1, stride}));
        if (step != 1) settings.emplace_back("dilation_rate", sizes({step, 1}));
    }
    void add_activation(const json& layer) {
        const std::string name = text(layer, "activation");
        if (name.empty() || name == "linear") return;
        constexpr std::array<std::pair<std::string_view, const char*>, 5> known{{{"tanh", "Tanh()"},
                                                                                 {"relu", "ReLU()"},
                                                                                 {"sigmoid", "Sigmoid()"},
                                                                                 {"softmax", "Softmax()"},
                                                                                 {"elu", "ELU()"}}};
        for (const auto& [theirs, mine] : known)
            if (name == theirs) return add(mine);
        fail_here("has the activation \"" + name.substr(0, 40) + "\", which RTNeural does not have and leaves out");
    }

    std::size_t read_weights(const json& layer) {
        if (!layer.contains("weights") || !layer["weights"].is_array()) return 0;
        for (const json& weight : layer["weights"]) {
            file_weight& to = weights_.emplace_back();
            to.layer = number_;
            for (const json* inner = &weight; inner->is_array(); inner = &inner->front()) {
                to.extents.push_back(inner->size());
                if (inner->empty() || to.extents.size() > shape::max_rank) fail_here("has a weight without values");
            }
            append_values(weight, 0, to);
        }
        return layer["weights"].size();
    }
    void append_values(const json& from, std::size_t axis, file_weight& to) const {
        if (axis == to.extents.size()) {
            if (!from.is_number() || !std::isfinite(from.get<double>()))
                fail_here("has a weight that is no finite number");
            return to.values.push_back(from.get<double>());
        }
        if (!from.is_array() || from.size() != to.extents[axis]) fail_here("has a weight whose rows differ in length");
        for (const json& each : from) append_values(each, axis + 1, to);
    }

    std::filesystem::path file_;
    std::size_t rank_;
    std::vector<file_row> rows_;
    std::vector<file_weight> weights_;
    std::size_t number_ = 0;
};

}  // namespace strata::inline STRATA_ISA::rtneural::detail
