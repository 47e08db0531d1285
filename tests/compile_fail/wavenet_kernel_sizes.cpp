// Layers: kernel sizes of a WaveNet that are not one for each layer.
// at: wave_net (WaveNet), layer 1 of 1
// expects: one kernel size of at least 1, or one for each dilation
// got: 2 sizes for 3 dilations
// fix: write kernel_sizes<3>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<4, 1, dilations<1, 2, 4>, kernel_sizes<3, 2>>>{}}.build();
#else
auto model = Sequential{Input<64, 1>{}, WaveNet<wavenet_array<4, 1, dilations<1, 2, 4>, kernel_sizes<3>>>{}}.build();
#endif
