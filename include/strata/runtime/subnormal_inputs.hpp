// flushing: where inference opens a scope that takes subnormal numbers for zero, and where that would cost too much.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/forward_executor.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The cost of one sample in additions and multiplications; an output value of a layer counts as eight.
template <class Net>
constexpr std::size_t inference_cost() {
    std::size_t cost = Net::flops();
    for (const shape& values : shapes_of<Net>) cost += 8 * values.size();
    return cost;
}

/// From here on, some 0.3 us, a scope costs about a hundredth of the time.
inline constexpr std::size_t least_flushed_cost = 32'768;

/// The same of steps of a stream, which the processor begins before the last one has ended: a scope keeps it from that.
inline constexpr std::size_t least_flushed_steps = 8 * least_flushed_cost;

/// Whether one of N values is subnormal, and the thread does not take those for zero.
template <std::size_t N, class T>
STRATA_INLINE bool holds_subnormal(const T* x) {
    using V = kernels::simd_for<T, N>;
    constexpr std::size_t L = V::size;
    if constexpr (N < L) {
        return kernels::any_subnormal(kernels::load_exactly<V, N>(x));
    } else {
        bool found = kernels::any_subnormal(kernels::load_exactly<V, L>(x + (N - L)));  // may overlap the one before
        for (std::size_t i = 0; i + L < N; i += L) found |= kernels::any_subnormal(kernels::load_exactly<V, L>(x + i));
        return found;
    }
}

/// The inference of one sample with subnormal numbers taken for zero: in a scope, or, where the net is so small that a
/// scope would count, without one unless the input holds such numbers.
template <class Net, class T>
struct flushed_executor {
    using walk = forward_executor<Net, T, 1>;
    static constexpr bool is_always = inference_cost<Net>() >= least_flushed_cost;

    /// As forward_executor.
    static constexpr void run(const T* x, const T* parameters, T* y, T* arena) {
        if (std::is_constant_evaluated()) return walk::run(x, parameters, y, arena);
        if constexpr (is_always) {
            const flush_subnormals flush;
            walk::run(x, parameters, y, arena);
        } else {
            if (holds_subnormal<input_of<Net>().size()>(x)) [[unlikely]]
                return in_scope(x, parameters, y, arena);
            walk::run(x, parameters, y, arena);
        }
    }

private:
    static STRATA_NOINLINE void in_scope(const T* x, const T* parameters, T* y, T* arena) {
        const flush_subnormals flush;
        walk::run(x, parameters, y, arena);
    }
};

}  // namespace strata::inline STRATA_ISA::detail
