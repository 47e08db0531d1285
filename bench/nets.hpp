// The nets of the benchmarks of inference, their weights and their inputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <strata/strata.hpp>

namespace nets {

using namespace strata;

/// Samples of every net: the largest batch.
inline constexpr std::size_t samples = 32;

/// The net of Keras' guide on large pictures.
inline constexpr auto guide = Sequential{Input<250, 250, 3>{},   Conv2D<32, 5, strides<2>, ReLU>{},
                                         Conv2D<32, 3, ReLU>{},  MaxPooling2D<3>{},
                                         Conv2D<32, 3, ReLU>{},  Conv2D<32, 3, ReLU>{},
                                         MaxPooling2D<3>{},      Conv2D<32, 3, ReLU>{},
                                         Conv2D<32, 3, ReLU>{},  MaxPooling2D<2>{},
                                         GlobalMaxPooling2D<>{}, Dense<10>{}};
inline constexpr auto cnn =
    Sequential{Input<28, 28, 1>{}, Conv2D<32, 3, ReLU>{}, MaxPooling2D<2>{},   Conv2D<64, 3, ReLU>{},
               MaxPooling2D<2>{},  Flatten<>{},           Dense<10, Softmax>{}};
inline constexpr auto mlp =
    Sequential{Input<784>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<10>{}};
inline constexpr auto tiny = Sequential{Input<4>{}, Dense<2, ReLU>{}, Dense<3, ReLU>{}, Dense<4>{}};
inline constexpr auto wide =
    Sequential{Input<512>{}, Dense<1024, ReLU>{}, Dense<1024, ReLU>{}, Dense<1024, ReLU>{}, Dense<256>{}};

/// Calls use(net, name) for each net.
template <class Use>
void for_each(Use use) {
    use(guide, "guide");
    use(cnn, "cnn");
    use(mlp, "mlp");
    use(tiny, "tiny");
    use(wide, "wide");
}

inline std::vector<float> random_values(std::size_t count, double from, double to, std::uint64_t seed) {
    random_engine engine(seed);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(from + (to - from) * engine.uniform());
    return values;
}

/// A model as its initializers make it, but with biases that are not zero and statistics that are not those of nothing,
/// so that a lost one shows.
template <class Net>
auto make_model(Net) {
    auto model = Net::build({.seed = 3});
    std::uint64_t number = 0;
    for (const auto weight : model.weights()) {
        const bool is_factor = weight.name().ends_with("gamma") || weight.name().ends_with("moving_variance");
        if (++number; weight.shape().rank() == 1)
            weight.assign(random_values(weight.size(), is_factor ? 0.5 : -0.1, is_factor ? 1.5 : 0.1, number));
    }
    return model;
}

template <class Net>
std::vector<float> make_inputs(Net) {
    return random_values(samples * Net::input_shape().size(), -1.0, 1.0, 7);
}

}  // namespace nets
