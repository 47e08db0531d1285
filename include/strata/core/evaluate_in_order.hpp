// evaluate_in_order: a step for each of many, one behind the other.
#pragma once

#include <initializer_list>

namespace strata {

/// `evaluate_in_order{0, (f(Types{}), 0)...};` calls f for each from left to right. A fold would do the same, but nests
/// as deep as the pack is long, of which Clang allows 256.
struct evaluate_in_order {
    constexpr evaluate_in_order(std::initializer_list<int>) {}
};

}  // namespace strata
