// nam: files of Neural Amp Modeler (.nam) into models with a WaveNet. Needs nlohmann-json: -DSTRATA_WITH_JSON.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/type_list.hpp>
#include <strata/io/nam_file.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/wavenet.hpp>
#include <strata/model/model.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Activation>
struct nam_activation {
    static std::string text() { return std::string(Activation::type); }
};
template <double Slope>
struct nam_activation<LeakyReLU<Slope>> {
    static std::string text() { return "LeakyReLU<" + internal::nam_reader::decimal_of(Slope) + ">"; }
};

/// The arrays of a WaveNet as a .nam file describes them.
template <class... Arrays>
std::vector<internal::nam_array> nam_arrays(type_list<Arrays...>, std::size_t channels) {
    std::size_t inputs = channels;
    return {internal::nam_array{.inputs = std::exchange(inputs, Arrays::channels),
                                .condition = channels,
                                .channels = Arrays::channels,
                                .outputs = Arrays::outputs,
                                .head_taps = Arrays::head_taps,
                                .kernels = {Arrays::kernel_sizes.begin(), Arrays::kernel_sizes.end()},
                                .dilations = {Arrays::distances.begin(), Arrays::distances.end()},
                                .activation = nam_activation<typename Arrays::activation>::text(),
                                .is_gated = Arrays::gates == 2,
                                .has_head_bias = Arrays::has_head_bias}...};
}

template <class Net>
struct nam_check {
    static constexpr bool is_wavenet = [] {
        if constexpr (flat_layers_of<Net>::size() == 1)
            return type_at<0, flat_layers_of<Net>>::type == std::string_view("WaveNet");
        else return false;
    }();
    static constexpr diagnostic value = [] {
        return is_wavenet ? diagnostic{}
                          : refuse("a net of one WaveNet", text<32>() << flat_layers_of<Net>::size() << " layers",
                                   "take nam::A1Standard, or Sequential<Input<steps, 1>, WaveNet<...>>", "nam::load");
    }();
};

}  // namespace detail

namespace nam {

/// The number of the largest submodel of a container (A2: the full one).
inline constexpr std::size_t largest = internal::nam_reader::last_submodel;

/// Reads the weights of a .nam file (versions 0.5 to 0.7, architecture WaveNet) into a model of the same architecture. Of a
/// container it reads the submodel of that number. Throws file_error, which names the first difference, and leaves the
/// model as it was.
template <class Net, class T, class Storage>
void load(Model<Net, T, Storage>& model, const std::filesystem::path& file, std::size_t submodel = largest) {
    using checked = detail::nam_check<Net>;
    static_cast<void>(require<checked>{});
    if constexpr (checked::value.ok) {
        using layer = type_at<0, flat_layers_of<Net>>;
        const internal::nam_reader reader(file);
        const internal::nam_wavenet found = reader.wavenet(submodel);
        const auto wanted = detail::nam_arrays(typename layer::arrays{}, Net::input_shape()[1]);
        internal::compare_arrays(reader, wanted, found.arrays);
        const std::vector<std::vector<float>> values = internal::nam_weights(reader, found);
        const auto weights = model.weights();
        if (values.size() != weights.size()) reader.fail("has another number of weights");
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i].size() != weights[i].size()) reader.fail("has another number of values in " + std::string(weights[i].name()));
        for (std::size_t i = 0; i < values.size(); ++i)
            weights[i].assign(std::vector<T>(values[i].begin(), values[i].end()));
    }
}

/// A model with the weights of a .nam file.
template <class Net>
Model<Net> load(const std::filesystem::path& file, std::size_t submodel = largest) {
    Model<Net> model;
    load(model, file, submodel);
    return model;
}

}  // namespace nam

}  // namespace strata::inline STRATA_ISA
