// nam_weights: the weights of a .nam file in the order and the shapes of a model's.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <strata/applications/nam_reader.hpp>
#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::nam::detail {

/// (tap, in, out) of [out][in][tap]; moves `from` on.
inline void append_matrix(const float*& from, std::size_t taps, std::size_t in, std::size_t out,
                          std::vector<float>& to) {
    const std::size_t begin = to.size();
    to.resize(begin + taps * in * out);
    for (std::size_t o = 0; o < out; ++o)
        for (std::size_t i = 0; i < in; ++i)
            for (std::size_t k = 0; k < taps; ++k) to[begin + (k * in + i) * out + o] = *from++;
}
inline void append_vector(const float*& from, std::size_t size, std::vector<float>& to) {
    to.insert(to.end(), from, from + size);
    from += size;
}

inline void require_count(const nam_reader& reader, const std::vector<float>& weights, std::size_t expected) {
    if (weights.size() != expected)
        reader.fail("has " + std::to_string(weights.size()) + " weights, expected " + std::to_string(expected));
}
/// Throws where the file has another value of a setting than the net.
template <class Value>
void compare(const nam_reader& reader, const std::string& place, const Value& expected, const Value& got) {
    if (expected == got) return;
    reader.fail(place + " is " + nlohmann::json(got).dump() + ", the net has " + nlohmann::json(expected).dump());
}

/// Throws where the file holds other arrays than the net, and names the first difference.
inline void compare_arrays(const nam_reader& reader, const std::vector<nam_array>& wanted,
                           const std::vector<nam_array>& found) {
    compare(reader, "the number of arrays", wanted.size(), found.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string place = "config.layers[" + std::to_string(i) + "].";
        const nam_array &a = wanted[i], &b = found[i];
        compare(reader, place + "input_size", a.inputs, b.inputs);
        compare(reader, place + "condition_size", a.condition, b.condition);
        compare(reader, place + "channels", a.channels, b.channels);
        compare(reader, place + "head size", a.outputs, b.outputs);
        compare(reader, place + "head kernel size", a.head_taps, b.head_taps);
        compare(reader, place + "head bias", a.has_head_bias, b.has_head_bias);
        compare(reader, place + "dilations", a.dilations, b.dilations);
        compare(reader, place + "kernel sizes", a.kernels, b.kernels);
        compare(reader, place + "gated", a.is_gated, b.is_gated);
        compare(reader, place + "activation", a.activation, b.activation);
    }
}

/// The weights of a file in the order and the shapes of the layer's table. The file has for each array the rechannel,
/// for each layer the convolution [out][in][tap] and its bias, the mixin, the pointwise convolution and its bias, then
/// the head; after the last array the scale of the head.
inline std::vector<std::vector<float>> nam_weights(const nam_reader& reader, const nam_wavenet& net) {
    std::size_t expected = 1;
    const std::size_t given = net.weights.size();
    for (const nam_array& a : net.arrays) {
        expected += a.inputs * a.channels + a.head_taps * a.channels * a.outputs + (a.has_head_bias ? a.outputs : 0);
        for (const std::size_t taps : a.kernels) {
            expected += (taps * a.channels + 1 + a.condition) * a.gates() + (a.channels + 1) * a.channels;
            // The whole sum may overflow.
            if (expected > (given + 1) * 2)
                reader.fail("has " + std::to_string(given) + " weights, expected at least " + std::to_string(expected));
        }
    }
    require_count(reader, net.weights, expected);
    std::vector<std::vector<float>> result;
    const float* from = net.weights.data();
    for (const nam_array& a : net.arrays) {
        std::vector<float> rechannel, kernel, bias, mixin, pointwise, pointwise_bias, head, head_bias;
        append_matrix(from, 1, a.inputs, a.channels, rechannel);
        for (const std::size_t taps : a.kernels) {
            append_matrix(from, taps, a.channels, a.gates(), kernel);
            append_vector(from, a.gates(), bias);
            append_matrix(from, 1, a.condition, a.gates(), mixin);
            append_matrix(from, 1, a.channels, a.channels, pointwise);
            append_vector(from, a.channels, pointwise_bias);
        }
        append_matrix(from, a.head_taps, a.channels, a.outputs, head);
        for (auto* each : {&rechannel, &kernel, &bias, &mixin, &pointwise, &pointwise_bias, &head})
            result.push_back(std::move(*each));
        if (a.has_head_bias) {
            append_vector(from, a.outputs, head_bias);
            result.push_back(std::move(head_bias));
        }
    }
    result.push_back({*from});
    return result;
}

/// The weights of layers of LSTM and a head as a model has them, and the states that its streams begin with: of each
/// layer the outputs, then the cells. The file has for each layer a matrix [gates][inputs and outputs], a bias, and
/// these states; then the head and its bias.
inline std::pair<std::vector<std::vector<float>>, std::vector<float>> nam_weights(const nam_reader& reader,
                                                                                  const nam_lstm& net) {
    const std::size_t hidden = net.hidden;
    std::size_t expected = hidden + 1;
    for (std::size_t layer = 0; layer < net.layers; ++layer)
        expected += 4 * hidden * ((layer == 0 ? 1 : hidden) + hidden + 1) + 2 * hidden;
    require_count(reader, net.weights, expected);
    std::vector<std::vector<float>> result;
    std::vector<float> states;
    const float* from = net.weights.data();
    for (std::size_t layer = 0; layer < net.layers; ++layer) {
        const std::size_t inputs = layer == 0 ? 1 : hidden;
        std::vector<float> both, bias;
        append_matrix(from, 1, inputs + hidden, 4 * hidden, both);
        const auto middle = both.begin() + static_cast<std::ptrdiff_t>(inputs * 4 * hidden);
        append_vector(from, 4 * hidden, bias);
        result.emplace_back(both.begin(), middle);
        result.emplace_back(middle, both.end());
        result.push_back(std::move(bias));
        append_vector(from, 2 * hidden, states);
    }
    std::vector<float> head, head_bias;
    append_vector(from, hidden, head);
    append_vector(from, 1, head_bias);
    result.push_back(std::move(head));
    result.push_back(std::move(head_bias));
    return {std::move(result), std::move(states)};
}

/// The weights of causal convolutions of two taps and a Dense. The file has for each layer the convolution
/// [out][in][tap] and its bias, or its batch normalization: means, variances, factors, offsets and an epsilon, which
/// become part of the convolution; then the head and its bias.
inline std::vector<std::vector<float>> nam_weights(const nam_reader& reader, const nam_conv_net& net) {
    const std::size_t channels = net.channels, of_layer = net.has_batch_normalization ? 4 * channels + 1 : channels;
    std::size_t expected = channels + 1;
    for (std::size_t layer = 0; layer < net.dilations.size(); ++layer)
        expected += 2 * (layer == 0 ? 1 : channels) * channels + of_layer;
    require_count(reader, net.weights, expected);
    std::vector<std::vector<float>> result;
    const float* from = net.weights.data();
    for (std::size_t layer = 0; layer < net.dilations.size(); ++layer) {
        std::vector<float> kernel, bias;
        append_matrix(from, 2, layer == 0 ? 1 : channels, channels, kernel);
        if (net.has_batch_normalization) {
            const float *means = from, *variances = from + channels, *factors = from + 2 * channels,
                        *offsets = from + 3 * channels;
            const auto epsilon = static_cast<double>(from[4 * channels]);
            for (std::size_t o = 0; o < channels; ++o) {
                const double scale =
                    static_cast<double>(factors[o]) / std::sqrt(epsilon + static_cast<double>(variances[o]));
                for (std::size_t i = o; i < kernel.size(); i += channels)
                    kernel[i] = static_cast<float>(scale * static_cast<double>(kernel[i]));
                bias.push_back(
                    static_cast<float>(static_cast<double>(offsets[o]) - scale * static_cast<double>(means[o])));
            }
            from += of_layer;
        } else {
            append_vector(from, channels, bias);
        }
        result.push_back(std::move(kernel));
        result.push_back(std::move(bias));
    }
    result.emplace_back(from, from + channels);
    result.push_back({from[channels]});
    return result;
}

/// The weights of one convolution. The file has the impulse response and the bias, if there is one.
inline std::vector<std::vector<float>> nam_weights(const nam_reader& reader, const nam_linear& net) {
    require_count(reader, net.weights, net.taps + (net.has_bias ? 1 : 0));
    const auto end = net.weights.begin() + static_cast<std::ptrdiff_t>(net.taps);
    std::vector<float> kernel(net.weights.begin(), end);
    std::reverse(kernel.begin(), kernel.end());
    return {std::move(kernel), {net.has_bias ? *end : 0.0f}};
}

}  // namespace strata::inline STRATA_ISA::nam::detail
