// Gradients of the layers of tests/layers: against central differences in double, and the same bits for any number of
// threads.
#include <cstddef>
#include <numeric>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

namespace {

using namespace strata;

/// x^2, for vectors and scalars alike.
struct square {
    constexpr auto operator()(auto x) const { return x * x; }
    static constexpr auto derivative(auto x) { return x + x; }
};
/// The same for one scalar at a time, as a program without vectors writes it.
struct scalar_square {
    constexpr double operator()(double x) const { return x * x; }
    static constexpr double derivative(double x) { return 2 * x; }
};
/// A function whose derivative comes from dual numbers.
struct bump {
    constexpr auto operator()(auto x) const { return x * math::exp(-x * x) + math::sqrt(1 + x * x); }
};

/// `count` samples of whole numbers below `vocabulary`, which name words where a layer looks words up.
template <class Net>
auto words(std::size_t count, int vocabulary) {
    Dataset<float, Net::input_shape(), float, Net::output_shape()> data;
    random_engine engine(5);
    std::vector<float> x(Net::input_shape().size()), y(Net::output_shape().size());
    for (std::size_t i = 0; i < count; ++i) {
        for (float& value : x) value = static_cast<float>(static_cast<int>(engine.uniform(0, vocabulary)));
        for (float& value : y) value = static_cast<float>(engine.uniform(-1, 1));
        data.push_back(x, y);
    }
    return data;
}

/// The gradients of a batch, computed by a number of threads.
template <class Net, class Data>
std::vector<float> gradients_by(const Data& data, std::size_t thread_count) {
    auto model = Net::build({.seed = 3});
    thread_pool threads(thread_count);
    detail::gradient_computer<Net, float> training(threads);
    training.reserve(data.size());
    std::vector<std::size_t> order(data.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    training.compute_gradients(detail::batch<Data>{.data = &data, .order = order}, MeanSquaredError{},
                               detail::parameter_access::of(model), 0);
    return {training.gradients(), training.gradients() + gradient_offsets_of<Net, float>.back()};
}

template <class Net>
void check_threads(Net) {
    INFO(__PRETTY_FUNCTION__);
    const auto data = words<Net>(37, 11);
    const auto one = gradients_by<Net>(data, 1);
    float largest = 0.0f;
    for (const float value : one) largest = std::max(largest, std::fabs(value));
    REQUIRE(largest > 1e-4f);
    for (const std::size_t count : {std::size_t{2}, std::size_t{3}, std::size_t{5}})
        REQUIRE(gradients_by<Net>(data, count) == one);
}

}  // namespace

TEST_CASE("gradients of layers equal central differences") {
#define LAYER_GRADIENTS(samples, ...) check<(samples > 32)>(__VA_ARGS__, samples);
#include "../layers/layers.inc"
}

TEST_CASE("gradients through a user's function equal central differences") {
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, Elementwise<square>{}, Dense<3>{}, Elementwise<scalar_square>{},
                     Dense<3, Elementwise<bump>>{}, Elementwise<bump>{}, Dense<2>{}});
}

TEST_CASE("gradients are the same bits for any number of threads") {
#define LAYER_THREADS(...) check_threads(__VA_ARGS__);
#include "../layers/layers.inc"
}

TEST_CASE("a number that names no word reads nothing, gives NaN and teaches nothing") {
    constexpr auto net = Sequential{Input<4>{}, Embedding<3, 2>{}};
    auto model = net.build({.seed = 1});
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    for (const float none : {3.0f, -1.0f, -1e30f, 1e30f, nan, infinity, -infinity}) {
        const auto y = model.predict(std::vector{0.0f, none, 2.9f, -0.5f});
        for (const std::size_t place : {std::size_t{2}, std::size_t{3}}) REQUIRE(std::isnan(y[place]));
        for (std::size_t c = 0; c < 2; ++c) {
            REQUIRE(y[c] == model.weights()[0][c]);
            REQUIRE(y[4 + c] == model.weights()[0][4 + c]);
            REQUIRE(y[6 + c] == model.weights()[0][c]);
        }
    }
    // The kernel: dy of a row that is not there is dropped.
    const std::vector<float> x{1.0f, 3.0f, nan, -1.0f}, dy{1, 2, 3, 4, 5, 6, 7, 8};
    std::vector<float> table(6, 9.0f);
    kernels::add_to_rows(4, 3, 2, x.data(), dy.data(), {table.data(), true}, thread_slice{});
    REQUIRE(table == std::vector<float>{0, 0, 1, 2, 0, 0});
}

TEST_CASE("adapt finds mean and variance of each feature") {
    constexpr auto net = Sequential{Input<3, 2>{}, Normalization<>{}, Dense<4>{}};
    auto model = net.build({.seed = 1});
    const std::vector<float> samples{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 63};
    adapt(model.get_layer<"normalization">(), samples);
    const auto layer = model.get_layer<"normalization">();
    CHECK(layer.weight<"mean">()[0] == 3.5f);
    CHECK(layer.weight<"mean">()[1] == 35.5f);
    CHECK(std::fabs(layer.weight<"variance">()[0] - 35.0f / 12.0f) < 1e-6f);
    CHECK(std::fabs(layer.weight<"variance">()[1] - 1907.5f / 6.0f) < 1e-4f);
    CHECK_THROWS_AS(adapt(model.get_layer<"normalization">(), std::vector<float>(7)), std::invalid_argument);
    CHECK_THROWS_AS(adapt(model.get_layer<"normalization">(), std::vector<float>{}), std::invalid_argument);
    const auto y = model.get_layer<"normalization">().predict(samples);
    double mean = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < y.size(); i += 2) mean += double{y[i]} / 6.0;
    for (std::size_t i = 0; i < y.size(); i += 2) squares += double{y[i]} * y[i] / 6.0;
    CHECK(std::fabs(mean) < 1e-6);
    CHECK(std::fabs(squares - 1.0) < 1e-6);
}
