// idx: arrays in the format of the MNIST files (yann.lecun.com/exdb/mnist).
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_as.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/nd_array.hpp>
#include <strata/data/whole_file.hpp>
#include <strata/train/dataset.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The value of a big-endian number.
template <class Stored>
Stored big_endian(const char* bytes) {
    using bits =
        std::conditional_t<sizeof(Stored) == 1, std::uint8_t,
                           std::conditional_t<sizeof(Stored) == 2, std::uint16_t,
                                              std::conditional_t<sizeof(Stored) == 4, std::uint32_t, std::uint64_t>>>;
    bits value = 0;
    for (std::size_t i = 0; i < sizeof(Stored); ++i)
        value = static_cast<bits>(static_cast<std::uint64_t>(value) << 8 | static_cast<unsigned char>(bytes[i]));
    return std::bit_cast<Stored>(value);
}

template <class Stored, class T>
void append_idx_values(std::string_view bytes, std::vector<T>& values) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(Stored))
        values.push_back(internal::number_as<T>(big_endian<Stored>(bytes.data() + at)));
}

/// Bytes of a value by the third byte of a file; 0 for a type that the format does not have.
inline std::size_t idx_width(unsigned char type) {
    switch (type) {
        case 0x08:
        case 0x09:
            return 1;
        case 0x0b:
            return 2;
        case 0x0c:
        case 0x0d:
            return 4;
        case 0x0e:
            return 8;
        default:
            return 0;
    }
}

}  // namespace detail

/// The values of an IDX file of any type, as T. Throws file_error for a file that is compressed, that is no IDX file,
/// or that has another size than its header says.
template <class T>
NdArray<T> read_idx(const std::filesystem::path& file, bool show_progress = true) {
    const std::string bytes = detail::whole_file(file, "an IDX file", show_progress);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.starts_with("\x1f\x8b")) throw file_error(file, "is compressed; unpack it first: gunzip FILE");
    if (bytes.size() < 4 || byte(0) != 0 || byte(1) != 0 || detail::idx_width(byte(2)) == 0)
        throw file_error(file, "is no IDX file: it does not begin with two zeros and a type");
    const std::size_t rank = byte(3), header = 4 + 4 * rank, width = detail::idx_width(byte(2));
    if (bytes.size() < header) throw file_error(file, "ends within its header");
    NdArray<T> result;
    std::size_t count = 1;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        result.extents.push_back(detail::big_endian<std::uint32_t>(bytes.data() + 4 + 4 * axis));
        if (result.extents.back() != 0 && count > std::numeric_limits<std::size_t>::max() / 8 / result.extents.back())
            throw file_error(file, "announces more values than a machine can hold");
        count *= result.extents.back();
    }
    if (count * width != bytes.size() - header)
        throw file_error(file, internal::message({"announces ", count * width, " bytes, has ", bytes.size() - header,
                                                  "; was it downloaded to its end?"}));
    const std::string_view values = std::string_view(bytes).substr(header);
    internal::with_file_errors(file, [&] {
        result.values.reserve(count);
        switch (byte(2)) {
            case 0x08:
                detail::append_idx_values<std::uint8_t>(values, result.values);
                break;
            case 0x09:
                detail::append_idx_values<std::int8_t>(values, result.values);
                break;
            case 0x0b:
                detail::append_idx_values<std::int16_t>(values, result.values);
                break;
            case 0x0c:
                detail::append_idx_values<std::int32_t>(values, result.values);
                break;
            case 0x0d:
                detail::append_idx_values<float>(values, result.values);
                break;
            default:
                detail::append_idx_values<double>(values, result.values);
                break;
        }
    });
    return result;
}

/// Samples and labels of two IDX files, as MNIST's are: `read_idx_dataset<shape{28, 28, 1}>(images, labels)`. Values
/// are multiplied by `scale`; bytes become 0 to 1. Throws file_error where the shapes or numbers of samples differ.
template <shape Sample, class T = float>
Dataset<T, Sample, int> read_idx_dataset(const std::filesystem::path& images, const std::filesystem::path& labels,
                                         std::type_identity_t<T> scale = T{1} / T{255}, bool show_progress = true) {
    NdArray<T> values = read_idx<T>(images, show_progress);
    const NdArray<int> classes = read_idx<int>(labels, show_progress);
    if (!detail::holds_samples(values.extents, Sample))
        throw file_error(images, "has the shape " + detail::extents_text(values.extents) + ", expected samples of " +
                                     std::string(to_text(Sample).view()));
    if (classes.rank() != 1 || classes.size() != values.extents.front())
        throw file_error(labels,
                         internal::message({"has the shape ", detail::extents_text(classes.extents),
                                            ", expected a label for each of ", values.extents.front(), " samples"}));
    for (T& each : values.values) each *= scale;
    Dataset<T, Sample, int> result;
    result.reserve(classes.size());
    for (std::size_t i = 0; i < classes.size(); ++i)
        result.push_back(std::span<const T>(values.values).subspan(i * Sample.size(), Sample.size()),
                         classes.values[i]);
    return result;
}

}  // namespace strata::inline STRATA_ISA
