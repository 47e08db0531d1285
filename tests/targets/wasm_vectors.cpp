// WebAssembly's vectors (kernels/simd/wasm.hpp) against numbers, one at a time: operations, NaN, partial vectors, and
// the elementary functions that are made of them. Prints a line for each mistake. Without Catch2, which needs
// exceptions.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>

#include <strata/infer.hpp>

namespace {

namespace kernels = strata::kernels;

int checks = 0, mistakes = 0;

template <class T>
bool is_same(T a, T b) {
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

template <class T>
void expect(const char* name, T a, T b, T expected, T got, T tolerance = 0) {
    ++checks;
    const bool is_near = is_same(expected, got) || std::fabs(expected - got) <= tolerance * std::fabs(expected);
    if (is_near) return;
    ++mistakes;
    std::printf("%s of %.9g and %.9g: expected %.9g, got %.9g\n", name, static_cast<double>(a), static_cast<double>(b),
                static_cast<double>(expected), static_cast<double>(got));
}

/// Calls f with vectors and g with their lanes, for all pairs of values.
template <class T, class Vectors, class Numbers>
void compare(const char* name, Vectors f, Numbers g, T tolerance = 0) {
    constexpr T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    constexpr std::array values{
        T(0),    -T(0),  T(1),  T(-1),   T(0.1),   T(-2.5),   T(3.5), T(4.5),
        T(1e-5), T(-80), T(80), T(1e30), infinity, -infinity, nan,    std::numeric_limits<T>::denorm_min()};
    constexpr std::size_t lanes = kernels::lanes<T>, count = values.size();
    for (std::size_t shift = 0; shift < count; ++shift)
        for (std::size_t i = 0; i < count; i += lanes) {
            std::array<T, lanes> a{}, b{}, result{};
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                a[lane] = values[i + lane];
                b[lane] = values[(i + lane + shift) % count];
            }
            kernels::store<T>(result.data(), f(kernels::load(a.data()), kernels::load(b.data())));
            for (std::size_t lane = 0; lane < lanes; ++lane)
                expect(name, a[lane], b[lane], static_cast<T>(g(a[lane], b[lane])), result[lane], tolerance);
        }
}

template <class T>
void compare_operations() {
    using V = kernels::simd<T>;
    const auto both = [](auto f, const char* name, T tolerance = 0) { compare<T>(name, f, f, tolerance); };
    both([](auto a, auto b) { return a + b; }, "sum");
    both([](auto a, auto b) { return a - b; }, "difference");
    both([](auto a, auto b) { return a * b; }, "product");
    both([](auto a, auto b) { return a / b; }, "quotient");
    both([](auto a, auto) { return -a; }, "negation");
    both([](auto a, auto b) { return kernels::max(a, b); }, "max");
    both([](auto a, auto b) { return kernels::min(a, b); }, "min");
    both([](auto a, auto b) { return kernels::multiply_add(a, b, a); }, "multiply_add");
    both([](auto a, auto) { return kernels::square_root(a); }, "square root");
    both([](auto a, auto b) { return kernels::select(a < b, a, b); }, "less");
    both([](auto a, auto b) { return kernels::select(a <= b, a, b); }, "less or equal");
    both([](auto a, auto b) { return kernels::select(a > b, a, b); }, "greater");
    both([](auto a, auto b) { return kernels::select(a >= b, a, b); }, "greater or equal");
    both([](auto a, auto b) { return kernels::select(a == b, b, a); }, "equal");
    both([](auto a, auto b) { return kernels::select(a != b, b, a); }, "not equal");
    compare<T>("abs", [](V a, V) { return kernels::abs(a); }, [](T a, T) { return std::fabs(a); });
    compare<T>(
        "copy_sign", [](V a, V b) { return kernels::copy_sign(kernels::abs(a), b); },
        [](T a, T b) { return std::copysign(a, b); });
    compare<T>("broadcast", [](V, V b) { return b - b + V(T(3)); }, [](T, T b) { return b - b + T(3); });

    const T tolerance = 4 * std::numeric_limits<T>::epsilon();
    const auto function = [&](const char* name, auto f, auto g) {
        compare<T>(name, [&](V a, V) { return f(a); }, [&](T a, T) { return g(static_cast<double>(a)); }, tolerance);
    };
    function("exp", [](V a) { return kernels::exp(a); }, [](double a) { return std::exp(a); });
    function("expm1", [](V a) { return kernels::expm1(a); }, [](double a) { return std::expm1(a); });
    function("log", [](V a) { return kernels::log(a); }, [](double a) { return std::log(a); });
    function("log1p", [](V a) { return kernels::log1p(a); }, [](double a) { return std::log1p(a); });
    function("tanh", [](V a) { return kernels::tanh_of(a); }, [](double a) { return std::tanh(a); });
    function("erf", [](V a) { return kernels::erf(a); }, [](double a) { return std::erf(a); });

    for (std::size_t n = 1; n <= kernels::lanes<T>; ++n) {
        std::array<T, kernels::lanes<T> + 1> from{}, to{};
        for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i + 1);
        to.fill(T(-7));
        const V v = kernels::load_partial(from.data(), n);
        expect("lane_sum", static_cast<T>(n), T(0), static_cast<T>(n * (n + 1) / 2), kernels::lane_sum(v));
        expect("lane_max", static_cast<T>(n), T(0), static_cast<T>(n), kernels::lane_max(v));
        kernels::store_partial<T>(to.data(), v, n);
        for (std::size_t i = 0; i < to.size(); ++i)
            expect("partial", static_cast<T>(n), static_cast<T>(i), i < n ? from[i] : T(-7), to[i]);
    }
    expect("any_subnormal", T(0), T(0), T(0), static_cast<T>(kernels::any_subnormal(V(T(0)))));
    expect("any_subnormal", T(1), T(0), T(1),
           static_cast<T>(kernels::any_subnormal(V(std::numeric_limits<T>::denorm_min()))));
}

void compare_rounding() {
    using V = kernels::simd<float>;
    compare<float>(
        "nearest", [](V a, V) { return kernels::nearest(a); }, [](float a, float) { return std::nearbyint(a); });
    for (float n = -126; n <= 127; ++n)
        expect("power of two", n, 0.0f, std::exp2(n), kernels::lane_max(kernels::integer_power_of_two(V(n))));
}

}  // namespace

int main() {
    static_assert(kernels::lanes<float> == 4 && kernels::lanes<double> == 2, "compiled without simd128");
    compare_operations<float>();
    compare_operations<double>();
    compare_rounding();
    std::printf("%d of %d checks of vectors hold\n", checks - mistakes, checks);
    return mistakes == 0 ? 0 : 1;
}
