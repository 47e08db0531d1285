// nam_reader: the contents of a .nam file of Neural Amp Modeler, checked and without anything that depends on a net.
// Needs nlohmann-json.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>

namespace strata::inline STRATA_ISA::nam::detail {

/// One array of a WaveNet, or of a net that is described like it.
struct nam_array {
    std::size_t inputs = 0;
    std::size_t condition = 0;
    std::size_t channels = 0;
    std::size_t outputs = 0;
    std::size_t head_taps = 1;
    std::vector<std::size_t> kernels{};
    std::vector<std::size_t> dilations{};
    std::string activation{};  // as written in C++: `Tanh`, `LeakyReLU<0.01>`
    bool is_gated = false;
    bool has_head_bias = false;

    std::size_t gates() const { return is_gated ? 2 * channels : channels; }
};

/// A WaveNet and its weights in the order of the file; the last one is the scale of the head.
struct nam_wavenet {
    std::vector<nam_array> arrays{};
    std::vector<float> weights{};
    double sample_rate = 48000.0;
};

/// Layers of LSTM and a head, their weights in the order of the file.
struct nam_lstm {
    std::size_t hidden = 0;
    std::size_t layers = 0;
    std::vector<float> weights{};
    double sample_rate = 48000.0;
};

/// Reads the parts of a .nam file. Every member that could change the sound and is not understood is refused by name.
class nam_reader {
public:
    explicit nam_reader(const std::filesystem::path& file) : file_(file) {
        const strata::internal::input_file reader(file, "a .nam file");
        std::string text(static_cast<std::size_t>(reader.size()), '\0');
        reader.read(0, text.data(), text.size());
        root_ = nlohmann::json::parse(text, nullptr, false);
        if (root_.is_discarded()) fail("is no JSON; a .nam file is one object");
        const std::string version = text_of(root_, "version");
        if (!version.starts_with("0.5.") && !version.starts_with("0.6.") && !version.starts_with("0.7."))
            fail("has version " + version + "; versions 0.5 to 0.7 are read");
    }

    /// Throws where the file holds another architecture. A container gives the submodel of that number; the last one
    /// is the largest.
    nam_wavenet wavenet(std::size_t submodel) const {
        const nlohmann::json* model = &root_;
        if (text_of(root_, "architecture") == "SlimmableContainer") {
            const nlohmann::json& models = member(member(root_, "config"), "submodels");
            if (!models.is_array() || models.empty()) fail("is a container without submodels");
            if (submodel != last_submodel && submodel >= models.size())
                fail("has " + std::to_string(models.size()) + " submodels; there is no number " +
                     std::to_string(submodel));
            model = &member(models[submodel == last_submodel ? models.size() - 1 : submodel], "model");
        }
        if (const std::string name = text_of(*model, "architecture"); name != "WaveNet")
            fail("holds the architecture " + name + ", expected WaveNet");
        const nlohmann::json& config = member(*model, "config");
        refuse_others(config, "config", {"layers", "head", "head_scale", "in_channels"});
        if (has(config, "head")) fail("config.head: a post-processing head is not supported");
        if (has(config, "in_channels") && size_of(config, "in_channels") != 1)
            fail("config.in_channels: one channel is supported");
        nam_wavenet result;
        const nlohmann::json& layers = member(config, "layers");
        if (!layers.is_array() || layers.empty()) fail("config.layers is no list of arrays");
        for (std::size_t i = 0; i < layers.size(); ++i)
            result.arrays.push_back(array_of(layers[i], "config.layers[" + std::to_string(i) + "]"));
        result.weights = weights_of(*model);
        result.sample_rate = rate_of(*model);
        return result;
    }
    nam_lstm lstm() const {
        if (const std::string name = text_of(root_, "architecture"); name != "LSTM")
            fail("holds the architecture " + name + ", expected LSTM");
        const nlohmann::json& config = member(root_, "config");
        refuse_others(config, "config", {"input_size", "hidden_size", "num_layers", "in_channels", "out_channels"});
        for (const char* name : {"input_size", "in_channels", "out_channels"})
            if (has(config, name) && size_of(config, name) != 1)
                fail(std::string("config.") + name + ": one channel is supported");
        return {.hidden = size_of(config, "hidden_size"),
                .layers = size_of(config, "num_layers"),
                .weights = weights_of(root_),
                .sample_rate = rate_of(root_)};
    }

    static constexpr std::size_t last_submodel = std::numeric_limits<std::size_t>::max();

    [[noreturn]] void fail(const std::string& message) const { throw file_error(file_, message); }

private:
    std::vector<float> weights_of(const nlohmann::json& model) const {
        const nlohmann::json& weights = member(model, "weights");
        if (!weights.is_array()) fail("weights is no list of numbers");
        std::vector<float> result;
        for (const nlohmann::json& value : weights) {
            if (!value.is_number() || !std::isfinite(value.get<float>()))
                fail("weights[" + std::to_string(result.size()) + "] is no finite number");
            result.push_back(value.get<float>());
        }
        return result;
    }
    double rate_of(const nlohmann::json& model) const {
        if (!has(model, "sample_rate")) return 48000.0;
        const nlohmann::json& value = model["sample_rate"];
        if (!value.is_number() || !(value.get<double>() > 0.0) || value.get<double>() > 1e6)
            fail("sample_rate: " + value.dump() + ", expected Hz");
        return value.get<double>();
    }
    nam_array array_of(const nlohmann::json& array, const std::string& place) const {
        if (!array.is_object()) fail(place + " is no object");
        refuse_others(array, place,
                      {"input_size",
                       "condition_size",
                       "head_size",
                       "head",
                       "head_bias",
                       "channels",
                       "kernel_size",
                       "kernel_sizes",
                       "dilations",
                       "activation",
                       "gated",
                       "gating_mode",
                       "secondary_activation",
                       "bottleneck",
                       "head1x1",
                       "layer1x1",
                       "groups_input",
                       "groups_input_mixin",
                       "slimmable",
                       "conv_pre_film",
                       "conv_post_film",
                       "input_mixin_pre_film",
                       "input_mixin_post_film",
                       "activation_pre_film",
                       "activation_post_film",
                       "layer1x1_post_film",
                       "head1x1_post_film"});
        for (const auto& [name, value] : array.items())
            if (name.ends_with("_film") && value.is_object() && flag_of(value, "active", false))
                fail(place + "." + name + ": FiLM is not supported");
        if (has(array, "slimmable")) fail(place + ".slimmable is not supported");
        nam_array result;
        result.inputs = size_of(array, "input_size");
        result.condition = size_of(array, "condition_size");
        result.channels = size_of(array, "channels");
        const nlohmann::json& dilations = member(array, "dilations");
        if (!dilations.is_array() || dilations.empty()) fail(place + ".dilations is no list");
        for (const nlohmann::json& value : dilations) result.dilations.push_back(size_in(value, place + ".dilations"));
        const std::size_t layers = result.dilations.size();
        if (has(array, "kernel_sizes") && !array["kernel_sizes"].is_array()) fail(place + ".kernel_sizes is no list");
        if (has(array, "kernel_sizes"))
            for (const nlohmann::json& value : member(array, "kernel_sizes"))
                result.kernels.push_back(size_in(value, place + ".kernel_sizes"));
        else result.kernels.assign(layers, size_of(array, "kernel_size"));
        if (result.kernels.size() != layers) fail(place + ".kernel_sizes has another length than dilations");
        read_head(array, place, result);
        result.activation = same_of_all(member(array, "activation"), layers, place + ".activation",
                                        [&](const nlohmann::json& value) { return activation_of(value, place); });
        result.is_gated = flag_of(array, "gated", false);
        if (has(array, "gating_mode"))
            result.is_gated = same_of_all(array["gating_mode"], layers, place + ".gating_mode",
                                          [&](const nlohmann::json& value) -> std::string {
                                              if (value == "none" || value == "gated") return value;
                                              fail(place + ".gating_mode: " + value.dump() + " is not supported");
                                          }) == "gated";
        if (has(array, "secondary_activation"))
            same_of_all(array["secondary_activation"], layers, place + ".secondary_activation",
                        [&](const nlohmann::json& value) -> std::string {
                            if (value.is_null() || value == "Sigmoid") return "";
                            fail(place + ".secondary_activation: " + value.dump() + " is not supported");
                        });
        if (has(array, "bottleneck") && size_of(array, "bottleneck") != result.channels)
            fail(place + ".bottleneck: only as many as channels is supported");
        for (const char* name : {"groups_input", "groups_input_mixin"})
            if (has(array, name) && size_of(array, name) != 1) fail(place + "." + name + ": groups are not supported");
        if (has(array, "head1x1") && flag_of(array["head1x1"], "active", false))
            fail(place + ".head1x1 is not supported");
        if (has(array, "layer1x1") && (!flag_of(array["layer1x1"], "active", true) ||
                                       (has(array["layer1x1"], "groups") && size_of(array["layer1x1"], "groups") != 1)))
            fail(place + ".layer1x1: only an active one without groups is supported");
        return result;
    }
    void read_head(const nlohmann::json& array, const std::string& place, nam_array& result) const {
        if (!has(array, "head")) {
            result.outputs = size_of(array, "head_size");
            result.has_head_bias = flag_of(array, "head_bias", false);
            return;
        }
        const nlohmann::json& head = array["head"];
        refuse_others(head, place + ".head", {"out_channels", "kernel_size", "bias"});
        result.outputs = size_of(head, "out_channels");
        result.head_taps = size_of(head, "kernel_size");
        result.has_head_bias = flag_of(head, "bias", false);
    }
    std::string activation_of(const nlohmann::json& value, const std::string& place) const {
        const std::string name = value.is_object()   ? text_of(value, "type")
                                 : value.is_string() ? value.get<std::string>()
                                                     : "";
        for (const std::string_view known : {"Tanh", "ReLU", "Sigmoid", "SiLU", "Softsign"})
            if (name == known) return name;
        if (name == "Hardswish") return "HardSiLU";
        if (name == "LeakyReLU") {
            const bool is_given = value.is_object() && has(value, "negative_slope");
            if (is_given && !value["negative_slope"].is_number())
                fail(place + ".activation.negative_slope is no number");
            return "LeakyReLU<" + decimal_of(is_given ? value["negative_slope"].get<double>() : 0.01) + ">";
        }
        fail(place + ".activation: " + value.dump() + " is not supported");
    }

    /// A value for all layers, or a list with one for each, which must be equal.
    template <class Read>
    std::string same_of_all(const nlohmann::json& value, std::size_t layers, const std::string& place,
                            Read read) const {
        if (!value.is_array()) return read(value);
        if (value.size() != layers) fail(place + " has another length than dilations");
        const std::string first = read(value[0]);
        for (const nlohmann::json& each : value)
            if (read(each) != first) fail(place + " differs from layer to layer, which is not supported");
        return first;
    }
    void refuse_others(const nlohmann::json& object, const std::string& place,
                       std::initializer_list<std::string_view> known) const {
        if (!object.is_object()) fail(place + " is no object");
        for (const auto& [name, value] : object.items()) {
            bool found = false;
            for (const std::string_view each : known) found = found || name == each;
            if (!found && !value.is_null()) fail(place + "." + name + " is not supported");
        }
    }
    static bool has(const nlohmann::json& object, const char* name) {
        return object.is_object() && object.contains(name) && !object[name].is_null();
    }
    bool flag_of(const nlohmann::json& object, const char* name, bool otherwise) const {
        if (!has(object, name)) return otherwise;
        if (!object[name].is_boolean()) fail(std::string(name) + " is neither true nor false");
        return object[name].get<bool>();
    }
    const nlohmann::json& member(const nlohmann::json& object, const char* name) const {
        if (!object.is_object() || !object.contains(name)) fail(std::string("has no ") + name);
        return object[name];
    }
    std::string text_of(const nlohmann::json& object, const char* name) const {
        const nlohmann::json& value = member(object, name);
        if (!value.is_string()) fail(std::string(name) + " is no text");
        return value.get<std::string>();
    }
    std::size_t size_of(const nlohmann::json& object, const char* name) const {
        return size_in(member(object, name), name);
    }
    std::size_t size_in(const nlohmann::json& value, const std::string& place) const {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > most)
            fail(place + ": " + value.dump() + ", expected a whole number from 1 to " + std::to_string(most));
        return value.get<std::size_t>();
    }

public:
    /// A number as strata writes it in a type: 0.01.
    static std::string decimal_of(double value) { return nlohmann::json(value).dump(); }

private:
    static constexpr std::uint64_t most = 1 << 20;

    std::filesystem::path file_;
    nlohmann::json root_;
};

}  // namespace strata::inline STRATA_ISA::nam::detail
