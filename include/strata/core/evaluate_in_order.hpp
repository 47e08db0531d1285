// evaluate_in_order: a call for each type of a pack, from left to right.
#pragma once

#include <initializer_list>

namespace strata {

/// `evaluate_in_order{0, (f(Types{}), 0)...};` calls f for each type of a pack, from left to right. A fold expression
/// would do the same; Clang nests those at most 256 deep.
struct evaluate_in_order {
    constexpr evaluate_in_order(std::initializer_list<int>) {}
};

}  // namespace strata
