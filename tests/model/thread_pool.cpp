// A pool of threads: each does its share once, barriers hold, and idle threads go to sleep.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <thread>
#include <vector>

#include <strata/core/thread_pool.hpp>

#include "../catch.hpp"

using namespace strata;

TEST_CASE("shares cover all items once, cut at whole units") {
    for (std::size_t items = 0; items < 40; ++items)
        for (std::size_t count = 1; count < 6; ++count)
            for (const std::size_t unit : {std::size_t{1}, std::size_t{4}}) {
                std::size_t next = 0;
                for (std::size_t index = 0; index < count; ++index) {
                    const item_range mine = thread_slice{.index = index, .count = count}.of(items, unit);
                    REQUIRE(mine.begin == next);
                    REQUIRE((mine.begin % unit == 0 || mine.begin == items));
                    next = mine.end;
                }
                REQUIRE(next == items);
            }
}

TEST_CASE("a pool knows the number of processors") {
    REQUIRE(internal::processor_count() == std::thread::hardware_concurrency());
}

TEST_CASE("each thread works once a piece, and sees at a barrier what the others did") {
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        thread_pool threads(count);
        std::vector<std::size_t> first(count), second(count);
        std::atomic<std::size_t> mistakes{0};
        for (std::size_t piece = 1; piece <= 200; ++piece) {
            auto work = [&](thread_slice part) noexcept {
                first[part.index] = piece;
                threads.barrier();
                for (const std::size_t seen : first) mistakes += seen == piece ? 0 : 1;
                ++second[part.index];
                threads.barrier();
            };
            threads.run(work);
        }
        REQUIRE(mistakes == 0);
        REQUIRE(second == std::vector<std::size_t>(count, 200));
    }
}

#if !defined(_WIN32)  // std::clock is the time of day there
TEST_CASE("an idle pool takes no processor time") {
    thread_pool threads(3);
    std::atomic<int> done{0};
    auto work = [&](thread_slice) noexcept { ++done; };
    threads.run(work);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::clock_t before = std::clock();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    threads.run(work);
    REQUIRE(done == 6);
    REQUIRE(seconds < 0.1);
}
#endif
