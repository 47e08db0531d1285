// extents_text: the extents that a file gives, or of a shape, as text.
#pragma once

#include <cstddef>
#include <span>
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
    return extents_text(std::span<const std::size_t>(value.extents.data(), value.rank()));
}

}  // namespace strata::internal
