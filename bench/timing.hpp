// timing: how long a call takes, as a median with its spread, and whether two results agree.
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

/// Seconds of one call: the median, and what a tenth of the passes were below and above.
struct spread {
    double median = 0.0, low = 0.0, high = 0.0;
};

inline double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Makes the compiler think that all memory was read and written: neither drops nor merges calls.
inline void touch_memory() { asm volatile("" ::: "memory"); }

/// Passes of so many calls that the clock's own time (20 ns) does not count, for that many seconds, at least five.
template <class Work>
spread time_calls(double seconds, Work work) {
    constexpr double shortest_pass = 20e-6;
    const auto pass = [&](std::size_t calls) {
        const double begin = seconds_now();
        for (std::size_t i = 0; i < calls; ++i) work();
        return seconds_now() - begin;
    };
    std::size_t calls = 1;
    for (double took = pass(1); took < shortest_pass; took = pass(calls)) calls *= 2;
    // A fifth of the time warms caches and clock.
    for (const double end = seconds_now() + seconds / 5; seconds_now() < end;) pass(calls);
    std::vector<double> times;
    for (const double end = seconds_now() + seconds; seconds_now() < end || times.size() < 5;)
        times.push_back(pass(calls) / static_cast<double>(calls));
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() / 10], times[times.size() * 9 / 10]};
}

/// The largest difference over the largest expected value; infinite where a value is NaN or nothing was expected.
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

/// Memory that a call gives back stays with the process, so that the next call does not pay page faults.
inline void keep_memory() {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}
