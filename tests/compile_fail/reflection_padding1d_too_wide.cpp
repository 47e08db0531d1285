// Layers: ReflectionPadding1D that is as wide as its input.
// at: reflection_padding1d (ReflectionPadding1D), layer 1 of 1
// expects: edges narrower than the input
// got: border{5, 0, 0, 0} of (5, 3)
// fix: pad less, or take ReplicationPadding1D or ReplicationPadding2D
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, ReflectionPadding1D<ends{5, 0}>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, ReflectionPadding1D<ends{4, 0}>{}}.build();
#endif
