// Networks: Classes of a network without its classifier.
// at: the network mobilenet
// expects: no_top, or options of the classifier
// got: both
// fix: take one of the two out
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = applications::MobileNet<32, 32, 3, no_top, classes<5>>{}.build();
#else
auto model = applications::MobileNet<32, 32, 3, classes<5>>{}.build();
#endif
