// Networks: A network on an image that is too small.
// at: the network mobilenet
// expects: at least (32, 32, 1)
// got: (16, 32, 3)
// fix: give it a larger image
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = applications::MobileNet<16, 32, 3, no_top>{}.build();
#else
auto model = applications::MobileNet<32, 32, 3, no_top>{}.build();
#endif
