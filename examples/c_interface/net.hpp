// The net of this example: 16 time steps of two channels in, one number a step out.
#pragma once

#include <strata/infer.hpp>

namespace meter {

// [net]
inline constexpr auto net =
    strata::Sequential{strata::Input<16, 2>{}, strata::Conv1D<8, 3, strata::padding::causal, strata::Tanh>{},
                       strata::GRU<6, strata::return_sequences>{}, strata::TimeDistributed<strata::Dense<1>>{}};
// [/net]

}  // namespace meter
