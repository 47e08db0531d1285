// Lifetimes: values of a mapped file that nobody holds.
// at: values()
// expects: an array that lives longer than the result, which lies in its file
// got: a temporary array
// fix: name the array: const MappedArray<T> array(file); then array.values()
#include <strata/data.hpp>

using namespace strata;

#if !defined(REPAIR)
auto values = MappedArray<float>("x.npy").values();
#else
const MappedArray<float> array("x.npy");
auto values = array.values();
#endif
