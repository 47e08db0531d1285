// reading_progress: says on a terminal how far a long reading is.
#pragma once

#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>

#include <strata/core/clock.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/message.hpp>
#include <strata/core/terminal.hpp>
#include <strata/train/output.hpp>
#include <strata/train/progress.hpp>

namespace strata::inline STRATA_ISA::detail {

/// One line, `digits.csv: 42 %`, redrawn ten times a second and erased at the end. Readings of less than a second, and
/// programs whose output is no terminal, show nothing.
class reading_progress {
public:
    reading_progress(const std::filesystem::path& file, bool is_shown, std::ostream& out = detail::output(),
                     bool is_terminal = internal::stdout_is_terminal(), double (*now)() = internal::steady_seconds)
        : name_(internal::path_text(file.filename())),
          is_shown_(is_shown && is_terminal),
          out_(&out),
          now_(now),
          next_(is_shown_ ? now() + 1.0 : 0.0) {}
    reading_progress(const reading_progress&) = delete;
    reading_progress& operator=(const reading_progress&) = delete;
    ~reading_progress() {
        if (is_drawn_) *out_ << '\r' << std::string(name_.size() + 7, ' ') << '\r' << std::flush;
    }

    /// `done` of `all` bytes, rows or files are read.
    void update(std::size_t done, std::size_t all) {
        if (!is_shown_ || all == 0 || ++calls_ % 64 != 0) return;  // most calls do not even read the clock
        const double now = now_();
        if (now < next_) return;
        next_ = now + 0.1;
        is_drawn_ = true;
        const auto percent = static_cast<std::size_t>(100.0 * static_cast<double>(done) / static_cast<double>(all));
        *out_ << internal::message({"\r", name_, ": ", percent, " %"}) << std::flush;
    }

private:
    std::string name_;
    bool is_shown_, is_drawn_ = false;
    std::ostream* out_;
    double (*now_)();
    double next_;
    std::size_t calls_ = 0;
};

}  // namespace strata::inline STRATA_ISA::detail
