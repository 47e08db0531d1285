// The mistake that the README shows, which must not compile: the pooling leaves the next convolution too little.
#include <strata/infer.hpp>

using namespace strata;

// [refused]
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<16, 3, ReLU>{}, MaxPooling2D<13>{}, Conv2D<32, 3, ReLU>{}}.build();
// [/refused]
