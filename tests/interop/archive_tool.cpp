// Run by keras_archives.py: archive_tool FOLDER writes nets as .keras archives, NAME.keras, with an input and its
// output as NAME.npz, whose weights are x and y; archive_tool FOLDER load reads each archive again, which Keras may
// have written.
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "../model/one_by_one.hpp"

using namespace strata;

namespace {

/// Weights that differ from those that layers begin with, in ranges that all layers take.
template <class Model>
void fill(Model& model) {
    random_engine engine(5);
    for (const auto weight : model.weights()) {
        const bool is_positive = weight.name().ends_with("variance") || weight.name().ends_with("gamma");
        std::vector<float> values(weight.size());
        for (float& value : values)
            value = static_cast<float>(is_positive ? 0.5 + engine.uniform() : engine.uniform() - 0.5);
        if (weight.name().ends_with("count")) values = {3.0f};
        weight.assign(values);
    }
}

std::vector<float> input_of(std::size_t count, bool are_words) {
    random_engine engine(7);
    std::vector<float> x(count);
    for (float& value : x)
        value = static_cast<float>(are_words ? std::floor(5.0 * engine.uniform()) : 2.0 * engine.uniform() - 1.0);
    return x;
}

template <class Net>
void run(Net, const std::string& name, const std::filesystem::path& folder, bool loads) {
    auto model = Net::build();
    const bool are_words = name == "sentence";
    if (loads) model.load_weights(folder / (name + ".keras"));
    else fill(model);
    const std::vector<float> x = input_of(2 * Net::input_shape().size(), are_words), y = outputs_of(model, x);
    if (!loads) {
        model.save(folder / (name + ".keras"));
        auto again = Net::build({.seed = 3});
        again.load_weights(folder / (name + ".keras"));
        if (!(again == model)) throw std::runtime_error(name + ".keras does not load with the weights that were saved");
    }
    const std::vector<std::vector<float>> values{x, y};
    io::weight_record in{.path = "net", .name = "x", .extents = batch_shape(2, Net::input_shape())};
    io::weight_record out{.path = "net", .name = "y", .extents = batch_shape(2, Net::output_shape())};
    io::save_npz<float>(folder / (name + ".npz"), std::vector{in, out}, values, "");
    std::cout << name << '\n';
}

}  // namespace

int main(int count, char** arguments) try {
    if (count < 2) throw std::runtime_error("usage: archive_tool FOLDER [load]");
    const std::filesystem::path folder = arguments[1];
    const bool loads = count > 2;
    run(Sequential{Input<24, 20, 3>{},
                   ZeroPadding2D<border{1, 0, 2, 1}>{},
                   Conv2D<6, window{3, 2}, strides<2, 1>, ReLU6, kernel_regularizer<L2<0.01>>>{},
                   BatchNormalization<epsilon<1e-2>, momentum<0.9>>{},
                   ELU{},
                   Conv2D<6, 3, padding::same, groups<3>, dilation<2>, no_bias>{},
                   GroupNormalization<2>{},
                   LeakyReLU<0.2>{},
                   SpatialDropout2D<0.2>{},
                   DepthwiseConv2D<3, depth_multiplier<2>, SiLU>{},
                   MaxPooling2D<2, strides<1>>{},
                   SeparableConv2D<5, 3, padding::same, Mish>{},
                   PReLU<shared_axes<1, 2>>{},
                   AveragePooling2D<2>{},
                   Cropping2D<border{0, 1, 1, 0}>{},
                   Conv2DTranspose<4, 3, strides<2>, padding::same, SELU>{},
                   UpSampling2D<window{2, 1}, interpolation::bilinear>{},
                   LayerNormalization<no_center>{},
                   GaussianNoise<0.1>{},
                   Activation<GELU>{},
                   GlobalAveragePooling2D<>{},
                   Dense<4, Softmax, frozen>{},
                   name<"image">{}},
        "image", folder, loads);
    run(Sequential{Input<16, 3>{},
                   Rescaling<0.5, 0.1>{},
                   Normalization<>{},
                   ZeroPadding1D<ends{1, 2}>{},
                   Conv1D<6, 3, padding::causal, dilation<2>, Tanh>{},
                   Conv1D<6, 3, strides<2>, padding::same, Softplus>{},
                   DepthwiseConv1D<3, Softsign>{},
                   SeparableConv1D<8, 3, HardSigmoid>{},
                   UpSampling1D<3>{},
                   Cropping1D<ends{1, 0}>{},
                   Conv1DTranspose<4, 3, strides<2>, HardSiLU>{},
                   MaxPooling1D<2>{},
                   AveragePooling1D<3, strides<1>, padding::same>{},
                   RMSNormalization<>{},
                   SpatialDropout1D<0.1>{},
                   Bidirectional<LSTM<5, return_sequences>, merge::sum>{},
                   Bidirectional<GRU<3, return_sequences, Sigmoid, reset_after<false>>>{},
                   SimpleRNN<7, ReLU, return_sequences, go_backwards>{},
                   TimeDistributed<Dense<6, LeakyReLU<0.1>>>{},
                   GRU<5, recurrent_activation<HardSigmoid>, return_sequences, no_bias>{},
                   LSTM<6, return_sequences>{},
                   UnitNormalization<>{},
                   Permute<axes{2, 1}>{},
                   GlobalMaxPooling1D<>{},
                   Exponential{},
                   Dense<3, LogSoftmax>{}},
        "sequence", folder, loads);
    run(Sequential{Input<6>{}, Embedding<5, 8>{}, Dropout<0.3>{}, GlobalAveragePooling1D<>{}, RepeatVector<3>{},
                   Reshape<shape{4, 6}>{}, GaussianDropout<0.1>{}, AlphaDropout<0.1>{}, Flatten<>{}, Linear{},
                   Sequential{Dense<5, Sigmoid>{}, Dense<4>{}, name<"inner">{}}, Dense<3>{}},
        "sentence", folder, loads);
    run(Functional{Input<12, 12, 3>{}, Conv2D<8, 3, padding::same, ReLU>{},
                   Residual{Conv2D<8, 3, padding::same>{}, BatchNormalization<>{}, ReLU{}},
                   Residual{shortcut{Conv2D<6, 1, strides<2>>{}}, Conv2D<6, 3, strides<2>, padding::same>{}},
                   Concatenate{branch{Conv2D<4, 1>{}}, branch{Conv2D<5, 3, padding::same>{}, ReLU{}}, branch{}},
                   Multiply{branch{Conv2D<6, 1>{}}, branch{Conv2D<6, 3, padding::same, Sigmoid>{}}},
                   GlobalMaxPooling2D<>{}, Dense<3>{}},
        "paths", folder, loads);
    run(Sequential{Input<5, 4>{}, Sequential{Subtract{branch{Dense<6>{}}, branch{Dense<6, Tanh>{}}}, Dense<6>{}},
                   Average{branch{}, branch{Dense<6, name<"middle">>{}}, branch{Dense<6>{}, ReLU{}}},
                   Maximum{branch{}, branch{Minimum{branch{Dense<6>{}}, branch{Activation<Tanh>{}}}}},
                   Add{branch{Dense<6>{}}, branch{LayerNormalization<>{}}}, Flatten<>{}, Dense<2>{}},
        "merges", folder, loads);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
