// argument: checks of run-time arguments against their ranges.
#pragma once

#include <charconv>
#include <stdexcept>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// Checks arguments of the class called `type`. A failed check throws std::invalid_argument; NaN always fails. A check
/// that holds allocates nothing.
struct argument_check {
    std::string_view type;

    void require(bool holds, std::string_view expected, double got) const {
        if (!holds) refuse(expected, "", got);
    }
    void positive(std::string_view name, double value) const {
        if (!(internal::is_finite(value) && value > 0.0)) refuse(name, " above 0", value);
    }
    void not_negative(std::string_view name, double value) const {
        if (!(internal::is_finite(value) && value >= 0.0)) refuse(name, " of at least 0", value);
    }
    /// 0 <= value <= 1.
    void within_one(std::string_view name, double value) const {
        if (!(internal::is_finite(value) && value >= 0.0 && value <= 1.0)) refuse(name, " in [0, 1]", value);
    }
    /// 0 <= value < 1.
    void fraction(std::string_view name, double value) const {
        if (!(internal::is_finite(value) && value >= 0.0 && value < 1.0)) refuse(name, " in [0, 1)", value);
    }

private:
    template <class = internal::where_used>
    [[noreturn]] STRATA_COLD void refuse(std::string_view name, std::string_view range, double got) const {
        throw std::invalid_argument(internal::message({"strata: ", type, " expects ", name, range, ", got ",
                                                       internal::decimal(got, 6, std::chars_format::general)}));
    }
};

}  // namespace strata::inline STRATA_ISA
