// nd_array: values with extents that a file says, as numpy's arrays.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/extents_text.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>

namespace strata::inline STRATA_ISA {

/// An array whose extents are known when the program runs. Values are in row-major order.
template <class T>
struct NdArray {
    std::vector<std::size_t> extents;
    std::vector<T> values;

    std::size_t rank() const { return extents.size(); }
    std::size_t size() const { return values.size(); }
};

namespace detail {

/// Whether arrays of these extents hold samples of the shape along the first axis. Extents of 1 at the end of a sample
/// may be missing: MNIST's images are 28x28, samples of a net 28x28x1. Samples of one axis hold the values of any array
/// of that size, in its order.
inline bool holds_samples(std::span<const std::size_t> extents, const shape& sample) {
    if (extents.empty()) return false;
    if (sample.rank() == 1) {
        std::size_t size = 1;
        for (const std::size_t extent : extents.subspan(1)) size *= extent;
        return size == sample.size();
    }
    for (std::size_t axis = 0; axis < sample.rank(); ++axis) {
        const std::size_t found = axis + 1 < extents.size() ? extents[axis + 1] : 1;
        if (found != sample[axis]) return false;
    }
    for (std::size_t axis = sample.rank() + 1; axis < extents.size(); ++axis)
        if (extents[axis] != 1) return false;
    return true;
}

/// `(60000, 28, 28)`; of one axis as numpy writes it, `(60000,)`.
inline std::string extents_text(std::span<const std::size_t> extents) {
    std::string text = internal::extents_text(extents);
    if (extents.size() == 1) text.insert(text.size() - 1, ",");
    return text;
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
