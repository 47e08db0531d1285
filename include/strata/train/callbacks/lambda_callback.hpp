// LambdaCallback: hooks given one by one as functions.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/function.hpp>
#include <strata/train/callback.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// A function, or none; calling none does nothing.
template <class... Args>
struct optional_hook : internal::function<void(Args...)> {
    using internal::function<void(Args...)>::function;
    void operator()(Args... args) const {
        if (*this) internal::function<void(Args...)>::operator()(args...);
    }
};

}  // namespace detail

/// Keras' LambdaCallback: `LambdaCallback{.on_epoch_end = [](training_control&, std::size_t epoch, const Scores&
/// scores) { ... }}`.
struct LambdaCallback {
    detail::optional_hook<training_control&, std::size_t> on_epoch_begin{};
    detail::optional_hook<training_control&, std::size_t, Scores&> on_epoch_end{};
    detail::optional_hook<training_control&> on_train_begin{};
    detail::optional_hook<training_control&> on_train_end{};
    detail::optional_hook<training_control&, std::size_t, const Scores&> on_batch_end{};

    static constexpr std::string_view type = "LambdaCallback";
};

}  // namespace strata::inline STRATA_ISA
