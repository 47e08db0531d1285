// Misuse of threads and processes: each mistake runs in a child process of its own, which must end as said. Exit
// code 0 where all do. Built with assertions; on systems without fork nothing is tried.
#undef NDEBUG
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#if __has_include(<sys/resource.h>) && __has_include(<sys/wait.h>)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <strata/strata.hpp>

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<64>{}, Dense<64, ReLU>{}, Dense<8>{}};

/// Runs `mistake` in a child process; gives what wait says of it. A child that hangs is killed.
template <class Mistake>
int end_of(Mistake mistake) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        std::freopen("/dev/null", "w", stderr);
        _exit(mistake());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

bool aborts(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT; }

/// Two threads use one pool at once: the first waits in its work until the second has come.
int two_threads() {
    thread_pool threads(2);
    std::atomic<bool> is_inside{false};
    std::thread second([&] {
        while (!is_inside) std::this_thread::yield();
        auto nothing = [](thread_slice) noexcept {};
        threads.run(nothing);
    });
    auto work = [&](thread_slice) noexcept {
        is_inside = true;
        std::this_thread::sleep_for(std::chrono::seconds(10));
    };
    threads.run(work);
    second.join();
    return 0;
}

/// Two threads use the workspace of a net that is too small for its threads.
int two_threads_of_a_small_net() {
    auto model = net.build();
    auto workspace = model.workspace({.threads = 2});
    const auto infer = [&] {
        const std::array<float, 64> x{};
        std::array<float, 8> y{};
        const auto begin = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - begin < std::chrono::seconds(10)) model.infer(x, y, workspace);
    };
    std::thread second(infer);
    infer();
    second.join();
    return 0;
}

/// A pool whose threads a child of this process does not have.
int child_of_a_child() {
    thread_pool threads(2);
    auto nothing = [](thread_slice) noexcept {};
    threads.run(nothing);
    const int status = end_of([&] {
        threads.run(nothing);
        return 0;
    });
    threads.run(nothing);  // its own process may still use it
    return aborts(status) ? 0 : 1;
}

/// Too little memory for the stacks of a thousand threads: an exception, after which all goes on.
template <class Ask>
int too_many_threads(Ask ask) {
    const rlimit little{400u << 20u, 400u << 20u};
    if (setrlimit(RLIMIT_AS, &little) != 0) return 2;
    for (int turn = 0; turn < 3; ++turn) {
        try {
            ask(std::size_t{1000});
            return 3;
        } catch (const std::system_error& error) {
            if (std::string_view(error.what()).find("of 1000 threads") == std::string_view::npos) return 4;
        }
    }
    ask(std::size_t{2});
    return 0;
}

int overlapping_spans() {
    auto model = net.build();
    auto workspace = model.workspace();
    std::vector<float> z(64);
    model.infer(z, std::span(z).first(8), workspace);
    return 0;
}

int moved_model() {
    auto model = Sequential{Input<64>{}, Dense<64>{}}.build();  // on the heap
    const auto taken = std::move(model);
    auto workspace = taken.workspace();
    std::vector<float> x(64), y(64);
    model.infer(x, y, workspace);
    return 0;
}

int failures = 0;
void expect(bool holds, const char* text) {
    std::printf("%s: %s\n", text, holds ? "yes" : "NO");
    failures += holds ? 0 : 1;
}

}  // namespace

int main() {
    std::fflush(stdout);
    expect(aborts(end_of(two_threads)), "two threads that use one pool are asserted against");
    expect(aborts(end_of(two_threads_of_a_small_net)), "and so are two of a net that no threads share");
    expect(end_of(child_of_a_child) == 0, "a pool of a parent process is asserted against");
    expect(aborts(end_of(overlapping_spans)), "input and output that overlap are asserted against");
    expect(aborts(end_of(moved_model)), "a moved-from model is asserted against");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    expect(end_of([] {
               auto model = net.build();
               return too_many_threads([&](std::size_t count) { model.workspace({.threads = count}); });
           }) == 0,
           "a workspace of more threads than there are throws");
    expect(end_of([] {
               auto model = net.build();
               auto trainer = compile(model, SGD{}, MeanSquaredError{});
               Dataset<float, shape{64}, float, shape{8}> data;
               data.push_back(std::vector<float>(64), std::vector<float>(8));
               return too_many_threads([&](std::size_t count) { trainer.fit(data, {.threads = count, .verbose = 0}); });
           }) == 0,
           "fit with more threads than there are throws");
#endif
    return failures == 0 ? 0 : 1;
}
#else
int main() { return 0; }
#endif
