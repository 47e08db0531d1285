// parameter: the table of a layer's weights, and their layout in memory.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/regularizer.hpp>

namespace strata::inline STRATA_ISA {

/// The layout of a weight: in panels of columns (kernels and biases of dense and convolution), or as in Keras.
enum class weight_layout { panels, plain };

/// A weight of a layer: Keras' name and shape, its first values, whether it is trained, its penalty, its place in
/// memory and in files.
struct parameter {
    std::string_view name{};
    shape extents{};
    strata::initializer initializer{};
    bool trainable = true;
    regularizer penalty{};
    weight_layout layout = weight_layout::panels;
    std::size_t groups = 1;   // that share the columns
    bool is_integer = false;  // Keras' files hold it as an integer
    /// Of a layer inside a layer: the first part of the name, `forward_layer`.
    std::string_view prefix{};
    /// The groups of Keras' files: `cell` of a recurrent layer, and the group around it where a layer wraps another.
    std::string_view group{};
    std::string_view container{};

    /// Writes the label at the end of a text, without a copy: constant evaluation copies text by characters. It stands
    /// before its caller: Clang evaluates no template whose body comes later.
    template <class Text>
    constexpr void append_label(Text& to) const {
        to << prefix << (prefix.empty() ? "" : "/") << name;
    }
    /// `kernel`, `forward_layer/kernel`.
    constexpr text<64> label() const {
        text<64> result;
        append_label(result);
        return result;
    }

    /// The layout in memory for scalars of type T.
    template <class T>
    constexpr kernels::panels storage() const {
        const std::size_t columns = extents.rank() == 0 ? 1 : extents.back();
        return {.rows = extents.size() / columns,
                .columns = columns,
                .width = layout == weight_layout::panels ? kernels::panel_width<T>(columns / groups) : 0,
                .groups = groups};
    }
};

/// A layer's weights in Keras' order.
struct parameter_table {
    static constexpr std::size_t capacity = 17;

    std::array<parameter, capacity> rows{};
    std::size_t count = 0;

    constexpr parameter_table& push_back(const parameter& row) {
        rows[count++] = row;
        return *this;
    }
    constexpr std::size_t size() const { return count; }
    constexpr const parameter& operator[](std::size_t i) const { return rows[i]; }
    constexpr const parameter* begin() const { return rows.data(); }
    constexpr const parameter* end() const { return rows.data() + count; }
};

/// A weight with one value for each channel, the last axis of `in`; in memory as in Keras.
constexpr parameter channel_weight(std::string_view name, const shape& in, const initializer& values = Zeros::value) {
    return {.name = name, .extents = shape{in.back()}, .initializer = values, .layout = weight_layout::plain};
}

constexpr diagnostic refuse_regularizers() {
    return refuse("regularizers with factors of at least 0", "a factor that is negative, infinite or NaN",
                  "write L2<0.01>");
}

/// Refuses regularizers with a factor that Keras refuses.
template <class Options>
constexpr diagnostic check_regularizers() {
    if (Options::template get<kernel_regularizer<L1L2<>>>::type::value.is_valid() &&
        Options::template get<bias_regularizer<L1L2<>>>::type::value.is_valid())
        return {};
    return refuse_regularizers();
}

/// Adds the bias, where there is one.
template <class Options>
constexpr void push_bias(parameter_table& table, std::size_t columns) {
    if (!Options::template has<no_bias>)
        table.push_back({.name = "bias",
                         .extents = shape{columns},
                         .initializer = Options::template get<bias_initializer<Zeros>>::type::value,
                         .penalty = Options::template get<bias_regularizer<L1L2<>>>::type::value});
}

/// The table of a layer with a kernel and perhaps a bias.
template <class Options>
constexpr parameter_table kernel_and_bias(const shape& kernel) {
    parameter_table table;
    table.push_back({.name = "kernel",
                     .extents = kernel,
                     .initializer = Options::template get<kernel_initializer<GlorotUniform>>::type::value,
                     .penalty = Options::template get<kernel_regularizer<L1L2<>>>::type::value});
    push_bias<Options>(table, kernel.back());
    return table;
}

}  // namespace strata::inline STRATA_ISA
