// The layers that act by chance when training: their means and variances, and the gradients of what they drew.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

struct moments {
    double mean = 0.0;
    double variance = 0.0;
    double zeros = 0.0;
};

moments moments_of(const std::vector<double>& values) {
    moments result;
    const double n = static_cast<double>(values.size());
    for (const double value : values) result.mean += value / n;
    for (const double value : values) result.variance += (value - result.mean) * (value - result.mean) / n;
    for (const double value : values) result.zeros += value == 0.0 ? 1.0 / n : 0.0;
    return result;
}

/// A layer's output of x when training, and its dx of dy = 1.
template <class Layer, shape In>
struct drawn {
    std::vector<double> y, dx;

    drawn(std::size_t count, std::vector<double> x, std::uint64_t key) : y(x.size()), dx(x.size()) {
        std::vector<double> dy(x.size(), 1.0);
        const random_stream random{.key = key};
        Layer::template train_forward<In, fused<>>(
            forward_context<double>{.x = x.data(), .y = y.data(), .count = count, .random = random});
        Layer::template backward<In, fused<>>(backward_context<double>{
            .count = count, .x = x.data(), .y = y.data(), .dy = dy.data(), .dx = dx.data(), .random = random});
    }
};

constexpr std::size_t count = 200;
constexpr shape vectors{100};
const std::vector<double> threes(count * 100, 3.0);

std::vector<double> normal_values(std::size_t n) {
    std::vector<double> x(n);
    const random_stream random{.key = 99};
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>(random.normal(static_cast<std::uint32_t>(i)));
    return x;
}

}  // namespace

// Bounds: 20000 values; four standard errors of the mean or of the variance.

TEST_CASE("random_stream is uniform, normal, and another for another key or position") {
    const random_stream stream{.key = 5}, other{.key = 6};
    std::vector<double> uniform;
    double product = 0.0;
    for (std::uint32_t i = 0; i < 20000; ++i) {
        uniform.push_back(static_cast<double>(stream.uniform(i)));
        product += (uniform.back() - 0.5) * (static_cast<double>(other.uniform(i)) - 0.5) / 20000;
    }
    REQUIRE(std::fabs(moments_of(uniform).mean - 0.5) < 4 * 0.289 / 141);
    REQUIRE(std::fabs(moments_of(uniform).variance - 1.0 / 12) < 4 * 0.0745 / 141);
    REQUIRE(std::fabs(product) < 4 * 0.0834 / 141);
    REQUIRE(stream.from(7).bits(3) == stream.bits(10));
    // Once in 2^24 the uniform number is 0, of which the logarithm is infinite.
    std::uint32_t zero = 0;
    while (stream.bits(zero) >> 8 != 0) ++zero;
    REQUIRE(stream.uniform(zero) == 0.0f);
    REQUIRE(std::fabs(stream.normal(zero)) <= 1e-3f);
    const moments normal = moments_of(normal_values(20000));
    REQUIRE(std::fabs(normal.mean) < 4.0 / 141);
    REQUIRE(std::fabs(normal.variance - 1.0) < 4 * 1.414 / 141);
}

TEST_CASE("Dropout drops its rate, keeps the mean, and passes the gradient of what it kept") {
    const drawn<Dropout<0.25>, vectors> d(count, threes, 1);
    const moments m = moments_of(d.y);
    REQUIRE(std::fabs(m.zeros - 0.25) < 4 * 0.433 / 141);
    REQUIRE(std::fabs(m.mean - 3.0) < 4 * 3.0 * 0.577 / 141);
    for (std::size_t i = 0; i < d.y.size(); ++i) REQUIRE(d.dx[i] * 3.0 == Approx(d.y[i]));
    REQUIRE(drawn<Dropout<0.25>, vectors>(count, threes, 2).y != d.y);
}

TEST_CASE("GaussianNoise adds noise of its deviation") {
    const drawn<GaussianNoise<0.5>, vectors> d(count, threes, 3);
    const moments m = moments_of(d.y);
    REQUIRE(std::fabs(m.mean - 3.0) < 4 * 0.5 / 141);
    REQUIRE(std::fabs(m.variance - 0.25) < 4 * 0.25 * 1.414 / 141);
    REQUIRE(d.dx == std::vector<double>(d.dx.size(), 1.0));
}

TEST_CASE("GaussianDropout has the variance of Dropout") {
    const drawn<GaussianDropout<0.2>, vectors> d(count, threes, 4);
    const moments m = moments_of(d.y);
    REQUIRE(std::fabs(m.mean - 3.0) < 4 * 1.5 / 141);
    REQUIRE(std::fabs(m.variance - 9.0 * 0.25) < 4 * 2.25 * 1.414 / 141);
    for (std::size_t i = 0; i < d.y.size(); ++i) REQUIRE(d.dx[i] * 3.0 == Approx(d.y[i]));
}

TEST_CASE("AlphaDropout keeps mean 0 and variance 1") {
    const std::vector<double> x = normal_values(count * 100);
    const drawn<AlphaDropout<0.3>, vectors> d(count, x, 5);
    const moments m = moments_of(d.y);
    REQUIRE(std::fabs(m.mean) < 4 * 1.0 / 141);
    REQUIRE(std::fabs(m.variance - 1.0) < 4 * 2.0 / 141);
    REQUIRE(std::fabs(moments_of(d.dx).zeros - 0.3) < 4 * 0.458 / 141);
}

TEST_CASE("SpatialDropout drops whole channels") {
    constexpr shape image{5, 4, 10};
    const drawn<SpatialDropout2D<0.4>, image> d(count, std::vector<double>(count * image.size(), 1.0), 6);
    std::size_t dropped = 0;
    for (std::size_t n = 0; n < count; ++n)
        for (std::size_t c = 0; c < 10; ++c) {
            const double first = d.y[n * image.size() + c];
            REQUIRE((first == 0.0 || first == Approx(1.0 / 0.6)));
            dropped += first == 0.0 ? 1 : 0;
            for (std::size_t p = 0; p < 20; ++p) {
                REQUIRE(d.y[n * image.size() + p * 10 + c] == first);
                REQUIRE(d.dx[n * image.size() + p * 10 + c] == first);
            }
        }
    REQUIRE(std::fabs(static_cast<double>(dropped) / (count * 10) - 0.4) < 4 * 0.49 / 44.7);
}

TEST_CASE("noise layers are the identity at inference, and vanish from the plan") {
    constexpr auto net = Sequential{Input<6, 4>{},          SpatialDropout1D<0.5>{}, GaussianNoise<0.1>{},
                                    GaussianDropout<0.5>{}, AlphaDropout<0.1>{},     Dense<3>{}};
    static_assert(net.plan().step_count == 1);
    const auto model = net.build({.seed = 3});
    const auto plain = Sequential{Input<6, 4>{}, Dense<3>{}}.build({.seed = 3});
    const std::vector<float> x(24, 0.7f);
    REQUIRE(model.predict(x) == plain.predict(x));
}
