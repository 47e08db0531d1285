// safetensors: a header of names, types and offsets, then the values (huggingface.co/docs/safetensors).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/message.hpp>
#include <strata/core/native_file.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/half.hpp>
#include <strata/io/header_parser.hpp>
#include <strata/io/json_text.hpp>
#include <strata/io/name_match.hpp>
#include <strata/io/record.hpp>
#include <strata/model/state.hpp>

namespace strata::inline STRATA_ISA::io {

static_assert(std::endian::native == std::endian::little,
              "strata: .safetensors files are read on little-endian machines");

/// The order of tensors in the data; empty ones come before what begins at the same byte.
template <class = internal::where_used>
bool data_order(const header_entry* a, const header_entry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
}

/// A .safetensors file, checked when it is opened. Memory is allocated for its header, then for each tensor that is
/// read.
template <class = internal::where_used>
class basic_safetensors_file {
public:
    /// Throws file_error where the file is missing or truncated, its header is broken, or its tensors overlap or leave
    /// bytes out.
    explicit basic_safetensors_file(const std::filesystem::path& file) : file_(file, "a .safetensors file") {
        const std::uint64_t length = file_.size();
        std::array<char, 8> prefix{};
        if (length < prefix.size())
            throw file_error(file, "has " + std::to_string(length) + " bytes, no .safetensors header; is it complete?");
        file_.read(0, prefix.data(), prefix.size());
        const auto header = std::bit_cast<std::uint64_t>(prefix);
        if (header > length - 8 || header > max_header)
            throw file_error(file, "announces a header of " + std::to_string(header) + " bytes in a file of " +
                                       std::to_string(length) + "; it is truncated or no .safetensors file");
        values_begin_ = prefix.size() + header;
        std::string text(static_cast<std::size_t>(header), '\0');
        file_.read(prefix.size(), text.data(), text.size());
        try {
            header_parser parser(text);
            entries_ = parser.parse();
            metadata_ = parser.metadata();
        } catch (const std::invalid_argument& error) {
            throw file_error(file, std::string("is no .safetensors file: ") + error.what());
        }
        check_offsets(length - values_begin_);
    }

    const internal::input_file& file() const { return file_; }
    /// The byte of the file at which the values of all tensors begin.
    std::uint64_t values_begin() const { return values_begin_; }
    /// The texts under `__metadata__`.
    const std::map<std::string, std::string>& metadata() const { return metadata_; }
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
    /// The values of a tensor of floats or integers of any width. Throws file_error for other types.
    template <class T>
    std::vector<T> values(const header_entry& entry) const {
        if (!is_float(entry) && !is_integer(entry)) refuse_type(file_.path(), "tensor " + entry.name, entry);
        std::vector<char> bytes(entry.end - entry.begin);
        file_.read(values_begin_ + entry.begin, bytes.data(), bytes.size());
        const char* from = bytes.data();
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
                throw file_error(file_.path(), "tensor " + entry.name + " lies past the end; the file is truncated");
            if (entry.extents.size() > strata::shape::max_rank)
                throw file_error(file_.path(), "tensor " + entry.name + " has more than 6 axes");
            if (is_float(entry) || is_integer(entry)) check_size(entry);
            sorted.push_back(&entry);
        }
        std::sort(sorted.begin(), sorted.end(), data_order<>);
        std::size_t end = 0;
        for (const header_entry* entry : sorted) {
            if (entry->begin != end)
                throw file_error(file_.path(), "tensor " + entry->name + " begins at byte " +
                                                   std::to_string(entry->begin) + ", expected " + std::to_string(end) +
                                                   "; the file is damaged, save it again");
            end = entry->end;
        }
        if (end != length)
            throw file_error(file_.path(), "has " + std::to_string(length) + " bytes of values, expected " +
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
            throw file_error(file_.path(),
                             "tensor " + entry.name + ": its shape and its bytes do not agree; save it again");
    }

    internal::input_file file_;
    std::uint64_t values_begin_ = 0;
    std::vector<header_entry> entries_;
    std::map<std::string, std::string> metadata_;
};
using safetensors_file = basic_safetensors_file<>;

/// The tensor of each weight, in the net's order; match_names finds it. Throws file_error where a type or a shape is
/// another: a file that does not fit costs no memory.
template <class = internal::where_used>
std::vector<const header_entry*> tensors_of_weights(const safetensors_file& tensors,
                                                    std::span<const weight_list> lists) {
    const std::filesystem::path& file = tensors.file().path();
    std::vector<const header_entry*> entries;
    for (const header_entry& entry : tensors.entries()) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(), data_order<>);
    std::vector<std::string> names;
    for (const header_entry* entry : entries) names.push_back(entry->name);
    const auto fits = [&](const weight_record& wanted, std::size_t i) {
        return safetensors_file::shape_of(*entries[i]) == wanted.extents;
    };
    const std::vector<std::size_t> chosen = match_names(file, lists, names, fits);
    const std::vector<weight_record>& wanted = lists.front().records;
    std::vector<const header_entry*> result;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const header_entry& entry = *result.emplace_back(entries[chosen[i]]);
        if (!safetensors_file::is_float(entry) && !(wanted[i].is_integer && safetensors_file::is_integer(entry)))
            safetensors_file::refuse_type(file, wanted[i].where(), entry);
        const strata::shape found = safetensors_file::shape_of(entry);
        if (found != wanted[i].extents) refuse_shape(file, wanted[i], to_text(found).str() + " in " + entry.name);
    }
    return result;
}

/// The values of all weights, in the net's order.
template <class T>
std::vector<std::vector<T>> tensor_values(const safetensors_file& tensors, std::span<const weight_list> lists) {
    std::vector<std::vector<T>> values;
    for (const header_entry* entry : tensors_of_weights(tensors, lists)) values.push_back(tensors.values<T>(*entry));
    return values;
}

/// `format` in the metadata of a checkpoint.
inline constexpr std::string_view checkpoint_format = "strata checkpoint";

template <class = internal::where_used>
void refuse_checkpoint(const safetensors_file& tensors) {
    const auto format = tensors.metadata().find("format");
    if (format != tensors.metadata().end() && format->second == checkpoint_format)
        throw file_error(tensors.file().path(), "is a checkpoint; give it to load_checkpoint of a trainer");
}

template <class T>
std::vector<std::vector<T>> load_safetensors(const std::filesystem::path& file, std::span<const weight_list> lists) {
    const safetensors_file tensors(file);
    refuse_checkpoint(tensors);
    return tensor_values<T>(tensors, lists);
}

/// Values begin at a multiple of so many bytes of a file that strata writes: they lie aligned where it is mapped.
inline constexpr std::size_t values_alignment = 64;

/// The header of a file with these tensors, after the 8 bytes of its length.
template <class T>
std::string safetensors_header(std::span<const weight_record> records, std::span<const std::vector<T>> values,
                               std::span<const state_fact> metadata) {
    std::string header = "{\"__metadata__\":{";
    for (const state_fact& fact : metadata) {
        if (!header.ends_with('{')) header += ',';
        header += json_string(fact.key) + ":" + json_string(fact.value);
    }
    header += "}";
    std::size_t offset = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string dtype = records[i].is_integer ? "I32" : sizeof(T) == 4 ? "F32" : "F64";
        header +=
            internal::message({",", json_string(records[i].full_name()), ":{\"dtype\":\"", dtype, "\",\"shape\":["});
        for (std::size_t axis = 0; axis < records[i].extents.rank(); ++axis) {
            if (axis > 0) header += ',';
            header += std::to_string(records[i].extents[axis]);
        }
        header += "],\"data_offsets\":[" + std::to_string(offset) + ",";
        offset += values[i].size() * (records[i].is_integer ? sizeof(std::int32_t) : sizeof(T));
        header += std::to_string(offset) + "]}";
    }
    header += "}";
    constexpr std::size_t prefix = 8;
    header.resize((header.size() + prefix + values_alignment - 1) / values_alignment * values_alignment - prefix, ' ');
    const auto length = std::bit_cast<std::array<char, 8>>(std::uint64_t{header.size()});
    return std::string(length.data(), length.size()) + header;
}

/// Calls write(bytes, count) for the values of each record in turn.
template <class T, class Write>
void write_tensors(std::span<const weight_record> records, std::span<const std::vector<T>> values, Write write) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (!records[i].is_integer) {
            write(values[i].data(), values[i].size() * sizeof(T));
            continue;
        }
        std::vector<std::int32_t> whole;
        for (const T value : values[i]) whole.push_back(as_integer(value));
        write(whole.data(), whole.size() * sizeof(whole[0]));
    }
}

/// Writes all records as F32 or F64, as T is, and integers as I32.
template <class T>
void save_safetensors(const std::filesystem::path& file, std::span<const weight_record> records,
                      std::span<const std::vector<T>> values, const std::string& architecture = {}) {
    std::vector<state_fact> metadata{{"format", "strata"}};
    if (!architecture.empty()) metadata.push_back({std::string(architecture_key), architecture});
    const std::string header = safetensors_header<T>(records, values, metadata);
    replace_file(file, [&](auto& out) {
        out.write(header.data(), header.size());
        write_tensors(records, values, [&](const void* bytes, std::size_t count) { out.write(bytes, count); });
    });
}

}  // namespace strata::inline STRATA_ISA::io
