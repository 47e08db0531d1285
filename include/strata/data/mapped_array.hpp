// mapped_array: an array of numpy that stays in its file, and datasets over such.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/mapped_file.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/data/nd_array.hpp>
#include <strata/data/npy_file.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// A call on a temporary array: its result would refer to a file that is no longer mapped.
template <class T, fixed_string Call>
struct temporary_array_check {
    static constexpr diagnostic value =
        refuse("an array that lives longer than the result, which lies in its file", "a temporary array",
               text<200>("name the array: const MappedArray<T> array(file); then array.") << Call.view(), Call.view());
};

}  // namespace detail

/// The values of a .npy file in place: opening reads its header alone, pages are read when they are used first. The
/// file has values of exactly T, float, double, std::int32_t, std::int64_t or std::uint8_t, in row-major order; else
/// file_error is thrown, and read_npy converts. numpy: load with mmap_mode.
template <class T>
class MappedArray {
public:
    explicit MappedArray(const std::filesystem::path& file) : file_(file, "a .npy file") {
        const detail::npy_content content = detail::npy_content_of(file, file_.text());
        if (content.header.type != wanted)
            throw file_error(file, "has values of type " + content.header.type + ", expected " + std::string(wanted) +
                                       "; read_npy converts");
        if (content.header.is_fortran && content.header.extents.size() > 1)
            throw file_error(file, "is in Fortran's order; save numpy.ascontiguousarray(...) of it, or call read_npy");
        extents_ = content.header.extents;
        values_ = file_.values<T>(content.begin, (file_.size() - content.begin) / sizeof(T));
    }

    std::span<const std::size_t> extents() const& { return extents_; }
    std::span<const T> values() const& { return values_; }
    std::span<const std::size_t> extents() && {
        return static_cast<void>(require<detail::temporary_array_check<T, "extents()">>{}), extents_;
    }
    std::span<const T> values() && {
        return static_cast<void>(require<detail::temporary_array_check<T, "values()">>{}), values_;
    }
    const std::filesystem::path& path() const { return file_.path(); }

private:
    static_assert(std::endian::native == std::endian::little, "strata: .npy files are read on little-endian machines");
    static constexpr std::string_view wanted = std::is_same_v<T, float>          ? "<f4"
                                               : std::is_same_v<T, double>       ? "<f8"
                                               : std::is_same_v<T, std::int32_t> ? "<i4"
                                               : std::is_same_v<T, std::int64_t> ? "<i8"
                                               : std::is_same_v<T, std::uint8_t> ? "|u1"
                                                                                 : "";
    static_assert(!wanted.empty(),
                  "strata: MappedArray expects float, double, std::int32_t, std::int64_t or std::uint8_t");

    mapped_file file_;
    std::vector<std::size_t> extents_;
    std::span<const T> values_;
};

/// Samples and labels of two mapped arrays, as a Dataset that owns nothing but the maps; fit and evaluate take it.
/// Copies share the maps.
template <class T, shape Sample, class Label, shape Target = shape{}>
class MappedDataset {
public:
    using value_type = T;
    using label_type = Label;
    static constexpr std::size_t sample_size = Sample.size();
    static constexpr std::size_t label_size = Target.size();

    static constexpr shape sample_shape() { return Sample; }
    static constexpr shape label_shape() { return Target; }

    /// Throws file_error where an array has another shape, or the numbers of samples differ.
    MappedDataset(MappedArray<T> inputs, MappedArray<Label> labels)
        : inputs_(std::move(inputs)), labels_(std::move(labels)) {
        check(inputs_.path(), inputs_.extents(), Sample);
        check(labels_.path(), labels_.extents(), Target);
        if (inputs_.extents()[0] != labels_.extents()[0])
            throw file_error(labels_.path(),
                             internal::message({"has ", labels_.extents()[0], " labels, expected one for each of ",
                                                inputs_.extents()[0], " samples"}));
    }
    /// Of two files.
    MappedDataset(const std::filesystem::path& inputs, const std::filesystem::path& labels)
        : MappedDataset(MappedArray<T>(inputs), MappedArray<Label>(labels)) {}

    std::size_t size() const { return labels_.extents()[0]; }
    bool empty() const { return size() == 0; }
    std::span<const T> inputs() const { return inputs_.values(); }
    std::span<const Label> labels() const { return labels_.values(); }
    std::span<const T> input(std::size_t i) const { return inputs().subspan(i * sample_size, sample_size); }
    std::span<const Label> label(std::size_t i) const { return labels().subspan(i * label_size, label_size); }

private:
    static void check(const std::filesystem::path& file, std::span<const std::size_t> extents, const shape& wanted) {
        if (!detail::holds_samples(extents, wanted))
            throw file_error(file, "has the shape " + detail::extents_text(extents) + ", expected samples of " +
                                       std::string(to_text(wanted).view()));
    }

    MappedArray<T> inputs_;
    MappedArray<Label> labels_;
};

}  // namespace strata::inline STRATA_ISA
