// Nets that are not built: bind(...) of a net without an input shape.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <array>

#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Dense<1>{}}.bind(std::array{2.0f, 1.0f, 0.5f});
#else
auto model = Sequential{Input<2>{}, Dense<1>{}}.bind(std::array{2.0f, 1.0f, 0.5f});
#endif
