// A recurrent net as a stream: sample after sample, in real time; its state.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <strata/infer.hpp>

#include "../check.hpp"

using namespace strata;

namespace {

constexpr std::size_t steps = 200;

// [stream]
constexpr auto net = Sequential{Input<any, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}};
using amplifier = Model<std::remove_const_t<decltype(net)>>;

/// One channel of sound: each has a stream of its own over the same weights.
class channel {
public:
    explicit channel(const amplifier& model) : stream_(model.stream()) {}

    void process(std::span<const float> in, std::span<float> out) noexcept { stream_.process(in, out, in.size()); }
    void silence() noexcept { stream_.reset(); }

private:
    decltype(std::declval<const amplifier&>().stream()) stream_;
};
// [/stream]

}  // namespace

int main() {
    const amplifier model = net.build({.seed = 8});
    std::vector<float> sound(steps), heard(steps), again(steps);
    for (std::size_t i = 0; i < steps; ++i) sound[i] = std::sin(0.1f * static_cast<float>(i));
    channel left(model);
    left.process(sound, heard);
    left.silence();
    left.process(sound, again);
    example::check(heard == again, "a reset channel begins anew");

    // [state]
    auto stream = model.stream();
    stream.prewarm(100);
    for (const auto& part : stream.state())
        std::printf("%s %s: %zu values\n", std::string(part.layer).c_str(), std::string(part.part).c_str(),
                    part.values.size());
    const std::span<float> cell = stream.state<"lstm">()[1].values;
    std::fill(cell.begin(), cell.end(), 0.0f);
    // [/state]
    example::check(cell.size() == 16 && stream.state().size() == 2, "an LSTM remembers its outputs and its cell");

    // The same net for whole sequences of a known length; the same seed gives the same weights.
    const auto sequence = Sequential{Input<steps, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}}.build({.seed = 8});
    const std::vector<float> whole = sequence.predict(sound);
    bool equal = whole.size() == heard.size();
    for (std::size_t i = 0; i < steps; ++i) equal = equal && std::fabs(heard[i] - whole[i]) < 1e-6f;
    example::check(equal, "a stream gives what the whole sequence gives");
    return example::exit_code();
}
