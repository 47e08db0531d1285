// .safetensors: a header of names, types and offsets, then the values (huggingface.co/docs/safetensors).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/io/half.hpp>
#include <strata/io/header_parser.hpp>
#include <strata/io/name_match.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

static_assert(std::endian::native == std::endian::little,
              "strata: .safetensors files are read on little-endian machines");

/// The order of tensors in the data; empty ones come before what begins at the same byte.
inline bool data_order(const header_entry* a, const header_entry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
}

/// A whole .safetensors file in memory, checked when it is opened.
class safetensors_file {
public:
    /// Throws file_error for what is no such file: missing, truncated, a broken header, tensors that overlap or leave
    /// bytes out. The header is checked before memory is taken for the values.
    explicit safetensors_file(const std::filesystem::path& file) : file_(file) {
        if (std::filesystem::is_directory(file)) throw file_error(file, "is a folder, expected a .safetensors file");
        std::error_code code;
        std::ifstream in(file, std::ios::binary);
        if (!in || !std::filesystem::is_regular_file(file, code))
            throw file_error(file, "cannot be opened: does it exist, may it be read?");
        const std::uint64_t length = std::filesystem::file_size(file);
        std::array<char, 8> prefix{};
        if (length < 8 || !in.read(prefix.data(), 8))
            throw file_error(file, "has " + std::to_string(length) + " bytes, no .safetensors header; is it complete?");
        const auto header = std::bit_cast<std::uint64_t>(prefix);
        if (header > length - 8 || header > max_header)
            throw file_error(file, "announces a header of " + std::to_string(header) + " bytes in a file of " +
                                       std::to_string(length) + "; it is truncated or no .safetensors file");
        std::string text(header, '\0');
        read(in, text.data(), text.size());
        try {
            entries_ = header_parser(text).parse();
        } catch (const std::invalid_argument& error) {
            throw file_error(file, std::string("is no .safetensors file: ") + error.what());
        }
        check_offsets(length - 8 - header);
        bytes_.resize(length - 8 - header);
        read(in, bytes_.data(), bytes_.size());
    }

    const std::vector<header_entry>& entries() const { return entries_; }
    const header_entry* find(std::string_view name) const {
        const auto found =
            std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.name == name; });
        return found == entries_.end() ? nullptr : &*found;
    }
    static strata::shape shape_of(const header_entry& entry) {
        strata::shape result;
        for (const std::size_t extent : entry.extents) result.push_back(extent);
        return result;
    }
    static bool is_float(const header_entry& entry) {
        return entry.dtype == "F32" || entry.dtype == "F64" || entry.dtype == "F16" || entry.dtype == "BF16";
    }
    static bool is_integer(const header_entry& entry) { return entry.dtype == "I32" || entry.dtype == "I64"; }
    /// The values of a tensor of floats or integers, whatever their width. Throws file_error where it is one of
    /// something else.
    template <class T>
    std::vector<T> values(const header_entry& entry) const {
        if (!is_float(entry) && !is_integer(entry)) refuse_type(file_, "tensor " + entry.name, entry);
        const char* from = bytes_.data() + entry.begin;
        std::vector<T> result((entry.end - entry.begin) / width(entry));
        for (std::size_t i = 0; i < result.size(); ++i) {
            if (entry.dtype == "F32") result[i] = static_cast<T>(element<float>(from, i));
            else if (entry.dtype == "F64") result[i] = static_cast<T>(element<double>(from, i));
            else if (entry.dtype == "I32") result[i] = static_cast<T>(element<std::int32_t>(from, i));
            else if (entry.dtype == "I64") result[i] = static_cast<T>(element<std::int64_t>(from, i));
            else if (entry.dtype == "BF16")
                result[i] = static_cast<T>(std::bit_cast<float>(std::uint32_t{element<std::uint16_t>(from, i)} << 16));
            else result[i] = static_cast<T>(float_of_half(element<std::uint16_t>(from, i)));
        }
        return result;
    }

    [[noreturn]] static void refuse_type(const std::filesystem::path& file, const std::string& where,
                                         const header_entry& entry) {
        throw file_error(file, where + ": expected values of type F32, F64, F16 or BF16, found " + entry.dtype +
                                   "; save the model in float32");
    }

private:
    static constexpr std::uint64_t max_header = 100'000'000;  // the format's own limit

    void read(std::ifstream& in, char* to, std::size_t count) const {
        if (!in.read(to, static_cast<std::streamsize>(count))) throw file_error(file_, "cannot be read to its end");
    }
    template <class Stored>
    static Stored element(const char* from, std::size_t i) {
        Stored value;
        std::memcpy(&value, from + i * sizeof(Stored), sizeof(Stored));
        return value;
    }
    static std::size_t width(const header_entry& entry) {
        return entry.dtype == "F64" || entry.dtype == "I64" ? 8 : entry.dtype == "F32" || entry.dtype == "I32" ? 4 : 2;
    }
    void check_offsets(std::size_t length) const {
        std::vector<const header_entry*> sorted;
        for (const header_entry& entry : entries_) {
            if (entry.begin > entry.end || entry.end > length)
                throw file_error(file_, "tensor " + entry.name + " lies past the end; the file is truncated");
            if (entry.extents.size() > strata::shape::max_rank)
                throw file_error(file_, "tensor " + entry.name + " has more than 6 axes");
            if (is_float(entry) || is_integer(entry)) check_size(entry);
            sorted.push_back(&entry);
        }
        std::sort(sorted.begin(), sorted.end(), data_order);
        std::size_t end = 0;
        for (const header_entry* entry : sorted) {
            if (entry->begin != end)
                throw file_error(file_, "tensor " + entry->name + " begins at byte " + std::to_string(entry->begin) +
                                            ", expected " + std::to_string(end) +
                                            "; the file is damaged, save it again");
            end = entry->end;
        }
        if (end != length)
            throw file_error(file_, "has " + std::to_string(length) + " bytes of values, expected " +
                                        std::to_string(end) + "; the file is damaged, save it again");
    }
    void check_size(const header_entry& entry) const {
        const std::size_t left = (entry.end - entry.begin) / width(entry);
        const bool whole = left * width(entry) == entry.end - entry.begin;
        std::size_t product = 1;
        for (const std::size_t extent : entry.extents) {
            if (extent != 0 && product > left / extent) product = left + 1;
            else product *= extent;
        }
        if (!whole || product != left)
            throw file_error(file_, "tensor " + entry.name + ": its shape and its bytes do not agree; save it again");
    }

    std::filesystem::path file_;
    std::vector<char> bytes_;
    std::vector<header_entry> entries_;
};

/// The values of all weights, in the net's order; match_names says which tensor is whose.
template <class T>
std::vector<std::vector<T>> load_safetensors(const std::filesystem::path& file, std::span<const weight_list> lists) {
    const safetensors_file tensors(file);
    std::vector<const header_entry*> entries;
    for (const header_entry& entry : tensors.entries()) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(), data_order);
    std::vector<std::string> names;
    for (const header_entry* entry : entries) names.push_back(entry->name);
    const std::vector<std::size_t> chosen = match_names(file, lists, names);
    const std::vector<weight_record>& wanted = lists.front().records;
    std::vector<std::vector<T>> values;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const header_entry& entry = *entries[chosen[i]];
        if (!safetensors_file::is_float(entry) && !(wanted[i].is_integer && safetensors_file::is_integer(entry)))
            safetensors_file::refuse_type(file, wanted[i].where(), entry);
        const strata::shape found = safetensors_file::shape_of(entry);
        if (found != wanted[i].extents) refuse_shape(file, wanted[i], to_text(found).str() + " in " + entry.name);
        values.push_back(tensors.values<T>(entry));
    }
    return values;
}

/// Writes all records as F32 or F64, whatever T is, integers as I32.
template <class T>
void save_safetensors(const std::filesystem::path& file, std::span<const weight_record> records,
                      std::span<const std::vector<T>> values) {
    std::string header = "{\"__metadata__\":{\"format\":\"strata\"}";
    std::size_t offset = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string dtype = records[i].is_integer ? "I32" : sizeof(T) == 4 ? "F32" : "F64";
        header += ",\"";
        for (const char c : records[i].full_name()) {
            if (c == '"' || c == '\\') header += '\\';
            header += c;
        }
        header += std::string("\":{\"dtype\":\"") + dtype + "\",\"shape\":[";
        for (std::size_t axis = 0; axis < records[i].extents.rank(); ++axis) {
            if (axis > 0) header += ',';
            header += std::to_string(records[i].extents[axis]);
        }
        header += "],\"data_offsets\":[" + std::to_string(offset) + ",";
        offset += values[i].size() * (records[i].is_integer ? sizeof(std::int32_t) : sizeof(T));
        header += std::to_string(offset) + "]}";
    }
    header += "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    replace_file(file, [&](const std::filesystem::path& temporary) {
        std::ofstream out(temporary, std::ios::binary);
        const std::uint64_t length = header.size();
        char prefix[8];
        std::memcpy(prefix, &length, 8);
        out.write(prefix, 8).write(header.data(), static_cast<std::streamsize>(header.size()));
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (!records[i].is_integer) {
                out.write(reinterpret_cast<const char*>(values[i].data()),
                          static_cast<std::streamsize>(values[i].size() * sizeof(T)));
                continue;
            }
            for (const T value : values[i]) {
                const std::int32_t whole = as_integer(value);
                out.write(reinterpret_cast<const char*>(&whole), sizeof(whole));
            }
        }
        out.close();
        if (!out) throw file_error(file, "cannot be written: is the disk full, may the folder be written?");
    });
}

}  // namespace strata::inline STRATA_ISA::io
