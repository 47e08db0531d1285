// Models at run time: inference, prediction, copies and layers.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
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

TEST_CASE("Model<decltype(net)> of a constexpr net is a model like others") {
    struct classifier {
        Model<decltype(cnn)> model = cnn.build({.seed = 4});
        Workspace<decltype(cnn)> workspace;
    };
    static_assert(std::is_const_v<decltype(cnn)>);
    classifier own;
    const auto model = cnn.build({.seed = 4});
    const std::vector<float> x = samples(14 * 13 * 2);
    REQUIRE(own.model.predict(x) == model.predict(x));
    std::array<float, 5> y{};
    own.model.infer(x, y, own.workspace);
    own.model = cnn.build({.seed = 5});
    REQUIRE(own.model.predict(x) != model.predict(x));
    REQUIRE(std::vector<float>(y.begin(), y.end()) == model.predict(x));
}

TEST_CASE("predict, assign and push_back take values in braces") {
    auto model = Sequential{Input<2>{}, Dense<1>{}}.build();
    model.weights()[0].assign({2.0f, 3.0f});
    REQUIRE(model.predict({1, 2, 10, 20}) == std::vector<float>{8, 80});
    REQUIRE_THROWS_AS(model.predict({1, 2, 3}), std::invalid_argument);
    REQUIRE_THROWS_AS(model.weights()[0].assign({1.0f}), std::invalid_argument);

    Dataset<float, shape{2}, int> classes;
    classes.push_back({1, 2}, 3);
    REQUIRE((classes.input(0)[1] == 2.0f && classes.label(0)[0] == 3));
    REQUIRE_THROWS_AS(classes.push_back({1, 2, 3}, 3), std::invalid_argument);
    Dataset<float, shape{2}, float, shape{3}> targets;
    const std::vector<float> x{0.5f, 0.25f};
    targets.push_back({1, 2}, {3, 4, 5});
    targets.push_back(x, {6, 7, 8});
    REQUIRE((targets.size() == 2 && targets.label(0)[2] == 5.0f && targets.input(1)[0] == 0.5f));
    REQUIRE_THROWS_AS(targets.push_back(x, {1, 2}), std::invalid_argument);
}

TEST_CASE("a weight that is not there is refused by its number") {
    auto model = Sequential{Input<3>{}, Dense<2>{}, Dense<1>{}}.build();
    const auto& constant = model;
    for (const std::size_t number : {std::size_t{4}, std::size_t{9}, SIZE_MAX}) {
        REQUIRE_THROWS_AS(model.weights()[number], std::out_of_range);
        REQUIRE_THROWS_AS(constant.weights()[number], std::out_of_range);
        REQUIRE_THROWS_AS(model.get_layer<"dense">().weights()[number], std::out_of_range);
    }
    std::string message;
    try {
        model.weights()[9].assign(std::vector<float>(6));
    } catch (const std::out_of_range& error) {
        message = error.what();
    }
    REQUIRE(message == "strata: weights()[9] of 4 weights; fix: numbers begin at 0 and are less than 4");
    auto all = model.weights();
    auto& first = all[0];
    static_assert(!std::is_reference_v<decltype(model.weights()[0])>, "a reference into a temporary would dangle");
    const auto [kernel, bias] = model.get_layer<"dense">().weights();
    REQUIRE((first.name() == "dense/kernel" && kernel.size() == 6 && bias.size() == 2));
}

TEST_CASE("tensors and weights print their elements in brackets by axes") {
    Tensor<float, 2, 1, 3> x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) / 2;
    auto model = Sequential{Input<2>{}, Dense<2>{}}.build();
    model.weights()[0].assign({1, -2, 3, 4.25f});
    std::ostringstream out;
    out << x << ' ' << model.weights()[0] << ' ' << model.weights()[1] << ' ' << Tensor<double, 1>{};
    REQUIRE(out.str() == "[[[0, 0.5, 1]], [[1.5, 2, 2.5]]] [[1, -2], [3, 4.25]] [0, 0] [0]");
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
