// count_option: options of fit and evaluate that are numbers, or not given.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/train/data_checks.hpp>

namespace strata::inline STRATA_ISA {

/// A number of samples, batches or epochs, or none: Keras' `None`. A negative number counts as 0, which is refused.
class optional_count {
public:
    constexpr optional_count() = default;
    template <std::integral Integer>
    constexpr optional_count(Integer value)
        : value_(value > 0 ? static_cast<std::size_t>(value) : 0), is_given_(true) {}

    constexpr bool is_given() const { return is_given_; }
    constexpr std::size_t value_or(std::size_t other) const { return is_given_ ? value_ : other; }

    /// Throws std::invalid_argument for 0.
    void require_positive(const char* name) const {
        if (is_given_ && value_ == 0) detail::refuse_data({name, " is 0; fix: give at least 1"});
    }

private:
    std::size_t value_ = 0;
    bool is_given_ = false;
};

/// After which epochs the validation data is evaluated: every so many, or those of a list, counted from 1. Keras:
/// `validation_freq`.
class validation_frequency {
public:
    template <std::integral Integer>
    validation_frequency(Integer every) : every_(every) {}
    validation_frequency(std::initializer_list<std::size_t> epochs) : epochs_(epochs), is_list_(true) {}
    validation_frequency(std::vector<std::size_t> epochs) : epochs_(std::move(epochs)), is_list_(true) {}

    void require_positive() const {
        if (!is_list_) every_.require_positive("validation_freq");
    }
    /// epoch counts from 0.
    bool includes(std::size_t epoch) const {
        if (is_list_) return std::find(epochs_.begin(), epochs_.end(), epoch + 1) != epochs_.end();
        return (epoch + 1) % every_.value_or(1) == 0;
    }

private:
    optional_count every_{};
    std::vector<std::size_t> epochs_{};
    bool is_list_ = false;
};

}  // namespace strata::inline STRATA_ISA
