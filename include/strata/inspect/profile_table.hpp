// Profile: the measured steps of an inference, a stream or a training, as a table and as a trace.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/io/json_text.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// One step of the measured code: a layer with those fused into it, or a chain of such that runs depth-first.
struct profile_row {
    std::string layers{};     // their names: `conv2d + re_lu`, in a chain `conv2d, conv2d_1`
    std::string part{};       // of a training step: `forward`, `backward`, ...; else empty
    std::string algorithm{};  // that the layer chose, and bands or registers of the executor
    double seconds = 0.0;     // the least time of all runs; of several threads that of the slowest
    double flops = 0.0;       // a multiply-add counts two; Winograd's algorithm does fewer than it is counted
    double bytes = 0.0;       // inputs, outputs and weights, each once
    std::size_t threads = 1;
};

/// One run of a step by one thread; times in seconds since the run began.
struct profile_event {
    std::size_t row = 0;
    std::size_t thread = 0;
    double begin = 0.0;
    double end = 0.0;
};

/// The result of `profile`.
class Profile {
public:
    Profile(std::string name, std::string unit, std::size_t count, double peak, double seconds,
            std::vector<profile_row> rows, std::vector<profile_event> events)
        : name_(std::move(name)),
          unit_(std::move(unit)),
          count_(count),
          peak_(peak),
          seconds_(seconds),
          rows_(std::move(rows)),
          events_(std::move(events)) {}

    const std::vector<profile_row>& rows() const { return rows_; }
    /// Those of the fastest run.
    const std::vector<profile_event>& events() const { return events_; }
    /// The least time of a run without clocks in it, of count() samples or time steps.
    double seconds() const { return seconds_; }
    std::size_t count() const { return count_; }
    /// Of one core, in floating-point operations a second.
    double peak() const { return peak_; }
    double flops() const { return sum(&profile_row::flops); }
    /// Of a row, of the peak of the cores that it runs on.
    double share_of_peak(const profile_row& row) const { return share_of_peak(row.flops, row.seconds, row.threads); }

    /// The table as lines of text: the columns of write_markdown, the rows in the order of the steps.
    std::string to_text() const {
        std::string result = internal::message({title(), "\n"});
        const auto cells = table();
        std::vector<std::size_t> widths(cells.front().size());
        for (const auto& row : cells)
            for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
        for (const auto& row : cells) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string blanks(widths[i] - row[i].size(), ' ');
                line += (i > 0 ? "  " : "") + (is_text(i) ? row[i] + blanks : blanks + row[i]);
            }
            result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
        return result;
    }
    /// The same as a table of a document.
    std::string to_markdown() const {
        const auto cells = table();
        std::string result;
        for (std::size_t r = 0; r < cells.size(); ++r) {
            for (const std::string& cell : cells[r]) result += "| " + cell + " ";
            result += "|\n";
            if (r > 0) continue;
            for (std::size_t i = 0; i < cells[0].size(); ++i) result += is_text(i) ? "|---" : "|--:";
            result += "|\n";
        }
        return result;
    }
    /// The fastest run as JSON of the Trace Event Format, which Perfetto and chrome://tracing open.
    std::string to_trace() const {
        std::string result =
            "{\"displayTimeUnit\": \"ns\", \"otherData\": {\"net\": " + io::json_string(name_) +
            "},\n\"traceEvents\": [\n{\"name\": \"process_name\", \"ph\": \"M\", \"pid\": 1, \"tid\": 0, "
            "\"args\": {\"name\": " +
            io::json_string("strata: " + name_) + "}}";
        for (const profile_event& each : events_) {
            const profile_row& row = rows_[each.row];
            result +=
                internal::message({",\n{\"name\": ", io::json_string(row.layers),
                                   ", \"cat\": ", io::json_string(row.part.empty() ? "forward" : row.part),
                                   ", \"ph\": \"X\", \"pid\": 1, \"tid\": ", each.thread,
                                   ", \"ts\": ", internal::decimal(each.begin * 1e6, 3),
                                   ", \"dur\": ", internal::decimal(std::max(0.0, each.end - each.begin) * 1e6, 3),
                                   ", \"args\": {\"algorithm\": ", io::json_string(row.algorithm),
                                   ", \"flops\": ", internal::decimal(row.flops, 0),
                                   ", \"bytes\": ", internal::decimal(row.bytes, 0), "}}"});
        }
        return result + "\n]}\n";
    }
    /// Throws file_error.
    void write_trace(const std::filesystem::path& file) const { replace_file_by(file, to_trace()); }

    friend std::ostream& operator<<(std::ostream& out, const Profile& profile) { return out << profile.to_text(); }

private:
    double sum(double profile_row::* member) const {
        double total = 0.0;
        for (const profile_row& row : rows_) total += row.*member;
        return total;
    }
    double share_of_peak(double flops, double seconds, std::size_t threads) const {
        return seconds > 0.0 && peak_ > 0.0 ? flops / seconds / (peak_ * static_cast<double>(threads)) : 0.0;
    }
    bool has_parts() const { return has(&profile_row::part); }
    bool has_algorithms() const { return has(&profile_row::algorithm); }
    bool has(std::string profile_row::* member) const {
        return std::any_of(rows_.begin(), rows_.end(), [&](const profile_row& row) { return !(row.*member).empty(); });
    }
    /// Whether a column holds words.
    bool is_text(std::size_t column) const {
        return column < (has_parts() ? 1u : 0u) + (has_algorithms() ? 1u : 0u) + 1u;
    }
    static std::string time_text(double seconds) {
        const double scale = seconds >= 1e-3 ? 1e3 : seconds >= 1e-6 ? 1e6 : 1e9;
        const int digits = seconds * scale < 10 ? 2 : seconds * scale < 100 ? 1 : 0;
        return internal::decimal(seconds * scale, digits) + (scale == 1e3 ? " ms" : scale == 1e6 ? " us" : " ns");
    }
    std::string title() const {
        return internal::message({name_, ": ", count_, " ", unit_, count_ == 1 ? "" : "s", " in ", time_text(seconds_),
                                  ", ", internal::decimal(flops() / seconds_ * 1e-9, 1), " GFLOP/s; peak of one core ",
                                  internal::decimal(peak_ * 1e-9, 0), " GFLOP/s"});
    }
    std::vector<std::string> cells_of(const profile_row& row, double all) const {
        std::vector<std::string> cells{row.layers};
        if (has_parts()) cells.push_back(row.part);
        if (has_algorithms()) cells.push_back(row.algorithm);
        const bool computes = row.flops > 0.0 && row.seconds > 0.0;
        cells.insert(
            cells.end(),
            {time_text(row.seconds), internal::decimal(all > 0.0 ? 100.0 * row.seconds / all : 0.0, 1) + " %",
             internal::decimal(row.flops * 1e-6, row.flops < 1e8 ? 3 : 1),
             computes ? internal::decimal(row.flops / row.seconds * 1e-9, 1) : "",
             computes && peak_ > 0.0 ? internal::decimal(100.0 * share_of_peak(row), 0) + " %" : "",
             internal::decimal(row.bytes / 1024.0, row.bytes < 1e5 ? 1 : 0), internal::message({row.threads})});
        return cells;
    }
    /// The cells of all rows, of the head, and of the sum.
    std::vector<std::vector<std::string>> table() const {
        std::vector<std::vector<std::string>> cells{{"step"}};
        if (has_parts()) cells[0].push_back("part");
        if (has_algorithms()) cells[0].push_back("algorithm");
        cells[0].insert(cells[0].end(), {"time", "share", "MFLOP", "GFLOP/s", "of peak", "KB", "threads"});
        const double all = sum(&profile_row::seconds);
        profile_row total{.layers = "sum", .seconds = all, .flops = flops(), .bytes = sum(&profile_row::bytes)};
        for (const profile_row& row : rows_) {
            cells.push_back(cells_of(row, all));
            total.threads = std::max(total.threads, row.threads);
        }
        cells.push_back(cells_of(total, all));
        return cells;
    }

    std::string name_, unit_;
    std::size_t count_;
    double peak_, seconds_;
    std::vector<profile_row> rows_;
    std::vector<profile_event> events_;
};

}  // namespace strata::inline STRATA_ISA
