// timing: the time of a call as median and percentiles, and the difference of two results.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// Seconds of one call: the median, the 10th percentile (low) and the 90th (high) over all passes.
struct percentiles {
    double median = 0.0, low = 0.0, high = 0.0;
};

inline double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Tells the compiler that all memory is read and written here, so that it neither drops nor merges calls.
inline void touch_memory() { asm volatile("" ::: "memory"); }

/// Times `work` for `seconds` seconds and at least five passes. A pass has so many calls that the time of reading the
/// clock (20 ns) is negligible.
template <class Work>
percentiles time_calls(double seconds, Work work) {
    constexpr double shortest_pass = 20e-6;
    const auto pass = [&](std::size_t calls) {
        const double begin = seconds_now();
        for (std::size_t i = 0; i < calls; ++i) work();
        return seconds_now() - begin;
    };
    std::size_t calls = 1;
    for (double took = pass(1); took < shortest_pass; took = pass(calls)) calls *= 2;
    // First warms up caches and clock frequency for a fifth of the time.
    for (const double end = seconds_now() + seconds / 5; seconds_now() < end;) pass(calls);
    std::vector<double> times;
    for (const double end = seconds_now() + seconds; seconds_now() < end || times.size() < 5;)
        times.push_back(pass(calls) / static_cast<double>(calls));
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() / 10], times[times.size() * 9 / 10]};
}

/// The largest difference divided by the largest expected magnitude. Infinite where a value is NaN or the sizes differ.
template <class T, class Expected>
double largest_error(std::span<const T> values, std::span<const Expected> expected) {
    double largest = 0.0, worst = 0.0;
    bool finite = values.size() == expected.size();
    for (std::size_t i = 0; finite && i < values.size(); ++i) {
        const double difference = std::fabs(static_cast<double>(values[i]) - static_cast<double>(expected[i]));
        finite = std::isfinite(difference);
        worst = std::max(worst, difference);
        largest = std::max(largest, std::fabs(static_cast<double>(expected[i])));
    }
    return finite && largest > 0.0 ? worst / largest : HUGE_VAL;
}

/// Keeps freed memory in the process, so that the next call has no page faults.
inline void keep_memory() {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}
