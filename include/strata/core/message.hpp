// message: the text of an exception, of words and numbers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>

namespace strata::internal {

/// Words or a whole number. Refers to the words.
class message_part {
public:
    constexpr message_part(std::string_view words) : words_(words.data()), number_(words.size()) {}
    constexpr message_part(const char* words) : message_part(std::string_view(words)) {}
    message_part(const std::string& words) : message_part(std::string_view(words)) {}
    template <std::integral Integer>
    constexpr message_part(Integer value)
        : number_(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value)),
          kind_(value < 0 ? kind::negative_number : kind::number) {}

    template <class = where_used>
    void append_to(std::string& result) const {
        if (kind_ == kind::words) {
            result.append(words_, static_cast<std::size_t>(number_));
            return;
        }
        char digits[20];  // of the largest number of 64 bits
        char* const end = digits + sizeof(digits);
        char* begin = end;
        std::uint64_t left = number_;
        do *--begin = static_cast<char>('0' + left % 10);
        while ((left /= 10) != 0);
        if (kind_ == kind::negative_number) result += '-';
        result.append(begin, end);
    }

private:
    enum class kind : unsigned char { words, number, negative_number };

    // Few members: each place that makes a message writes all of them for each part.
    const char* words_ = "";
    std::uint64_t number_ = 0;  // or the number of letters
    kind kind_ = kind::words;
};

/// The parts in one text. The compiler makes this function once; it would make a chain of `+` and std::to_string again
/// in each place.
template <class = where_used>
STRATA_COLD std::string message(std::initializer_list<message_part> parts) {
    std::string result;
    for (const message_part& part : parts) part.append_to(result);
    return result;
}

}  // namespace strata::internal
