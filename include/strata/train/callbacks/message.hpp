// print_message: the one place where callbacks write to standard output, when they are asked to by `verbose`.
#pragma once

#include <iostream>
#include <string_view>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::detail {

inline void print_message(std::string_view message) { std::cout << message << '\n' << std::flush; }

}  // namespace strata::inline STRATA_ISA::detail
