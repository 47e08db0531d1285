// Layers: an array of a WaveNet without channels.
// at: wave_net (WaveNet), layer 1 of 1
// expects: at least 1 channel and 1 output
// got: wavenet_array<0, 1, ...>
// fix: write wavenet_array<channels, outputs, dilations<1, 2, 4>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<0, 1, dilations<1>>>{}}.build();
#else
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<4, 1, dilations<1>>>{}}.build();
#endif
