// thread_pool: a few threads that share each piece of work, and spin shortly before they sleep.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <strata/core/config.hpp>
#include <strata/core/error.hpp>
#include <strata/core/features.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/native_thread.hpp>
#include <strata/core/real_time.hpp>
#include <strata/core/text.hpp>
#include <strata/core/thread_slice.hpp>

#if !defined(STRATA_NO_THREADS)
#include <atomic>
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_HAVE_PLATFORM_WAIT)
#include <condition_variable>
#include <mutex>
#endif
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif
#endif

namespace strata {

namespace internal {

/// The error of a pool that got fewer threads than it wants.
[[noreturn]] inline void raise_fewer_threads(std::size_t made, std::size_t wanted, std::error_code code) {
    text<160> message("strata: the system gives ");
    message << made << " of " << wanted << " threads; fix: ask for fewer";
    raise_error<std::system_error>(message.chars, code);
}

}  // namespace internal

#if defined(STRATA_NO_THREADS)

/// A pool in a program without threads: its caller alone.
class thread_pool {
public:
    /// More than one thread is an error, std::system_error, as where a system gives fewer.
    explicit thread_pool(std::size_t count) {
        if (count > 1) internal::raise_fewer_threads(1, count, std::make_error_code(std::errc::not_supported));
    }
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    static constexpr std::size_t size() { return 1; }
    template <class Work>
    void run(Work& work) {
        static_assert(noexcept(work(thread_slice{})), "strata: work of a thread_pool must be noexcept");
        const flush_subnormals flush;
        work(thread_slice{});
    }
    template <class Work>
    void run_alone(Work& work) {
        work();
    }
    void barrier() {}
};

#else

namespace internal {

/// The number of this process, 0 where the system gives none.
inline long process_number() {
#if __has_include(<unistd.h>)
    return static_cast<long>(::getpid());
#else
    return 0;
#endif
}

#if defined(__GLIBCXX__) && !defined(_GLIBCXX_HAVE_PLATFORM_WAIT)
/// Threads that sleep until a number changes. Where a system has no futexes, as Windows, waits of the library's atomics
/// miss some changes: bug 106183 of GCC 12.
class sleepers {
public:
    void change(std::atomic<std::uint32_t>& flag) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            flag.fetch_add(1, std::memory_order_release);
        }
        changed_.notify_all();
    }
    void wait(const std::atomic<std::uint32_t>& flag, std::uint32_t old) const {
        std::unique_lock<std::mutex> lock(mutex_);
        while (flag.load(std::memory_order_acquire) == old) changed_.wait(lock);
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
};
#else
/// Threads that sleep until a number changes. They are woken by one system call that does not block.
class sleepers {
public:
    void change(std::atomic<std::uint32_t>& flag) {
        flag.fetch_add(1, std::memory_order_release);
        flag.notify_all();
    }
    void wait(const std::atomic<std::uint32_t>& flag, std::uint32_t old) const {
        while (flag.load(std::memory_order_acquire) == old) flag.wait(old, std::memory_order_acquire);
    }
};
#endif

}  // namespace internal

/// `count` threads, the caller among them. Waiting threads spin without system calls for 60 to 250 us, since the next
/// piece of work usually comes sooner; then they yield for three times as long, and sleep: waking one costs about 50
/// us. All of them take subnormal numbers for zero while they work, so that results are the same for any number of
/// threads. One thread at a time may use a pool. After a fork the child process has the memory of the pool but not its
/// threads. It must not use the pool, and must end without destroying it (_exit or exec). Builds with assertions stop
/// at both mistakes.
class thread_pool {
public:
    /// Throws std::system_error where the system gives fewer threads; those that were made have ended by then.
    explicit thread_pool(std::size_t count) : count_(count == 0 ? 1 : count), threads_(count_ - 1) {
        for (; made_ + 1 < count_; ++made_) {
            worker& next = threads_.first[made_];
            next.pool = this;
            next.index = made_ + 1;
            const std::error_code code = next.thread.start(next);
            if (!code) continue;
            end_threads();
            internal::raise_fewer_threads(made_ + 1, count_, code);
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
        static_assert(noexcept(work(thread_slice{})), "strata: work of a thread_pool must be noexcept");
        assert(
            process_ == internal::process_number() &&
            "strata: a child process uses its parent's threads, which it does not have; make a workspace after fork");
        assert(is_free(is_running_.exchange(true)));
        run_parts(work);
        assert(is_running_.exchange(false));
    }
    /// Calls work() in this thread. Work that is too small to share may not run twice at once either. It may take a few
    /// nanoseconds, so the assertion reads and writes without a lock of the bus.
    template <class Work>
    STRATA_INLINE void run_alone(Work& work) {
        assert(is_free(is_running_.load(std::memory_order_relaxed)) &&
               (is_running_.store(true, std::memory_order_relaxed), true));
        work();
        assert((is_running_.store(false, std::memory_order_relaxed), true));
    }
    /// Inside run: waits until every thread has come here.
    void barrier() noexcept STRATA_NONBLOCKING {
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
    struct worker {
        thread_pool* pool = nullptr;
        std::size_t index = 0;
        internal::native_thread thread{};

        void run() noexcept { pool->work(index); }
    };
    struct worker_list {
        explicit worker_list(std::size_t count) : first(new worker[count]) {}
        worker_list(const worker_list&) = delete;
        worker_list& operator=(const worker_list&) = delete;
        ~worker_list() { delete[] first; }

        worker* first;
    };

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
    STRATA_NOINLINE void end_threads() {
        if (made_ == 0) return;
        call_ = nullptr;
        release(pieces_);
        for (std::size_t i = 0; i < made_; ++i) threads_.first[i].thread.wait_for_end();
    }
    /// Changes the flag, and wakes threads that sleep until it changes.
    void release(std::atomic<std::uint32_t>& flag) noexcept STRATA_NONBLOCKING {
        STRATA_BEGIN_PERMITTED
        const internal::permitted_system_calls permitted;
        sleepers_.change(flag);
        STRATA_END_PERMITTED
    }
    /// Waits until the flag is no longer `old`: first without system calls, if every thread has a core.
    void await(const std::atomic<std::uint32_t>& flag, std::uint32_t old) const noexcept STRATA_NONBLOCKING {
        constexpr int quiet_turns = 5000, turns_a_yield = 1000, turns = 20000;
        const int first_yield = shares_cores_ ? 0 : quiet_turns;
        for (int spin = 1; spin <= turns; ++spin) {
            if (flag.load(std::memory_order_acquire) != old) return;
            STRATA_PAUSE();
            if (spin >= first_yield && spin % turns_a_yield == 0) yield();
        }
        sleep(flag, old);
    }
    /// Where there are more threads than cores, or other programs use them, the thread that will change the flag may
    /// need this core.
    static void yield() noexcept STRATA_NONBLOCKING {
        STRATA_BEGIN_PERMITTED
        const internal::permitted_system_calls permitted;
        internal::yield_processor();
        STRATA_END_PERMITTED
    }
    /// Nobody works, or the system has taken a core from the thread that will change the flag. That thread may need
    /// this core: a thread of a higher priority that went on to spin here would wait for ever.
    void sleep(const std::atomic<std::uint32_t>& flag, std::uint32_t old) const noexcept STRATA_NONBLOCKING {
        STRATA_BEGIN_PERMITTED
        const internal::permitted_system_calls permitted;
        sleepers_.wait(flag, old);
        STRATA_END_PERMITTED
    }
    static STRATA_INLINE bool is_free([[maybe_unused]] bool is_used) {
        assert(!is_used &&
               "strata: two threads use one pool (a workspace with threads) at once; give each a workspace of its own");
        return true;
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
    bool shares_cores_ = count_ > internal::processor_count();
    // Only assertions read these two. The class has them in every build, so that its layout is the same.
    long process_ = internal::process_number();
    std::atomic<bool> is_running_{false};
    internal::sleepers sleepers_;
    void* work_ = nullptr;
    void (*call_)(void*, thread_slice) noexcept = nullptr;
    alignas(64) std::atomic<std::uint32_t> pieces_{0};
    alignas(64) std::atomic<std::uint32_t> phase_{0};
    alignas(64) std::atomic<std::size_t> arrived_{0};
    std::size_t made_ = 0;
    worker_list threads_;
};

#endif

}  // namespace strata
