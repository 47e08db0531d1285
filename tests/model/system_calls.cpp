// A pool's threads wait for each other without system calls at first, where each has a core. Exit code 0 where that
// holds, 77 on a machine of one core. For x86: on other processors the time of 5000 turns may be shorter than this.
#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <thread>

#include <dlfcn.h>

#include <strata/core/thread_pool.hpp>

namespace {

/// Of this thread. Atomic, as the C library's headers promise that its functions change no variable of this file.
thread_local std::atomic<std::size_t> calls{0};

using clock = std::chrono::steady_clock;

/// Processor time of this thread: a thread that the system interrupts does not spin.
std::chrono::microseconds used() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_nsec / 1000);
}

void spin_for(std::chrono::microseconds duration) {
    const clock::time_point begin = clock::now();
    while (clock::now() - begin < duration) {
    }
}

}  // namespace

// Those by which the standard library sleeps, wakes and yields. The program's own replace the C library's.
extern "C" long syscall(long number, ...) noexcept;
extern "C" int sched_yield() noexcept;

long syscall(long number, ...) noexcept {
    ++calls;
    va_list rest;
    va_start(rest, number);
    long words[6];
    for (long& word : words) word = va_arg(rest, long);
    va_end(rest);
    static const auto next = reinterpret_cast<long (*)(long, ...)>(dlsym(RTLD_NEXT, "syscall"));
    return next(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
int sched_yield() noexcept {
    ++calls;
    return 0;
}

int main() {
    if (std::thread::hardware_concurrency() < 2) {
        std::puts("one core: threads of a pool yield to each other");
        return 77;
    }
    strata::thread_pool threads(2);
    constexpr std::chrono::microseconds longer(40);
    std::chrono::microseconds waits{};
    auto work = [&](strata::thread_slice part) noexcept {
        if (part.index == 1) spin_for(longer);
        else waits = used();
    };
    // The system may take a core away at any time, and then the pool sleeps: one undisturbed piece of work is enough.
    std::size_t quiet = 0, tries = 0;
    while (quiet == 0 && tries < 3000) {
        threads.run(work);  // wakes the other thread
        calls = 0;
        threads.run(work);
        if (calls == 0 && used() - waits >= longer * 3 / 4) ++quiet;
        ++tries;
    }
    // The control: a thread that sleeps is woken by a system call, which the count must see.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    calls = 0;
    threads.run(work);
    const bool held = quiet > 0 && calls > 0;
    std::printf("%s: a thread that waits for another makes %s system call (try %zu); waking one makes %zu\n",
                held ? "ok" : "FAILED", quiet > 0 ? "no" : "always a", tries, calls.load());
    return held ? 0 : 1;
}
