// peak: what one core can do at most, measured: fused multiply-adds on registers alone.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>

/// GFLOP/s of independent chains of multiply-adds, the best of several passes.
template <class T>
double fma_peak() {
    using namespace strata::kernels;
    constexpr std::size_t chains = 12;
    static const double peak = [] {
        double best = 0.0;
        for (int pass = 0; pass < 20; ++pass) {
            simd<T> sums[chains];
            for (std::size_t c = 0; c < chains; ++c) sums[c] = broadcast(static_cast<T>(c));
            simd<T> a = broadcast(T(0.999)), b = broadcast(T(0.001));
            const auto begin = std::chrono::steady_clock::now();
            constexpr std::size_t rounds = 200000;
            for (std::size_t i = 0; i < rounds; ++i) {
                STRATA_UNROLL
                for (std::size_t c = 0; c < chains; ++c) sums[c] = multiply_add(sums[c], a, b);
            }
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            simd<T> total = sums[0];
            for (std::size_t c = 1; c < chains; ++c) total = total + sums[c];
            volatile T sink = lane_sum(total);
            static_cast<void>(sink);
            best = std::max(best, 2.0 * chains * lanes<T> * rounds / seconds * 1e-9);
        }
        return best;
    }();
    return peak;
}
