// terminal: the terminal that a program's output goes to: whether there is one, its width, text in UTF-8.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>

#if defined(_WIN32)
#include <streambuf>
#include <string>

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

/// Writes UTF-8 text to the console, whatever its code page is. C's and C++'s streams take bytes for letters of one.
class console_buffer : public std::streambuf {
protected:
    int_type overflow(int_type letter) override {
        if (!traits_type::eq_int_type(letter, traits_type::eof())) text_ += traits_type::to_char_type(letter);
        return traits_type::not_eof(letter);
    }
    std::streamsize xsputn(const char* text, std::streamsize count) override {
        text_.append(text, static_cast<std::size_t>(count));
        return count;
    }
    int sync() override {
        const auto bytes = static_cast<int>(text_.size());
        const int units = ::MultiByteToWideChar(CP_UTF8, 0, text_.data(), bytes, nullptr, 0);
        std::wstring wide(static_cast<std::size_t>(units), L'\0');
        ::MultiByteToWideChar(CP_UTF8, 0, text_.data(), bytes, wide.data(), units);
        text_.clear();
        DWORD written = 0;
        return ::WriteConsoleW(output_handle(), wide.data(), static_cast<DWORD>(units), &written, nullptr) != 0 ? 0
                                                                                                                : -1;
    }

private:
    std::string text_;
};

#else

inline bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
/// 0: unknown.
inline std::size_t terminal_columns() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#endif

/// The value of a variable of the environment; empty where there is none.
inline std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}
/// Whether the output is a terminal that obeys escape sequences: TERM=dumb says that it does not.
inline bool stdout_redraws() { return stdout_is_terminal() && environment("TERM") != "dumb"; }
/// Whether the output shows colours: on a terminal, unless NO_COLOR is set (no-color.org).
inline bool stdout_has_colors() { return stdout_redraws() && environment("NO_COLOR").empty(); }

}  // namespace strata::internal
