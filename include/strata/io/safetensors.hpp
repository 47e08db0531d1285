// .safetensors: a header of names, types and offsets, then the values (huggingface.co/docs/safetensors).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <strata/io/atomic_file.hpp>
#include <strata/io/error.hpp>
#include <strata/io/header_parser.hpp>
#include <strata/io/record.hpp>

namespace strata::io {

static_assert(std::endian::native == std::endian::little, "strata: .safetensors files are read on little-endian machines");

/// A whole .safetensors file in memory, checked when it is opened.
class safetensors_file {
public:
    /// Throws file_error for what is no such file: missing, truncated, overlapping or overlong tensors, a broken header.
    explicit safetensors_file(const std::filesystem::path& file) : file_(file) {
        if (std::filesystem::is_directory(file)) throw file_error(file, "is a folder, expected a .safetensors file");
        std::ifstream in(file, std::ios::binary | std::ios::ate);
        if (!in) throw file_error(file, "cannot be opened: does it exist, may it be read?");
        const auto length = static_cast<std::size_t>(in.tellg());
        bytes_.resize(length);
        in.seekg(0);
        if (length > 0 && !in.read(bytes_.data(), static_cast<std::streamsize>(length))) throw file_error(file, "cannot be read to its end");
        if (length < 8) throw file_error(file, "has " + std::to_string(length) + " bytes, no .safetensors header; is it complete?");
        std::uint64_t header = 0;
        std::memcpy(&header, bytes_.data(), 8);
        if (header > length - 8)
            throw file_error(file, "announces a header of " + std::to_string(header) + " bytes in a file of " +
                                       std::to_string(length) + "; it is truncated or no .safetensors file");
        try {
            entries_ = header_parser(std::string_view(bytes_.data() + 8, header)).parse();
        } catch (const std::invalid_argument& error) {
            throw file_error(file, std::string("is no .safetensors file: ") + error.what());
        }
        data_ = 8 + static_cast<std::size_t>(header);
        check_offsets();
    }

    const std::vector<header_entry>& entries() const { return entries_; }
    const header_entry* find(std::string_view name) const {
        const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.name == name; });
        return found == entries_.end() ? nullptr : &*found;
    }
    static strata::shape shape_of(const header_entry& entry) {
        strata::shape result;
        for (const std::size_t extent : entry.extents) result.push_back(extent);
        return result;
    }
    /// The values of a tensor of floats, whatever their width.
    template <class T>
    std::vector<T> values(const header_entry& entry) const {
        const char* from = bytes_.data() + data_ + entry.begin;
        std::vector<T> result((entry.end - entry.begin) / width(entry));
        for (std::size_t i = 0; i < result.size(); ++i) {
            if (entry.dtype == "F32") result[i] = static_cast<T>(read<float>(from, i));
            else if (entry.dtype == "F64") result[i] = static_cast<T>(read<double>(from, i));
            else if (entry.dtype == "BF16")
                result[i] = static_cast<T>(std::bit_cast<float>(std::uint32_t{read<std::uint16_t>(from, i)} << 16));
            else result[i] = static_cast<T>(half(read<std::uint16_t>(from, i)));
        }
        return result;
    }

private:
    template <class Stored>
    static Stored read(const char* from, std::size_t i) {
        Stored value;
        std::memcpy(&value, from + i * sizeof(Stored), sizeof(Stored));
        return value;
    }
    static float half(std::uint16_t bits) {
        const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
        const std::uint32_t exponent = (bits >> 10) & 0x1fu, fraction = bits & 0x3ffu;
        if (exponent == 0) return std::bit_cast<float>(sign | 0x3f800000u) * static_cast<float>(fraction) * 0x1p-24f;
        return std::bit_cast<float>(sign | ((exponent == 31 ? 255 : exponent + 112) << 23) | (fraction << 13));
    }
    static std::size_t width(const header_entry& entry) {
        return entry.dtype == "F64" ? 8 : entry.dtype == "F32" ? 4 : 2;
    }
    void check_offsets() const {
        std::vector<const header_entry*> sorted;
        for (const header_entry& entry : entries_) {
            if (entry.begin > entry.end || entry.end > bytes_.size() - data_)
                throw file_error(file_, "tensor " + entry.name + " lies past the end; the file is truncated");
            if (entry.extents.size() > strata::shape::max_rank)
                throw file_error(file_, "tensor " + entry.name + " has more than 6 axes");
            if (entry.dtype != "F32" && entry.dtype != "F64" && entry.dtype != "F16" && entry.dtype != "BF16")
                throw file_error(file_, "tensor " + entry.name + ": expected values of type F32, F64, F16 or BF16, found " +
                                            entry.dtype);
            std::size_t left = (entry.end - entry.begin) / width(entry);
            const bool whole = left * width(entry) == entry.end - entry.begin;
            std::size_t product = 1;
            for (const std::size_t extent : entry.extents) {
                if (extent != 0 && product > left / extent) product = left + 1;
                else product *= extent;
            }
            if (!whole || product != left)
                throw file_error(file_, "tensor " + entry.name + ": its shape and its bytes do not agree");
            sorted.push_back(&entry);
        }
        std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->begin < b->begin; });
        for (std::size_t i = 1; i < sorted.size(); ++i)
            if (sorted[i]->begin < sorted[i - 1]->end)
                throw file_error(file_, "tensors " + sorted[i - 1]->name + " and " + sorted[i]->name + " overlap");
    }

    std::filesystem::path file_;
    std::vector<char> bytes_;
    std::vector<header_entry> entries_;
    std::size_t data_ = 0;
};

/// The values of all records, in their order. By name (`dense_1/kernel`) where the file has them all; otherwise in the file's
/// order of data, by shape.
template <class T>
std::vector<std::vector<T>> load_safetensors(const std::filesystem::path& file, std::span<const weight_record> wanted) {
    const safetensors_file tensors(file);
    std::vector<const header_entry*> chosen;
    for (const weight_record& record : wanted)
        if (const header_entry* entry = tensors.find(record.full_name())) chosen.push_back(entry);
    if (tensors.entries().size() != wanted.size())
        throw file_error(file, "expected " + std::to_string(wanted.size()) + " weights, found " +
                                   std::to_string(tensors.entries().size()) +
                                   "; load a file that was saved from the same architecture");
    if (chosen.size() != wanted.size()) {
        chosen.clear();
        for (const header_entry& entry : tensors.entries()) chosen.push_back(&entry);
        std::sort(chosen.begin(), chosen.end(), [](auto* a, auto* b) { return a->begin < b->begin; });
    }
    std::vector<std::vector<T>> values;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const strata::shape found = safetensors_file::shape_of(*chosen[i]);
        if (found != wanted[i].extents) refuse_shape(file, wanted[i], to_text(found).str() + " in " + chosen[i]->name);
        values.push_back(tensors.values<T>(*chosen[i]));
    }
    return values;
}

/// Writes all records as F32 or F64, whatever T is.
template <class T>
void save_safetensors(const std::filesystem::path& file, std::span<const weight_record> records,
                      std::span<const std::vector<T>> values) {
    std::string header = "{\"__metadata__\":{\"format\":\"strata\"}";
    std::size_t offset = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        header += ",\"";
        for (const char c : records[i].full_name()) {
            if (c == '"' || c == '\\') header += '\\';
            header += c;
        }
        header += std::string("\":{\"dtype\":\"") + (sizeof(T) == 4 ? "F32" : "F64") + "\",\"shape\":[";
        for (std::size_t axis = 0; axis < records[i].extents.rank(); ++axis) {
            if (axis > 0) header += ',';
            header += std::to_string(records[i].extents[axis]);
        }
        header += "],\"data_offsets\":[" + std::to_string(offset) + ",";
        offset += values[i].size() * sizeof(T);
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
        for (const auto& weight : values)
            out.write(reinterpret_cast<const char*>(weight.data()), static_cast<std::streamsize>(weight.size() * sizeof(T)));
        out.close();
        if (!out) throw file_error(file, "cannot be written: is the disk full, may the folder be written?");
    });
}

}  // namespace strata::io
