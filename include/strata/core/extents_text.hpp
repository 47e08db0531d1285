// extents_text: the extents that a file gives, as text.
#pragma once

#include <cstddef>
#include <string>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>

namespace strata::internal {

/// `(3, 5)`, of a vector or span of any integers.
template <class Extents>
std::string extents_text(const Extents& extents) {
    std::string text = "(";
    for (std::size_t axis = 0; axis < extents.size(); ++axis)
        text.append(axis > 0 ? ", " : "").append(message({extents[axis]}));
    return text.append(")");
}
/// The text of to_text(shape), for messages: in a program that has other messages it is less to compile.
template <class = where_used>
STRATA_COLD std::string shape_text(const shape& value) {
    std::string text = "(";
    for (std::size_t axis = 0; axis < value.rank(); ++axis) text.append(message({axis > 0 ? ", " : "", value[axis]}));
    return text.append(")");
}

}  // namespace strata::internal
