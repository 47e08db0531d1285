// storage: aligned memory of a constant size, inside the object when small, on the heap when large.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <strata/core/features.hpp>

namespace strata {

/// Alignment in bytes of tensors, parameters and arenas: a cache line, which is also the widest vector register.
inline constexpr std::size_t alignment = 64;

/// The most bytes that live inside an object; larger storage lives on the heap, where there is one.
#if defined(STRATA_NO_HEAP)
inline constexpr std::size_t inline_bytes = static_cast<std::size_t>(-1);
#else
inline constexpr std::size_t inline_bytes = 4096;
#endif

/// Count elements of T inside the object, zero at first.
template <class T, std::size_t Count>
class inline_storage {
public:
    static constexpr bool is_inline = true;

    constexpr T* data() { return elements_; }
    constexpr const T* data() const { return elements_; }

private:
    alignas(alignment) T elements_[Count == 0 ? 1 : Count]{};
};

/// Count elements of T on the heap, zero at first; a moved-from one is empty and may only be assigned to or destroyed.
template <class T, std::size_t Count>
class heap_storage {
public:
    static constexpr bool is_inline = false;

    heap_storage() : elements_(allocate()) { std::uninitialized_value_construct_n(elements_, Count); }
    heap_storage(const heap_storage& other) : elements_(allocate()) {
        assert(other.elements_ != nullptr && "strata: a moved-from object is copied");
        std::uninitialized_copy_n(other.elements_, Count, elements_);
    }
    heap_storage(heap_storage&& other) noexcept : elements_(std::exchange(other.elements_, nullptr)) {}
    heap_storage& operator=(const heap_storage& other) {
        if (this == &other) return *this;
        assert(other.elements_ != nullptr && "strata: a moved-from object is copied");
        if (elements_ == nullptr) elements_ = allocate();
        std::copy_n(other.elements_, Count, elements_);
        return *this;
    }
    heap_storage& operator=(heap_storage&& other) noexcept {
        std::swap(elements_, other.elements_);
        return *this;
    }
    ~heap_storage() { ::operator delete(elements_, std::align_val_t{alignment}); }

    T* data() { return elements_; }
    const T* data() const { return elements_; }

private:
    static T* allocate() { return static_cast<T*>(::operator new(Count * sizeof(T), std::align_val_t{alignment})); }

    T* elements_;
};

namespace internal {

/// Memory of `count` elements of T with shared ownership. Storages of all sizes share its code.
template <class T>
std::shared_ptr<T> allocate_shared(std::size_t count) {
    const auto free = [](T* elements) { ::operator delete(elements, std::align_val_t{alignment}); };
    return {static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{alignment})), free};
}

}  // namespace internal

/// Count elements of T on the heap, zero at first, with shared ownership: a pointer from `share()` stays valid when
/// this object moves or ends. A copy has elements of its own. A moved-from one is empty and may only be assigned to or
/// destroyed.
template <class T, std::size_t Count>
class shared_storage {
public:
    static constexpr bool is_inline = false;

    shared_storage() : elements_(allocate()) { std::uninitialized_value_construct_n(elements_.get(), Count); }
    shared_storage(const shared_storage& other) : elements_(allocate()) {
        assert(other.elements_ != nullptr && "strata: a moved-from object is copied");
        std::uninitialized_copy_n(other.elements_.get(), Count, elements_.get());
    }
    shared_storage(shared_storage&&) noexcept = default;
    /// Writes into the elements that this object has: their other owners read the new values.
    shared_storage& operator=(const shared_storage& other) {
        if (this == &other) return *this;
        assert(other.elements_ != nullptr && "strata: a moved-from object is copied");
        if (elements_ == nullptr) elements_ = allocate();
        std::copy_n(other.elements_.get(), Count, elements_.get());
        return *this;
    }
    /// Takes the elements of the other object. Other owners of the old elements keep them.
    shared_storage& operator=(shared_storage&& other) noexcept {
        std::swap(elements_, other.elements_);
        return *this;
    }
    ~shared_storage() = default;

    T* data() { return elements_.get(); }
    const T* data() const { return elements_.get(); }
    std::shared_ptr<const T> share() const { return elements_; }
    /// Whether the elements have other owners.
    bool is_shared() const { return elements_.use_count() > 1; }

private:
    static std::shared_ptr<T> allocate() { return internal::allocate_shared<T>(Count); }

    std::shared_ptr<T> elements_;
};

/// Inside the object up to `inline_bytes`, on the heap above.
template <class T, std::size_t Count>
using storage =
    std::conditional_t<(Count * sizeof(T) <= inline_bytes), inline_storage<T, Count>, heap_storage<T, Count>>;

}  // namespace strata
