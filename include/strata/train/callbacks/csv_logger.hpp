// CSVLogger: a row of scores per epoch, written while the training runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/callback.hpp>
#include <strata/train/csv.hpp>
#include <strata/train/decimal.hpp>

namespace strata::inline STRATA_ISA {

/// Keras' CSVLogger: the columns are `epoch`, counted from zero, and the scores of the first epoch by name; a score
/// that is missing later reads NA. Each row is written when its epoch ends. With append, a file that has rows keeps
/// its columns, and scores that are not among them are refused. Throws file_error where the file cannot be written.
struct CSVLogger {
    std::filesystem::path filename = {};
    std::string separator = ",";
    bool append = false;

    std::vector<std::string> columns = {};  // state of the current or the last fit; without `epoch`

    static constexpr std::string_view type = "CSVLogger";

    template <class = internal::where_used>
    void validate() const {
        if (filename.empty()) throw std::invalid_argument("strata: CSVLogger: filename is empty");
        if (separator.empty() || separator.find_first_of("\"\r\n") != separator.npos)
            throw std::invalid_argument("strata: CSVLogger: separator must not be empty, a quote or the end of a line");
    }

    // Templates, so that the code that writes files is compiled only in programs that use this callback.
    template <class Control>
    void on_train_begin(Control&) {
        columns.clear();
        std::error_code code;
        const auto status = std::filesystem::status(filename, code);
        if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
            throw file_error(filename, "is a folder, a FIFO, a socket or a device; give the name of a file");
        if (append) {
            std::string header;
            std::getline(std::ifstream(filename), header);
            if (header.ends_with('\r')) header.pop_back();
            if (!header.empty()) {
                columns = internal::with_file_errors(filename, [&] { return internal::csv_fields(header, separator); });
                if (columns.front() != "epoch")
                    throw file_error(
                        filename, "begins with \"" + columns.front() + "\", expected a column \"epoch\" to append to");
                columns.erase(columns.begin());
            }
        }
        write("", append ? std::ios::app : std::ios::trunc);
    }

    template <class Control>
    void on_epoch_end(Control&, std::size_t epoch, const Scores& scores) {
        std::string rows;
        if (columns.empty()) {
            for (const score& each : scores) columns.push_back(each.name);
            std::sort(columns.begin(), columns.end());
            std::vector<std::string> header = columns;
            header.insert(header.begin(), "epoch");
            rows = internal::csv_row(header, separator);
        }
        for (const score& each : scores)
            if (append && std::find(columns.begin(), columns.end(), each.name) == columns.end())
                throw std::invalid_argument("strata: CSVLogger: " + internal::path_text(filename) +
                                            " has no column for \"" + each.name +
                                            "\"; log to another file, or without append");
        std::vector<std::string> fields{std::to_string(epoch)};
        for (const std::string& name : columns)
            fields.push_back(scores.contains(name) ? internal::shortest(scores[name]) : "NA");
        write(rows + internal::csv_row(fields, separator), std::ios::app);
    }

private:
    template <class = internal::where_used>
    void write(const std::string& rows, std::ios::openmode mode) const {
        std::ofstream out(filename, std::ios::binary | std::ios::out | mode);
        out << rows;
        out.close();
        if (!out) throw file_error(filename, "cannot be written: does its folder exist, is the disk full?");
    }
};

}  // namespace strata::inline STRATA_ISA
