// Data: samples of another type of numbers.
// at: Dataset::push_back
// expects: a vector, an array or a span of float, then one int
// got: values of double, then one int
// fix: convert the values, as std::vector<float>(x.begin(), x.end()) does
#include <vector>

#include <strata/strata.hpp>

using namespace strata;

Dataset<float, shape{3}, int> data;
std::vector<double> x(3);
#if !defined(REPAIR)
void fill() { data.push_back(x, 1); }
#else
void fill() { data.push_back(std::vector<float>(x.begin(), x.end()), 1); }
#endif
