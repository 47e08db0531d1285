// The gradients of layers that move values, normalise them, look them up or map each by itself, against central
// differences in double; and what threads do to them: nothing.
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

/// Samples of `length` numbers of words, one of which is none.
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

template <class Net, class Data>
void check_threads(Net, const Data& data) {
    INFO(Net::summary().str());
    const auto one = gradients_by<Net>(data, 1);
    float largest = 0.0f;
    for (const float value : one) largest = std::max(largest, std::fabs(value));
    REQUIRE(largest > 1e-4f);
    for (const std::size_t count : {std::size_t{2}, std::size_t{3}, std::size_t{5}})
        REQUIRE(gradients_by<Net>(data, count) == one);
}

}  // namespace

TEST_CASE("gradients through layers that move values equal central differences") {
    check(Sequential{Input<6>{}, Dense<30, Tanh>{}, Reshape<shape{2, 3, 5}>{}, Permute<axes{3, 1, 2}>{},
                     Dense<4, Tanh>{}, Permute<axes{2, 3, 1}>{}, Dense<2>{}});
    check(Sequential{Input<6>{}, Dense<20, Tanh>{}, Reshape<shape{5, 4}>{}, ZeroPadding1D<ends{2, 1}>{},
                     Dense<3, Tanh>{}, Cropping1D<ends{1, 2}>{}, UpSampling1D<3>{}, Dense<2>{}});
    check(Sequential{Input<5, 4, 3>{}, Conv2D<5, 2, Tanh>{}, ZeroPadding2D<border{1, 0, 2, 3}>{}, Conv2D<3, 2, Tanh>{},
                     Cropping2D<border{1, 1, 0, 2}>{}, UpSampling2D<window{2, 3}>{}, Conv2D<2, 2>{}});
    check(Sequential{Input<6>{}, Dense<5, Tanh>{}, RepeatVector<4>{}, Permute<axes{2, 1}>{}, Dense<3>{}});
}

TEST_CASE("gradients through bilinear images equal central differences") {
    check(
        Sequential{Input<5, 4, 3>{}, Conv2D<5, 2, Tanh>{}, UpSampling2D<2, interpolation::bilinear>{}, Conv2D<2, 3>{}});
    check(Sequential{Input<4, 5, 2>{}, Conv2D<9, 2, Tanh>{}, UpSampling2D<window{3, 4}, interpolation::bilinear>{},
                     Conv2D<2, 3>{}});
}

TEST_CASE("gradients of normalisations equal central differences") {
    check(Sequential{Input<6>{}, Dense<7, Tanh>{}, LayerNormalization<>{}, Dense<9, Tanh>{},
                     LayerNormalization<epsilon<0.1>, no_center>{}, Dense<2>{}});
    check(Sequential{Input<5, 4>{}, Dense<17, Tanh>{}, LayerNormalization<no_scale>{}, Dense<3, Tanh>{},
                     LayerNormalization<no_scale, no_center>{}, Dense<2>{}});
    check(Sequential{Input<5, 4>{}, Dense<17, Tanh>{}, RMSNormalization<>{}, Dense<3, Tanh>{}, UnitNormalization<>{},
                     Dense<2>{}});
    check(Sequential{Input<5, 4, 3>{}, Conv2D<6, 2, Tanh>{}, GroupNormalization<3>{}, Conv2D<18, 2, Tanh>{},
                     GroupNormalization<2, no_center>{}, Dense<2>{}});
    check(Sequential{Input<5, 4, 3>{}, Conv2D<5, 2, Tanh>{}, GroupNormalization<-1, no_scale>{}, Dense<4, Tanh>{},
                     GroupNormalization<1, no_scale, no_center>{}, Dense<2>{}});
    check(Sequential{Input<6>{}, LayerNormalization<>{}, Dense<12, Tanh>{}, GroupNormalization<4>{}, Dense<2>{}}, 131);
    check(Sequential{Input<5>{}, Dense<7>{}, Rescaling<-0.7, 0.3>{}, Dense<3, Tanh>{}, Normalization<>{}, Dense<2>{}});
}

TEST_CASE("a normalisation that is frozen still passes gradients down") {
    check(Sequential{Input<6>{}, Dense<7, Tanh>{}, LayerNormalization<frozen>{}, Dense<8, Tanh>{},
                     GroupNormalization<2, frozen>{}, Dense<2>{}});
}

TEST_CASE("gradients of PReLU equal central differences, whatever axes share a slope") {
    check(Sequential{Input<6>{}, Dense<19>{}, PReLU<>{}, Dense<2>{}});
    check(Sequential{Input<5, 4, 3>{}, Conv2D<5, 2>{}, PReLU<>{}, Conv2D<4, 2>{}, PReLU<shared_axes<1, 2>>{},
                     Dense<2>{}});
    check(Sequential{Input<5, 4, 3>{}, Conv2D<17, 2>{}, PReLU<shared_axes<3>>{}, Conv2D<4, 2>{},
                     PReLU<shared_axes<1, 2, 3>>{}, Dense<2>{}});
    check(Sequential{Input<5, 4, 3>{}, Conv2D<5, 2>{}, PReLU<shared_axes<2>>{}, Conv2D<4, 2>{},
                     PReLU<shared_axes<1, 3>>{}, Dense<2>{}});
}

TEST_CASE("gradients of Embedding equal central differences") {
    // Inputs are drawn from (-1.5, 1.5): cut to integers -1, 0 and 1; what is below 0 names no word, so shift them.
    check(Sequential{Input<7>{}, Rescaling<1.2, 1.9>{}, Embedding<4, 3>{}, Dense<4, Tanh>{}, Dense<2>{}});
    check(Sequential{Input<3, 2>{}, Rescaling<1.2, 1.9>{}, Embedding<4, 40>{}, Dense<2, Tanh>{}}, 131);
    check(Sequential{Input<7>{}, Rescaling<1.2, 1.9>{}, Dense<7, frozen>{}, Rescaling<0.2, 1.9>{}, Embedding<4, 3>{},
                     Dense<2>{}});
}

TEST_CASE("gradients through a user's function equal central differences") {
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, Elementwise<square>{}, Dense<3>{}, Elementwise<scalar_square>{},
                     Dense<3, Elementwise<bump>>{}, Elementwise<bump>{}, Dense<2>{}});
}

TEST_CASE("gradients are the same bits for any number of threads") {
    constexpr auto sentences = Sequential{Input<9>{}, Embedding<11, 5>{},      LayerNormalization<>{},
                                          PReLU<>{},  PReLU<shared_axes<1>>{}, PReLU<shared_axes<2>>{},
                                          Dense<3>{}};
    using net = std::remove_const_t<decltype(sentences)>;
    check_threads(sentences, words<net>(37, 11));
    constexpr auto wide =
        Sequential{Input<9>{}, Embedding<11, 130>{}, GroupNormalization<5>{}, RMSNormalization<>{}, Dense<3>{}};
    using wide_net = std::remove_const_t<decltype(wide)>;
    check_threads(wide, words<wide_net>(37, 11));
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
    kernels::add_to_rows(4, 3, 2, x.data(), dy.data(), table.data(), true, thread_slice{});
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
