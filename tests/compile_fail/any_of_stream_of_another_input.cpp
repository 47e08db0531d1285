// Calls: stream() of an any_of whose nets take steps of several sizes.
// at: stream()
// expects: nets of one step's shape
// got: (1) and, of net 2 (stereo), (2)
// fix: give all nets one shape, or write visit([](auto& model) { ... })
#include <strata/infer.hpp>

using namespace strata;

using mono = Sequential<Input<any, 1>, GRU<4, return_sequences>, Dense<1>>;
using stereo = Sequential<Input<any, 2>, Dense<1>, name<"stereo">>;
using other = Sequential<Input<any, 1>, Dense<1>, name<"other">>;

#if !defined(REPAIR)
auto f(const any_of<mono, stereo>& model) { return model.stream(); }
#else
auto f(const any_of<mono, other>& model) { return model.stream(); }
#endif
