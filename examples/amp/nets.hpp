// The nets that the player knows. A .nam file decides which of them a model is.
#pragma once

#include <strata/applications/nam.hpp>
#include <strata/model/any_of.hpp>

namespace amp {

// [nets]
using model = strata::any_of<strata::nam::A1Standard, strata::nam::A1Lite, strata::nam::A1Feather, strata::nam::A1Nano,
                             strata::nam::A2Full, strata::nam::A2Lite, strata::nam::LSTM<3>, strata::nam::LSTM<16>>;
// [/nets]

}  // namespace amp
