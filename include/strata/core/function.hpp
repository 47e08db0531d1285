// function: a copy of a callable of any type with given parameters, or none.
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::internal {

template <class Signature>
class function;

/// Holds what std::function holds, but is less to compile: `<functional>` brings hash tables and searchers into every
/// program. An empty one must not be called.
template <class Result, class... Args>
class function<Result(Args...)> {
public:
    function() = default;
    function(std::nullptr_t) {}
    /// Empty where the callable is a null pointer or an empty function of another type.
    template <class Callable>
        requires(!std::derived_from<std::remove_cvref_t<Callable>, function> &&
                 !std::is_member_pointer_v<std::remove_cvref_t<Callable>> &&
                 std::is_invocable_r_v<Result, std::decay_t<Callable>&, Args...>)
    function(Callable&& callable) {
        using type = std::decay_t<Callable>;
        if constexpr (std::is_pointer_v<type>) {
            if (static_cast<type>(callable) == nullptr) return;
        } else if constexpr (requires { callable.operator bool(); }) {
            if (!callable) return;
        }
        held_ = new holder<type>(std::forward<Callable>(callable));
    }
    function(const function& other) : held_(other.held_ != nullptr ? other.held_->copy() : nullptr) {}
    function(function&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
    function& operator=(function other) noexcept {
        std::swap(held_, other.held_);
        return *this;
    }
    ~function() { delete held_; }

    explicit operator bool() const { return held_ != nullptr; }
    Result operator()(Args... args) const {
        assert(held_ != nullptr);
        return held_->call(std::forward<Args>(args)...);
    }

private:
    struct any_holder {
        virtual ~any_holder() = default;
        virtual Result call(Args... args) = 0;
        virtual any_holder* copy() const = 0;
    };
    template <class Callable>
    struct holder final : any_holder {
        explicit holder(const Callable& callable) : held(callable) {}
        explicit holder(Callable&& callable) : held(std::move(callable)) {}

        Result call(Args... args) override {
            if constexpr (std::is_void_v<Result>) held(std::forward<Args>(args)...);
            else return static_cast<Result>(held(std::forward<Args>(args)...));
        }
        any_holder* copy() const override { return new holder(held); }

        Callable held;
    };

    any_holder* held_ = nullptr;
};

}  // namespace strata::internal
