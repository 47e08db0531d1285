// weight_pointer: a pointer to weights that keeps them alive; without a heap a plain pointer.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include <strata/core/heap_check.hpp>

namespace strata {

namespace internal {

/// A pointer with the members of std::shared_ptr that streams use. It owns nothing, so that an object that holds one
/// needs no destructor and may be static.
template <class T>
class plain_pointer {
public:
    constexpr plain_pointer() = default;
    /// As std::shared_ptr's, with an owner that is none.
    constexpr plain_pointer(const plain_pointer&, T* elements) : elements_(elements) {}

    constexpr T* get() const { return elements_; }
    friend constexpr bool operator==(const plain_pointer& a, std::nullptr_t) { return a.elements_ == nullptr; }

private:
    T* elements_ = nullptr;
};

}  // namespace internal

template <class T>
using weight_pointer = std::conditional_t<has_heap, std::shared_ptr<T>, internal::plain_pointer<T>>;

}  // namespace strata
