// checksum: CRC-64 as in xz (ECMA-182, reflected).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::io {

/// Detects every change of up to three bits, every change within 64 consecutive bits, and all but 2^-64 of the others.
template <class = internal::where_used>
class basic_checksum {
public:
    void add(const void* bytes, std::size_t count) {
        const auto* from = static_cast<const unsigned char*>(bytes);
        std::uint64_t state = state_;
        for (std::size_t i = 0; i < count; ++i) state = table[(state ^ from[i]) & 0xff] ^ (state >> 8);
        state_ = state;
    }
    /// 16 digits of base 16, in small letters.
    std::string text() const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string result;
        for (int shift = 60; shift >= 0; shift -= 4) result += digits[(~state_ >> shift) & 15];
        return result;
    }

private:
    static constexpr std::array<std::uint64_t, 256> table = [] {
        constexpr std::uint64_t polynomial = 0xc96c5795d7870f42u;
        std::array<std::uint64_t, 256> result{};
        for (std::size_t i = 0; i < result.size(); ++i) {
            std::uint64_t value = i;
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
            result[i] = value;
        }
        return result;
    }();

    std::uint64_t state_ = ~std::uint64_t{0};
};
using checksum = basic_checksum<>;

}  // namespace strata::inline STRATA_ISA::io
