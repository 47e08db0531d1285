// Initializers: how weights begin, as Keras' classes of the same names draw them.
#pragma once

#include <cmath>
#include <cstddef>

#include <strata/core/random.hpp>
#include <strata/core/shape.hpp>

namespace strata {

enum class distribution { constant, uniform, normal, truncated_normal, uniform_variance, normal_variance, identity };
enum class fan { in, out, average };

/// An initializer as a value: the distribution and its two numbers (mean or lower bound, deviation or upper bound;
/// for the variance-scaled ones the scale stands in `a`).
struct initializer {
    distribution kind = distribution::constant;
    double a = 0.0;
    double b = 0.0;
    fan mode = fan::average;
    friend constexpr bool operator==(const initializer&, const initializer&) = default;
};

struct Zeros { static constexpr initializer value{}; };
struct Ones { static constexpr initializer value{distribution::constant, 1.0}; };
/// Every weight is Value.
template <double Value>
struct Constant { static constexpr initializer value{distribution::constant, Value}; };
/// Normal; Keras' defaults: mean 0, standard deviation 0.05.
template <double Mean = 0.0, double Deviation = 0.05>
struct RandomNormal { static constexpr initializer value{distribution::normal, Mean, Deviation}; };
/// Uniform in [Low, High); Keras' defaults: -0.05, 0.05.
template <double Low = -0.05, double High = 0.05>
struct RandomUniform { static constexpr initializer value{distribution::uniform, Low, High}; };
/// Normal, drawn again beyond two standard deviations.
template <double Mean = 0.0, double Deviation = 0.05>
struct TruncatedNormal { static constexpr initializer value{distribution::truncated_normal, Mean, Deviation}; };
/// Uniform in +-sqrt(6 / (fan_in + fan_out)); Glorot and Bengio 2010. The default of kernels.
struct GlorotUniform { static constexpr initializer value{distribution::uniform_variance, 1.0, 0.0, fan::average}; };
struct GlorotNormal { static constexpr initializer value{distribution::normal_variance, 1.0, 0.0, fan::average}; };
/// Uniform in +-sqrt(6 / fan_in); He et al. 2015.
struct HeUniform { static constexpr initializer value{distribution::uniform_variance, 2.0, 0.0, fan::in}; };
struct HeNormal { static constexpr initializer value{distribution::normal_variance, 2.0, 0.0, fan::in}; };
/// Uniform in +-sqrt(3 / fan_in); LeCun et al. 1998.
struct LecunUniform { static constexpr initializer value{distribution::uniform_variance, 1.0, 0.0, fan::in}; };
struct LecunNormal { static constexpr initializer value{distribution::normal_variance, 1.0, 0.0, fan::in}; };
/// Ones on the diagonal of a matrix.
struct Identity { static constexpr initializer value{distribution::identity}; };

namespace detail {

inline double normal(random_engine& engine) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - engine.uniform()));
    return radius * std::cos(6.283185307179586477 * engine.uniform());
}

inline double truncated_normal(random_engine& engine) {
    double value = normal(engine);
    while (std::fabs(value) > 2.0) value = normal(engine);
    return value;
}

/// The scale of a variance-scaling initializer divided by its fan; a convolution's fans count the taps of its window.
constexpr double variance(const initializer& how, const shape& extents) {
    const std::size_t rank = extents.rank();
    std::size_t taps = 1;
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) taps *= extents[axis];
    const double inputs = static_cast<double>(taps * (rank >= 2 ? extents[rank - 2] : extents.size()));
    const double outputs = static_cast<double>(taps * extents.back());
    const double count = how.mode == fan::in ? inputs : how.mode == fan::out ? outputs : (inputs + outputs) / 2.0;
    return how.a / (count < 1.0 ? 1.0 : count);
}

}  // namespace detail

/// Calls write(i, value) for each weight of a tensor with these extents, in Keras' order.
template <class Write>
void initialize(const initializer& how, const shape& extents, random_engine& engine, Write write) {
    const double spread = how.kind == distribution::uniform_variance ? std::sqrt(3.0 * detail::variance(how, extents))
                          : how.kind == distribution::normal_variance
                              ? std::sqrt(detail::variance(how, extents)) / 0.87962566103423978  // of a truncated normal
                              : how.b;
    for (std::size_t i = 0; i < extents.size(); ++i) {
        switch (how.kind) {
            case distribution::constant: write(i, how.a); break;
            case distribution::uniform: write(i, engine.uniform(how.a, how.b)); break;
            case distribution::normal: write(i, how.a + spread * detail::normal(engine)); break;
            case distribution::truncated_normal: write(i, how.a + spread * detail::truncated_normal(engine)); break;
            case distribution::uniform_variance: write(i, engine.uniform(-spread, spread)); break;
            case distribution::normal_variance: write(i, spread * detail::truncated_normal(engine)); break;
            case distribution::identity: write(i, i / extents.back() == i % extents.back() ? 1.0 : 0.0); break;
        }
    }
}

}  // namespace strata
