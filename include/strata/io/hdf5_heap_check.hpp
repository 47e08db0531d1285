// hdf5_heap_check: checks the global heaps of an HDF5 file, which hold texts of variable length, before HDF5 reads
// them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::io {

/// A file in memory.
class file_in_memory {
public:
    explicit file_in_memory(std::string_view bytes) : bytes_(bytes) {}
    std::uint64_t size() const { return bytes_.size(); }
    void read(std::uint64_t begin, char* to, std::size_t count) const { std::copy_n(bytes_.data() + begin, count, to); }

private:
    std::string_view bytes_;
};

/// Whether HDF5 can read every global heap of a file to its end: version 1.10 loops forever where an object has size 0.
/// All bytes that begin like a heap are checked. Layout of a heap, HDF5 File Format Specification, III.E: `GCOL`,
/// version 1, 3 bytes, size of the heap; then objects of number, count, 4 bytes and size, each followed by its bytes up
/// to a multiple of 8. Object 0 is free space, its size is with its header.
/// File has `size()` and `read(begin, to, count)`.
template <class File>
class hdf5_heap_check {
public:
    explicit hdf5_heap_check(const File& file) : file_(file) {}

    bool passes() const {
        constexpr std::string_view mark{"GCOL\x01", 5};
        std::vector<char> part(std::size_t{1} << 20);
        for (std::uint64_t begin = 0; begin + header_size <= file_.size();) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), file_.size() - begin));
            file_.read(begin, part.data(), count);
            const std::string_view bytes(part.data(), count);
            for (std::size_t at = 0; (at = bytes.find(mark, at)) != bytes.npos; ++at)
                if (!is_heap_sound(begin + at)) return false;
            if (count < part.size()) break;
            begin += count - mark.size() + 1;  // a mark may lie across two parts
        }
        return true;
    }

private:
    static constexpr std::size_t header_size = 16;  // of a heap and of an object

    std::uint64_t number(const std::array<char, header_size>& header) const {
        std::uint64_t value = 0;
        std::memcpy(&value, header.data() + 8, sizeof(value));
        return value;
    }
    bool is_heap_sound(std::uint64_t heap) const {
        constexpr std::uint64_t smallest = 4096;
        std::array<char, header_size> header{};
        if (file_.size() - heap < header_size) return true;
        file_.read(heap, header.data(), header.size());
        const std::uint64_t size = number(header);
        // HDF5 refuses such a heap itself, or these bytes are values and no heap.
        if (size < smallest || size > file_.size() - heap) return true;
        for (std::uint64_t at = header_size; at + header_size <= size;) {
            file_.read(heap + at, header.data(), header.size());
            const bool is_free = header[0] == 0 && header[1] == 0;
            const std::uint64_t length = number(header), left = size - at;
            if (length > left || (is_free && length < header_size)) return false;
            at += is_free ? length : header_size + (length + 7) / 8 * 8;
            if (at > size) return false;
        }
        return true;
    }

    const File& file_;
};

}  // namespace strata::inline STRATA_ISA::io
