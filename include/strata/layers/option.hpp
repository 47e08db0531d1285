// Options: the types in a layer's pack, in any order. A layer finds its own and refuses the others.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/input_extent.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/window.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Always true. A layer's template requires it so that GCC, which prints the requirements of a template together with
/// its parameters, says this sentence where a template argument is a value and not a type (`Dense<32, "relu">`). No
/// check of strata's sees such a mistake. Clang prints the line that declares the parameter, whose comment says the
/// same.
template <fixed_string Sentence>
concept says = true;

}  // namespace detail

/// The layer's name, unique in its model. Keras: `name=`.
template <fixed_string Text>
struct name {
    static constexpr std::string_view kind = "name<\"...\">";
    static constexpr std::string_view value = Text;
};

/// The weights are not trained. Keras: `trainable=False`.
struct frozen {
    static constexpr std::string_view kind = "frozen";
};

/// The shape of one sample, on the first layer of a model. Keras: `input_shape=`.
template <input_extent... Extents>
struct input_shape {
    static constexpr std::string_view kind = "input_shape<...>";
    static constexpr shape value{(Extents.is_size() ? Extents.value : 0)...};
    static constexpr bool is_positive = ((Extents.value > 0) && ...);
};

/// Steps of a window: one number for both axes, or height, width. Keras: `strides=`.
template <int Height, int Width = Height>
struct strides {
    static constexpr std::string_view kind = "strides<...>";
    static constexpr window value{Height, Width};
};

/// Distance of a kernel's taps: one number for both axes, or height, width. Keras: `dilation_rate=`.
template <int Height, int Width = Height>
struct dilation {
    static constexpr std::string_view kind = "dilation<...>";
    static constexpr window value{Height, Width};
};

/// Positions that a pooling adds around its input, which no maximum and no mean reads: one number for all sides; top,
/// bottom, left, right of images; before, after of sequences. Keras has none; ONNX: `pads`.
template <int... Sizes>
struct pads {
    static constexpr std::string_view kind = "pads<...>";
    static constexpr std::size_t count = sizeof...(Sizes);
    static constexpr border value = [] {
        constexpr std::array sizes{Sizes..., 0, 0, 0, 0};
        if constexpr (count == 1) return border(sizes[0]);
        else return border(sizes[0], sizes[1], sizes[2], sizes[3]);
    }();
};

/// Edges of the input. Keras: `padding=`.
namespace padding {

struct valid {
    static constexpr std::string_view kind = "padding::...";
    static constexpr padding_mode value = padding_mode::valid;
};
struct same {
    static constexpr std::string_view kind = "padding::...";
    static constexpr padding_mode value = padding_mode::same;
};
/// Zeros before the first step alone, for one axis.
struct causal {
    static constexpr std::string_view kind = "padding::...";
    static constexpr padding_mode value = padding_mode::causal;
};

}  // namespace padding

/// No bias is added. Keras: `use_bias=False`.
struct no_bias {
    static constexpr std::string_view kind = "no_bias";
};

/// The algorithm of a convolution. Without this option a model of the cost chooses.
namespace algorithm {

/// The direct algorithm, never Winograd's: weights take less memory, sums are rounded as in plain loops.
struct direct {
    static constexpr std::string_view kind = "algorithm::...";
};

}  // namespace algorithm

/// The number that a normalisation adds to a variance so that it never divides by zero. Each layer has its default.
/// Keras: `epsilon=`.
template <double Value>
struct epsilon {
    static constexpr std::string_view kind = "epsilon<...>";
    static constexpr double value = Value;
};

/// A normalisation adds no beta. Keras: `center=False`.
struct no_center {
    static constexpr std::string_view kind = "no_center";
};

/// A normalisation multiplies with no gamma. Keras: `scale=False`.
struct no_scale {
    static constexpr std::string_view kind = "no_scale";
};

/// The memory for a model's activations; an option of a Sequential.
namespace memory {

/// As little as its layers allow, whatever the time: every chain of maps runs over the smallest bands of rows.
struct smallest {
    static constexpr std::string_view kind = "memory::...";
};

}  // namespace memory

/// The initializer of the kernel. Keras: `kernel_initializer=`.
template <class Initializer>
struct kernel_initializer {
    static constexpr std::string_view kind = "kernel_initializer<...>";
    using type = Initializer;
};

/// The initializer of the bias. Keras: `bias_initializer=`.
template <class Initializer>
struct bias_initializer {
    static constexpr std::string_view kind = "bias_initializer<...>";
    using type = Initializer;
};

/// The penalty of the kernel. Keras: `kernel_regularizer=`.
template <class Regularizer>
struct kernel_regularizer {
    static constexpr std::string_view kind = "kernel_regularizer<...>";
    using type = Regularizer;
};

/// The penalty of the bias. Keras: `bias_regularizer=`.
template <class Regularizer>
struct bias_regularizer {
    static constexpr std::string_view kind = "bias_regularizer<...>";
    using type = Regularizer;
};

/// The part of their old values that moving statistics keep at each batch. Keras: `momentum=`.
template <double Value>
struct momentum {
    static constexpr std::string_view kind = "momentum<...>";
    static constexpr double value = Value;
};

/// The kind of every activation as an option.
inline constexpr std::string_view activation_kind = "an activation";

template <class Type>
concept option = requires {
    { Type::kind } -> std::convertible_to<std::string_view>;
};

template <class... Options>
struct option_list;

namespace detail {

template <class Option>
constexpr std::string_view kind_of() {
    if constexpr (option<Option>) return Option::kind;
    else return "";
}

template <class... Options>
constexpr std::size_t find_kind(std::string_view kind) {
    const std::array<std::string_view, sizeof...(Options) + 1> kinds{kind_of<Options>()..., kind};
    std::size_t index = 0;
    while (kinds[index] != kind) ++index;
    return index;
}

template <std::size_t Left, class List, class = std::make_index_sequence<List::size()>>
struct without_kind;
template <std::size_t Left, class List, std::size_t... I>
struct without_kind<Left, List, std::index_sequence<I...>> {
    template <class... Kept>
    static option_list<Kept...> make(type_list<Kept...>);
    using type =
        decltype(make(concat_types<std::conditional_t<I == Left, type_list<>, type_list<type_at<I, List>>>...>{}));
};

}  // namespace detail

/// A layer's options as one type.
template <class... Options>
struct option_list {
    /// Whether an option of Like's kind is among them.
    template <class Like>
    static constexpr bool has = detail::find_kind<Options...>(Like::kind) < sizeof...(Options);
    /// The option of Default's kind, or Default.
    template <class Default>
    using get = type_at<detail::find_kind<Options...>(Default::kind), type_list<Options..., Default>>;
    /// The list with one option more, or with the first of Like's kind taken out.
    template <class Option>
    using with = option_list<Options..., Option>;
    template <class Like>
    using without =
        typename detail::without_kind<detail::find_kind<Options...>(Like::kind), type_list<Options...>>::type;
};

namespace detail {

/// The options that every layer takes.
inline constexpr std::array<std::string_view, 3> common_options{"name<\"...\">", "frozen", "input_shape<...>"};

/// Refuses kinds of options that are not among those that a layer takes, and kinds that are given twice. No template,
/// and pointers: it is evaluated for each layer.
constexpr diagnostic check_kinds(const std::string_view* given, std::size_t given_count, const std::string_view* takes,
                                 std::size_t takes_count) {
    for (std::size_t i = 0; i < given_count; ++i) {
        bool taken = false;
        for (std::size_t k = 0; k < takes_count; ++k) taken = taken || takes[k] == given[i];
        for (const std::string_view& kind : common_options) taken = taken || kind == given[i];
        if (!taken) {
            text<300> list, found, remedy;
            for (std::size_t k = 0; k < takes_count; ++k) list << takes[k] << ", ";
            list << common_options[0] << ", " << common_options[1] << ", " << common_options[2];
            found << (given[i].empty() ? std::string_view("something that is no option") : given[i]);
            remedy << "take " << (given[i].empty() ? std::string_view("it") : given[i]) << " out of its options";
            return refuse(list, found, remedy);
        }
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (given[earlier] == given[i])
                return refuse(text<200>() << "one option of each kind", text<200>() << given[i] << " twice",
                              text<200>() << "keep one: " << given[i]);
    }
    return {};
}

template <class... Options, std::size_t Count>
constexpr diagnostic check_options(option_list<Options...>, const std::array<std::string_view, Count>& takes) {
    const std::string_view given[]{kind_of<Options>()..., {}};
    return check_kinds(given, sizeof...(Options), takes.data(), Count);
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
