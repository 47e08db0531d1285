// Layers: a WaveNet without arrays.
// at: wave_net (WaveNet), layer 1 of 1
// expects: one or two arrays
// got: 0
// fix: write WaveNet<wavenet_array<16, 1, dilations<1, 2, 4>, Tanh>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<64, 1>{}, WaveNet<>{}}.build();
#else
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<16, 1, dilations<1, 2, 4>, Tanh>>{}}.build();
#endif
