// A user's program: all kinds of layers, an inference, a stream, a training, a file. check_warnings.py compiles it
// with the warnings that a strict project asks for; nothing runs it. NO_OPTIONS leaves out the nets whose layers have
// options, NO_CHAIN the net of every layer.
#include <array>
#include <vector>

#include <strata/strata.hpp>

namespace {

using namespace strata;

#if !defined(NO_OPTIONS)
constexpr auto image_net =
    Sequential{Input<18, 17, 3>{},
               Conv2D<8, 3, padding::same>{},
               BatchNormalization<>{},
               ReLU{},
               Residual<DepthwiseConv2D<3, padding::same>, SeparableConv2D<8, 3, padding::same>>{},
               ZeroPadding2D<1>{},
               Conv2D<12, 3, strides<2>, groups<4>, GELU>{},
               MaxPooling2D<2>{},
               PReLU<shared_axes<1, 2>>{},
               Conv2DTranspose<5, 3>{},
               LayerNormalization<>{},
               Dropout<0.25>{},
               UpSampling2D<2, interpolation::bilinear>{},
               GlobalAveragePooling2D<>{},
               Dense<7, Softmax>{}};
constexpr auto sequence_net = Sequential{Input<12, 3>{},
                                         Conv1D<6, 3, padding::causal, Tanh>{},
                                         LSTM<5, return_sequences>{},
                                         GRU<9, return_sequences>{},
                                         Bidirectional<SimpleRNN<4, return_sequences>>{},
                                         AveragePooling1D<2>{},
                                         TimeDistributed<Dense<6, SiLU>>{},
                                         Permute<axes{2, 1}>{},
                                         Flatten<>{},
                                         Dense<2>{}};
constexpr auto stream_net = Sequential{Input<12, 3>{}, Conv1D<6, 2, padding::causal, Tanh>{},
                                       LSTM<5, return_sequences>{}, GRU<17, return_sequences>{}, Dense<1>{}};
#endif
#if !defined(NO_CHAIN)
/// Every layer of tests/layers.
#define LAYER_CHAIN(...) constexpr auto chain_net = __VA_ARGS__;
#include "../layers/layers.inc"
#endif

template <class Net, class Loss>
double train(const Net& net, const Loss& loss) {
    auto model = net.build({.seed = 1});
    Dataset<float, Net::input_shape(), float, Net::output_shape()> data;
    data.push_back(std::vector<float>(net.input_shape().size(), 0.5f), std::vector<float>(net.output_shape().size()));
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, loss, RootMeanSquaredError{});
    trainer.fit(data, {.batch_size = 1, .callbacks = {EarlyStopping{.monitor = "loss"}}, .threads = 2, .verbose = 0});
    model.save_weights("warnings.safetensors");
    model.load_weights("warnings.safetensors");
    return trainer.evaluate(data, {.verbose = 0})["loss"];
}

}  // namespace

int main() {
    double sum = 0.0;
#if !defined(NO_CHAIN)
    sum += train(chain_net, MeanSquaredError{});
#endif
#if !defined(NO_OPTIONS)
    sum += train(image_net, CategoricalCrossentropy{}) + train(sequence_net, MeanSquaredError{});
    const auto model = stream_net.build({.seed = 1});
    auto stream = model.stream();
    const std::array<float, 3> x{0.1f, 0.2f, 0.3f};
    std::array<float, 1> y{};
    stream.step(x, y);
    sum += static_cast<double>(y[0]);
#endif
    return sum > 1e9 ? 1 : 0;
}
