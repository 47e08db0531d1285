// Layers: build_for(x) of one layer.
// at: dense (Dense), layer 1 of 1
// expects: at least 1 unit
// got: Dense<0>
// fix: write Dense<units>, units >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto layer = Dense<0>{}.build_for(ones<1, 4>());
#else
auto layer = Dense<2>{}.build_for(ones<1, 4>());
#endif
