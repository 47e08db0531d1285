// whole_samples: the number of samples in a row of values, for functions that take any number of them.
#pragma once

#include <cstddef>
#include <stdexcept>

#include <strata/core/config.hpp>
#include <strata/core/error.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>

namespace strata {

namespace internal {

[[noreturn]] STRATA_NOINLINE inline void raise_parts_of_samples(const char* caller, const shape& sample,
                                                                std::size_t values) {
    text<400> message("strata: ");
    message << caller << " takes whole samples of shape " << to_text(sample) << ", " << sample.size()
            << " values each; got " << values << " values; fix: give a multiple of " << sample.size();
    raise_error<std::invalid_argument>(message.chars);
}

}  // namespace internal

/// How many samples of a shape are in `values` values. An error, std::invalid_argument, where they are not whole or
/// fewer than `least`; `caller` begins its sentence.
inline std::size_t whole_samples(const char* caller, const shape& sample, std::size_t values, std::size_t least = 0) {
    if (values % sample.size() != 0 || values < least * sample.size())
        internal::raise_parts_of_samples(caller, sample, values);
    return values / sample.size();
}

}  // namespace strata
