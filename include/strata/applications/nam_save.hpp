// nam_save: writes models as files of Neural Amp Modeler (.nam, version 0.5.4). Needs nlohmann-json.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/applications/nam_files.hpp>
#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/recurrent_option.hpp>
#include <strata/model/model.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace nam::detail {

/// The name of an activation in a file of version 0.5.4; empty where it has none.
template <class Activation>
inline constexpr std::string_view saved_activation = [] {
    for (const std::string_view name : {"Tanh", "ReLU", "Sigmoid", "SiLU", "Softsign"})
        if (name == Activation::type) return name;
    return std::string_view(Activation::type == std::string_view("HardSiLU") ? "Hardswish" : "");
}();
template <>
inline constexpr std::string_view saved_activation<LeakyReLU<0.01>> = "LeakyReLU";

template <class... Arrays>
constexpr bool has_saved_arrays(type_list<Arrays...>) {
    const auto is_saved = []<class Array>(const Array*) {
        for (const std::size_t taps : Array::kernel_sizes)
            if (taps != Array::kernel_sizes[0]) return false;
        return Array::head_taps == 1 && !saved_activation<typename Array::activation>.empty();
    };
    return (is_saved(static_cast<const Arrays*>(nullptr)) && ...);
}
/// Whether a layer of a net of LSTM layers and a Dense computes what Neural Amp Modeler's does.
template <class Layer>
constexpr bool is_saved_layer() {
    using options = typename Layer::options;
    constexpr bool is_lstm = Layer::type == std::string_view("LSTM");
    if (options::template has<no_bias>) return false;
    if constexpr (is_lstm)
        return options::template has<return_sequences> && !options::template has<go_backwards> &&
               std::is_same_v<typename options::template get<Tanh>, Tanh> &&
               std::is_same_v<typename options::template get<recurrent_activation<Sigmoid>>::type, Sigmoid>;
    else return std::is_same_v<typename options::template get<strata::Linear>, strata::Linear>;
}
template <class... Layers>
constexpr bool has_saved_layers(type_list<Layers...>) {
    return (is_saved_layer<Layers>() && ...);
}

template <class Net>
struct save_check {
    static constexpr architecture kind = net_check<Net>::kind;
    static constexpr bool is_known = kind == architecture::wavenet || kind == architecture::lstm;
    static constexpr diagnostic value = [] {
        bool fits = is_known && Net::input_shape().back() == 1 && Net::output_shape().back() == 1;
        if constexpr (kind == architecture::wavenet)
            fits = fits && has_saved_arrays(typename type_at<0, flat_layers_of<Net>>::arrays{});
        else if constexpr (kind == architecture::lstm) fits = fits && has_saved_layers(flat_layers_of<Net>{});
        return fits ? diagnostic{}
                    : refuse("a net that .nam files of version 0.5.4 can describe",
                             is_known ? "kernels of several sizes, a head kernel, options of LSTM, or several channels "
                                        "of sound"
                                      : "neither one WaveNet nor LSTM layers and a Dense",
                             "take nam::A1Standard, A1Lite, A1Feather, A1Nano or nam::LSTM", "a .nam file");
    }();
};

/// All weights of a model in the order of the file: the inverse of nam_weights.hpp.
class weight_writer {
public:
    /// [out][in][tap] of (tap, in, out), which begins at `from`.
    void matrix(const std::vector<float>& from, std::size_t begin, std::size_t taps, std::size_t in, std::size_t out) {
        for (std::size_t o = 0; o < out; ++o)
            for (std::size_t i = 0; i < in; ++i)
                for (std::size_t k = 0; k < taps; ++k) values_.push_back(from.at(begin + (k * in + i) * out + o));
    }
    void vector(const std::vector<float>& from, std::size_t begin, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) values_.push_back(from.at(begin + i));
    }
    void zeros(std::size_t count) { values_.insert(values_.end(), count, 0.0f); }
    std::vector<float> values() && { return std::move(values_); }

private:
    std::vector<float> values_;
};

inline std::vector<float> saved_wavenet(const std::vector<nam_array>& arrays,
                                        const std::vector<std::vector<float>>& weights) {
    weight_writer to;
    auto from = weights.begin();
    for (const nam_array& a : arrays) {
        const auto &rechannel = *from++, &kernel = *from++, &bias = *from++, &mixin = *from++, &pointwise = *from++,
                   &pointwise_bias = *from++, &head = *from++;
        to.matrix(rechannel, 0, 1, a.inputs, a.channels);
        std::size_t taps = 0;
        for (std::size_t i = 0; i < a.kernels.size(); taps += a.kernels[i++]) {
            to.matrix(kernel, taps * a.channels * a.gates(), a.kernels[i], a.channels, a.gates());
            to.vector(bias, i * a.gates(), a.gates());
            to.matrix(mixin, i * a.condition * a.gates(), 1, a.condition, a.gates());
            to.matrix(pointwise, i * a.channels * a.channels, 1, a.channels, a.channels);
            to.vector(pointwise_bias, i * a.channels, a.channels);
        }
        to.matrix(head, 0, a.head_taps, a.channels, a.outputs);
        if (a.has_head_bias) to.vector(*from++, 0, a.outputs);
    }
    to.vector(*from, 0, 1);  // the scale of the head
    return std::move(to).values();
}

/// Every layer's outputs and cells begin at zero.
inline std::vector<float> saved_lstm(std::size_t hidden, std::size_t layers,
                                     const std::vector<std::vector<float>>& weights) {
    weight_writer to;
    auto from = weights.begin();
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::size_t inputs = layer == 0 ? 1 : hidden;
        std::vector<float> both = *from++;
        both.insert(both.end(), from->begin(), from->end());
        ++from;
        to.matrix(both, 0, 1, inputs + hidden, 4 * hidden);
        to.vector(*from++, 0, 4 * hidden);
        to.zeros(2 * hidden);
    }
    to.vector(*from++, 0, hidden);
    to.vector(*from, 0, 1);
    return std::move(to).values();
}

/// config and weights of the file.
template <class Net>
void describe(nlohmann::json& root, const std::vector<std::vector<float>>& weights) {
    using list = flat_layers_of<Net>;
    if constexpr (save_check<Net>::kind == architecture::wavenet) {
        using arrays = typename type_at<0, list>::arrays;
        const std::vector<nam_array> all = arrays_of(arrays{}, 1);
        nlohmann::json layers = nlohmann::json::array();
        for (const nam_array& a : all)
            layers.push_back({{"input_size", a.inputs},
                              {"condition_size", a.condition},
                              {"head_size", a.outputs},
                              {"channels", a.channels},
                              {"kernel_size", a.kernels[0]},
                              {"dilations", a.dilations},
                              {"gated", a.is_gated},
                              {"head_bias", a.has_head_bias}});
        [&]<class... Array>(type_list<Array...>) {
            std::size_t i = 0;
            ((layers[i++]["activation"] = std::string(saved_activation<typename Array::activation>)), ...);
        }(arrays{});
        root["architecture"] = "WaveNet";
        root["config"] = {{"layers", layers}, {"head", nullptr}, {"head_scale", weights.back().front()}};
        root["weights"] = saved_wavenet(all, weights);
    } else {
        constexpr std::size_t hidden = weight_rows_of<Net>[1].parameter.extents[0], layers = list::size() - 1;
        root["architecture"] = "LSTM";
        root["config"] = {{"input_size", 1}, {"hidden_size", hidden}, {"num_layers", layers}};
        root["weights"] = saved_lstm(hidden, layers, weights);
    }
}

}  // namespace nam::detail

namespace nam {

struct save_options {
    double sample_rate = 48000.0;  // in Hz, of the sound that the net was trained with
    std::string name{};            // shown by plug-ins
};

/// Writes a model as a .nam file of version 0.5.4, which Neural Amp Modeler's plug-ins and `load` read: a WaveNet of
/// kernels of one size, or layers of LSTM that return sequences and a Dense, one channel in and out. Another net does
/// not compile. Values are floats. Throws file_error; a failed save leaves the old file.
template <class Net, class T, class Storage>
void save(const Model<Net, T, Storage>& model, const std::filesystem::path& file, const save_options& options = {}) {
    using checked = detail::save_check<Net>;
    static_cast<void>(require<checked>{});
    if constexpr (checked::value.ok) {
        std::vector<std::vector<float>> weights;
        for (const auto& weight : model.weights()) {
            const std::vector<T> values = weight.to_vector();
            for (const T value : values)
                if (!strata::internal::is_finite(static_cast<float>(value)))
                    throw file_error(file, std::string(weight.name()) + " has a weight that is not a finite float");
            weights.emplace_back(values.begin(), values.end());
        }
        strata::internal::with_file_errors(file, [&] {
            nlohmann::json root{{"version", "0.5.4"}, {"sample_rate", options.sample_rate}};
            root["metadata"] = {{"name", options.name}, {"modeled_by", "strata"}};
            detail::describe<Net>(root, weights);
            replace_file_by(file, root.dump());
        });
    }
}

}  // namespace nam

}  // namespace strata::inline STRATA_ISA
