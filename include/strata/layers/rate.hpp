// rate: the check of layers that drop a part of their values.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/text.hpp>

namespace strata::inline STRATA_ISA {

/// Refuses a rate below 0, of 1 or more, and NaN.
constexpr diagnostic check_rate(double rate, std::string_view example) {
    if (rate >= 0.0 && rate < 1.0) return {};
    return refuse("a rate of at least 0, below 1", rate < 0.0 ? "a negative rate" : "a rate of 1 or more",
                  text<64>("write ") << example);
}

}  // namespace strata::inline STRATA_ISA
