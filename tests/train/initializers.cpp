// Initializers: bounds, means, variances and distributions of what is drawn, fans, and the orthogonal matrix.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <strata/core/random.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/initializer.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr std::uint64_t seed = 20240229;

std::vector<double> draw(const initializer& distribution, const shape& extents) {
    random_engine engine(seed);
    std::vector<double> values(extents.size(), std::nan(""));
    std::size_t next = 0;
    initialize(distribution, extents, engine, [&](std::size_t i, double value) {
        REQUIRE(i == next++);
        values[i] = value;
    });
    REQUIRE(next == values.size());
    return values;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

struct truth {
    double mean;
    double deviation;
    double low;
    double high;
};

/// A sample's mean and deviation within five of their standard errors, all of it within the bounds, and the largest
/// distance between its distribution and `cdf` (Kolmogorov) below what one sample in ten thousand exceeds.
template <class Cdf>
void require_distribution(std::vector<double> values, const truth& expected, Cdf cdf) {
    INFO("seed " << seed);
    const double n = static_cast<double>(values.size());
    double mean = 0, square = 0, fourth = 0, distance = 0;
    for (const double v : values) mean += v / n;
    for (const double v : values) {
        square += (v - mean) * (v - mean) / n;
        fourth += std::pow(v - mean, 4) / n;
    }
    REQUIRE(std::fabs(mean - expected.mean) <= 5 * expected.deviation / std::sqrt(n));
    const double variance = expected.deviation * expected.deviation;
    REQUIRE(std::fabs(square - variance) <= 5 * std::sqrt((fourth - square * square) / n));
    std::sort(values.begin(), values.end());
    REQUIRE(values.front() >= expected.low);
    REQUIRE(values.back() <= expected.high);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double at = cdf(values[i]), rank = static_cast<double>(i);
        distance = std::max({distance, std::fabs(at - rank / n), std::fabs(at - (rank + 1) / n)});
    }
    REQUIRE(distance <= 2.23 / std::sqrt(n));
}

void require_uniform(const initializer& distribution, const shape& extents, double low, double high) {
    require_distribution(draw(distribution, extents), {(low + high) / 2, (high - low) / std::sqrt(12.0), low, high},
                         [&](double x) { return (x - low) / (high - low); });
}

/// Normal numbers of the deviation before they are cut at two of it, as Keras' truncated_normal takes it.
void require_truncated(const initializer& distribution, const shape& extents, double mean, double deviation) {
    const double cut = 2 * deviation, all = normal_cdf(2) - normal_cdf(-2);
    const double left = 0.87962566103423978 * deviation;
    require_distribution(draw(distribution, extents), {mean, left, mean - cut, mean + cut},
                         [&](double x) { return (normal_cdf((x - mean) / deviation) - normal_cdf(-2)) / all; });
}

/// (height, width, in, out): fan_in 3 2 40, fan_out 3 2 50. A matrix: 300, 200. A vector: 20000 both.
constexpr shape filters{3, 2, 40, 50}, matrix{300, 200}, vector{20000};

/// The product of the transpose of a matrix (length, count) of columns with itself.
void require_orthonormal(const std::vector<double>& columns, std::size_t length, double norm) {
    const std::size_t count = columns.size() / length;
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = 0; b <= a; ++b) {
            double product = 0;
            for (std::size_t i = 0; i < length; ++i) product += columns[a * length + i] * columns[b * length + i];
            CAPTURE(a, b, product);
            REQUIRE(std::fabs(product - (a == b ? norm : 0.0)) <= 1e-13 * norm);
        }
}

/// Rows as columns.
std::vector<double> transposed(const std::vector<double>& values, std::size_t columns) {
    const std::size_t rows = values.size() / columns;
    std::vector<double> result(values.size());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) result[j * rows + i] = values[i * columns + j];
    return result;
}

}  // namespace

TEST_CASE("constants and the identity are what they say") {
    for (const double v : draw(Zeros::value, shape{7, 3})) REQUIRE(v == 0);
    for (const double v : draw(Ones::value, shape{7, 3})) REQUIRE(v == 1);
    for (const double v : draw(Constant<-2.5>::value, shape{7})) REQUIRE(v == -2.5);
    const std::vector<double> identity = draw(Identity::value, shape{3, 4});
    for (std::size_t i = 0; i < 12; ++i) REQUIRE(identity[i] == (i / 4 == i % 4 ? 1 : 0));
}

TEST_CASE("uniform and normal numbers have Keras' defaults and the arguments given") {
    require_uniform(RandomUniform<>::value, matrix, -0.05, 0.05);
    require_uniform(RandomUniform<-1.0, 3.0>::value, matrix, -1, 3);
    const double far = 7;
    require_distribution(draw(RandomNormal<>::value, matrix), {0, 0.05, -far * 0.05, far * 0.05},
                         [](double x) { return normal_cdf(x / 0.05); });
    require_distribution(draw(RandomNormal<2.0, 0.5>::value, matrix), {2, 0.5, 2 - far / 2, 2 + far / 2},
                         [](double x) { return normal_cdf((x - 2) / 0.5); });
    require_truncated(TruncatedNormal<>::value, matrix, 0, 0.05);
    require_truncated(TruncatedNormal<1.0, 2.0>::value, matrix, 1, 2);
}

TEST_CASE("uniform variance scaling ends at sqrt(3 scale / fan) for matrices, windows and vectors") {
    const auto glorot = [](double in, double out) { return std::sqrt(6 / (in + out)); };
    require_uniform(GlorotUniform::value, matrix, -glorot(300, 200), glorot(300, 200));
    require_uniform(GlorotUniform::value, filters, -glorot(240, 300), glorot(240, 300));
    require_uniform(GlorotUniform::value, vector, -glorot(20000, 20000), glorot(20000, 20000));
    require_uniform(HeUniform::value, matrix, -std::sqrt(6.0 / 300), std::sqrt(6.0 / 300));
    require_uniform(HeUniform::value, filters, -std::sqrt(6.0 / 240), std::sqrt(6.0 / 240));
    require_uniform(LecunUniform::value, matrix, -std::sqrt(3.0 / 300), std::sqrt(3.0 / 300));
    require_uniform(LecunUniform::value, filters, -std::sqrt(3.0 / 240), std::sqrt(3.0 / 240));
}

TEST_CASE("normal variance scaling keeps its deviation in spite of the cut") {
    const auto before_cut = [](double variance) { return std::sqrt(variance) / 0.87962566103423978; };
    require_truncated(GlorotNormal::value, matrix, 0, before_cut(2.0 / 500));
    require_truncated(GlorotNormal::value, filters, 0, before_cut(2.0 / 540));
    require_truncated(HeNormal::value, matrix, 0, before_cut(2.0 / 300));
    require_truncated(HeNormal::value, filters, 0, before_cut(2.0 / 240));
    require_truncated(LecunNormal::value, matrix, 0, before_cut(1.0 / 300));
    require_truncated(LecunNormal::value, vector, 0, before_cut(1.0 / 20000));
}

TEST_CASE("the numbers of a seed are those of SplitMix64") {
    // Of its reference implementation (Vigna, prng.di.unimi.it/splitmix64.c): a saved seed means the same weights for
    // good.
    random_engine engine(1234567);
    for (const std::uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u})
        REQUIRE(engine() == expected);
    REQUIRE(random_engine(1234567).uniform() == static_cast<double>(6457827717110365317u >> 11) * 0x1p-53);
}

TEST_CASE("the same seed draws the same numbers, another seed others") {
    REQUIRE(draw(HeNormal::value, matrix) == draw(HeNormal::value, matrix));
    random_engine other(seed + 1);
    std::vector<double> values;
    initialize(HeNormal::value, matrix, other, [&](std::size_t, double value) { values.push_back(value); });
    REQUIRE(values != draw(HeNormal::value, matrix));
}

TEST_CASE("orthogonal matrices have orthonormal columns or rows, whichever are fewer, times the gain") {
    INFO("seed " << seed);
    for (const shape& extents : {shape{1, 1}, shape{7, 7}, shape{9, 4}, shape{120, 120}, shape{3, 2, 5, 8}})
        require_orthonormal(transposed(draw(Orthogonal<>::value, extents), extents.back()), extents.rows(), 1.0);
    for (const shape& extents : {shape{1, 5}, shape{4, 9}, shape{2, 2, 3, 40}})
        require_orthonormal(draw(Orthogonal<3.0>::value, extents), extents.back(), 9.0);
}

TEST_CASE("an orthogonal matrix is the Q of a normal matrix whose R has a positive diagonal, as in Keras") {
    INFO("seed " << seed);
    constexpr std::size_t length = 11, count = 6;
    random_engine engine(seed);
    std::vector<double> drawn(length * count);
    initialize(RandomNormal<0.0, 1.0>::value, shape{length, count}, engine,
               [&](std::size_t i, double value) { drawn[i] = value; });
    const std::vector<double> tall = draw(Orthogonal<>::value, shape{length, count});
    const std::vector<double> wide = draw(Orthogonal<>::value, shape{count, length});
    REQUIRE(transposed(tall, count) == wide);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j <= i; ++j) {  // R = Q^T A: nothing below the diagonal
            double r = 0;
            for (std::size_t k = 0; k < length; ++k) r += tall[k * count + i] * drawn[k * count + j];
            CAPTURE(i, j, r);
            if (i == j) REQUIRE(r > 0.1);
            else REQUIRE(std::fabs(r) <= 1e-13);
        }
}

TEST_CASE("columns that lie close to each other become orthonormal too") {
    constexpr std::size_t length = 8, count = 4;
    std::vector<double> columns(length * count);
    for (std::size_t j = 0; j < count; ++j)
        for (std::size_t i = 0; i < length; ++i) columns[j * length + i] = 1.0 + (i == j ? 1e-9 : 0.0);
    detail::orthonormalize(length, count, columns.data());
    require_orthonormal(columns, length, 1.0);
}

TEST_CASE("kernel and bias of a layer take their initializers and regularizers") {
    constexpr auto plain = Dense<5>::parameters(shape{3});
    STATIC_REQUIRE((plain[0].initializer == GlorotUniform::value && plain[1].initializer == Zeros::value));
    STATIC_REQUIRE((plain[0].penalty.is_none() && plain[1].penalty.is_none()));
    using Told = Dense<5, kernel_regularizer<L1L2<0.1, 0.2>>, bias_initializer<Ones>, bias_regularizer<L2<0.3>>,
                       kernel_initializer<Orthogonal<2.0>>>;
    constexpr auto told = Told::parameters(shape{3});
    STATIC_REQUIRE((told[0].initializer == Orthogonal<2.0>::value && told[1].initializer == Ones::value));
    STATIC_REQUIRE((told[0].penalty == regularizer{0.1, 0.2} && told[1].penalty == regularizer{0.0, 0.3}));
    STATIC_REQUIRE(Told::check(shape{3}).ok);
    STATIC_REQUIRE_FALSE(Dense<5, kernel_regularizer<L2<-0.1>>>::check(shape{3}).ok);
}
