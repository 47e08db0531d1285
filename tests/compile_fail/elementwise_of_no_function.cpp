// Layers: Elementwise of a type that cannot be called.
// at: elementwise (Elementwise), layer 1 of 1
// expects: an empty function object on one value
// got: a type that float and double cannot call
// fix: give it `auto operator()(auto x) const`
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
struct twice {};
auto model = Sequential{Input<5>{}, Elementwise<twice>{}}.build();
#else
struct twice {
    constexpr auto operator()(auto x) const { return x + x; }
};
auto model = Sequential{Input<5>{}, Elementwise<twice>{}}.build();
#endif
