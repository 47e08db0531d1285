// A detector on camera frames: two threads share each frame, and a variant for a device with little memory.
#include <cstddef>
#include <cstdio>
#include <vector>

#include <strata/infer.hpp>

#include "../check.hpp"

using namespace strata;

namespace {

// [memory]
using detector = Sequential<Input<96, 96, 3>, Conv2D<16, 3, padding::same, ReLU>, Conv2D<16, 3, padding::same, ReLU>,
                            MaxPooling2D<4>, Conv2D<32, 3, ReLU>, GlobalMaxPooling2D<>, Dense<4, Softmax>>;

// The same layers for a device: maps are made in the smallest bands of rows, convolutions without transformed weights.
using small_detector =
    Sequential<memory::smallest, Input<96, 96, 3>, Conv2D<16, 3, padding::same, ReLU, algorithm::direct>,
               Conv2D<16, 3, padding::same, ReLU, algorithm::direct>, MaxPooling2D<4>,
               Conv2D<32, 3, ReLU, algorithm::direct>, GlobalMaxPooling2D<>, Dense<4, Softmax>>;
static_assert(small_detector::arena_bytes() < 120'000);
// [/memory]

}  // namespace

int main() {
    const auto model = detector::build({.seed = 2});
    std::vector<float> frame(model.input_shape().size()), scores(4), alone(4), small(4);
    for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = static_cast<float>(i * 31 % 256) / 255.0f;

    // [shared]
    auto workspace = model.workspace({.threads = 2});  // once: it holds the threads
    model.infer(frame, scores, workspace);             // each frame: no allocation, the same bits as one thread's
    // [/shared]

    auto one = model.workspace();
    model.infer(frame, alone, one);
    example::check(scores == alone, "two threads give what one gives, bit for bit");

    auto device = small_detector::build();
    for (std::size_t i = 0; i < device.weights().size(); ++i)
        device.weights()[i].assign(model.weights()[i].to_vector());
    auto arena = device.workspace();
    device.infer(frame, small, arena);
    bool close = true;
    for (std::size_t i = 0; i < scores.size(); ++i)
        close = close && small[i] - alone[i] < 1e-5f && alone[i] - small[i] < 1e-5f;
    example::check(close, "the small variant gives the same to 1e-5");
    std::printf("workspace: %zu bytes, the small variant's %zu\n", static_cast<std::size_t>(detector::arena_bytes()),
                static_cast<std::size_t>(small_detector::arena_bytes()));
    return example::exit_code();
}
