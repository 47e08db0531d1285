// terminal: the terminal that a program's output goes to: whether there is one, its width, its encoding.
#pragma once

#include <cstddef>

#if defined(_WIN32)
#include <strata/core/windows.hpp>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace strata::internal {

#if defined(_WIN32)

inline HANDLE output_handle() { return ::GetStdHandle(STD_OUTPUT_HANDLE); }
/// Whether the output is a console that obeys escape sequences; Windows 10 and newer have one.
inline bool stdout_is_terminal() {
    DWORD mode = 0;
    return ::GetConsoleMode(output_handle(), &mode) != 0 &&
           ::SetConsoleMode(output_handle(), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}
/// 0: unknown.
inline std::size_t terminal_columns() {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (::GetConsoleScreenBufferInfo(output_handle(), &info) == 0) return 0;
    return static_cast<std::size_t>(info.srWindow.Right - info.srWindow.Left + 1);
}

/// While it lives, the console reads the output as UTF-8. The destructor sets the previous code page again.
class utf8_output {
public:
    explicit utf8_output(bool active) : previous_(active ? ::GetConsoleOutputCP() : 0) {
        if (previous_ != 0) ::SetConsoleOutputCP(CP_UTF8);
    }
    utf8_output(const utf8_output&) = delete;
    utf8_output& operator=(const utf8_output&) = delete;
    ~utf8_output() {
        if (previous_ != 0) ::SetConsoleOutputCP(previous_);
    }

private:
    UINT previous_;
};

#else

inline bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
/// 0: unknown.
inline std::size_t terminal_columns() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// Terminals of other systems than Windows read UTF-8.
class utf8_output {
public:
    explicit utf8_output(bool) {}
    utf8_output(const utf8_output&) = delete;
    utf8_output& operator=(const utf8_output&) = delete;
};

#endif

}  // namespace strata::internal
