// thread_pool: a few threads that share each piece of work, and spin shortly before they sleep.
#pragma once

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <thread>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/message.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/where_used.hpp>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace strata {

namespace internal {

/// The number of this process, 0 where the system gives none.
inline long process_number() {
#if __has_include(<unistd.h>)
    return static_cast<long>(::getpid());
#else
    return 0;
#endif
}

}  // namespace internal

/// `count` threads, the caller among them. Waiting threads spin for some ten microseconds, since the next piece of work
/// usually comes sooner, and then sleep: waking one costs about 50 us. All of them take subnormal numbers for zero
/// while they work, so that results are the same for any number of threads. One thread at a time may use a pool. After
/// a fork the child process has the memory of the pool but not its threads. It must not use the pool, and must end
/// without destroying it (_exit or exec). Builds with assertions stop at both mistakes.
class thread_pool {
public:
    /// Throws std::system_error where the system gives fewer threads; those that were made have ended by then.
    explicit thread_pool(std::size_t count) : count_(count == 0 ? 1 : count) {
        threads_ = std::make_unique<std::thread[]>(count_ - 1);
        try {
            for (; made_ + 1 < count_; ++made_)
                threads_[made_] = std::thread([this, index = made_ + 1] { work(index); });
        } catch (const std::system_error& error) {
            end_threads();
            refuse(error.code());
        } catch (...) {
            end_threads();
            throw;
        }
    }
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;
    ~thread_pool() { end_threads(); }

    std::size_t size() const { return count_; }

    /// Calls work(thread_slice) once in each thread and returns when all are done. work must not throw; it may call
    /// barrier(), but not run.
    template <class Work>
    void run(Work& work) {
        static_assert(std::is_nothrow_invocable_v<Work&, thread_slice>,
                      "strata: work of a thread_pool must be noexcept");
        assert(
            process_ == internal::process_number() &&
            "strata: a child process uses its parent's threads, which it does not have; make a workspace after fork");
        assert(!is_running_.exchange(true) &&
               "strata: two threads use one pool (a workspace with threads) at once; give each a workspace of its own");
        run_parts(work);
        assert(is_running_.exchange(false));
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
    template <class Work>
    void run_parts(Work& work) {
        const flush_subnormals flush;
        if (count_ == 1) return work(thread_slice{});
        work_ = &work;
        call_ = [](void* called, thread_slice part) noexcept { (*static_cast<Work*>(called))(part); };
        release(pieces_);
        work(thread_slice{.index = 0, .count = count_});
        barrier();
    }
    template <class = internal::where_used>
    [[noreturn]] STRATA_COLD void refuse(const std::error_code& code) const {
        throw std::system_error(code, internal::message({"strata: the system gives ", made_ + 1, " of ", count_,
                                                         " threads; fix: ask for fewer"}));
    }
    void end_threads() {
        if (made_ == 0) return;
        call_ = nullptr;
        release(pieces_);
        for (std::size_t i = 0; i < made_; ++i) threads_[i].join();
    }
    static void release(std::atomic<std::uint32_t>& flag) {
        flag.fetch_add(1, std::memory_order_release);
        flag.notify_all();
    }
    /// Waits until the flag is no longer `old`. It yields now and then: where there are more threads than cores, the
    /// thread that will change the flag may need this core.
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
        for (std::uint32_t done = 0;; ++done) {
            await(pieces_, done);
            if (call_ == nullptr) return;
            call_(work_, thread_slice{.index = index, .count = count_});
            barrier();
        }
    }

    std::size_t count_;
    // Only assertions read these two. The class has them in every build, so that its layout is the same.
    long process_ = internal::process_number();
    std::atomic<bool> is_running_{false};
    void* work_ = nullptr;
    void (*call_)(void*, thread_slice) noexcept = nullptr;
    alignas(64) std::atomic<std::uint32_t> pieces_{0};
    alignas(64) std::atomic<std::uint32_t> phase_{0};
    alignas(64) std::atomic<std::size_t> arrived_{0};
    std::size_t made_ = 0;
    std::unique_ptr<std::thread[]> threads_;
};

}  // namespace strata
