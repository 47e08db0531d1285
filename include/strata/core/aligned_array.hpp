// aligned_array: an array whose size is known at run time, aligned for the kernels, zero at first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/storage.hpp>

namespace strata {

/// `size` elements of T on the heap, at least one. The constructors are not inlined: trainings make a dozen arrays, and
/// each only once.
template <class T>
class aligned_array {
public:
    STRATA_NOINLINE explicit aligned_array(std::size_t size = 0) : size_(size), elements_(allocate(size)) {
        std::uninitialized_value_construct_n(elements_, size_);
    }
    STRATA_NOINLINE aligned_array(const aligned_array& other) : size_(other.size_), elements_(allocate(other.size_)) {
        std::uninitialized_copy_n(other.elements_, size_, elements_);
    }
    aligned_array(aligned_array&& other) noexcept
        : size_(std::exchange(other.size_, 0)), elements_(std::exchange(other.elements_, nullptr)) {}
    aligned_array& operator=(aligned_array other) noexcept {
        std::swap(size_, other.size_);
        std::swap(elements_, other.elements_);
        return *this;
    }
    ~aligned_array() { ::operator delete(elements_, std::align_val_t{alignment}); }

    std::size_t size() const { return size_; }
    T* data() { return elements_; }
    const T* data() const { return elements_; }
    T* begin() { return elements_; }
    T* end() { return elements_ + size_; }
    const T* begin() const { return elements_; }
    const T* end() const { return elements_ + size_; }
    T& operator[](std::size_t i) { return elements_[i]; }
    const T& operator[](std::size_t i) const { return elements_[i]; }
    void fill(T value) { std::fill_n(elements_, size_, value); }

private:
    static T* allocate(std::size_t size) {
        return static_cast<T*>(::operator new(std::max<std::size_t>(size, 1) * sizeof(T), std::align_val_t{alignment}));
    }

    std::size_t size_;
    T* elements_;
};

}  // namespace strata
