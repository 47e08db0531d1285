// Subnormal numbers: the scope that flushes them, that inference opens it, and that neither silence nor a fading input
// is slower than sound. Times are the least of many in one run, compared with each other. The program is optimized: so
// the tests notice where the compiler moves operations out of the scope.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "subnormals.hpp"

namespace {

using namespace strata;

/// No case may take more than this many times what it takes on usual values.
constexpr double slowest = 1.5;

/// Nanoseconds of one call, the least of many passes.
template <class Work>
double least_time(Work work, int calls = 64, int passes = 60) {
    double best = 1e30;
    for (int pass = 0; pass < passes; ++pass) {
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < calls; ++i) work();
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count() / calls);
    }
    return best;
}

/// Steps of a stream on inputs that stay at one size, from sound down to nothing, and after an impulse.
template <class Net>
void is_no_slower_when_it_fades(Net) {
    const auto model = Net::build({.seed = 3});
    auto stream = model.stream();
    using facts = decltype(stream);
    constexpr std::size_t in = facts::input_size, out = facts::output_size, steps = 128;
    std::array<float, in> x{};
    std::array<float, out> y{};
    const auto run = [&] {
        for (std::size_t i = 0; i < steps; ++i) stream.step(x, y);
    };
    x.fill(0.5f);
    const double usual = least_time(run, 1, 300);
    for (const float size :
         {1e-12f, 1e-18f, 1e-20f, 3e-22f, 1e-24f, 1e-26f, 1e-30f, 1e-34f, 3e-37f, 1e-38f, 1e-40f, 1e-44f, 0.0f}) {
        CAPTURE(size);
        x.fill(size);
        run();
        CHECK(least_time(run, 1, 300) <= slowest * usual);
    }
    // An impulse dies away over the windows; each window's time is its least over many impulses.
    std::array<double, 12> windows{};
    windows.fill(1e30);
    for (int turn = 0; turn < 60; ++turn) {
        stream.reset();
        x.fill(1);
        stream.step(x, y);
        x.fill(0);
        for (double& window : windows) window = std::min(window, least_time(run, 1, 1));
    }
    for (const double window : windows) CHECK(window <= slowest * usual);
}

/// One inference of values around `usual` and of values around `tail`.
template <class Net>
void is_no_slower_in_the_tail(Net, float usual, float tail) {
    INFO(__PRETTY_FUNCTION__);
    const auto model = Net::build({.seed = 3});
    auto workspace = model.workspace();
    std::vector<float> x(Net::input_shape().size()), y(Net::output_shape().size());
    const auto time_of = [&](float size) {
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = size * (1 + 0.001f * static_cast<float>(i % 97));
        return least_time([&] { model.infer(x, y, workspace); });
    };
    const double before = time_of(usual);
    CHECK(time_of(tail) <= slowest * before + 10);  // a scope takes some ns, which count in the smallest nets
}

}  // namespace

TEST_CASE("a scope flushes subnormal numbers and restores the caller's mode") {
    REQUIRE(!flushes());
    {
        const flush_subnormals outer;
        REQUIRE(flushes() == has_mode);
        REQUIRE(flush_subnormals::is_active() == has_mode);
        {
            const flush_subnormals inner;
            REQUIRE(flushes() == has_mode);
        }
        REQUIRE(flushes() == has_mode);
    }
    REQUIRE(!flushes());
    REQUIRE(!flush_subnormals::is_active());
    // In constant evaluation it does nothing.
    constexpr float kept = [] {
        const flush_subnormals flush;
        return smallest_normal / 2 * 1;
    }();
    static_assert(kept > 0);
}

#if defined(STRATA_FLUSH_BITS)
TEST_CASE("a scope restores its own bits of the mode and no others") {
    STRATA_FLOAT_MODE before = 0;
    STRATA_READ_FLOAT_MODE(before);
#if defined(__SSE2__)
    constexpr STRATA_FLOAT_MODE upwards = 0x4000, flush_results_alone = 0x8000;
#else
    constexpr STRATA_FLOAT_MODE upwards = 0x400000, flush_results_alone = 0;
#endif
    const STRATA_FLOAT_MODE own = before | upwards | flush_results_alone;
    STRATA_WRITE_FLOAT_MODE(own);
    STRATA_FLOAT_MODE inside = 0, after = 0;
    {
        const flush_subnormals flush;
        STRATA_READ_FLOAT_MODE(inside);
    }
    STRATA_READ_FLOAT_MODE(after);
    STRATA_WRITE_FLOAT_MODE(before);
    REQUIRE(inside == (own | STRATA_FLUSH_BITS));
    REQUIRE(after == own);
}
#endif

TEST_CASE("every thread of a pool flushes, and the caller's mode is its own again") {
    thread_pool threads(3);
    std::array<bool, 3> flushed{};
    auto work = [&](thread_slice part) noexcept { flushed[part.index] = flushes(); };
    threads.run(work);
    for (const bool each : flushed) REQUIRE(each == has_mode);
    REQUIRE(!flushes());
    thread_pool alone(1);
    alone.run(work);
    REQUIRE(!flushes());
}

TEST_CASE("inference flushes, and leaves the caller's mode alone") {
    // A subnormal input times 2^20 would be normal.
    auto scaled = Sequential{Input<256>{}, Dense<256>{}}.build();
    std::vector<float> kernel(256 * 256);
    for (std::size_t i = 0; i < 256; ++i) kernel[i * 256 + i] = 0x1p20f;
    scaled.weights()[0].assign(kernel);
    const std::vector<float> x(256, smallest_normal / 4);
    const auto is_zero = [](const auto& y) {
        return std::all_of(std::begin(y), std::end(y), [](float value) { return (value == 0) == has_mode; });
    };
    std::vector<float> y(256, 1.0f);
    auto workspace = scaled.workspace();
    scaled.infer(x, y, workspace);
    CHECK(is_zero(y));
    CHECK(is_zero(scaled.predict(x)));
    auto shared = scaled.workspace({.threads = 2});
    CHECK(is_zero(scaled.predict(x, shared)));
    y.assign(256, 1.0f);
    scaled.infer(x, y, shared);
    CHECK(is_zero(y));
    Tensor<float, 2, 256> batch;
    std::fill_n(batch.data(), batch.size(), smallest_normal / 4);
    const auto outputs = scaled(batch);
    CHECK(std::all_of(outputs.data(), outputs.data() + outputs.size(), [](float v) { return (v == 0) == has_mode; }));
    // A net too small for a scope of its own opens one where its input holds such numbers.
    for (std::size_t at = 0; at < 5; ++at) {
        auto small = Sequential{Input<5>{}, Dense<5>{}}.build();
        std::vector<float> identity(25);
        for (std::size_t i = 0; i < 5; ++i) identity[i * 5 + i] = 0x1p20f;
        small.weights()[0].assign(identity);
        std::array<float, 5> in{}, result{};
        in[at] = -smallest_normal / 4;
        auto memory = small.workspace();
        small.infer(in, result, memory);
        CHECK((result[at] == 0) == has_mode);
    }
    CHECK(!flushes());
}

TEST_CASE("a stream is no slower on silence and fading inputs than on sound") {
    is_no_slower_when_it_fades(Sequential{Input<16, 1>{}, LSTM<32, return_sequences>{}, Dense<1>{}});
    is_no_slower_when_it_fades(Sequential{Input<16, 1>{}, GRU<32, return_sequences>{}, Dense<1>{}});
    is_no_slower_when_it_fades(Sequential{Input<16, 1>{}, GRU<32, return_sequences, reset_after<false>>{}, Dense<1>{}});
    is_no_slower_when_it_fades(Sequential{Input<16, 2>{}, SimpleRNN<32, return_sequences>{}, Dense<1>{}});
    is_no_slower_when_it_fades(Sequential{Input<64, 1>{}, Conv1D<16, 3, padding::causal, Tanh>{},
                                          Conv1D<16, 3, padding::causal, dilation<4>, Tanh>{}, Dense<1>{}});
    is_no_slower_when_it_fades(Sequential{Input<16, 16>{}, Dense<16, Tanh>{}, Dense<16>{}});
    is_no_slower_when_it_fades(Sequential{Input<16, 1>{}, LSTM<96, return_sequences>{}, Dense<1>{}});
}

TEST_CASE("inference is no slower where numbers become subnormal") {
    is_no_slower_in_the_tail(Sequential{Input<256>{}, Dense<256>{}}, 1, 1e-40f);
    is_no_slower_in_the_tail(Sequential{Input<16>{}, Dense<16>{}}, 1, 1e-40f);
    is_no_slower_in_the_tail(Sequential{Input<16, 16, 8>{}, Conv2D<16, 3>{}}, 1, 1e-40f);
    is_no_slower_in_the_tail(Sequential{Input<4096>{}, BatchNormalization<>{}}, 1, 1e-40f);
    is_no_slower_in_the_tail(Sequential{Input<4096>{}, SiLU{}}, -1, -95);
    is_no_slower_in_the_tail(Sequential{Input<4096>{}, Exponential{}}, -1, -95);
    is_no_slower_in_the_tail(Sequential{Input<256>{}, SiLU{}, Dense<256>{}}, -1, -95);
}
