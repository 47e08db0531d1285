// team: a few threads that do one piece of work together, and wait for the next without burning a core for long.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/team_part.hpp>

namespace strata {

/// `count` threads, the caller among them. Waiting threads spin for some ten microseconds, since the next piece of work
/// usually comes sooner, and sleep then: waking one costs about 50 us. All of them take subnormal numbers for zero
/// while they work, so that results are the same for any number of threads.
class team {
public:
    explicit team(std::size_t count) : count_(count == 0 ? 1 : count) {
        threads_.reserve(count_ - 1);
        for (std::size_t index = 1; index < count_; ++index) threads_.emplace_back([this, index] { work(index); });
    }
    team(const team&) = delete;
    team& operator=(const team&) = delete;
    ~team() {
        if (count_ == 1) return;
        call_ = nullptr;
        release(pieces_);
        for (std::thread& thread : threads_) thread.join();
    }

    std::size_t size() const { return count_; }

    /// Calls work(team_part) once in each thread and returns when all are done. work must not throw; it may call
    /// barrier().
    template <class Work>
    void run(Work& work) {
        static_assert(std::is_nothrow_invocable_v<Work&, team_part>, "strata: work of a team must be noexcept");
        const flush_subnormals flush;
        if (count_ == 1) return work(team_part{});
        work_ = &work;
        call_ = [](void* which, team_part part) noexcept { (*static_cast<Work*>(which))(part); };
        release(pieces_);
        work(team_part{.index = 0, .count = count_});
        barrier();
    }
    /// Inside run: waits until every thread has come here.
    void barrier() {
        if (count_ == 1) return;
        const std::uint32_t phase = phase_.load(std::memory_order_relaxed);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
            arrived_.store(0, std::memory_order_relaxed);
            release(phase_);
        } else {
            await(phase_, phase);
        }
    }

private:
    static void release(std::atomic<std::uint32_t>& flag) {
        flag.fetch_add(1, std::memory_order_release);
        flag.notify_all();
    }
    /// Until the flag is no longer `old`. Where more threads want to run than there are cores, whoever is waited for
    /// needs the one that spins: it gives way now and then.
    static void await(const std::atomic<std::uint32_t>& flag, std::uint32_t old) {
        for (int spin = 1; spin <= 20000; ++spin) {
            if (flag.load(std::memory_order_acquire) != old) return;
            STRATA_PAUSE();
            if (spin % 1000 == 0) std::this_thread::yield();
        }
        while (flag.load(std::memory_order_acquire) == old) flag.wait(old, std::memory_order_acquire);
    }
    void work(std::size_t index) {
        const flush_subnormals flush;  // these threads do nothing else
        for (std::uint32_t seen = 0;; ++seen) {
            await(pieces_, seen);
            if (call_ == nullptr) return;
            call_(work_, team_part{.index = index, .count = count_});
            barrier();
        }
    }

    std::size_t count_;
    void* work_ = nullptr;
    void (*call_)(void*, team_part) noexcept = nullptr;
    alignas(64) std::atomic<std::uint32_t> pieces_{0};
    alignas(64) std::atomic<std::uint32_t> phase_{0};
    alignas(64) std::atomic<std::size_t> arrived_{0};
    std::vector<std::thread> threads_;
};

}  // namespace strata
