// rank: the checks of an input's axes that layers share.
#pragma once

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// Refuses an input without any axis.
constexpr diagnostic check_has_axis(const shape& in) {
    if (in.rank() > 0) return {};
    return refuse("an input with a last axis", to_text(in), "give it at least one axis");
}
/// Refuses an input that is no vector.
constexpr diagnostic check_vector(const shape& in) {
    if (in.rank() == 1) return {};
    return refuse("one axis, (features)", to_text(in), "put Flatten<> before it");
}
/// Refuses an input that is no sequence.
constexpr diagnostic check_sequence(const shape& in) {
    if (in.rank() == 2) return {};
    return refuse("a sequence, (steps, channels)", to_text(in), "put Reshape<shape{steps, channels}> before it");
}
/// Refuses an input that is no image.
constexpr diagnostic check_image(const shape& in) {
    if (in.rank() == 3) return {};
    return refuse("an image, (height, width, channels)", to_text(in), "put Reshape<shape{h, w, c}> before it");
}

}  // namespace strata::inline STRATA_ISA
