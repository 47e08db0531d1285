// infer, the steps and the blocks of a stream allocate nothing, nor does an any_of that takes another net: the program
// counts every allocation that it makes. Exit code 0 where there is none.
#include <array>
#include <cstddef>
#include <cstdio>

#include <strata/strata.hpp>

#include "../counting_new.hpp"

namespace {

/// Allocations of an any_of and its stream that change from net to net; -1 where their results are wrong.
int allocations_of_any_of() {
    using namespace strata;
    using recurrent = Sequential<Input<any, 3>, LSTM<64, return_sequences>, Dense<2>>;
    using convolution = Sequential<Input<any, 3>, Conv1D<30, 9, padding::causal>, Dense<2>>;
    const auto first = Model<recurrent>(build_options{.seed = 1});
    const auto second = Model<convolution>(build_options{.seed = 2});
    any_of<recurrent, convolution> played = first, waiting = second;
    auto stream = played.stream();
    auto expected = second.stream();
    const std::array<float, 3 * 50> sounds{0.5f, -0.5f, 0.25f};
    std::array<float, 2 * 50> heard{}, wanted{};
    const std::size_t before = allocations;
    for (int i = 0; i < 3; ++i) {
        stream.process(sounds, heard, 50);
        stream.use(waiting);
        stream.process(sounds, heard, 50);
        if (i == 0) expected.process(sounds, wanted, 50);
        if (heard != wanted) return -1;
        stream.use(played);
        played = first;
        waiting = first;
        waiting = second;
    }
    return static_cast<int>(allocations - before);
}

}  // namespace

int main() {
    using namespace strata;
    const int of_any_of = allocations_of_any_of();
    constexpr auto net = Sequential{Input<40, 40, 3>{}, Conv2D<8, 3, padding::same>{}, ReLU{},
                                    MaxPooling2D<2>{},  Conv2D<17, 3, ReLU>{},         Flatten<>{},
                                    Dense<5, Softmax>{}};
    const auto model = net.build({.seed = 4});
    auto workspace = model.workspace();
    const auto x = ones<1, 40, 40, 3>();
    std::array<float, 5> y{};
    auto shared_workspace = model.workspace({.threads = 2});
    model.infer(x, y, shared_workspace);
    const auto spoken = Sequential{
        Input<30, 3>{}, Conv1D<40, 9, dilation<4>, padding::causal, Tanh>{}, LSTM<64, return_sequences>{},
        TimeDistributed<Dense<7>>{},
        GRU<5>{}}.build({.seed = 4});
    auto stream = spoken.stream();
    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i) model.infer(x, y, workspace);
    for (int i = 0; i < 10; ++i) model.infer(x, y, shared_workspace);
    const std::array<float, 3> sound{0.5f, -0.5f, 0.25f};
    std::array<float, 5> heard{};
    for (int i = 0; i < 10; ++i) stream.step(sound, heard);
    const std::array<float, 3 * 50> sounds{};
    std::array<float, 5 * 50> all_heard{};
    for (const std::size_t n : {1u, 17u, 50u}) stream.process(sounds, all_heard, n);
    const bool listens = heard[0] > -1.0f && heard[0] < 1.0f && heard[0] != 0.0f;
    stream.reset();
    const bool held = of_any_of == 0 && before > 0 && listens && allocations == before && y[0] > 0.0f && y[0] < 1.0f;
    std::printf("%zu allocations in 20 inferences, 10 steps and 3 blocks\n", allocations - before);
    std::printf("%d allocations of an any_of that changes its net\n", of_any_of);
    return held ? 0 : 1;
}
