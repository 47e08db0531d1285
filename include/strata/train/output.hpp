// output: the stream that fit, evaluate and callbacks print to.
#pragma once

#include <iostream>
#include <ostream>
#include <streambuf>

#include <strata/core/config.hpp>
#include <strata/core/terminal.hpp>

namespace strata::inline STRATA_ISA::detail {

#if defined(_WIN32)
inline std::streambuf* const first_buffer = std::cout.rdbuf();

/// std::cout, or the console where std::cout leads to it: the console shows bars and names of files in any code page.
inline std::ostream& output() {
    static const bool is_console = internal::stdout_is_terminal();
    if (!is_console || std::cout.rdbuf() != first_buffer) return std::cout;
    static internal::console_buffer buffer;
    static std::ostream console(&buffer);
    std::cout.flush();
    return console;
}
#else
inline std::ostream& output() { return std::cout; }
#endif

}  // namespace strata::inline STRATA_ISA::detail
