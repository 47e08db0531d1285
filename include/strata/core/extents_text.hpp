// extents_text: the extents that a file gives, as text.
#pragma once

#include <cstddef>
#include <string>

#include <strata/core/message.hpp>

namespace strata::internal {

/// `(3, 5)`, of a vector or span of any integers.
template <class Extents>
std::string extents_text(const Extents& extents) {
    std::string text = "(";
    for (std::size_t axis = 0; axis < extents.size(); ++axis)
        text.append(axis > 0 ? ", " : "").append(message({extents[axis]}));
    return text.append(")");
}

}  // namespace strata::internal
