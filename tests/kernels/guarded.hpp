// Helpers of the kernel tests: memory that ends at the end of a page, random numbers, comparisons that fail for NaN.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

#include <strata/core/number_class.hpp>
#include <strata/kernels/simd/simd.hpp>

#include "../catch.hpp"

/// The effect of compiler options on the tests. With -ffinite-math-only (-ffast-math, -Ofast) NaN and infinities are
/// not tested. With -fassociative-math sums have another order and quotients use approximate reciprocals: bounds of
/// elementary functions grow by `loose_ulps`, other bounds by the factor `loose`. Clang only defines a macro for the
/// first option.
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
inline constexpr bool has_non_finite = false;
#else
inline constexpr bool has_non_finite = true;
#endif
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__)
inline constexpr double loose_ulps = 2, loose = 2;
inline constexpr bool has_signed_zeros = false;
#else
inline constexpr double loose_ulps = 0, loose = 1;
inline constexpr bool has_signed_zeros = true;
#endif

/// The value of elements that a kernel has not written: NaN where T has one.
template <class T>
constexpr T unset() {
    if constexpr (std::is_floating_point_v<T>) return strata::internal::not_a_number<T>;
    else return T(0);
}

/// Elements of T that end at the end of a page. The next page can neither be read nor written: an access past the end
/// ends the program. The bytes before the elements hold a pattern that `is_intact` checks.
template <class T>
class guarded {
public:
    explicit guarded(std::size_t count, T value = unset<T>()) : count_(count) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        const std::size_t used = (count * sizeof(T) + front + page - 1) / page * page;
        mapped_ = used + page;
        void* memory = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        base_ = static_cast<unsigned char*>(memory);
        if (mprotect(base_ + used, page, PROT_NONE) != 0) throw std::bad_alloc();
        data_ = reinterpret_cast<T*>(base_ + used - count * sizeof(T));
        for (std::size_t i = 1; i <= front; ++i)
            reinterpret_cast<unsigned char*>(data_)[-static_cast<std::ptrdiff_t>(i)] = 0xa5;
        for (std::size_t i = 0; i < count; ++i) data_[i] = value;
    }
    guarded(const guarded& other) : guarded(other.count_) {
        for (std::size_t i = 0; i < count_; ++i) data_[i] = other.data_[i];
    }
    guarded& operator=(const guarded&) = delete;
    ~guarded() { munmap(base_, mapped_); }

    T* data() { return data_; }
    const T* data() const { return data_; }
    std::size_t size() const { return count_; }
    T& operator[](std::size_t i) { return data_[i]; }
    T operator[](std::size_t i) const { return data_[i]; }

    /// Whether the bytes before the elements are unchanged.
    bool is_intact() const {
        for (std::size_t i = 1; i <= front; ++i)
            if (reinterpret_cast<const unsigned char*>(data_)[-static_cast<std::ptrdiff_t>(i)] != 0xa5) return false;
        return true;
    }

private:
    static constexpr std::size_t front = 256;  // more than any kernel could reach by one vector

    std::size_t count_;
    std::size_t mapped_ = 0;
    unsigned char* base_ = nullptr;
    T* data_ = nullptr;
};

/// Random values in [low, high), the same on every machine.
class numbers {
public:
    explicit numbers(unsigned state = 99) : state_(state) {}

    template <class T>
    T next(T low = T(-1), T high = T(1)) {
        state_ = state_ * 1664525u + 1013904223u;
        return low + (high - low) * (static_cast<T>(state_ >> 8) / T(16777216));
    }
    template <class T>
    guarded<T> array(std::size_t count, T low = T(-1), T high = T(1)) {
        guarded<T> result(count);
        for (std::size_t i = 0; i < count; ++i) result[i] = next(low, high);
        return result;
    }

private:
    unsigned state_;
};

/// The bound of a comparison for each rounding.
template <class T>
constexpr T rounding = sizeof(T) == 4 ? T(1e-5) : T(1e-13);

template <class T>
bool is_nan(const T& x) {
    return strata::internal::is_nan(x);
}

/// Whether two copies of a kernel gave the same result; nearly the same where the compiler may choose another order of
/// sums for each copy.
template <class T>
bool is_same(T a, T b) {
    return std::fabs(a - b) <= static_cast<T>(2 * loose_ulps) * std::numeric_limits<T>::epsilon() * std::fabs(b);
}

/// Requires that elements are equal up to a bound. A NaN on either side fails.
template <class T>
void require_close(const guarded<T>& y, const guarded<T>& expected, T bound) {
    // The compiler may choose another order of a sum for each copy of a kernel.
    constexpr T order = static_cast<T>(loose - 1) * rounding<T>;
    REQUIRE(y.size() == expected.size());
    REQUIRE(y.is_intact());
    for (std::size_t i = 0; i < y.size(); ++i) {
        const T allowed = bound * static_cast<T>(loose) + order * std::fabs(expected[i]);
        const bool is_close = !is_nan(y[i]) && !is_nan(expected[i]) && std::fabs(y[i] - expected[i]) <= allowed;
        if (is_close) continue;  // Catch takes longer for an assertion than a kernel for its values
        CAPTURE(i, y[i], expected[i], bound);
        REQUIRE(is_close);
    }
}

/// The largest size of a sweep: sizes up to it have zero, one or two whole vectors, with every tail.
template <class T>
constexpr std::size_t sweep = 2 * strata::kernels::lanes<T> + 1;

/// Sizes, less one, next to whole vectors: for kernels that share their loops with a kernel that is swept over all
/// sizes.
template <class T, std::size_t Lanes = strata::kernels::lanes<T>>
using end_sequence = std::conditional_t < Lanes == 1,
      std::make_index_sequence<3>,
      std::index_sequence<0, Lanes<3 ? 1 : Lanes - 2, Lanes - 1, Lanes, 2 * Lanes - 1, 2 * Lanes>>;

/// One less than each size of `sweep` where the program is built for that, without optimization; elsewhere the ends
/// alone: each size is a kernel of its own, which takes long to optimize.
#if defined(KERNELS_AT_EVERY_SIZE)
template <class T>
using sweep_sequence = std::make_index_sequence<sweep<T>>;
#else
template <class T>
using sweep_sequence = end_sequence<T>;
#endif
