// Networks: A network of no classes.
// at: the network mobilenet
// expects: at least one class
// got: 0
// fix: write classes<1000>
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = applications::MobileNet<32, 32, 3, classes<0>>{}.build();
#else
auto model = applications::MobileNet<32, 32, 3, classes<5>>{}.build();
#endif
