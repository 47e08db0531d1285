// Maximum: a shortcut.
// at: maximum (Maximum), layer 1 of 1
// expects: branch<layers...>, name<"...">, frozen
// got: something else
// fix: write Maximum<branch<layers...>, branch<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Maximum<branch<Dense<4>>, shortcut<Tanh>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Maximum<branch<Dense<4>>, branch<Tanh>>{}}.build();
#endif
