// owned: an object that is made later, or none.
#pragma once

#include <cassert>
#include <utility>

namespace strata::internal {

/// Owns an object on the heap, which stays where it is when its owner moves. Holds what std::unique_ptr and emplace of
/// std::optional hold; a compiler instantiates one class for each type instead of thirty.
template <class T>
class owned {
public:
    owned() = default;
    owned(owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    owned& operator=(owned&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~owned() { delete object_; }

    /// Makes the object anew. Where that throws, the former one stays.
    template <class... Args>
    void emplace(Args&&... args) {
        T* const made = new T(std::forward<Args>(args)...);
        delete std::exchange(object_, made);
    }
    void reset() { delete std::exchange(object_, nullptr); }

    explicit operator bool() const { return object_ != nullptr; }
    T& operator*() const {
        assert(object_ != nullptr);
        return *object_;
    }
    T* operator->() const { return &**this; }

private:
    T* object_ = nullptr;
};

}  // namespace strata::internal
