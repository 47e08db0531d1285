// Networks: A pooling of a network with its classifier.
// at: the network mobilenet
// expects: pooling::... beside no_top
// got: pooling::... alone
// fix: add no_top, or take pooling::... out
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = applications::MobileNet<32, 32, 3, pooling::avg>{}.build();
#else
auto model = applications::MobileNet<32, 32, 3, no_top, pooling::avg>{}.build();
#endif
