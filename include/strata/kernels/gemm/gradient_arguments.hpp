// gradient_arguments: the arguments that kernels of weight gradients share.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The destination of a weight gradient. The kernel overwrites it where `overwrite` is set (the first part of a batch)
/// and else adds to it.
template <class T>
struct gradient_sum {
    T* values = nullptr;
    bool overwrite = true;
};

/// Inputs and output gradients of `count` samples. Samples of x lie x_step elements apart, those of dy dy_step.
template <class T>
struct gradient_samples {
    std::size_t count = 0;
    const T* x = nullptr;
    std::size_t x_step = 0;
    const T* dy = nullptr;
    std::size_t dy_step = 0;
};

}  // namespace strata::inline STRATA_ISA::kernels
