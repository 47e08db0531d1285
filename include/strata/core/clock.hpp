// clock: the time in seconds. <chrono> is not included: its calendars and formats cost each program that trains 70 ms.
#pragma once

#include <ctime>

#if defined(_WIN32)
#include <strata/core/windows.hpp>
#endif

namespace strata::internal {

/// Seconds since a moment that does not change while the system runs; for durations.
inline double steady_seconds() {
#if defined(_WIN32)
    LARGE_INTEGER ticks, each_second;
    ::QueryPerformanceCounter(&ticks);
    ::QueryPerformanceFrequency(&each_second);
    return static_cast<double>(ticks.QuadPart) / static_cast<double>(each_second.QuadPart);
#else
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
#endif
}

/// Seconds since 1970-01-01 00:00 UTC, as the system's clock says.
inline double seconds_since_1970() {
#if defined(_WIN32)
    FILETIME now;
    ::GetSystemTimePreciseAsFileTime(&now);
    // Steps of 100 ns since 1601.
    const double steps =
        4294967296.0 * static_cast<double>(now.dwHighDateTime) + static_cast<double>(now.dwLowDateTime);
    return 1e-7 * steps - 11644473600.0;
#else
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
#endif
}

}  // namespace strata::internal
