// npy_file: one array of numpy.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/message.hpp>
#include <strata/data/nd_array.hpp>
#include <strata/data/whole_file.hpp>
#include <strata/io/npy.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// An array in the bytes of a .npy file.
struct npy_content {
    io::npy_header header;
    std::size_t begin = 0;  // of its values
};

/// Throws file_error for bytes that are no array of numbers, or more or fewer than its header says.
inline npy_content npy_content_of(const std::filesystem::path& file, std::string_view bytes) {
    npy_content result;
    try {
        result.header = io::read_npy_header([&](std::size_t count) {
            if (bytes.size() - result.begin < count) throw std::invalid_argument("ends within its header");
            result.begin += count;
            return bytes.substr(result.begin - count, count);
        });
    } catch (const std::invalid_argument& error) {
        throw file_error(file, error.what());
    }
    const io::npy_header& header = result.header;
    if (!header.is_float() && !header.is_integer() && !header.is_byte())
        throw file_error(file, "has values of type " + header.type + ", expected <f4, <f8, <f2, <i4, <i8 or |u1");
    std::size_t count = header.width();
    for (const std::size_t extent : header.extents) {
        if (extent != 0 && count > std::numeric_limits<std::size_t>::max() / extent)
            throw file_error(file, "announces more values than a machine can hold");
        count *= extent;
    }
    if (count != bytes.size() - result.begin)
        throw file_error(file, internal::message({"announces ", count, " bytes of values, has ",
                                                  bytes.size() - result.begin, "; was it copied to its end?"}));
    return result;
}

}  // namespace detail

/// The values of a .npy file of floats (2, 4 or 8 bytes) or integers (4 or 8 bytes, or bytes without a sign), as T in
/// row-major order. Throws file_error. numpy: load.
template <class T>
NdArray<T> read_npy(const std::filesystem::path& file, bool show_progress = true) {
    const std::string bytes = detail::whole_file(file, "a .npy file", show_progress);
    return internal::with_file_errors(file, [&] {
        const detail::npy_content content = detail::npy_content_of(file, bytes);
        return NdArray<T>{.extents = content.header.extents,
                          .values = io::npy_values<T>(content.header, std::string_view(bytes).substr(content.begin))};
    });
}

}  // namespace strata::inline STRATA_ISA
