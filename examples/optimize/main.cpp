// A net made ready for inference: normalizations, activations and borders folded into the layers with weights.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"

namespace {

using namespace strata;

// [net]
constexpr auto trained = Sequential{
    Input<32, 32, 3>{},
    ZeroPadding2D<1>{},
    Conv2D<16, 3, no_bias, name<"stem">>{},
    BatchNormalization<>{},
    ReLU{},
    Residual{
        SeparableConv2D<16, 3, padding::same, no_bias>{},
        BatchNormalization<>{},
        ReLU{},
        SeparableConv2D<16, 3, padding::same, no_bias>{},
        BatchNormalization<>{},
    },
    BatchNormalization<name<"last">>{},
    GlobalAveragePooling2D<>{},
    Dropout<0.5>{},
    Dense<10>{},
    Softmax{},
};

// The same for inference: another type, whose weights are what remains to be multiplied.
using shipped = Sequential<Input<32, 32, 3>, Conv2D<16, 3, name<"stem">, padding::same, ReLU>,
                           Residual<SeparableConv2D<16, 3, padding::same, ReLU>, SeparableConv2D<16, 3, padding::same>>,
                           BatchNormalization<name<"last">>,  // it comes after a sum
                           GlobalAveragePooling2D<>, Dense<10, Softmax>>;
static_assert(std::is_same_v<decltype(optimize(trained)), shipped>);
static_assert(shipped::parameter_count() == trained.parameter_count() - 144);
// [/net]

// [own_layer]
/// Any shape, each channel times a weight of its own.
template <class... Options>
struct Gains : layer<Gains<Options...>, Options...> {
    static constexpr std::string_view type = "Gains";

    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(
            {.name = "gains", .extents = shape{in.back()}, .initializer = Ones::value, .layout = weight_layout::plain});
    }
    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* gains = weight<Gains, In, "gains">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i) s.y[i] = s.x[i] * gains[i % In.back()];
    }

    /// For optimize: the factor of each channel, and what is added to it.
    static constexpr void affine(const shape& in, const double* const* weights, double* scale, double* shift) {
        for (std::size_t c = 0; c < in.back(); ++c) {
            scale[c] = weights[0][c];
            shift[c] = 0.0;
        }
    }
};
constexpr auto with_gains = Sequential{Input<4>{}, Dense<3>{}, Gains<>{}, Tanh{}};
static_assert(std::is_same_v<decltype(optimize(with_gains)), Sequential<Input<4>, Dense<3, Tanh>>>);
// [/own_layer]

/// The largest difference of the two models' outputs.
template <class Model, class Other>
float difference(const Model& model, const Other& other) {
    random_engine engine(5);
    std::vector<float> x(4 * Model::input_shape().size());
    for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
    const std::vector<float> expected = model.predict(x), got = other.predict(x);
    float worst = 0.0f;
    for (std::size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::fabs(expected[i] - got[i]));
    return worst;
}

}  // namespace

int main() {
    // [model]
    auto model = trained.build({.seed = 1});
    // ... trained, or loaded from a file of Keras
    const auto product = optimize(model);  // the weights are fused too
    std::printf("%s", product.summary().str().c_str());
    // [/model]
    for (const auto weight : model.weights())
        if (weight.name().ends_with("/moving_mean")) weight.assign(std::vector<float>(weight.size(), 0.1f));
    example::check(difference(model, optimize(model)) < 1e-5f, "the folded model gives what the model gives");
    example::check(product.size() == 5 && model.size() == 10, "five of ten layers are part of others, or gone");
    return example::exit_code();
}
