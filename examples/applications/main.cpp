// A network of Keras as the base of one's own: MobileNet without its classifier, frozen, under a new head that learns
// four signs. usage: applications [FILE]; FILE holds weights of Keras' MobileNet without its classifier; without one
// the base has random filters, which tell signs apart too.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"

namespace {

using namespace strata;

// clang-format off: a network per line
// [networks]
using whole = applications::ResNet50<>;                                                     // (224, 224, 3) -> (1000)
using seven = applications::VGG16<96, 128, 3, classes<7>, classifier_activation<Linear>>;   // -> (7), logits
using maps = applications::MobileNet<160, 160, 1, no_top>;                                  // -> (5, 5, 1024)
using vectors = applications::Xception<299, 299, 3, no_top, pooling::max, name<"eyes">>;    // -> (2048)
static_assert(whole::parameter_count() == 25'636'712 && whole::arena_bytes() < 9'000'000);
static_assert(seven::output_shape() == shape{7});
static_assert(maps::output_shape() == shape{5, 5, 1024});
static_assert(vectors::output_shape() == shape{2048} && vectors::model_name() == "eyes");
// [/networks]

// [net]
using base = applications::MobileNet<32, 32, 3, no_top, pooling::avg>;
constexpr auto net = Sequential{
    Input<32, 32, 3>{},
    Rescaling<1.0 / 127.5, -1.0>{},  // pixels from 0 to 255, as MobileNet wants them
    freeze(base{}),
    BatchNormalization<momentum<0.9>>{},
    Dense<4, name<"head">>{},
};
static_assert(net.trainable_parameter_count() == 2 * 1024 + 1024 * 4 + 4);
static_assert(net.non_trainable_parameter_count() == base::parameter_count() + 2 * 1024);
// [/net]
// clang-format on

using signs = Dataset<float, net.input_shape(), int>;

/// Signs of 4x4 coloured squares, brighter or darker, under noise.
signs draw_signs(std::size_t count, std::uint64_t seed) {
    signs data;
    random_engine painter(5), random(seed);
    std::vector<double> colours(4 * 48);
    for (double& colour : colours) colour = painter.uniform(-80.0, 80.0);
    std::vector<float> pixels(net.input_shape().size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t label = random() % 4;
        const double light = random.uniform(100.0, 155.0), contrast = random.uniform(0.6, 1.2);
        for (std::size_t p = 0; p < pixels.size(); ++p) {
            const std::size_t square = p / 96 / 8 * 4 + p / 3 % 32 / 8;
            const double colour = colours[label * 48 + square * 3 + p % 3];
            pixels[p] = static_cast<float>(light + contrast * colour + random.uniform(-40.0, 40.0));
        }
        data.push_back(pixels, static_cast<int>(label));
    }
    return data;
}

/// Filters that keep the size of what goes through them.
template <class Layer>
void draw_filters(Layer&& layer) {
    random_engine random(1);
    for (const auto weight : layer.weights()) {
        if (!weight.name().ends_with("kernel")) continue;
        const shape& s = weight.shape();
        const std::size_t rows = s[3] == 1 ? s[0] * s[1] : s.rows();  // depthwise: a window for each channel
        std::vector<float> values(weight.size());
        const double bound = std::sqrt(6.0 / static_cast<double>(rows));
        for (float& value : values) value = static_cast<float>(random.uniform(-bound, bound));
        weight.assign(values);
    }
}

void learn(const std::filesystem::path& file) {
    auto model = net.build({.seed = 1});
    if (file.empty()) {
        draw_filters(model.get_layer<"mobilenet">());
    } else {
        // [load]
        model.get_layer<"mobilenet">().load_weights(file);
        // [/load]
    }
    const signs train = draw_signs(400, 2), test = draw_signs(200, 3);
    std::vector<std::vector<float>> before;
    for (const auto weight : model.weights()) before.push_back(weight.to_vector());

    // [fit]
    auto trainer =
        compile(model, Adam{.learning_rate = 0.003}, SparseCategoricalCrossentropy{.from_logits = true}, Accuracy{});
    const double untrained = trainer.evaluate(test)["accuracy"];
    trainer.fit(train, {.epochs = 12, .seed = 4, .verbose = 0});
    const double accuracy = trainer.evaluate(test)["accuracy"];
    // [/fit]

    std::printf("%s\n", model.summary().str().c_str());
    std::printf("%.1f %% of the signs that it did not see are right before, %.1f %% after\n", 100.0 * untrained,
                100.0 * accuracy);
    bool is_kept = true;
    for (std::size_t i = 0; i < base::weights().size(); ++i)
        is_kept = is_kept && model.weights()[i].to_vector() == before[i];
    example::check(is_kept, "no weight of the base has changed");
    example::check(untrained < 0.5 && accuracy > 0.9, "a head of 6148 parameters learns four signs");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        learn(argc > 1 ? argv[1] : "");
        return example::exit_code();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "applications: %s\n", error.what());
        return 2;
    }
}
