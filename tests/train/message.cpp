// Messages of words and whole numbers, of every type and at their limits.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <strata/core/message.hpp>

#include "../catch.hpp"

using strata::internal::message;

TEST_CASE("a message is its words and numbers in order") {
    const std::string name = "loss";
    CHECK(message({"sample ", std::size_t{3}, ": ", name, std::string_view(" is "), -2}) == "sample 3: loss is -2");
    CHECK(message({}) == "");
    CHECK(message({""}) == "");
    CHECK(message({0, "/", 10, "/", 9007199254740993}) == "0/10/9007199254740993");
}

TEST_CASE("the numbers of a message are those of std::to_string") {
    constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
    constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
    CHECK(message({least, " ", most, " ", largest}) ==
          std::to_string(least) + " " + std::to_string(most) + " " + std::to_string(largest));
    constexpr int low = std::numeric_limits<int>::min();
    CHECK(message({low, " ", static_cast<short>(-7)}) == std::to_string(low) + " -7");
}
