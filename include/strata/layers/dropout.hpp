// Dropout: sets values to zero at random when training.
#pragma once

#include <string_view>

#include <strata/core/shape.hpp>
#include <strata/layers/layer.hpp>

namespace strata {

/// Any shape, unchanged; the identity at inference. Rate is the part that is dropped, 0 <= Rate < 1. Keras: `Dropout`.
/// Srivastava et al. 2014.
template <double Rate, class... Options>
struct Dropout : layer<Dropout<Rate, Options...>, Options...> {
    static constexpr std::string_view type = "Dropout";
    static constexpr bool is_identity = true;

    static constexpr report check(const shape&) {
        if (Rate >= 0.0 && Rate < 1.0) return {};
        return refuse("a rate of at least 0, below 1", Rate < 0.0 ? "a negative rate" : "a rate of 1 or more",
                      "write Dropout<0.5>");
    }
};

}  // namespace strata
