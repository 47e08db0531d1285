// Initializers: the first values of weights, drawn as by Keras' classes of the same names.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/random.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

enum class distribution {
    constant,
    uniform,
    normal,
    truncated_normal,
    uniform_variance,
    normal_variance,
    identity,
    orthogonal
};
enum class fan { in, out, average };

/// An initializer as a value: the distribution and its two numbers (mean or lower bound, deviation or upper bound;
/// for the variance-scaled ones the scale stands in `a`, for the orthogonal one its gain).
struct initializer {
    distribution kind = distribution::constant;
    double a = 0.0;
    double b = 0.0;
    fan mode = fan::average;
    std::size_t ones_begin = 0;  // whatever the distribution, these elements begin as one
    std::size_t ones_end = 0;
    friend constexpr bool operator==(const initializer&, const initializer&) = default;
};

struct Zeros {
    static constexpr initializer value{};
};
struct Ones {
    static constexpr initializer value{distribution::constant, 1.0};
};
/// Every weight is Value.
template <double Value>
struct Constant {
    static constexpr initializer value{distribution::constant, Value};
};
/// Normal; Keras' defaults: mean 0, standard deviation 0.05.
template <double Mean = 0.0, double Deviation = 0.05>
struct RandomNormal {
    static constexpr initializer value{distribution::normal, Mean, Deviation};
};
/// Uniform in [Low, High); Keras' defaults: -0.05, 0.05.
template <double Low = -0.05, double High = 0.05>
struct RandomUniform {
    static constexpr initializer value{distribution::uniform, Low, High};
};
/// Normal, drawn again beyond two standard deviations.
template <double Mean = 0.0, double Deviation = 0.05>
struct TruncatedNormal {
    static constexpr initializer value{distribution::truncated_normal, Mean, Deviation};
};
/// Uniform in +-sqrt(6 / (fan_in + fan_out)); Glorot and Bengio 2010. The default of kernels.
struct GlorotUniform {
    static constexpr initializer value{distribution::uniform_variance, 1.0, 0.0, fan::average};
};
struct GlorotNormal {
    static constexpr initializer value{distribution::normal_variance, 1.0, 0.0, fan::average};
};
/// Uniform in +-sqrt(6 / fan_in); He et al. 2015.
struct HeUniform {
    static constexpr initializer value{distribution::uniform_variance, 2.0, 0.0, fan::in};
};
struct HeNormal {
    static constexpr initializer value{distribution::normal_variance, 2.0, 0.0, fan::in};
};
/// Uniform in +-sqrt(3 / fan_in); LeCun et al. 1998.
struct LecunUniform {
    static constexpr initializer value{distribution::uniform_variance, 1.0, 0.0, fan::in};
};
struct LecunNormal {
    static constexpr initializer value{distribution::normal_variance, 1.0, 0.0, fan::in};
};
/// Gain times an orthogonal matrix: of extents (..., columns), the leading ones taken together, the shorter of rows and
/// columns are orthonormal. For at least two axes. Saxe et al. 2014. Holds a copy of the weight while it draws.
template <double Gain = 1.0>
struct Orthogonal {
    static constexpr initializer value{distribution::orthogonal, Gain};
};
/// Ones on the diagonal of a matrix.
struct Identity {
    static constexpr initializer value{distribution::identity};
};

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
constexpr double variance(const initializer& values, const shape& extents) {
    const std::size_t rank = extents.rank();
    if (rank == 0) return values.a;
    std::size_t taps = 1;
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) taps *= extents[axis];
    const double inputs = static_cast<double>(taps * (rank >= 2 ? extents[rank - 2] : extents.size()));
    const double outputs = static_cast<double>(taps * extents.back());
    const double count = values.mode == fan::in ? inputs : values.mode == fan::out ? outputs : (inputs + outputs) / 2.0;
    return values.a / (count < 1.0 ? 1.0 : count);
}

/// Makes the columns of a matrix, which follow each other with `length` values each, orthonormal: the Q of its QR
/// decomposition with a positive diagonal in R. Gram-Schmidt, once more where a column lay close to those before it.
inline void orthonormalize(std::size_t length, std::size_t count, double* columns) {
    const auto dot = [length](const double* x, const double* y) {
        double sum = 0.0;
        for (std::size_t i = 0; i < length; ++i) sum += x[i] * y[i];
        return sum;
    };
    for (std::size_t j = 0; j < count; ++j) {
        double* column = columns + j * length;
        double before = std::sqrt(dot(column, column)), after = 0.0;
        for (int turn = 0; turn < 3 && after < 0.1 * before; ++turn) {
            if (turn > 0) before = after;
            for (const double* other = columns; other != column; other += length) {
                const double part = dot(other, column);
                for (std::size_t i = 0; i < length; ++i) column[i] -= part * other[i];
            }
            after = std::sqrt(dot(column, column));
        }
        for (std::size_t i = 0; i < length; ++i) column[i] /= after;
    }
}

/// A normal matrix with at least as many rows as columns, drawn row by row, made orthonormal, transposed where wide.
template <class Write>
void write_orthogonal(double gain, const shape& extents, random_engine& engine, Write write) {
    const std::size_t rows = extents.rows(), columns = extents.back();
    const std::size_t length = std::max(rows, columns), count = std::min(rows, columns);
    std::vector<double> matrix(length * count);
    for (std::size_t i = 0; i < length; ++i)
        for (std::size_t j = 0; j < count; ++j) matrix[j * length + i] = normal(engine);
    orthonormalize(length, count, matrix.data());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
            write(i * columns + j, gain * (rows < columns ? matrix[i * length + j] : matrix[j * length + i]));
}

}  // namespace detail

/// A set of distributions: a bit for each.
constexpr unsigned set_of(distribution kind) { return 1u << static_cast<unsigned>(kind); }

/// Calls write(i, value) for each weight of a tensor with these extents, in Keras' order. An orthogonal one allocates;
/// without a heap it is refused before. Code is made for the distributions of Kinds, to which that of `values` belongs.
template <unsigned Kinds = ~0u, class Write>
void initialize(const initializer& values, const shape& extents, random_engine& engine, Write put) {
    using enum distribution;
    constexpr auto may_be = [](distribution kind) { return (Kinds & set_of(kind)) != 0; };
    const auto write = [&](std::size_t i, double value) {
        put(i, i >= values.ones_begin && i < values.ones_end ? 1.0 : value);
    };
    if constexpr (has_heap && may_be(orthogonal))
        if (values.kind == orthogonal) return detail::write_orthogonal(values.a, extents, engine, write);
    double width = values.b;
    if constexpr (may_be(uniform_variance))
        if (values.kind == uniform_variance) width = std::sqrt(3.0 * detail::variance(values, extents));
    if constexpr (may_be(normal_variance))
        if (values.kind == normal_variance)
            width = std::sqrt(detail::variance(values, extents)) / 0.87962566103423978;  // of a truncated normal
    for (std::size_t i = 0; i < extents.size(); ++i) {
        switch (values.kind) {
            case constant:
                write(i, values.a);
                break;
            case uniform:
                write(i, engine.uniform(values.a, values.b));
                break;
            case normal:
                if constexpr (may_be(normal)) write(i, values.a + width * detail::normal(engine));
                break;
            case truncated_normal:
                if constexpr (may_be(truncated_normal)) write(i, values.a + width * detail::truncated_normal(engine));
                break;
            case uniform_variance:
                write(i, engine.uniform(-width, width));
                break;
            case normal_variance:
                if constexpr (may_be(normal_variance)) write(i, width * detail::truncated_normal(engine));
                break;
            case identity:
                if constexpr (may_be(identity)) write(i, i / extents.back() == i % extents.back() ? 1.0 : 0.0);
                break;
            case orthogonal:
                break;
        }
    }
}

}  // namespace strata::inline STRATA_ISA
