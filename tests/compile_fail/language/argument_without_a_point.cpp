// An argument by name without its point.
// means: arguments by name are written as in C: `.learning_rate = 0.01`, in braces, in the order of Keras' arguments.
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto optimizer = Adam{learning_rate = 0.01};
#else
auto optimizer = Adam{.learning_rate = 0.01};
#endif
