// half: floats of 16 bits, as in files.
#pragma once

#include <bit>
#include <cstdint>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::io {

/// The value of a float of 16 bits (IEEE 754).
constexpr float float_of_half(std::uint16_t bits) {
    const std::uint32_t sign = (bits & 0x8000u) << 16;
    const std::uint32_t exponent = (bits >> 10) & 0x1fu, fraction = bits & 0x3ffu;
    if (exponent == 0) return std::bit_cast<float>(sign | 0x3f800000u) * static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(sign | ((exponent == 31 ? 255 : exponent + 112) << 23) | (fraction << 13));
}

}  // namespace strata::inline STRATA_ISA::io
