// weight_record: one weight of a model as files see it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>

namespace strata::inline STRATA_ISA::io {

/// A weight: the path of its layer (`base/conv2d`), the classes along that path, the weight's name in the layer, Keras'
/// shape, and its number among the layer's weights. `group` is Keras' address of the layer:
/// `layers/sequential/layers/conv2d`, and `part` what stands in it, such as `/cell`. `trainable` counts `frozen`; a
/// `statistic` is never trained. Files hold an `is_integer` as an integer of 32 bits. The user named the layer of an
/// `is_named`.
struct weight_record {
    std::string path{};
    std::string type{};
    std::string name{};
    std::string group{};
    std::string part{};
    shape extents{};
    std::size_t number = 0;
    bool trainable = true;
    bool statistic = false;
    bool is_integer = false;
    bool is_named = false;

    std::string full_name() const { return path + "/" + name; }
    /// `layer conv2d_1 (Conv2D), weight kernel`.
    std::string where() const { return "layer " + path + " (" + type + "), weight " + name; }
};

/// The weights of a net in the order, under the names and at the addresses that files of one kind give them; `places`
/// says of each record which weight of the net it is.
struct weight_list {
    std::vector<weight_record> records;
    std::vector<std::size_t> places;
};

/// A value of a weight that files hold as an integer.
template <class T>
std::int32_t as_integer(T value) {
    constexpr double largest = 2147483647.0;
    return internal::is_nan(value)
               ? 0
               : static_cast<std::int32_t>(std::clamp(static_cast<double>(value), -largest, largest));
}

/// The error of a weight whose shape in the file is another.
[[noreturn]] inline void refuse_shape(const std::filesystem::path& file, const weight_record& wanted,
                                      const std::string& found) {
    throw file_error(file, wanted.where() + ": expected shape " + to_text(wanted.extents).str() + ", found " + found +
                               "; load a file that was saved from the same architecture");
}

}  // namespace strata::inline STRATA_ISA::io
