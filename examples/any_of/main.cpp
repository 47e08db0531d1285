// One program for files of several nets: the file that it is given decides which of them runs.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include <strata/strata.hpp>

#include "../check.hpp"

using namespace strata;

namespace {

// [nets]
using small = Sequential<Input<any, 1>, LSTM<8, return_sequences>, Dense<1>, name<"small">>;
using large = Sequential<Input<any, 1>, LSTM<40, return_sequences>, Dense<1>, name<"large">>;
using convolutions = Sequential<Input<any, 1>, Conv1D<8, 3, padding::causal, Tanh>,
                                Conv1D<8, 3, padding::causal, dilation<4>, Tanh>, Dense<1>, name<"convolutions">>;
using amplifier = any_of<small, large, convolutions>;
// [/nets]

/// Files as a training would have written them.
void write_files(const std::filesystem::path& folder) {
    small::build({.seed = 1}).save_weights(folder / "clean.safetensors");
    convolutions::build({.seed = 2}).save_weights(folder / "lead.safetensors");
    Sequential<Input<any, 1>, LSTM<12, return_sequences>, Dense<1>>::build().save_weights(folder / "other.safetensors");
}

// [player]
/// One channel of sound. The thread that loads files calls `prepare`; the thread of the sound calls `take` and
/// `process`, which allocate nothing.
class player {
public:
    explicit player(const amplifier& model) : now_(model.stream()), next_(model.stream()) {}

    /// The next block fades over to this model. It must live while it is played.
    void take(const amplifier& model) noexcept {
        next_.use(model);
        next_.prewarm(64);
        is_fading_ = true;
    }
    void process(std::span<const float> in, std::span<float> out) noexcept {
        now_.process(in, out, in.size());
        if (!is_fading_) return;
        std::array<float, longest> faded{};
        next_.process(in, faded, in.size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            const float share = static_cast<float>(i + 1) / static_cast<float>(out.size());
            out[i] += share * (faded[i] - out[i]);
        }
        std::swap(now_, next_);
        is_fading_ = false;
    }

    static constexpr std::size_t longest = 256;

private:
    amplifier::stream_type now_, next_;
    bool is_fading_ = false;
};
// [/player]

}  // namespace

int main(int count, char** arguments) {
    const std::filesystem::path folder = count > 1 ? arguments[1] : "any_of_output";
    std::filesystem::create_directories(folder);
    write_files(folder);

    // [load]
    amplifier clean, lead;
    clean.load_weights(folder / "clean.safetensors");
    lead.load_weights(folder / "lead.safetensors");
    for (const amplifier* each : {&clean, &lead})
        std::printf("%s: %zu weights\n", std::string(each->model_name()).c_str(),
                    each->visit([](const auto& model) { return model.parameter_count(); }));
    try {
        clean.load_weights(folder / "other.safetensors");
    } catch (const file_error& error) {
        std::puts(error.what());
    }
    // [/load]
    example::check(clean.holds<small>() && lead.holds<convolutions>(),
                   "each file gives the net that it was saved from");

    std::array<float, 256> sound{}, heard{};
    for (std::size_t i = 0; i < sound.size(); ++i) sound[i] = std::sin(0.1f * static_cast<float>(i));
    player channel(clean);
    channel.process(sound, heard);
    const float last = heard.back();
    channel.take(lead);
    channel.process(sound, heard);
    example::check(std::fabs(heard.front() - last) < 0.1f, "the fade begins with the sound of the old model");
    channel.process(sound, heard);

    std::array<float, 256> expected{};
    auto stream = lead.stream();
    for (int block = 0; block < 2; ++block) stream.process(sound, expected, sound.size());
    bool equal = true;
    for (std::size_t i = 0; i < sound.size(); ++i) equal = equal && std::fabs(heard[i] - expected[i]) < 1e-5f;
    example::check(equal, "after the fade the new model is heard alone");
    return example::exit_code();
}
