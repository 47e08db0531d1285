// Vectors: partial loads and stores, reductions, and the operations that kernels use.
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

#if defined(STRATA_SCALAR) && defined(XSIMD_HPP)
#error "a scalar build includes xsimd"
#endif

namespace {

using namespace strata::kernels;

template <class T>
void partial_copies() {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t n = 1; n <= sweep<T>; ++n) {
        CAPTURE(n, L);
        const guarded<T> x = numbers(7).array<T>(n);
        guarded<T> y(n);
        for (std::size_t i = 0; i < n; i += L) {
            const std::size_t count = n - i < L ? n - i : L;
            store_partial<T>(y.data() + i, load_partial(x.data() + i, count), count);
        }
        for (std::size_t i = 0; i < n; ++i) REQUIRE(y[i] == x[i]);
        REQUIRE(y.is_intact());
    }
}

template <class T>
void partial_loads_pad_with_zeros() {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t n = 1; n <= L; ++n) {
        const guarded<T> x = numbers(8).array<T>(n, T(1), T(2));
        guarded<T> all(L);
        store<T>(all.data(), load_partial(x.data(), n));
        for (std::size_t i = 0; i < L; ++i) REQUIRE(all[i] == (i < n ? x[i] : T(0)));
    }
}

template <class T>
void partial_stores_end() {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t n = 1; n <= L; ++n) {
        guarded<T> y(L + 1, T(-77));
        store_partial<T>(y.data(), broadcast(T(5)), n);
        for (std::size_t i = 0; i <= L; ++i) REQUIRE(y[i] == (i < n ? T(5) : T(-77)));
    }
}

template <class T>
void reductions() {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t at = 0; at < L; ++at) {
        guarded<T> x(L);
        T sum = T(0);
        for (std::size_t i = 0; i < L; ++i) sum += x[i] = i == at ? T(-1) : T(-2) - static_cast<T>(i);
        REQUIRE(lane_max(load(static_cast<const T*>(x.data()))) == T(-1));
        REQUIRE(lane_sum(load(static_cast<const T*>(x.data()))) == sum);
    }
}

template <class T>
void operations() {
    constexpr std::size_t L = lanes<T>;
    const guarded<T> a = numbers(1).array<T>(L), b = numbers(2).array<T>(L), c = numbers(3).array<T>(L);
    guarded<T> y(L);
    const auto vector = [](const guarded<T>& x) { return load(x.data()); };
    store<T>(y.data(), multiply_add(vector(a), vector(b), vector(c)));
    for (std::size_t i = 0; i < L; ++i)
        REQUIRE(std::fabs(y[i] - (a[i] * b[i] + c[i])) <= 2 * std::numeric_limits<T>::epsilon());
    store<T>(y.data(), max(vector(a), vector(b)));
    for (std::size_t i = 0; i < L; ++i) REQUIRE(y[i] == std::fmax(a[i], b[i]));
    store<T>(y.data(), min(vector(a), vector(b)));
    for (std::size_t i = 0; i < L; ++i) REQUIRE(y[i] == std::fmin(a[i], b[i]));
    store<T>(y.data(), strata::kernels::select(vector(a) > vector(b), vector(a), vector(c)));
    for (std::size_t i = 0; i < L; ++i) REQUIRE(y[i] == (a[i] > b[i] ? a[i] : c[i]));
    store<T>(y.data(), strata::kernels::abs(vector(a)));
    for (std::size_t i = 0; i < L; ++i) REQUIRE(y[i] == std::fabs(a[i]));
}

/// Quotients and square roots are those of numbers, bit for bit: estimates of them are not. Magnitudes reach from the
/// smallest normal number to the largest.
template <class T>
void exact_operations() {
    constexpr std::size_t L = lanes<T>;
    constexpr int largest = std::numeric_limits<T>::max_exponent - 2;
    numbers random(11);
    guarded<T> y(L);
    for (int round = 0; round < 2000; ++round) {
        const int up = round % largest, down = (round * 7) % largest;
        guarded<T> a = random.array<T>(L, T(1), T(2)), b = random.array<T>(L, T(1), T(2));
        for (std::size_t i = 0; i < L; ++i) {
            a[i] = std::ldexp(a[i], round % 3 == 0 ? -down / 2 : up);
            b[i] = std::ldexp(b[i], round % 5 == 0 ? down : -down / 2);
        }
        const simd<T> dividend = load<T>(a.data()), divisor = load<T>(b.data());
        store<T>(y.data(), dividend / divisor);
        for (std::size_t i = 0; i < L; ++i) REQUIRE(y[i] == a[i] / b[i]);
        store<T>(y.data(), square_root(dividend));
        for (std::size_t i = 0; i < L; ++i) REQUIRE(y[i] == std::sqrt(a[i]));
    }
}

/// max and min of a number and NaN are the second operand; of Arm's vectors they are NaN.
template <class T>
void not_a_number_second() {
    constexpr std::size_t L = lanes<T>;
    const T nan = strata::internal::not_a_number<T>;
    guarded<T> y(L);
    store<T>(y.data(), max(broadcast(T(0)), broadcast(nan)));
    for (std::size_t i = 0; i < L; ++i) REQUIRE(is_nan(y[i]));
    store<T>(y.data(), min(broadcast(T(0)), broadcast(nan)));
    for (std::size_t i = 0; i < L; ++i) REQUIRE(is_nan(y[i]));
    REQUIRE(is_nan(max(T(0), nan)));
    REQUIRE(is_nan(min(T(0), nan)));
#if defined(STRATA_NEON)
    constexpr bool is_second = lanes<T> == 1;
#else
    constexpr bool is_second = true;
#endif
    store<T>(y.data(), max(broadcast(nan), broadcast(T(3))));
    for (std::size_t i = 0; i < L; ++i) REQUIRE((is_second ? y[i] == T(3) : is_nan(y[i])));
    store<T>(y.data(), min(broadcast(nan), broadcast(T(3))));
    for (std::size_t i = 0; i < L; ++i) REQUIRE((is_second ? y[i] == T(3) : is_nan(y[i])));
    // Of both operands, as pooling takes them.
    for (const bool first : {false, true}) {
        const simd<T> a = broadcast(first ? nan : T(3)), b = broadcast(first ? T(3) : nan);
        store<T>(y.data(), maximum(a, b));
        for (std::size_t i = 0; i < L; ++i) REQUIRE(is_nan(y[i]));
        store<T>(y.data(), minimum(a, b));
        for (std::size_t i = 0; i < L; ++i) REQUIRE(is_nan(y[i]));
    }
}

/// Classification of a number by its bits, with every compiler option. The bits come from volatile integers, so that
/// the compiler knows nothing about the number.
template <class T>
void bits_tell() {
    using bits = strata::internal::number_bits<T>;
    using integer = typename bits::type;
    const auto number = [](integer value) {
        volatile integer hidden = value;
        return std::bit_cast<T>(static_cast<integer>(hidden));
    };
    for (const integer sign : {integer{0}, static_cast<integer>(~bits::magnitude)}) {
        const T infinite = number(bits::infinity | sign), quiet = number(bits::not_a_number | sign),
                signalling = number((bits::infinity + 1) | sign), largest = number((bits::infinity - 1) | sign),
                smallest = number(integer{1} | sign), zero = number(sign);
        CHECK(strata::internal::is_infinite(infinite));
        CHECK(!strata::internal::is_nan(infinite));
        CHECK(!strata::internal::is_finite(infinite));
        CHECK(strata::internal::is_nan(quiet));
        CHECK(strata::internal::is_nan(signalling));
        CHECK(!strata::internal::is_finite(quiet));
        CHECK(!strata::internal::is_infinite(quiet));
        for (const T* finite : {&largest, &smallest, &zero}) {
            CHECK(strata::internal::is_finite(*finite));
            CHECK(!strata::internal::is_nan(*finite));
            CHECK(!strata::internal::is_infinite(*finite));
        }
    }
    static_assert(strata::internal::is_nan(strata::internal::not_a_number<T>));
    static_assert(strata::internal::is_infinite(-strata::internal::infinity<T>));
    static_assert(strata::internal::is_finite(std::numeric_limits<T>::max()));
}

}  // namespace

TEST_CASE("NaN and infinities are told from bits, whatever the options") {
    bits_tell<float>();
    bits_tell<double>();
}

TEST_CASE("partial loads and stores touch nothing outside of an array of any size") {
    partial_copies<float>();
    partial_copies<double>();
}

TEST_CASE("lanes after a partial load are zero") {
    partial_loads_pad_with_zeros<float>();
    partial_loads_pad_with_zeros<double>();
}

TEST_CASE("a partial store leaves the values after its count") {
    partial_stores_end<float>();
    partial_stores_end<double>();
}

TEST_CASE("reductions see every lane once") {
    reductions<float>();
    reductions<double>();
}

TEST_CASE("vector operations equal those of scalars") {
    operations<float>();
    operations<double>();
}

TEST_CASE("quotients and square roots of vectors are rounded as those of numbers") {
    if constexpr (has_non_finite) {  // other options allow a product with the reciprocal
        exact_operations<float>();
        exact_operations<double>();
    }
}

TEST_CASE("larger and smaller of a number and NaN are the second operand") {
    if constexpr (has_non_finite) {
        not_a_number_second<float>();
        not_a_number_second<double>();
    }
}

#if defined(STRATA_SCALAR)
TEST_CASE("a scalar build has one lane") {
    STATIC_REQUIRE(lanes<float> == 1);
    STATIC_REQUIRE(lanes<double> == 1);
}
#endif
