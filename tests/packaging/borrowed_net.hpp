// A model that refers to weights which are not its own: 2 x + 3 y + 1.
#pragma once

#include <array>

#include <strata/infer.hpp>

namespace borrowed_net {

inline constexpr std::array<float, 3> weights{2.0f, 3.0f, 1.0f};
inline const auto owner = strata::Sequential{strata::Input<2>{}, strata::Dense<1>{}}.bind(weights);

inline auto model() { return owner.features<"dense">(); }

}  // namespace borrowed_net
