// nam_reader: the contents of a .nam file of Neural Amp Modeler, checked and without anything that depends on a net.
// Needs nlohmann-json.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <strata/applications/nam_json.hpp>
#include <strata/core/config.hpp>

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

/// Causal convolutions of two taps and a head. `weights` are in the order of the file.
struct nam_conv_net {
    std::size_t channels = 0;
    std::vector<std::size_t> dilations{};
    std::string activation{};
    bool has_batch_normalization = false;
    std::vector<float> weights{};
    double sample_rate = 48000.0;
};

/// One convolution: an impulse response, and a bias.
struct nam_linear {
    std::size_t taps = 0;
    bool has_bias = false;
    std::vector<float> weights{};
    double sample_rate = 48000.0;
};

/// Reads the architectures of a .nam file.
class nam_reader : public nam_json {
public:
    using nam_json::nam_json;

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
        const nlohmann::json& config = config_of("LSTM");
        refuse_others(config, "config", {"input_size", "hidden_size", "num_layers", "in_channels", "out_channels"});
        require_one_channel(config);
        return {.hidden = size_of(config, "hidden_size"),
                .layers = size_of(config, "num_layers"),
                .weights = weights_of(root_),
                .sample_rate = rate_of(root_)};
    }

    nam_conv_net conv_net() const {
        const nlohmann::json& config = config_of("ConvNet");
        refuse_others(config, "config",
                      {"channels", "dilations", "batchnorm", "activation", "groups", "in_channels", "out_channels"});
        require_one_channel(config);
        if (has(config, "groups") && size_of(config, "groups") != 1)  // of the first convolution too
            fail("config.groups: one input channel does not divide into groups");
        return {.channels = size_of(config, "channels"),
                .dilations = sizes_of(config, "dilations", "config.dilations"),
                .activation = activation_of(member(config, "activation"), "config"),
                .has_batch_normalization = flag_of(config, "batchnorm", false),
                .weights = weights_of(root_),
                .sample_rate = rate_of(root_)};
    }
    nam_linear linear() const {
        const nlohmann::json& config = config_of("Linear");
        refuse_others(config, "config", {"receptive_field", "bias", "implementation", "in_channels", "out_channels"});
        require_one_channel(config);
        return {.taps = size_of(config, "receptive_field"),
                .has_bias = flag_of(config, "bias", false),
                .weights = weights_of(root_),
                .sample_rate = rate_of(root_)};
    }

    /// The numbers of weights of the submodels; of a file that is no container its own number alone.
    std::vector<std::size_t> submodel_sizes() const {
        const auto weights_of = [](const nlohmann::json& model) {
            return has(model, "weights") ? model["weights"].size() : std::size_t{0};
        };
        std::vector<std::size_t> sizes;
        if (has(root_, "config") && has(root_["config"], "submodels") && root_["config"]["submodels"].is_array())
            for (const nlohmann::json& each : root_["config"]["submodels"])
                sizes.push_back(has(each, "model") ? weights_of(each["model"]) : 0);
        if (sizes.empty()) sizes.push_back(weights_of(root_));
        return sizes;
    }

    static constexpr std::size_t last_submodel = std::numeric_limits<std::size_t>::max();

private:
    /// The configuration of a file with one architecture.
    const nlohmann::json& config_of(const std::string& architecture) const {
        if (const std::string name = text_of(root_, "architecture"); name != architecture)
            fail("holds the architecture " + name + ", expected " + architecture);
        return member(root_, "config");
    }
    void require_one_channel(const nlohmann::json& config) const {
        for (const char* name : {"input_size", "in_channels", "out_channels"})
            if (has(config, name) && size_of(config, name) != 1)
                fail(std::string("config.") + name + ": one channel is supported");
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
        result.dilations = sizes_of(array, "dilations", place + ".dilations");
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
};

}  // namespace strata::inline STRATA_ISA::nam::detail
