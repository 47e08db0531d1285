// streaming: how a layer takes its input one time step after another.
#pragma once

#include <cstddef>
#include <limits>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// Not at all: it needs later steps, or all of them; each step by itself, by forward of an input of one step; with a
/// state; or with a state and to an output without a time axis, which a stream gives at every step.
enum class streaming { none, each_step, with_state, to_last };

/// The lookback of a layer that never forgets.
inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

/// An input of one time step.
constexpr shape one_step(shape in) {
    in[0] = 1;
    return in;
}

}  // namespace strata::inline STRATA_ISA
