// checksum: CRC-64 as in xz (ECMA-182, reflected).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/redundancy_check.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::io {

/// Detects every change of up to three bits, every change within 64 consecutive bits, and all but 2^-64 of the others.
template <class = internal::where_used>
class basic_checksum {
public:
    void add(const void* bytes, std::size_t count) { state_ = check::after(state_, bytes, count); }
    /// 16 digits of base 16, in small letters.
    std::string text() const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string result;
        for (int shift = 60; shift >= 0; shift -= 4) result += digits[(~state_ >> shift) & 15];
        return result;
    }

private:
    using check = internal::redundancy_check<std::uint64_t, 0xc96c5795d7870f42u>;

    std::uint64_t state_ = check::begin;
};
using checksum = basic_checksum<>;

}  // namespace strata::inline STRATA_ISA::io
