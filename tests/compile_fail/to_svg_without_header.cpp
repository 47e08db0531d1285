// Calls: a picture of a net where only inference is included.
// at: to_svg
// expects: the header that draws nets
// got: a program without it
// fix: write #include <strata/inspect.hpp>
#include <strata/infer.hpp>
#if defined(REPAIR)
#include <strata/inspect.hpp>
#endif

using namespace strata;

#if !defined(REPAIR)
auto picture = Sequential{Input<4>{}, Dense<2>{}}.to_svg();
#else
auto picture = Sequential{Input<4>{}, Dense<2>{}}.to_svg();
#endif
