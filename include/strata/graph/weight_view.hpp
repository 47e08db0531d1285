// Views of the weights of a model.
#pragma once

#include <array>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/error.hpp>
#include <strata/core/heap_check.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/text.hpp>
#include <strata/core/values_in_words.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/kernels/gemm/panels.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The error of values that are not as many as a weight has.
[[noreturn]] STRATA_NOINLINE inline void raise_other_count(const weight_row& row, std::size_t values) {
    text<512> message("strata: weight ");
    message << row.name << " of shape " << to_text(row.parameter.extents) << " takes " << row.parameter.extents.size()
            << " values, got " << values << "; fix: give as many as the weight has";
    raise_error<std::invalid_argument>(message.chars);
}

/// An assignment to a weight that is refused.
template <class Scalar, class Values>
struct assign_check {
    static constexpr diagnostic value =
        std::is_const_v<Scalar>
            ? refuse("a model whose weights can be written", "a const model", "take const away from the model",
                     "assign, of a weight")
            : refuse(internal::values_in_words<std::span<Scalar>>(), internal::values_in_words<Values>(),
                     internal::convert_the_values, "assign, of a weight");
};

/// The error of the number of a weight that is not there.
[[noreturn]] STRATA_NOINLINE inline void raise_no_weight(std::size_t number, std::size_t count) {
    text<160> message("strata: weights()[");
    message << number << "] of " << count << " weights; fix: numbers begin at 0 and are less than " << count;
    raise_error<std::out_of_range>(message.chars);
}

}  // namespace detail

/// A weight of a model as Keras sees it: its name, shape and elements in Keras' order. Scalar is const for a const
/// model.
template <class Scalar>
class weight_view {
public:
    using value_type = std::remove_const_t<Scalar>;

    /// Brings the packed forms of the weights in a block up to date.
    using refresher = void (*)(value_type* block);

    constexpr weight_view() = default;
    constexpr weight_view(const weight_row& row, Scalar* data)
        : row_(&row), data_(data), storage_(row.parameter.template storage<value_type>()) {}
    /// A weight of a block whose layer prepares a second form of it.
    constexpr weight_view(const weight_row& row, Scalar* data, Scalar* block, refresher refresh)
        : weight_view(row, data) {
        block_ = block;
        refresh_ = refresh;
    }

    /// `dense_1/kernel`.
    constexpr std::string_view name() const { return row_->name; }
    constexpr const strata::shape& shape() const { return row_->parameter.extents; }
    constexpr std::size_t size() const { return shape().size(); }
    constexpr bool trainable() const { return row_->trainable; }

    /// The element at a position in Keras' order.
    constexpr value_type operator[](std::size_t i) const {
        return data_[storage_.offset(i / storage_.columns, i % storage_.columns)];
    }
    /// The element at Keras' indices.
    template <std::integral... Index>
    constexpr value_type operator()(Index... index) const {
        assert(sizeof...(Index) == shape().rank());
        std::size_t position = 0, axis = 0;
        ((position = position * shape()[axis++] + static_cast<std::size_t>(index)), ...);
        return (*this)[position];
    }
    /// A copy in Keras' order.
    std::vector<value_type> to_vector() const {
        using checked = heap_check<weight_view, "to_vector()", "read view[i] for i in [0, view.size())">;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            std::vector<value_type> result(size());
            for (std::size_t i = 0; i < result.size(); ++i) result[i] = (*this)[i];
            return result;
        } else {
            return {};
        }
    }
    /// Writes all elements, given in Keras' order. Throws std::invalid_argument where the sizes differ.
    constexpr void assign(std::span<const value_type> values) const
        requires(!std::is_const_v<Scalar>)
    {
        if (values.size() != size()) detail::raise_other_count(*row_, values.size());
        for (std::size_t i = 0; i < values.size(); ++i) put(i, values[i]);
        if (refresh_ != nullptr) refresh_(block_);
    }
    constexpr void assign(std::initializer_list<value_type> values) const
        requires(!std::is_const_v<Scalar>)
    {
        assign(std::span<const value_type>(values.begin(), values.size()));
    }
    /// Values of another type, and writing to the weights of a const model, are refused.
    template <class Values>
        requires(std::is_const_v<Scalar> || !std::convertible_to<const Values&, std::span<const value_type>>)
    constexpr void assign(const Values&) const {
        static_cast<void>(require<detail::assign_check<Scalar, Values>>{});
    }
    /// Writes one element; many are written faster by assign.
    constexpr void write(std::size_t i, value_type value) const
        requires(!std::is_const_v<Scalar>)
    {
        put(i, value);
        if (refresh_ != nullptr) refresh_(block_);
    }
    /// Writes one element and leaves the packed forms as they are. A caller that writes all weights refreshes them
    /// once.
    constexpr void put(std::size_t i, value_type value) const
        requires(!std::is_const_v<Scalar>)
    {
        data_[storage_.offset(i / storage_.columns, i % storage_.columns)] = value;
    }

private:
    const weight_row* row_ = nullptr;
    Scalar* data_ = nullptr;
    kernels::panels storage_{};
    Scalar* block_ = nullptr;
    refresher refresh_ = nullptr;
};

/// All elements in brackets, in Keras' order.
template <class Stream, class Scalar>
    requires requires(Stream& out) { out.rdbuf(); }
Stream& operator<<(Stream& out, const weight_view<Scalar>& weight) {
    internal::print_elements(out, weight.shape(), [&](std::size_t i) { return weight[i]; });
    return out;
}

/// Views of all weights of a model. Throws std::out_of_range for the number of one that is not there.
template <class Scalar, std::size_t Count>
struct weight_views : std::array<weight_view<Scalar>, Count> {
    constexpr weight_view<Scalar>& operator[](std::size_t i) & { return this->data()[checked(i)]; }
    constexpr const weight_view<Scalar>& operator[](std::size_t i) const& { return this->data()[checked(i)]; }
    /// Of a temporary, as in `model.weights()[0]`: a copy, which a reference to const keeps alive.
    constexpr weight_view<Scalar> operator[](std::size_t i) const&& { return this->data()[checked(i)]; }

private:
    static constexpr std::size_t checked(std::size_t i) {
        if (i >= Count) detail::raise_no_weight(i, Count);
        return i;
    }
};

}  // namespace strata::inline STRATA_ISA

namespace std {

// auto [kernel, bias] = layer.weights();
template <class Scalar, size_t Count>
struct tuple_size<strata::weight_views<Scalar, Count>> : integral_constant<size_t, Count> {};
template <size_t I, class Scalar, size_t Count>
struct tuple_element<I, strata::weight_views<Scalar, Count>> {
    using type = strata::weight_view<Scalar>;
};

}  // namespace std
