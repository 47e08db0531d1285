// The nets that the player knows. A .nam file decides which of them a model is.
#pragma once

#include <strata/applications/nam.hpp>
#include <strata/model/any_of.hpp>

#ifdef CONVERTED_HEADER  // of strata-convert, with its namespace CONVERTED
#include CONVERTED_HEADER
#define CONVERTED_NET , CONVERTED::Net
#else
#define CONVERTED_NET
#endif

namespace player {

namespace nam = strata::nam;

// [nets]
using model = strata::any_of<nam::A1Standard, nam::A1Lite, nam::A1Feather, nam::A1Nano, nam::A2Full, nam::A2Lite,
                             nam::LSTM<3>, nam::LSTM<16> CONVERTED_NET>;
// [/nets]

}  // namespace player
