// Layers: Embedding of an input of six axes.
// at: embedding (Embedding), layer 1 of 1
// expects: an input of at most 5 axes
// got: (1, 1, 1, 1, 1, 2)
// fix: put Reshape<shape{...}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<1, 1, 1, 1, 1, 2>{}, Embedding<10, 4>{}}.build();
#else
auto model = Sequential{Input<1, 1, 1, 1, 1, 2>{}, Reshape<shape{2}>{}, Embedding<10, 4>{}}.build();
#endif
