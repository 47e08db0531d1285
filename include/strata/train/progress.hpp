// progress: Keras' bar while fit and evaluate run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/clock.hpp>
#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/terminal.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/output.hpp>
#include <strata/train/scores.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// `1:02:03`, `2:03`, `3s`.
inline std::string time_left(double duration) {
    const auto whole = static_cast<long long>(std::min(duration, 1e9));
    const long long hours = whole / 3600, minutes = (whole > 3600 ? whole % 3600 : whole) / 60, rest = whole % 60;
    const auto before = [](long long two_digits) { return two_digits < 10 ? ":0" : ":"; };
    if (whole > 3600) return internal::message({hours, before(minutes), minutes, before(rest), rest});
    if (whole > 60) return internal::message({minutes, before(rest), rest});
    return internal::message({whole, "s"});
}
inline std::string time_per_step(double duration) {
    const bool is_long = duration >= 1 || duration == 0;
    const double scale = is_long ? 1 : duration >= 1e-3 ? 1e3 : 1e6;
    return internal::message({internal::decimal(duration * scale, 0), is_long            ? "s/step"
                                                                      : duration >= 1e-3 ? "ms/step"
                                                                                         : "us/step"});
}

}  // namespace detail

/// How much fit and evaluate print: 0, 1, 2, or "auto", which is 1. Keras: `verbose`.
class verbosity {
public:
    constexpr verbosity(int level) : level_(level) {}
    /// Throws std::invalid_argument for another word.
    verbosity(std::string_view word) : level_(1) {
        if (word != "auto")
            throw std::invalid_argument(
                internal::message({"strata: verbose is \"", word, "\"; it may be 0, 1, 2 or \"auto\""}));
    }
    verbosity(const char* word) : verbosity(std::string_view(word)) {}

    constexpr operator int() const { return level_; }

private:
    int level_;
};

/// verbose 1 redraws a bar on a terminal, at most twenty times a second; 2, and 1 where the output is no terminal,
/// write one line per epoch; 0 writes nothing. A step that draws nothing only reads the clock. Each line is cut at the
/// width that the terminal has then. NO_COLOR takes the colours away.
class progress {
public:
    /// A bar on the output of the program. Compiled once for fit and evaluate.
    STRATA_NOINLINE progress(int verbose, std::size_t epochs, std::size_t steps)
        : progress(verbose, epochs, steps, detail::output()) {}
    /// columns gives the terminal's width, 0 if unknown; the bar is cut there, since a line that wraps cannot be
    /// redrawn.
    progress(int verbose, std::size_t epochs, std::size_t steps, std::ostream& out,
             bool is_terminal = internal::stdout_redraws(), std::size_t (*columns)() = internal::terminal_columns,
             double (*now)() = internal::steady_seconds, bool has_colors = internal::environment("NO_COLOR").empty())
        : style_(verbose == 1 && !is_terminal ? 2 : verbose),
          epochs_(epochs),
          steps_(steps),
          out_(&out),
          columns_(columns),
          now_(now),
          has_colors_(has_colors) {
        check_verbose(verbose);
    }

    /// Throws std::invalid_argument for another number than 0, 1 or 2.
    static void check_verbose(int verbose) {
        if (verbose < 0 || verbose > 2)
            throw std::invalid_argument(internal::message(
                {"strata: verbose is ", verbose, "; it may be 0 (nothing), 1 (a bar) or 2 (a line per epoch)"}));
    }

    /// epoch counts from zero. Where there is only one epoch, as for evaluate, its title is left out.
    STRATA_NOINLINE void epoch_begin(std::size_t epoch) {
        if (style_ == 0) return;
        epoch_ = epoch;
        begin_ = now_();
        drawn_ = begin_ - 1;
        if (style_ == 1 && epochs_ > 1) *out_ << title() << '\n' << std::flush;
    }

    /// Whether step() shows scores.
    bool wants_scores() const { return style_ == 1; }
    /// batch counts from zero.
    void step(std::size_t batch, const Scores& scores) {
        if (style_ == 0) return;
        const double now = now_();
        done_ = batch + 1;
        if (batch == 0) first_step_end_ = now;
        if (style_ != 1 || now - drawn_ < 0.05) return;
        drawn_ = now;
        const double each = step_duration(now);
        const double left = each * static_cast<double>(steps_ - std::min(done_, steps_));
        draw(detail::time_left(left), each, scores, columns_());
        *out_ << std::flush;
    }

    void epoch_end(const Scores& scores) {
        if (style_ == 0) return;
        const double now = now_(), each = step_duration(now);
        const std::string elapsed = internal::message({internal::decimal(now - begin_, 0), "s"});
        done_ = steps_;
        if (style_ == 1) {
            draw(elapsed, each, scores, 0);  // the last line of an epoch stays, and is not cut
        } else {
            *out_ << internal::message({epochs_ > 1 ? title() : "", epochs_ > 1 ? " - " : "", count(), " - ", elapsed,
                                        " - ", detail::time_per_step(each), scores_text(scores)});
        }
        *out_ << '\n' << std::flush;
    }

private:
    static constexpr std::size_t bar_width = 20;

    std::string title() const { return internal::message({"Epoch ", epoch_ + 1, "/", epochs_}); }
    std::string count() const {
        const std::string all = internal::message({steps_}), done = internal::message({done_});
        constexpr std::string_view spaces = "                    ";  // as many as a number has digits
        return internal::message({spaces.substr(0, all.size() - std::min(all.size(), done.size())), done, "/", all});
    }
    static std::string scores_text(const Scores& scores) {
        std::string result;
        for (const score& each : scores)
            result += internal::message({" - ", each.name, ": ", internal::score_text(each.value)});
        return result;
    }

    /// The mean over the steps so far. The first step is slower, as caches are cold: it counts only where it is the
    /// only one.
    double step_duration(double now) const {
        if (done_ == 0) return 0;
        if (done_ == 1) return now - begin_;
        return (now - first_step_end_) / static_cast<double>(done_ - 1);
    }

    /// Cuts the line at `columns`, unless that is 0.
    void draw(std::string_view time, double each, const Scores& scores, std::size_t columns) {
        constexpr std::string_view rest = "\x1b[K";
        const auto color = [&](std::string_view code) { return has_colors_ ? code : std::string_view(); };
        const std::string_view bold = color("\x1b[1m"), green = color("\x1b[32m"), white = color("\x1b[37m"),
                               plain = color("\x1b[0m");
        const std::size_t filled = steps_ == 0 ? bar_width : bar_width * std::min(done_, steps_) / steps_;
        constexpr std::string_view line = "━━━━━━━━━━━━━━━━━━━━";
        static_assert(line.size() == 3 * bar_width);
        const auto bar = [&](std::size_t length) { return line.substr(0, 3 * length); };
        const std::string tail = internal::message({" ", detail::time_per_step(each), scores_text(scores)});
        const std::size_t before = count().size() + 1 + bar_width + 1 + time.size();
        const std::size_t room = columns > 0 ? columns - std::min(columns, before + 1) : tail.size();
        *out_ << internal::message({"\r", bold, count(), plain, " ", green, bar(filled), plain, white,
                                    bar(bar_width - filled), plain, " ", bold, time, plain,
                                    std::string_view(tail).substr(0, room), rest});
    }

    int style_;
    std::size_t epochs_, steps_;
    std::ostream* out_;
    std::size_t (*columns_)();
    double (*now_)();
    bool has_colors_;
    std::size_t epoch_ = 0, done_ = 0;
    double begin_ = 0, drawn_ = 0, first_step_end_ = 0;
};

}  // namespace strata::inline STRATA_ISA
