// Layers: an activation in a WaveNet that needs all channels.
// at: wave_net (WaveNet), layer 1 of 1
// expects: an activation of single values, such as Tanh
// got: one that is none, such as Softmax
// fix: take Tanh or LeakyReLU<0.01>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<4, 1, dilations<1>, Softmax>>{}}.build();
#else
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<4, 1, dilations<1>, Tanh>>{}}.build();
#endif
