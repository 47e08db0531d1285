// A guitar amplifier as a recurrent net: sample after sample, in real time.
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <strata/infer.hpp>

#include "../check.hpp"

using namespace strata;

namespace {

constexpr std::size_t steps = 200;

// [stream]
constexpr auto net = Sequential{Input<steps, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}};
using amplifier = Model<std::remove_const_t<decltype(net)>>;

/// One channel of sound: each has a stream of its own over the same weights.
class channel {
public:
    explicit channel(const amplifier& model) : stream_(model.stream()) {}

    void process(std::span<const float> in, std::span<float> out) noexcept {
        for (std::size_t i = 0; i < in.size(); ++i) stream_.step(in.subspan(i, 1), out.subspan(i, 1));
    }
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

    const std::vector<float> whole = model.predict(sound);
    bool equal = true;
    for (std::size_t i = 0; i < steps; ++i) equal = equal && std::fabs(heard[i] - whole[i]) < 1e-6f;
    example::check(equal, "step by step is what the whole sequence gives");
    return example::exit_code();
}
