// Layers: Embedding of no words.
// at: embedding (Embedding), layer 1 of 1
// expects: at least 1 word and 1 dimension
// got: Embedding<0, 4>
// fix: write Embedding<vocabulary, dimension>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5>{}, Embedding<0, 4>{}}.build();
#else
auto model = Sequential{Input<5>{}, Embedding<100, 4>{}}.build();
#endif
