// Layers: arrays of a WaveNet that do not fit together.
// at: wave_net (WaveNet), layer 1 of 1
// expects: as many outputs of an array as the next one has channels
// got: 4 outputs, then 8 channels
// fix: write wavenet_array<16, 8, ...>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
using last = wavenet_array<8, 1, dilations<1>>;
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<16, 4, dilations<1>>, last>{}}.build();
#else
using last = wavenet_array<8, 1, dilations<1>>;
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<16, 8, dilations<1>>, last>{}}.build();
#endif
