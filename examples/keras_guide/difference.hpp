// difference: how far two tensors are apart.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

namespace example {

/// The largest distance of two elements, infinite where the sizes differ; NaN where there is one.
template <class A, class B>
double difference(const A& a, const B& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double worst = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double distance = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        if (!(distance <= worst)) worst = distance;
    }
    return worst;
}

}  // namespace example
