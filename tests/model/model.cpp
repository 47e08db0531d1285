// Models at run time: inference, prediction, copies and layers.
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr auto cnn = Sequential{Input<14, 13, 2>{},         Conv2D<8, 3>{},     ReLU{},
                                MaxPooling2D<2>{},          Dropout<0.5>{},     Conv2D<17, 3, padding::same, ReLU>{},
                                GlobalAveragePooling2D<>{}, Dense<5, Softmax>{}};

std::vector<float> samples(std::size_t count) {
    std::vector<float> x(count);
    random_engine engine(5);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
    return x;
}

}  // namespace

TEST_CASE("predict, infer and the layers one by one agree") {
    const auto model = cnn.build({.seed = 4});
    constexpr std::size_t in = 14 * 13 * 2;
    const std::vector<float> x = samples(37 * in);
    const std::vector<float> y = model.predict(x);
    REQUIRE(y.size() == 37 * 5);

    auto workspace = model.workspace();
    for (std::size_t i = 0; i < 37; ++i) {
        std::array<float, 5> one{};
        model.infer(std::span<const float, in>(x.data() + i * in, in), one, workspace);
        float sum = 0.0f;
        for (std::size_t c = 0; c < 5; ++c) {
            REQUIRE(std::fabs(one[c] - y[i * 5 + c]) <= 1e-6f);
            sum += one[c];
        }
        REQUIRE(std::fabs(sum - 1.0f) <= 1e-5f);
    }

    const Tensor<float, 1, 14, 13, 2> first(std::span<const float, in>(x.data(), in));
    const auto features = model.features()(first);
    const auto& last = std::get<6>(features);
    for (std::size_t c = 0; c < 5; ++c) REQUIRE(std::fabs(last[c] - y[c]) <= 1e-6f);
    REQUIRE(std::fabs(y[0] - y[5]) > 1e-7f);
}

TEST_CASE("predict refuses a part of a sample") {
    const auto model = Sequential{Input<3>{}, Dense<2>{}}.build();
    const std::vector<float> x(4);
    REQUIRE_THROWS_AS(model.predict(x), std::invalid_argument);
}

TEST_CASE("copies are equal until a weight is assigned") {
    auto model = cnn.build({.seed = 1});
    auto copy = model;
    REQUIRE(copy == model);
    std::vector<float> bias{1, 2, 3, 4, 5};
    copy.get_layer<"dense">().bias().assign(bias);
    REQUIRE(!(copy == model));
    REQUIRE(copy.weights()[5].to_vector() == bias);
    REQUIRE_THROWS_AS(copy.weights()[5].assign(std::span<const float>(bias).first(4)), std::invalid_argument);
    REQUIRE(cnn.build({.seed = 1}) == model);
    REQUIRE(!(cnn.build({.seed = 2}) == model));
}

TEST_CASE("weights read and write in Keras' order") {
    auto model = Sequential{Input<3>{}, Dense<40>{}}.build();
    std::vector<float> kernel(120);
    for (std::size_t i = 0; i < kernel.size(); ++i) kernel[i] = static_cast<float>(i);
    model.weights()[0].assign(kernel);
    REQUIRE(model.weights()[0].to_vector() == kernel);
    REQUIRE(model.weights()[0](2, 39) == 119.0f);
}

TEST_CASE("a view gives a model somebody else's memory as a batch") {
    const auto model = cnn.build({.seed = 4});
    constexpr std::size_t in = 14 * 13 * 2;
    std::vector<float> x = samples(2 * in);
    const view<const float, 2, 14, 13, 2> batch(x.data());
    static_assert(batch.size() == 2 * in && batch.shape() == shape{2, 14, 13, 2});
    REQUIRE(&batch(1, 0, 0, 1) == x.data() + in + 1);
    const auto y = model(batch);
    const Tensor<float, 2, 14, 13, 2> copy(std::span<const float, 2 * in>(x.data(), 2 * in));
    REQUIRE(y == model(copy));
    REQUIRE(view<const float, 2, 14, 13, 2>(copy)[in] == x[in]);
}
