// Merges of several operands against plain loops in double: sizes around vectors, broadcasting, gradients.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/kernels/elementwise/merge.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

/// The index into an operand of shape `own` that output element `at` of shape `out` reads.
std::size_t operand_index(const shape& own, const shape& out, std::size_t at) {
    std::size_t index = 0, stride = 1;
    for (std::size_t axis = out.rank(); axis-- > 0; at /= out[axis]) {
        const std::size_t missing = out.rank() - own.rank();
        if (axis < missing) continue;
        const std::size_t extent = own[axis - missing];
        index += extent == 1 ? 0 : at % out[axis] * stride;
        stride *= extent;
    }
    return index;
}

template <class T>
T value(std::size_t i) {
    return static_cast<T>(static_cast<int>(i * 7 % 23) - 11) / T(4);
}

template <std::size_t K, class V>
std::array<V, K> array_of(const V* values) {
    std::array<V, K> result{};
    std::copy_n(values, K, result.begin());
    return result;
}

/// A merge of K values, and the gradient of value I.
template <class Operation, std::size_t K>
double apply_plainly(const double* values) {
    return Operation::apply(array_of<K>(values));
}
template <class Operation, std::size_t K, std::size_t I>
double gradient_plainly(const double* values, double dy) {
    return Operation::template gradient<I>(array_of<K>(values), dy);
}

template <class Method, std::size_t I, std::size_t K, class T>
void backward_of(std::size_t samples, const T* const* x, const T* dy, T* dx, bool adds) {
    Method::template backward<I>(samples, array_of<K>(x), dy, dx, adds);
}

/// The kernels of one merge and its plain forms as functions, so that what compares them is compiled once for each T.
template <class T>
struct merge_functions {
    struct of_operand {
        shape own;
        double (*gradient)(const double* values, double dy) = nullptr;
        void (*backward)(std::size_t samples, const T* const* x, const T* dy, T* dx, bool adds) = nullptr;
    };
    static constexpr std::size_t most_operands = 3;
    shape out;
    std::size_t units = 0, count = 0;
    double (*apply)(const double* values) = nullptr;
    void (*forward)(const T* const* x, T* y, item_range mine) = nullptr;
    std::array<of_operand, most_operands> operands{};
};

template <class Operation, auto Shapes, class T>
inline constexpr merge_functions<T> functions_of = [] {
    using method = merge_values<Operation, Shapes>;
    constexpr std::size_t count = Shapes.size();
    merge_functions<T> result{.out = method::layout.out,
                              .units = method::units,
                              .count = count,
                              .apply = apply_plainly<Operation, count>,
                              .forward = [](const T* const* x, T* y, item_range mine) {
                                  method::template forward<relu>(array_of<count>(x), y, mine);
                              }};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((result.operands[I] = {Shapes[I], gradient_plainly<Operation, Shapes.size(), I>,
                                backward_of<method, I, Shapes.size(), T>}),
         ...);
    }(std::make_index_sequence<count>{});
    return result;
}();

template <class T>
void compare(const merge_functions<T>& merge, std::size_t samples) {
    const std::size_t count = merge.count;
    const shape out = merge.out;
    std::vector<guarded<T>> x;
    x.reserve(count);
    std::vector<const T*> from;
    std::vector<std::vector<double>> dx;
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t size = samples * merge.operands[k].own.size();
        x.emplace_back(size);
        for (std::size_t i = 0; i < size; ++i) x[k][i] = value<T>(i + 5 * k);
        from.push_back(x[k].data());
        dx.emplace_back(size, 0.0);
    }
    guarded<T> y(samples * out.size()), whole(samples * out.size()), dy(samples * out.size());
    merge.forward(from.data(), whole.data(), {0, samples * merge.units});
    // In three shares.
    for (std::size_t part = 0; part < 3; ++part)
        merge.forward(from.data(), y.data(), thread_slice{part, 3}.of(samples * merge.units));
    double worst = 0.0;
    bool same = true;
    std::vector<double> values(count);
    std::vector<std::size_t> index(count);
    for (std::size_t i = 0; i < samples * out.size(); ++i) {
        dy[i] = value<T>(3 * i + 1);
        for (std::size_t k = 0; k < count; ++k) {
            const shape& own = merge.operands[k].own;
            index[k] = i / out.size() * own.size() + operand_index(own, out, i % out.size());
            values[k] = static_cast<double>(x[k][index[k]]);
        }
        const double expected = std::max(0.0, merge.apply(values.data()));
        worst = std::max(worst, std::fabs(expected - static_cast<double>(y[i])));
        same = same && y[i] == whole[i];
        for (std::size_t k = 0; k < count; ++k)
            dx[k][index[k]] += merge.operands[k].gradient(values.data(), static_cast<double>(dy[i]));
    }
    REQUIRE(worst <= 2e-5);
    REQUIRE(same);
    REQUIRE((y.is_intact() && whole.is_intact()));
    for (std::size_t k = 0; k < count; ++k) {
        guarded<T> found(dx[k].size()), added(dx[k].size(), T(1));
        merge.operands[k].backward(samples, from.data(), dy.data(), found.data(), false);
        merge.operands[k].backward(samples, from.data(), dy.data(), added.data(), true);
        double error = 0.0;
        for (std::size_t i = 0; i < dx[k].size(); ++i) {
            error = std::max(error, std::fabs(dx[k][i] - static_cast<double>(found[i])));
            error = std::max(error, std::fabs(dx[k][i] + 1.0 - static_cast<double>(added[i])));
        }
        REQUIRE(error <= 1e-3);
        REQUIRE((found.is_intact() && added.is_intact()));
    }
}
template <class Operation, auto Shapes, class T>
void compare(std::size_t samples = 3) {
    compare(functions_of<Operation, Shapes, T>, samples);
}

/// Operands of one shape: kernels see the number of their values alone, at run time.
template <class Operation, std::size_t Count, class T>
void of_equal_shapes() {
    constexpr auto repeated = [](const shape& each) {
        std::array<shape, Count> result;
        result.fill(each);
        return result;
    };
    constexpr std::array values = repeated(shape{1});
    for (const unsigned size : {1u, 3u, 8u, 17u, 33u}) compare<Operation, values, T>(3 * size);
    constexpr std::array vectors = repeated(shape{5});
    compare<Operation, vectors, T>();
}

template <class T, std::size_t Size>
void of_one_size() {
    constexpr std::array rows{shape{5, Size}, shape{Size}};
    constexpr std::array columns{shape{5, 1}, shape{5, Size}};
    constexpr std::array channels{shape{4, 3, Size}, shape{1, 3, 1}, shape{4, 1, Size}};
    compare<merge_product, rows, T>();
    compare<merge_difference, columns, T>();
    compare<merge_product, channels, T>();
    compare<merge_maximum, columns, T>();
}

template <auto Shapes, class T>
void compare_joined() {
    using method = concatenated_values<Shapes>;
    constexpr std::size_t count = Shapes.size(), samples = 2, rows = samples * method::units;
    std::vector<guarded<T>> x;
    std::array<const T*, count> from{};
    for (std::size_t k = 0; k < count; ++k) {
        x.emplace_back(samples * Shapes[k].size());
        for (std::size_t i = 0; i < samples * Shapes[k].size(); ++i) x[k][i] = value<T>(i + 5 * k);
    }
    for (std::size_t k = 0; k < count; ++k) from[k] = x[k].data();
    guarded<T> y(rows * method::columns);
    for (std::size_t part = 0; part < 2; ++part)
        method::template forward<linear>(from, y.data(), thread_slice{part, 2}.of(rows));
    REQUIRE(y.is_intact());
    bool same = true;
    for (std::size_t row = 0, at = 0; row < rows; ++row)
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t c = 0; c < Shapes[k].back(); ++c, ++at)
                same = same && y[at] == x[k][row * Shapes[k].back() + c];
    REQUIRE(same);
    // The gradient of each operand is its part of the output's.
    guarded<T> dx(x[1].size(), T(1));
    method::template backward<1>(samples, from, y.data(), dx.data(), true);
    for (std::size_t i = 0; i < dx.size(); ++i) same = same && dx[i] == x[1][i] + T(1);
    REQUIRE(same);
    REQUIRE(dx.is_intact());
}

}  // namespace

TEMPLATE_TEST_CASE("merges equal plain loops for sizes around a vector", "", float, double) {
    of_equal_shapes<merge_sum, 3, TestType>();
    of_equal_shapes<merge_product, 3, TestType>();
    of_equal_shapes<merge_difference, 2, TestType>();
    of_equal_shapes<merge_mean, 3, TestType>();
    of_equal_shapes<merge_maximum, 3, TestType>();
    of_equal_shapes<merge_minimum, 3, TestType>();
    of_one_size<TestType, 1>();
    of_one_size<TestType, 3>();
    of_one_size<TestType, 8>();
    of_one_size<TestType, 17>();
    of_one_size<TestType, 33>();
}

TEMPLATE_TEST_CASE("operands are joined along the last axis", "", float, double) {
    constexpr std::array vectors{shape{3}, shape{17}};
    constexpr std::array maps{shape{4, 3, 16}, shape{4, 3, 1}, shape{4, 3, 33}};
    compare_joined<vectors, TestType>();
    compare_joined<maps, TestType>();
}

TEST_CASE("the gradient of a maximum goes to the first operand that is the largest, NaN goes on") {
    constexpr std::array two{shape{4}, shape{4}};
    const float nan = strata::internal::not_a_number<float>;
    const std::array<float, 4> a{1, 2, 3, nan}, b{1, 3, 2, 0}, dy{1, 1, 1, 1};
    std::array<float, 4> y{}, da{}, db{};
    const std::array<const float*, 2> from{a.data(), b.data()}, swapped{b.data(), a.data()};
    using largest = merge_values<merge_maximum, two>;
    largest::forward<linear>(from, y.data(), {0, 4});
    if constexpr (has_non_finite) REQUIRE((is_nan(y[3]) && y[1] == 3));
    largest::forward<linear>(swapped, y.data(), {0, 4});
    if constexpr (has_non_finite) REQUIRE(is_nan(y[3]));
    largest::backward<0>(1, from, dy.data(), da.data(), false);
    largest::backward<1>(1, from, dy.data(), db.data(), false);
    REQUIRE((da[0] == 1 && da[1] == 0 && da[2] == 1));
    REQUIRE((db[0] == 0 && db[1] == 1 && db[2] == 0));
}
