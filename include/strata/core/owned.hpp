// owned: an object that is made later, or none.
#pragma once

#include <cassert>
#include <utility>

namespace strata::internal {

/// Owns an object on the heap, which stays where it is when its owner moves. Holds what std::unique_ptr and emplace of
/// std::optional hold; a compiler instantiates one class for each type instead of thirty. So it does without
/// std::exchange and std::swap.
template <class T>
class owned {
public:
    owned() = default;
    owned(owned&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
    owned& operator=(owned&& other) noexcept {
        T* const former = object_;
        object_ = other.object_;
        other.object_ = former;
        return *this;
    }
    ~owned() { delete object_; }

    /// Makes the object anew. Where that throws, the former one stays.
    template <class... Args>
    void emplace(Args&&... args) {
        replace_by(new T(std::forward<Args>(args)...));
    }
    void reset() { replace_by(nullptr); }

    explicit operator bool() const { return object_ != nullptr; }
    T& operator*() const {
        assert(object_ != nullptr);
        return *object_;
    }
    T* operator->() const { return &**this; }

private:
    void replace_by(T* made) {
        T* const former = object_;
        object_ = made;
        delete former;
    }

    T* object_ = nullptr;
};

}  // namespace strata::internal
