// weight_record: one weight of a model as files see it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>

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
/// says of each record which weight of the net it is. `orders` has a letter for each branching layer of the net, in the
/// order in which they are written, that says in which order its paths are inputs of Keras' merge layer: `l` as they
/// are written, `s` of two paths the other way, others of more paths.
struct weight_sequence {
    std::vector<weight_record> records{};
    std::vector<std::size_t> places{};
    std::string orders{};
    /// For the address of each of Keras' containers the number of its layers without weights, sums not counted.
    std::map<std::string, std::size_t> bare_layers{};
};

/// A branching layer whose layers have another order in Keras' files when its merge layer has its inputs in another
/// order. The first answer is the list itself; each of the others is the list with other orders of this branching
/// layer, and of those in it. No answers: there are too many.
struct order_question {
    std::string residual{};
    std::vector<weight_sequence> answers{};
};

/// The weights that a file may have; io/weight_lists.hpp makes the lists of a net.
struct weight_list : weight_sequence {
    std::vector<order_question> questions{};
    /// The names of all records as Keras counts them when the paths of each branching layer are created from the
    /// first to the last, or from the last to the first; none where branching layers hold their own layers.
    std::vector<std::vector<std::string>> created_names{};
    /// Two layers on two paths of a branching layer that have weights of the same shapes; empty where there are none.
    /// Among all layers, and among those without a name of the user's.
    std::string alike{}, swappable{};
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
template <class = internal::where_used>
[[noreturn]] void refuse_shape(const std::filesystem::path& file, const weight_record& wanted,
                               const std::string& found) {
    throw file_error(file, wanted.where() + ": expected shape " + to_text(wanted.extents).str() + ", found " + found +
                               "; load a file that was saved from the same architecture");
}

}  // namespace strata::inline STRATA_ISA::io
