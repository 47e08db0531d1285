// step_recorder: the observer of a profile: reads the clock before and after each step of each thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/inspect/peak.hpp>
#include <strata/inspect/profile_table.hpp>
#include <strata/runtime/observer.hpp>

namespace strata::inline STRATA_ISA {

/// How `profile` measures.
struct profile_options {
    /// Runs that are measured; 0: at least ten, and as many as 0.3 s have room for.
    std::size_t repetitions = 0;
    /// Threads that share the work, as those of a workspace or of fit.
    std::size_t threads = 1;
    /// Operations a second of one core, with which speeds are compared; 0: measured.
    double peak = 0.0;
    /// Of a stream: one time step at a time, as `step` does, instead of as many as `process` takes at once.
    bool single_steps = false;
    /// Of a training: the samples of a batch.
    std::size_t batch_size = 32;
};

namespace detail {

inline double profile_clock() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
/// The time between two readings of the clock, which each measured step contains once.
inline double clock_cost() {
    double least = 1.0;
    for (int i = 0; i < 1000; ++i) {
        const double begin = profile_clock();
        least = std::min(least, profile_clock() - begin);
    }
    return least;
}

/// The rows of a profile by part and number of the step in the schedule.
class step_rows {
public:
    void add(phase part, std::size_t step, profile_row row) {
        keys_.emplace_back(part, step);
        rows.push_back(std::move(row));
    }
    std::size_t find(phase part, std::size_t step) const {
        const auto at = std::find(keys_.begin(), keys_.end(), std::pair(part, step));
        return static_cast<std::size_t>(at - keys_.begin());
    }

    std::vector<profile_row> rows{};

private:
    std::vector<std::pair<phase, std::size_t>> keys_{};
};

class step_recorder {
public:
    static constexpr bool is_active = true;

    step_recorder(std::size_t threads, const step_rows& rows) : rows_(rows), threads_(threads) {}

    void begin(std::size_t thread) { threads_[thread].begin = profile_clock(); }
    void end(std::size_t thread, std::size_t step, phase part) {
        const double now = profile_clock();
        own& mine = threads_[thread];
        mine.events.push_back({.row = rows_.find(part, step), .thread = thread, .begin = mine.begin, .end = now});
    }
    void clear() {
        for (own& each : threads_) each.events.clear();
    }
    /// Of each row the time of its slowest thread; `cost` is that of the clock.
    std::vector<double> times(double cost) const {
        std::vector<double> slowest(rows_.rows.size(), 0.0);
        for (const own& each : threads_) {
            std::vector<double> sums(slowest.size(), 0.0);
            for (const profile_event& event : each.events)
                sums[event.row] += std::max(0.0, event.end - event.begin - cost);
            for (std::size_t i = 0; i < sums.size(); ++i) slowest[i] = std::max(slowest[i], sums[i]);
        }
        return slowest;
    }
    std::vector<profile_event> events() const {
        std::vector<profile_event> all;
        for (const own& each : threads_) all.insert(all.end(), each.events.begin(), each.events.end());
        double first = std::numeric_limits<double>::max();
        for (const profile_event& each : all) first = std::min(first, each.begin);
        for (profile_event& each : all) {
            each.begin -= first;
            each.end -= first;
        }
        return all;
    }

private:
    /// Of one thread, on cache lines of its own.
    struct alignas(64) own {
        double begin = 0.0;
        std::vector<profile_event> events{};
    };

    const step_rows& rows_;
    std::vector<own> threads_;
};

/// Measures: `observed(recorder)` is a run with an observer, `plain()` one without.
template <class T, class Observed, class Plain>
Profile measure_steps(std::string name, std::string unit, std::size_t count, const profile_options& options,
                      step_rows layout, Observed observed, Plain plain) {
    step_recorder recorder(std::max<std::size_t>(options.threads, 1), layout);
    const double cost = clock_cost(), peak = options.peak > 0.0 ? options.peak : measured_peak<T>();
    constexpr double never = std::numeric_limits<double>::max();
    std::vector<double> least(layout.rows.size(), never);
    std::vector<profile_event> events;
    double fastest = never, seconds = never;
    observed(recorder);  // caches are cold, vectors grow
    const double begin = profile_clock();
    const auto continues = [&](std::size_t run) {
        if (options.repetitions > 0) return run < options.repetitions;
        return run < 10 || profile_clock() - begin < 0.3;
    };
    for (std::size_t run = 0; continues(run); ++run) {
        recorder.clear();
        const double start = profile_clock();
        observed(recorder);
        const double middle = profile_clock();
        plain();
        seconds = std::min(seconds, profile_clock() - middle);
        const std::vector<double> times = recorder.times(cost);
        for (std::size_t i = 0; i < times.size(); ++i) least[i] = std::min(least[i], times[i]);
        if (middle - start >= fastest) continue;
        fastest = middle - start;
        events = recorder.events();
    }
    for (std::size_t i = 0; i < least.size(); ++i) layout.rows[i].seconds = least[i];
    return Profile(std::move(name), std::move(unit), count, peak, seconds, std::move(layout.rows), std::move(events));
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
