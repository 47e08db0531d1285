// infer and the steps of a stream, called as an audio program calls them: from a function that may not block. Clang's
// RealtimeSanitizer stops the program where something under it allocates, waits or asks the system.
// usage: realtime PART; the parts that begin with "control" must be stopped, and the others not.
#include <array>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <strata/infer.hpp>

namespace {

using namespace strata;

constexpr auto image_net = Sequential{Input<40, 40, 3>{}, Conv2D<16, 3, padding::same>{}, ReLU{},
                                      MaxPooling2D<2>{},  Conv2D<17, 3, ReLU>{},          Flatten<>{},
                                      Dense<5, Softmax>{}};
/// So large that a team shares it.
constexpr auto shared_net =
    Sequential{Input<64, 64, 16>{}, Conv2D<32, 3, padding::same, ReLU>{}, GlobalAveragePooling2D<>{}, Dense<5>{}};
constexpr auto stream_net = Sequential{Input<30, 3>{},
                                       Conv1D<24, 9, dilation<4>, padding::causal, Tanh>{},
                                       TimeDistributed<Dense<48, ReLU>>{},
                                       Conv1D<40, 3, padding::causal, ReLU>{},
                                       LSTM<64, return_sequences>{},
                                       GRU<48, return_sequences>{},
                                       Dense<5>{}};

/// A function of the kind that drivers of audio call.
template <class Work>
void callback(Work& work) noexcept STRATA_NONBLOCKING {
    STRATA_BEGIN_PERMITTED  // the compiler is not told what work does; the sanitizer sees it
    work();
    STRATA_END_PERMITTED
}

template <class Net>
bool infers(const Net& net, workspace_options options) {
    const auto model = net.build({.seed = 4});
    auto workspace = model.workspace(options);
    const std::vector<float> x(net.input_shape().size(), 0.5f);
    std::array<float, 5> y{};
    auto work = [&] { model.infer(x, y, workspace); };
    for (int i = 0; i < 20; ++i) callback(work);
    return y[0] != 0.0f;
}
bool infers_alone() {
    const auto model = image_net.build({.seed = 4});
    auto workspace = model.workspace();
    const auto x = ones<1, 40, 40, 3>();
    std::array<float, 5> y{};
    auto work = [&] { model.infer(x, y, workspace); };
    for (int i = 0; i < 20; ++i) callback(work);
    return y[0] > 0.0f;
}
bool streams() {
    const auto model = stream_net.build({.seed = 4});
    auto stream = model.stream();
    constexpr std::size_t steps = 37;
    const std::array<float, 3> x{0.5f, -0.5f, 0.25f};
    const std::vector<float> block(steps * 3, 0.5f);
    std::array<float, 5> y{};
    std::vector<float> outputs(steps * 5);
    auto work = [&] {
        stream.step(x, y);
        stream.process(block, outputs, steps);
        stream.reset();
        stream.prewarm(steps);
        stream.step(x, y);
    };
    for (int i = 0; i < 20; ++i) callback(work);
    return y[0] != 0.0f && outputs.back() != 0.0f;
}
/// Keeps what a control makes, so that the compiler does not remove it.
std::unique_ptr<float> kept;
std::mutex mutex;

bool runs(std::string_view part) {
    if (part == "infer") return infers_alone();
    if (part == "team") return infers(shared_net, {.threads = 2});
    if (part == "large-team") return infers(shared_net, {.threads = 5});
    if (part == "stream") return streams();
    const auto model = image_net.build({.seed = 4});
    const auto x = ones<1, 40, 40, 3>();
    std::array<float, 5> y{};
    if (part == "control-allocation") {
        auto work = [] { kept = std::make_unique<float>(1.0f); };
        callback(work);
    } else if (part == "control-lock") {
        auto work = [] { mutex.lock(); };
        callback(work);
    } else if (part == "control-workspace") {  // a workspace is made outside
        auto work = [&] {
            auto workspace = model.workspace();
            model.infer(x, y, workspace);
        };
        callback(work);
    }
    return part.starts_with("control");
}

}  // namespace

int main(int count, char** arguments) {
    const bool held = count == 2 && runs(arguments[1]);
    std::printf("%s: %s\n", count == 2 ? arguments[1] : "no part", held ? "ran" : "wrong results");
    return held ? 0 : 1;
}
