// view: a non-owning tensor; its extents are part of the type.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <strata/core/shape.hpp>
#include <strata/core/tensor.hpp>

namespace strata {

/// Extents... elements of T in row-major order, in memory that must outlive the view: `view<const float, 28, 28, 1>`.
/// Made from a Tensor, or from a span or pointer to that many elements.
template <class T, std::size_t... Extents>
class view {
public:
    using value_type = std::remove_const_t<T>;
    using span_type = std::span<T, (Extents * ... * std::size_t{1})>;

    constexpr explicit view(T* elements) : elements_(elements) {}
    constexpr view(span_type elements) : elements_(elements.data()) {}
    constexpr view(Tensor<value_type, Extents...>& tensor) : elements_(tensor.data()) {}
    constexpr view(const Tensor<value_type, Extents...>& tensor)
        requires std::is_const_v<T>
        : elements_(tensor.data()) {}

    static constexpr strata::shape shape() { return strata::shape{Extents...}; }
    static constexpr std::size_t rank() { return sizeof...(Extents); }
    static constexpr std::size_t size() { return (Extents * ... * std::size_t{1}); }

    constexpr T* data() const { return elements_; }
    constexpr T* begin() const { return elements_; }
    constexpr T* end() const { return elements_ + size(); }
    constexpr T& operator[](std::size_t i) const { return elements_[i]; }
    /// The element at one index per axis; indices are not checked.
    template <std::integral... Index>
        requires(sizeof...(Index) == sizeof...(Extents))
    constexpr T& operator()(Index... index) const {
        std::size_t at = 0;
        ((at = at * Extents + static_cast<std::size_t>(index)), ...);
        return elements_[at];
    }
    constexpr operator span_type() const { return span_type(elements_, size()); }

private:
    T* elements_;
};

}  // namespace strata
