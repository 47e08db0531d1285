// nam_files: files of Neural Amp Modeler (.nam) into models. Needs nlohmann-json.
#pragma once

#if !__has_include(<nlohmann/json.hpp>)
#error strata: .nam files are read with nlohmann-json; install it (Debian: nlohmann-json3-dev)
#endif

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/applications/nam_reader.hpp>
#include <strata/applications/nam_weights.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/conv1d.hpp>
#include <strata/layers/option.hpp>
#include <strata/model/inference.hpp>
#include <strata/model/model.hpp>
#include <strata/net/net.hpp>
#include <strata/runtime/stream.hpp>

namespace strata::inline STRATA_ISA {

namespace nam::detail {

template <class Activation>
struct activation_text {
    static std::string value() { return std::string(Activation::type); }
};
/// A file has one Tanh; the net chooses its accuracy.
template <>
struct activation_text<ApproximateTanh> : activation_text<Tanh> {};
template <>
struct activation_text<ApproximateSigmoid> : activation_text<Sigmoid> {};
template <double Slope>
struct activation_text<LeakyReLU<Slope>> {
    static std::string value() { return "LeakyReLU<" + nam_reader::decimal_of(Slope) + ">"; }
};

/// The arrays of a WaveNet as a .nam file describes them.
template <class... Arrays>
std::vector<nam_array> arrays_of(type_list<Arrays...>, std::size_t channels) {
    std::size_t inputs = channels;
    return {nam_array{.inputs = std::exchange(inputs, Arrays::channels),
                      .condition = channels,
                      .channels = Arrays::channels,
                      .outputs = Arrays::outputs,
                      .head_taps = Arrays::head_taps,
                      .kernels = {Arrays::kernel_sizes.begin(), Arrays::kernel_sizes.end()},
                      .dilations = {Arrays::distances.begin(), Arrays::distances.end()},
                      .activation = activation_text<typename Arrays::activation>::value(),
                      .is_gated = Arrays::gates == 2,
                      .has_head_bias = Arrays::has_head_bias}...};
}

/// The settings of a causal Conv1D; `taps` is 0 for other layers.
template <class Layer>
struct convolution_settings {
    static constexpr std::size_t channels = 0, taps = 0, distance = 0;
    using activation = strata::Linear;
};
template <int Filters, int Taps, class... Options>
struct convolution_settings<Conv1D<Filters, Taps, Options...>> {
    using options = option_list<Options...>;
    static constexpr bool is_causal = options::template get<padding::valid>::value == padding_mode::causal;
    static constexpr std::size_t channels = Filters;
    static constexpr std::size_t taps = is_causal ? Taps : 0;
    static constexpr std::size_t distance = options::template get<dilation<1>>::value.width;
    using activation = typename options::template get<strata::Linear>;
};

enum class architecture { none, wavenet, lstm, conv_net, linear };

template <class... Layers>
constexpr architecture architecture_of(type_list<Layers...>) {
    constexpr std::size_t count = sizeof...(Layers);
    const std::string_view types[] = {Layers::type..., ""};
    const std::size_t taps[] = {convolution_settings<Layers>::taps..., 0};
    if (count == 1 && types[0] == "WaveNet") return architecture::wavenet;
    if (count == 1 && taps[0] > 0) return architecture::linear;
    if (count < 2 || types[count - 1] != "Dense") return architecture::none;
    std::size_t recurrent = 0, convolutions = 0;
    for (std::size_t i = 0; i + 1 < count; ++i) {
        recurrent += types[i] == "LSTM" ? 1u : 0u;
        convolutions += taps[i] == 2 ? 1u : 0u;
    }
    if (recurrent + 1 == count) return architecture::lstm;
    return convolutions + 1 == count ? architecture::conv_net : architecture::none;
}

template <class Net>
struct net_check {
    static constexpr architecture kind = architecture_of(flat_layers_of<Net>{});
    static constexpr diagnostic value =
        kind != architecture::none
            ? diagnostic{}
            : refuse("one WaveNet, LSTM layers and a Dense, causal Conv1D layers of 2 taps and a Dense, or one Conv1D",
                     "another net", "take nam::A1Standard, or another net of strata/applications/nam.hpp",
                     "a .nam file");
};

/// Throws where a file holds other convolutions than the net, whose last layer is a Dense.
template <class... Layers>
void compare_convolutions(const nam_reader& reader, const nam_conv_net& found, type_list<Layers...>) {
    std::vector<std::size_t> dilations, channels;
    std::vector<std::string> activations;
    const auto add = [&]<class Layer>(Layer*) {
        using settings = convolution_settings<Layer>;
        if constexpr (settings::taps > 0) {
            dilations.push_back(settings::distance);
            channels.push_back(settings::channels);
            activations.push_back(activation_text<typename settings::activation>::value());
        }
    };
    (add(static_cast<Layers*>(nullptr)), ...);
    compare(reader, "config.dilations", dilations, found.dilations);
    for (const std::size_t each : channels) compare(reader, "config.channels", each, found.channels);
    for (const std::string& each : activations) compare(reader, "config.activation", each, found.activation);
}

/// The values of a file for the model of a net, in the order of its weights; states begin a stream.
struct contents {
    std::vector<std::vector<float>> weights{};
    std::vector<float> states{};
    double sample_rate = 48000.0;
};

template <class Net>
contents read(const nam_reader& reader, std::size_t submodel) {
    if constexpr (net_check<Net>::kind == architecture::wavenet) {
        using layer = type_at<0, flat_layers_of<Net>>;
        const nam_wavenet found = reader.wavenet(submodel);
        compare_arrays(reader, arrays_of(typename layer::arrays{}, Net::input_shape()[1]), found.arrays);
        return {.weights = nam_weights(reader, found), .sample_rate = found.sample_rate};
    } else if constexpr (net_check<Net>::kind == architecture::conv_net) {
        const nam_conv_net found = reader.conv_net();
        compare_convolutions(reader, found, flat_layers_of<Net>{});
        return {.weights = nam_weights(reader, found), .sample_rate = found.sample_rate};
    } else if constexpr (net_check<Net>::kind == architecture::linear) {
        const nam_linear found = reader.linear();
        using settings = convolution_settings<type_at<0, flat_layers_of<Net>>>;
        compare(reader, "config.receptive_field", std::size_t{settings::taps}, found.taps);
        return {.weights = nam_weights(reader, found), .sample_rate = found.sample_rate};
    } else {
        const nam_lstm found = reader.lstm();
        const std::size_t hidden = weight_rows_of<Net>[1].parameter.extents[0], layers = Net::size() - 1;
        if (found.hidden != hidden || found.layers != layers)
            reader.fail("has " + std::to_string(found.layers) + " layers of " + std::to_string(found.hidden) +
                        " units, the net has " + std::to_string(layers) + " of " + std::to_string(hidden));
        auto [weights, states] = nam_weights(reader, found);
        return {.weights = std::move(weights), .states = std::move(states), .sample_rate = found.sample_rate};
    }
}

/// Writes the weights where all sizes fit.
template <class Model>
void write(const nam_reader& reader, const contents& from, Model& model) {
    using T = typename Model::value_type;
    const auto weights = model.weights();
    bool fits = weights.size() == from.weights.size();
    for (std::size_t i = 0; fits && i < weights.size(); ++i) fits = weights[i].size() == from.weights[i].size();
    if (!fits) reader.fail("has weights of other sizes than the net");
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i].assign(std::vector<T>(from.weights[i].begin(), from.weights[i].end()));
}

}  // namespace nam::detail

namespace nam {

/// The number of the largest submodel of a container (of an A2 file the full one; 0 is the lite one).
inline constexpr std::size_t largest = detail::nam_reader::last_submodel;

/// Reads the weights of a .nam file (versions 0.5 to 0.7; architectures WaveNet, LSTM, ConvNet and Linear) into a model
/// of the same architecture. Of a container it reads the submodel of that number. Throws file_error, which names the
/// first difference, and leaves the model as it was.
template <class Net, class T, class Storage>
void load(Model<Net, T, Storage>& model, const std::filesystem::path& file, std::size_t submodel = largest) {
    using checked = detail::net_check<Net>;
    static_cast<void>(require<checked>{});
    if constexpr (checked::value.ok)
        strata::internal::with_file_errors(file, [&] {
            const detail::nam_reader reader(file);
            detail::write(reader, detail::read<Net>(reader, submodel), model);
        });
}

/// A model with all that a .nam file says of it.
template <class Net>
class amplifier {
public:
    /// Throws file_error as load.
    explicit amplifier(const std::filesystem::path& file, std::size_t submodel = largest) {
        using checked = detail::net_check<Net>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok)
            strata::internal::with_file_errors(file, [&] {
                const detail::nam_reader reader(file);
                detail::contents found = detail::read<Net>(reader, submodel);
                detail::write(reader, found, model_);
                states_ = std::move(found.states);
                sample_rate_ = found.sample_rate;
            });
    }

    const Model<Net>& model() const& { return model_; }
    /// Of a temporary amplifier: a reference to its model would end with it.
    Model<Net> model() && { return std::move(model_); }
    /// In Hz.
    double sample_rate() const { return sample_rate_; }
    /// A stream as Neural Amp Modeler begins it: with the states of the file, then so many zeros that it forgets them,
    /// of an LSTM half a second.
    auto stream() const {
        auto result = model_.stream();
        reset(result);
        return result;
    }
    /// The same for a stream that was used. Allocates nothing.
    template <class Stream>
    void reset(Stream& stream) const noexcept {
        stream.reset();
        auto from = states_.begin();
        if constexpr (detail::net_check<Net>::kind == detail::architecture::lstm)
            for (const auto& part : stream.state())
                for (float& value : part.values) value = *from++;
        constexpr std::size_t field = Stream::receptive_field;
        stream.prewarm(field == unbounded ? static_cast<std::size_t>(sample_rate_ / 2.0) : field);
    }

private:
    Model<Net> model_{};
    std::vector<float> states_{};
    double sample_rate_ = 48000.0;
};

}  // namespace nam

}  // namespace strata::inline STRATA_ISA
