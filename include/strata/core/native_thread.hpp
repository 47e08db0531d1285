// native_thread: a thread of the system, the number of processors, and a yield: POSIX's where there is <pthread.h>,
// else those of <thread>. That header has stop tokens, semaphores and clocks, which takes longer to compile than a
// small net.
#pragma once

#include <cstddef>
#include <system_error>

#include <strata/core/config.hpp>
#include <strata/core/features.hpp>

#if !defined(STRATA_NO_THREADS)
#if defined(STRATA_POSIX_THREADS)
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#else
#include <new>
#include <thread>
#endif

namespace strata::internal {

/// The context of a thread is all that it is given: an object with a member `void run() noexcept`.
class native_thread {
public:
    /// Calls context.run() in a new thread. Returns the error of a system that gives none. The context must stay until
    /// wait_for_end() has returned.
    template <class Context>
    std::error_code start(Context& context) {
#if defined(STRATA_POSIX_THREADS)
        const auto call = [](void* of) noexcept -> void* {
            static_cast<Context*>(of)->run();
            return nullptr;
        };
        return {::pthread_create(&thread_, nullptr, call, &context), std::generic_category()};
#elif defined(STRATA_NO_EXCEPTIONS)
        thread_ = std::thread([&context]() noexcept { context.run(); });
        return {};
#else
        try {
            thread_ = std::thread([&context]() noexcept { context.run(); });
            return {};
        } catch (const std::system_error& error) {
            return error.code();
        } catch (const std::bad_alloc&) {
            return std::make_error_code(std::errc::not_enough_memory);
        }
#endif
    }
    /// Waits for the end of the thread, which was started.
    void wait_for_end() {
#if defined(STRATA_POSIX_THREADS)
        ::pthread_join(thread_, nullptr);
#else
        thread_.join();
#endif
    }

private:
#if defined(STRATA_POSIX_THREADS)
    pthread_t thread_{};
#else
    std::thread thread_;
#endif
};

/// The number of processors; 0 where the system does not tell.
inline std::size_t processor_count() {
#if defined(STRATA_POSIX_THREADS)
    const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
#else
    return std::thread::hardware_concurrency();
#endif
}

/// Lets another thread have the processor.
inline void yield_processor() noexcept {
#if defined(STRATA_POSIX_THREADS)
    ::sched_yield();
#else
    std::this_thread::yield();
#endif
}

}  // namespace strata::internal

#endif
