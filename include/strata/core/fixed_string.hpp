// fixed_string: a string literal as a template argument.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace strata {

/// A string of N - 1 characters (and a terminating zero) that may be a template argument: `name<"conv1">`.
template <std::size_t N>
struct fixed_string {
    char chars[N]{};

    constexpr fixed_string() = default;
    constexpr fixed_string(const char (&text)[N]) { std::copy_n(text, N, chars); }
    constexpr explicit fixed_string(std::string_view text) {
        std::copy_n(text.data(), N - 1, chars);
        chars[N - 1] = '\0';  // written out: clang prints an array as text only where its last element was assigned
    }

    constexpr std::size_t size() const { return N - 1; }
    constexpr const char* data() const { return chars; }
    constexpr std::string_view view() const { return {chars, N - 1}; }
    constexpr operator std::string_view() const { return view(); }
    friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

template <std::size_t M, std::size_t N>
constexpr fixed_string<M + N - 1> operator+(const fixed_string<M>& a, const fixed_string<N>& b) {
    fixed_string<M + N - 1> result;
    std::copy_n(a.chars, M - 1, result.chars);
    std::copy_n(b.chars, N, result.chars + M - 1);
    return result;
}
template <std::size_t M, std::size_t N>
constexpr fixed_string<M + N - 1> operator+(const fixed_string<M>& a, const char (&b)[N]) {
    return a + fixed_string<N>(b);
}

}  // namespace strata
