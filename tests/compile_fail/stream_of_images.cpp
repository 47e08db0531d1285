// Streams: a net of images, whose convolutions take whole windows of rows.
// at: a stream, conv2d (Conv2D), layer 1 of 4
// expects: layers that take one time step after another
// got: Conv2D
// fix: leave it out of the streamed net, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
constexpr auto facts =
    Sequential{Input<28, 28, 16>{}, Conv2D<32, 3, ReLU>{}, Conv2D<64, 3, ReLU>{}, Flatten<>{}, Dense<10>{}}.stream();
#else
constexpr auto facts = Sequential{
    Input<28, 16>{}, Conv1D<32, 3, padding::causal, ReLU>{}, Conv1D<64, 3, padding::causal, ReLU>{},
    Dense<10>{}}.stream();
#endif
