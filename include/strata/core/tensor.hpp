// Tensor: an owning array whose extents are part of its type; the first one is usually the batch.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>

namespace strata {

/// Extents... elements of T in row-major order, aligned to 64 bytes, zero at first. `Tensor<float, 2, 28, 28, 1>` is a
/// batch of two images. Small ones live inside the object, so that they work in constant evaluation.
template <class T, std::size_t... Extents>
class Tensor {
public:
    using value_type = T;

    Tensor() = default;
    constexpr explicit Tensor(std::span<const T, (Extents * ... * std::size_t{1})> values) {
        std::copy(values.begin(), values.end(), data());
    }

    static constexpr strata::shape shape() { return strata::shape{Extents...}; }
    static constexpr std::size_t rank() { return sizeof...(Extents); }
    static constexpr std::size_t size() { return (Extents * ... * std::size_t{1}); }

    constexpr T* data() { return elements_.data(); }
    constexpr const T* data() const { return elements_.data(); }
    constexpr T* begin() { return data(); }
    constexpr T* end() { return data() + size(); }
    constexpr const T* begin() const { return data(); }
    constexpr const T* end() const { return data() + size(); }
    constexpr T& operator[](std::size_t i) { return data()[i]; }
    constexpr const T& operator[](std::size_t i) const { return data()[i]; }

    /// The element at one index per axis; indices are not checked.
    template <std::integral... Index>
        requires(sizeof...(Index) == sizeof...(Extents))
    constexpr T& operator()(Index... index) {
        return data()[offset(index...)];
    }
    template <std::integral... Index>
        requires(sizeof...(Index) == sizeof...(Extents))
    constexpr const T& operator()(Index... index) const {
        return data()[offset(index...)];
    }

    constexpr void fill(T value) { std::fill(begin(), end(), value); }
    constexpr operator std::span<const T, (Extents * ... * std::size_t{1})>() const {
        return std::span<const T, (Extents * ... * std::size_t{1})>(data(), size());
    }
    friend constexpr bool operator==(const Tensor& a, const Tensor& b) {
        return std::equal(a.begin(), a.end(), b.begin());
    }

private:
    template <class... Index>
    static constexpr std::size_t offset(Index... index) {
        std::size_t result = 0;
        ((result = result * Extents + static_cast<std::size_t>(index)), ...);
        return result;
    }

    storage<T, (Extents * ... * std::size_t{1})> elements_{};
};

namespace internal {

/// Writes elements in brackets by axes, as numpy does: `[[1, 2], [3, 4]]`. `values` is called with a position. A
/// template of the stream, so that this header includes none.
template <class Stream, class Values>
void print_elements(Stream& out, const shape& extents, const Values& values) {
    const std::size_t count = extents.size();
    for (std::size_t i = 0; i <= count; ++i) {
        std::size_t rows = 1, closed = 0;  // the axes that end before element i
        for (std::size_t axis = extents.rank(); axis-- > 0 && i % (rows *= extents[axis]) == 0;) ++closed;
        if (i > 0)
            for (std::size_t k = 0; k < closed; ++k) out << ']';
        if (i == count) return;
        if (i > 0) out << ", ";
        for (std::size_t k = 0; k < closed; ++k) out << '[';
        out << values(i);
    }
}

}  // namespace internal

/// All elements in brackets, for looking at them: `std::cout << model(x)`.
template <class Stream, class T, std::size_t... Extents>
    requires requires(Stream& out) { out.rdbuf(); }
Stream& operator<<(Stream& out, const Tensor<T, Extents...>& tensor) {
    internal::print_elements(out, tensor.shape(), [&](std::size_t i) { return tensor[i]; });
    return out;
}

/// A float tensor of ones.
template <std::size_t... Extents>
constexpr Tensor<float, Extents...> ones() {
    Tensor<float, Extents...> result;
    result.fill(1.0f);
    return result;
}

/// A float tensor of zeros.
template <std::size_t... Extents>
constexpr Tensor<float, Extents...> zeros() {
    return {};
}

namespace internal {

template <class T, shape S>
struct tensor_type {
    template <std::size_t... Axes>
    static Tensor<T, S[Axes]...> make(std::index_sequence<Axes...>);
    static constexpr std::size_t rank = S.rank();
    using type = decltype(make(std::make_index_sequence<rank>{}));
};

}  // namespace internal

/// The tensor type of a shape value.
template <class T, shape S>
using tensor_of = typename internal::tensor_type<T, S>::type;

/// The shape of one sample: a batch without its first extent.
constexpr shape sample_shape(const shape& batch) {
    shape result;
    for (std::size_t axis = 1; axis < batch.rank(); ++axis) result.push_back(batch[axis]);
    return result;
}

/// A batch's shape: `count` samples of the shape `sample`.
constexpr shape batch_shape(std::size_t count, const shape& sample) {
    shape result{count};
    for (std::size_t axis = 0; axis < sample.rank(); ++axis) result.push_back(sample[axis]);
    return result;
}

}  // namespace strata
