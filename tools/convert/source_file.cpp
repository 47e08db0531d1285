// Reading files: JSON by nlohmann-json, archives by libzip, arrays by strata's reader of numpy's format.
#include "source_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <utility>

#include <unistd.h>
#include <zip.h>

#include <strata/core/json_depth.hpp>
#include <strata/core/native_file.hpp>
#include <strata/io/npy.hpp>

#include "problem.hpp"

namespace convert {

progress::progress(std::string task, std::uint64_t all) : task_(std::move(task)), all_(all) {}

void progress::advance(std::uint64_t bytes) {
    constexpr std::uint64_t large = 64 << 20, parts = 10;
    if (all_ < large) return;
    done_ += bytes;
    const std::uint64_t part = std::min(done_ * parts / all_, parts);
    if (part <= shown_) return;
    shown_ = part;
    std::cerr << task_ << ", " << (all_ >> 20) << " MB: " << part * 100 / parts << " %\n";
}

std::string read_file(const std::filesystem::path& file) {
    constexpr std::size_t part = 4 << 20;
    const strata::internal::input_file opened(file, "a model");
    std::string bytes(static_cast<std::size_t>(opened.size()), '\0');
    progress shown("reading " + printable(file.filename().string()), bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += part) {
        const std::size_t count = std::min(part, bytes.size() - at);
        opened.read(at, bytes.data() + at, count);
        shown.advance(count);
    }
    return bytes;
}

json parse_json(const std::string& text, const std::string& of) {
    if (strata::internal::json_levels(text) > strata::internal::most_json_levels)
        throw problem(of + " has lists nested deeper than 200; no model needs that, the file is damaged");
    try {
        return json::parse(text);
    } catch (const json::parse_error& error) {
        throw problem(of + " is no JSON: " + printable(error.what()) +
                      "; the file is truncated or damaged, save it again");
    }
}

archive::archive(const std::filesystem::path& file) {
    size_ = strata::internal::input_file(file, "an archive").size();
    int error = 0;
    zip_ = zip_open(file.c_str(), ZIP_RDONLY, &error);
    if (zip_ == nullptr)
        throw problem(
            "is no archive that can be read; it is truncated or damaged, or no .keras or .npz file; save it again");
    for (const std::string& name : members()) {
        const std::filesystem::path path(name);
        const bool leaves = path.is_absolute() || name.find('\\') != std::string::npos ||
                            std::find(path.begin(), path.end(), "..") != path.end();
        if (leaves) {
            zip_discard(static_cast<zip_t*>(zip_));
            throw problem("has the member \"" + printable(name) +
                          "\", which leads out of the archive; Keras writes none, do not trust the file");
        }
    }
}
archive::~archive() { zip_discard(static_cast<zip_t*>(zip_)); }

bool archive::has(const std::string& member) const {
    return zip_name_locate(static_cast<zip_t*>(zip_), member.c_str(), 0) >= 0;
}
std::vector<std::string> archive::members() const {
    std::vector<std::string> names;
    const zip_int64_t count = zip_get_num_entries(static_cast<zip_t*>(zip_), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(static_cast<zip_t*>(zip_), static_cast<zip_uint64_t>(i), 0);
        names.emplace_back(name == nullptr ? "" : name);
    }
    return names;
}

template <class Sink>
void archive::copy(const std::string& member, std::uint64_t most, Sink sink) const {
    const std::string damaged = " cannot be read; the file is truncated or damaged, save it again";
    zip_file_t* opened = zip_fopen(static_cast<zip_t*>(zip_), member.c_str(), 0);
    if (opened == nullptr)
        throw problem("its member " + printable(member) + (has(member) ? damaged : " is missing; save the model again"));
    std::array<char, 1 << 16> part{};
    std::uint64_t done = 0;
    zip_stat_t stated{};
    const bool is_known = zip_stat(static_cast<zip_t*>(zip_), member.c_str(), 0, &stated) == 0;
    progress shown("reading " + printable(member), is_known ? stated.size : 0);
    zip_int64_t got = 0;
    while ((got = zip_fread(opened, part.data(), part.size())) > 0 && done <= most) {
        done += static_cast<std::uint64_t>(got);
        shown.advance(static_cast<std::uint64_t>(got));
        sink(part.data(), static_cast<std::size_t>(got));
    }
    zip_fclose(opened);
    if (got < 0) throw problem("its member " + printable(member) + damaged);
    if (done > most)
        throw problem("its member " + printable(member) + " unpacks to more than " + std::to_string(most) +
                      " bytes; too much for a file of " + std::to_string(size_) + " bytes, save it again");
}
std::string archive::read(const std::string& member, std::uint64_t most) const {
    std::string bytes;
    copy(member, most, [&](const char* part, std::size_t count) { bytes.append(part, count); });
    return bytes;
}
void archive::extract(const std::string& member, std::uint64_t most, const std::filesystem::path& to) const {
    std::ofstream out(to, std::ios::binary);
    copy(member, most,
         [&](const char* part, std::size_t count) { out.write(part, static_cast<std::streamsize>(count)); });
    out.close();
    if (!out) throw problem("its member " + member + " cannot be written to " + to.string() + "; is the disk full?");
}

namespace {

array parse_npy(const std::string& bytes, const std::string& name) {
    namespace io = strata::io;
    try {
        const std::string damaged = "array " + printable(name) + " is damaged";
        std::size_t at = 0;
        const io::npy_header header = io::read_npy_header([&](std::size_t count) {
            if (count > bytes.size() - at) throw problem(damaged);
            at += count;
            return std::string_view(bytes).substr(at - count, count);
        });
        if (!header.is_float() && !header.is_integer())
            throw problem("array " + printable(name) + " has the type " + printable(header.type) +
                          "; save float32 or float64");
        std::size_t count = 1;
        for (const std::size_t extent : header.extents) {
            if (extent != 0 && count > bytes.size() / extent) throw problem(damaged);
            count *= extent;
        }
        const std::string_view values = std::string_view(bytes).substr(at);
        if (values.size() != count * header.width()) throw problem(damaged);
        array result{.shape = header.extents};
        if (header.type == "<f8") result.doubles = io::npy_values<double>(header, values);
        else result.floats = io::npy_values<float>(header, values);
        return result;
    } catch (const std::invalid_argument& error) {
        throw problem("array " + printable(name) + ": " + printable(error.what()));
    }
}

}  // namespace

std::vector<named_array> read_npz(const std::filesystem::path& file) {
    const archive opened(file);
    constexpr std::uint64_t allowed_ratio = 100;
    // Of all members together: several may have the same bytes of the file.
    std::uint64_t left = opened.file_size() * allowed_ratio;
    std::vector<named_array> result;
    for (const std::string& member : opened.members()) {
        const std::string name = member.substr(0, member.rfind(".npy")), bytes = opened.read(member, left);
        left -= bytes.size();
        result.push_back({name, parse_npy(bytes, name)});
    }
    return result;
}

temporary_file::temporary_file() {
    std::string pattern = (std::filesystem::temp_directory_path() / "strata-convert-XXXXXX").string();
    const int opened = ::mkstemp(pattern.data());
    if (opened < 0)
        throw problem("no temporary file can be made in " + std::filesystem::temp_directory_path().string());
    ::close(opened);
    path_ = pattern;
}
temporary_file::~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

}  // namespace convert
