// loss: the concept of losses, and the kinds of targets.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// The kind of values that a loss or metric compares an output with. A row is a vector along the output's last axis.
enum class target_kind {
    values,       // numbers in the output's shape
    class_index,  // one integer for each row
};

namespace detail {

/// A type of targets that every loss or metric of this kind takes.
template <class Consumer>
using target_example = std::conditional_t<Consumer::targets == target_kind::values, float, int>;

/// Whether a loss or a metric takes outputs of this shape.
template <class Consumer>
constexpr diagnostic check_output(const shape& output) {
    if constexpr (requires { Consumer::check(output); }) return Consumer::check(output);
    else return {};
}

}  // namespace detail

/// A loss: an aggregate of Keras' arguments. Called with one sample, y (rows, columns) and its targets, (rows, columns)
/// values or (rows) class indices of any arithmetic type, it gives the mean over rows of the row's loss; where dy is no
/// null pointer, dy (rows, columns) = scale times the derivative by y. dy overlaps neither y nor target. Keras'
/// `sum_over_batch_size` is the mean of this over the batch. A loss that does not take every output has
/// `check(output shape)`, which gives a diagnostic. `validate(output shape)` throws for arguments that are out of
/// range.
template <class Loss>
concept loss_function = std::copy_constructible<Loss> && requires(const Loss& loss, std::size_t extent) {
    { Loss::type } -> std::convertible_to<std::string_view>;
    { Loss::targets } -> std::convertible_to<target_kind>;
    requires requires(const detail::target_example<Loss>* target, const float* y, float* dy) {
        { loss(extent, extent, y, target, 1.0f, dy) } -> std::same_as<float>;
    };
};

}  // namespace strata::inline STRATA_ISA
