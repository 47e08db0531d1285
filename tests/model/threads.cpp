// One const model shared by eight threads, each with its own workspace. Exit code 0 where every result equals the
// serial one.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <thread>
#include <vector>

#include <strata/strata.hpp>

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<14, 13, 2>{}, Conv2D<8, 3, padding::same>{}, ReLU{},
                                MaxPooling2D<2>{},  Conv2D<17, 3, Tanh>{},         GlobalAveragePooling2D<>{},
                                Dense<5, Softmax>{}};
constexpr std::size_t thread_count = 8, sample_count = 64, round_count = 8;
constexpr std::size_t in = net.input_shape().size(), out = net.output_shape().size();

using outputs = std::array<float, out * sample_count>;

std::vector<float> samples() {
    std::vector<float> x(in * sample_count);
    random_engine engine(5);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
    return x;
}

template <class Model, class Arena>
void infer_all(const Model& model, const std::vector<float>& x, outputs& y, Arena& workspace, std::size_t first) {
    for (std::size_t i = 0; i < sample_count; ++i) {
        const std::size_t at = (first + i) % sample_count;  // threads work on different samples at a time
        model.infer(std::span<const float, in>(x.data() + at * in, in), std::span<float, out>(y.data() + at * out, out),
                    workspace);
    }
}

}  // namespace

int main() {
    const auto model = net.build({.seed = 4});
    const std::vector<float> x = samples();
    outputs serial{};
    {
        auto workspace = model.workspace();
        infer_all(model, x, serial, workspace, 0);
    }
    std::array<outputs, thread_count> results{};
    std::array<bool, thread_count> equal{};
    std::atomic<std::size_t> waiting{thread_count};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < thread_count; ++t)
        threads.emplace_back([&, t] {
            auto workspace = model.workspace();
            --waiting;
            while (waiting > 0) std::this_thread::yield();  // all begin together
            equal[t] = true;
            for (std::size_t round = 0; round < round_count; ++round) {
                results[t].fill(-1.0f);
                infer_all(model, x, results[t], workspace, t * sample_count / thread_count);
                equal[t] = equal[t] && std::memcmp(results[t].data(), serial.data(), sizeof(outputs)) == 0;
            }
        });
    for (std::thread& thread : threads) thread.join();
    std::size_t agreeing = 0;
    for (const bool held : equal) agreeing += held ? 1 : 0;
    // A model that gave the same for every sample would compare equal too.
    const bool differs = std::memcmp(serial.data(), serial.data() + out, out * sizeof(float)) != 0;
    std::printf("%zu of %zu threads equal the serial result\n", agreeing, thread_count);
    return agreeing == thread_count && differs ? 0 : 1;
}
