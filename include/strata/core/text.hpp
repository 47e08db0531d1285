// text: a string of bounded length that constant evaluation can build, for diagnostics and summaries.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace strata {

/// At most Capacity characters; longer text is cut off. A structural type, usable in constant evaluation.
template <std::size_t Capacity>
struct text {
    char chars[Capacity + 1]{};
    std::size_t length = 0;

    constexpr text() = default;
    constexpr text(std::string_view other) { append(other); }
    constexpr text(const char* other) : text(std::string_view(other)) {}
    template <std::size_t OtherCapacity>
        requires(OtherCapacity != Capacity)
    constexpr text(const text<OtherCapacity>& other) : text(other.view()) {}

    constexpr text& append(std::string_view other) {
        const std::size_t count = std::min(other.size(), Capacity - length);
        std::copy_n(other.data(), count, chars + length);
        length += count;
        return *this;
    }
    constexpr text& append(std::size_t count, char c) {
        count = std::min(count, Capacity - length);
        std::fill_n(chars + length, count, c);
        length += count;
        return *this;
    }
    template <std::integral Integer>
    constexpr text& append(Integer value) {
        char digits[24]{};
        std::size_t count = 0;
        const bool negative = value < 0;
        do {
            const int digit = static_cast<int>(value % 10);
            digits[count++] = static_cast<char>('0' + (digit < 0 ? -digit : digit));
            value = static_cast<Integer>(value / 10);
        } while (value != 0);
        if (negative) digits[count++] = '-';
        std::reverse(digits, digits + count);
        return append(std::string_view(digits, count));
    }
    template <class Part>
    constexpr text& operator<<(const Part& part) {
        if constexpr (std::integral<Part>) return append(part);
        else return append(std::string_view(part));
    }

    constexpr std::size_t size() const { return length; }
    constexpr bool empty() const { return length == 0; }
    /// Without the minimum GCC 12 warns at -O3 of a read past the end.
    constexpr std::string_view view() const { return {chars, std::min(length, Capacity)}; }
    constexpr operator std::string_view() const { return view(); }
    std::string str() const { return std::string(view()); }

    template <std::size_t OtherCapacity>
    friend constexpr bool operator==(const text& a, const text<OtherCapacity>& b) {
        return a.view() == b.view();
    }
    friend constexpr bool operator==(const text& a, std::string_view b) { return a.view() == b; }
    friend constexpr bool operator==(const text& a, const char* b) { return a.view() == std::string_view(b); }
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const text& value) {
        return out << value.view();
    }
};

/// Keras' name of a class: `MaxPooling2D` gives `max_pooling2d`, `ReLU` gives `re_lu`.
constexpr text<64> snake_case(std::string_view type) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    text<64> result;
    for (std::size_t i = 0; i < type.size(); ++i) {
        const bool word_begins =
            upper(type[i]) && i > 0 && (lower(type[i - 1]) || (i + 1 < type.size() && lower(type[i + 1])));
        if (word_begins) result.append(1, '_');
        result.append(1, upper(type[i]) ? static_cast<char>(type[i] - 'A' + 'a') : type[i]);
    }
    return result;
}

/// 1234567 as `1,234,567`.
constexpr text<32> grouped(std::size_t value) {
    const text<32> digits = text<32>() << value;
    text<32> result;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) result.append(1, ',');
        result.append(1, digits.chars[i]);
    }
    return result;
}

}  // namespace strata
