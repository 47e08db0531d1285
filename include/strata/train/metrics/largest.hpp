// largest: the indices of the largest values of a row; of equal values the first comes first.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class T>
constexpr bool is_nan(T x) {
    if constexpr (std::is_floating_point_v<T>) return internal::is_nan(x);
    else return false;
}

/// The index of the largest of n values, the first of equal ones; a NaN counts as the largest. Keras: `argmax`.
template <class T>
constexpr std::size_t index_of_largest(std::size_t n, const T* x) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < n; ++i)
        if (x[i] > x[best] || (is_nan(x[i]) && !is_nan(x[best]))) best = i;
    return best;
}

/// The index of the k-th largest of n values, k >= 1; equal values count in their order. Where fewer than k values can
/// be ordered, as NaN cannot, the index of the last of these. It reads the values k times and needs no memory.
template <class T>
constexpr std::size_t index_of_kth_largest(std::size_t n, const T* x, std::size_t k) {
    std::size_t last = index_of_largest(n, x);
    for (; k > 1; --k) {
        std::size_t next = n;
        for (std::size_t i = 0; i < n; ++i) {
            const bool is_later = x[i] < x[last] || (x[i] == x[last] && i > last);
            if (is_later && (next == n || x[i] > x[next])) next = i;
        }
        if (next == n) break;
        last = next;
    }
    return last;
}

/// Whether the value at `index` is among the k largest of its row: fewer than k are larger. Keras: `in_top_k`.
template <class T>
constexpr bool is_in_top_k(std::size_t n, const T* x, std::size_t index, std::size_t k) {
    if (index >= n || is_nan(x[index])) return false;
    std::size_t larger_count = 0;
    for (std::size_t i = 0; i < n; ++i) larger_count += x[i] > x[index];
    return larger_count < k;
}

}  // namespace strata::inline STRATA_ISA::detail
