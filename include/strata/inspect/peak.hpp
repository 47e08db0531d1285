// peak: the measured peak of one core: fused multiply-adds on registers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA {

/// Floating-point operations per second of independent chains of multiply-adds, the best of 20 passes of half a
/// millisecond; measured once.
template <class T = float>
double measured_peak() {
    static const double peak = [] {
        using kernels::broadcast, kernels::lane_sum, kernels::lanes, kernels::multiply_add, kernels::simd;
        constexpr std::size_t chains = 12, rounds = 200'000;
        double best = 0.0;
        for (int pass = 0; pass < 20; ++pass) {
            simd<T> sums[chains];
            for (std::size_t c = 0; c < chains; ++c) sums[c] = broadcast(static_cast<T>(c));
            const simd<T> a = broadcast(T(0.999)), b = broadcast(T(0.001));
            const auto begin = std::chrono::steady_clock::now();
            for (std::size_t i = 0; i < rounds; ++i) {
                STRATA_UNROLL
                for (std::size_t c = 0; c < chains; ++c) sums[c] = multiply_add(sums[c], a, b);
            }
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            simd<T> total = sums[0];
            for (std::size_t c = 1; c < chains; ++c) total = total + sums[c];
            volatile T sink = lane_sum(total);
            static_cast<void>(sink);
            best = std::max(best, 2.0 * static_cast<double>(chains * lanes<T> * rounds) / seconds);
        }
        return best;
    }();
    return peak;
}

}  // namespace strata::inline STRATA_ISA
