// print_message: standard output of callbacks, where `verbose` asks for it.
#pragma once

#include <ostream>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/output.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class = internal::where_used>
void print_message(std::string_view message) {
    output() << message << '\n' << std::flush;
}

}  // namespace strata::inline STRATA_ISA::detail
