// Captures a made-up amplifier: trains a WaveNet and an LSTM on its sound, and writes them as .nam files.
// usage: amp_train [FOLDER]
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <strata/applications/nam.hpp>
#include <strata/applications/nam_save.hpp>
#include <strata/strata.hpp>

#include "../check.hpp"
#include "amplifier.hpp"

using namespace strata;

namespace {

constexpr std::size_t second = 48000;

/// A sound and the amplifier's answer.
struct recording {
    std::vector<float> played, heard;
};
recording record(std::size_t samples, unsigned seed) {
    recording result{capture::guitar(samples, seed), {}};
    result.heard = capture::played(result.played);
    return result;
}

// [wavenet]
/// Pieces of a sound. The first `masked` steps of a piece give the net a past; the loss leaves them out.
constexpr std::size_t piece = 3072, masked = 1024;
using piece_data = Dataset<float, shape{piece, 1}, float, shape{piece, 1}>;

piece_data cut(const recording& sound) {
    piece_data data;
    for (std::size_t begin = 0; begin + piece <= sound.played.size(); begin += piece - masked)
        data.push_back(std::span(sound.played).subspan(begin, piece), std::span(sound.heard).subspan(begin, piece));
    return data;
}

/// The layers of a net in a net for sequences of Steps samples.
template <std::size_t Steps, class... Layers>
auto of_length(Sequential<Input<any, 1>, Layers...>) {
    return Sequential<Input<Steps, 1>, Layers...>{};
}

auto train_wavenet(const recording& sound, std::size_t epochs) {
    const piece_data data = cut(sound);
    auto model = of_length<piece>(nam::A1Nano{}).build({.seed = 3});
    const std::size_t steps = epochs * data.size();
    auto trainer =
        compile(model, Adam{.learning_rate = CosineDecay{.initial_learning_rate = 0.01, .decay_steps = steps}},
                PreEmphasizedSquaredError{.mask_first = masked}, ErrorToSignalRatio{.mask_first = masked});
    trainer.fit(data, {.batch_size = 1, .epochs = epochs, .verbose = 2});
    return model;
}
// [/wavenet]

// [lstm]
/// Voices are parts of a sound that are played at once, each cut into pieces that follow each other: sample
/// `voices k + i` is piece k of voice i.
constexpr std::size_t voices = 16, lstm_piece = 128;
using lstm_data = Dataset<float, shape{lstm_piece, 1}, float, shape{lstm_piece, 1}>;

lstm_data cut_into_voices(const recording& sound) {
    lstm_data data;
    const std::size_t pieces = sound.played.size() / voices / lstm_piece;
    for (std::size_t k = 0; k < pieces; ++k)
        for (std::size_t voice = 0; voice < voices; ++voice) {
            const std::size_t begin = (voice * pieces + k) * lstm_piece;
            data.push_back(std::span(sound.played).subspan(begin, lstm_piece),
                           std::span(sound.heard).subspan(begin, lstm_piece));
        }
    return data;
}

auto train_lstm(const recording& sound, std::size_t epochs) {
    const lstm_data data = cut_into_voices(sound);
    auto model =
        Sequential{Input<lstm_piece, 1>{}, LSTM<16, return_sequences, stateful>{}, Dense<1>{}}.build({.seed = 3});
    const std::size_t steps = epochs * (data.size() / voices);
    auto trainer =
        compile(model, Adam{.learning_rate = CosineDecay{.initial_learning_rate = 0.01, .decay_steps = steps}},
                PreEmphasizedSquaredError{}, ErrorToSignalRatio{});
    const LambdaCallback silence{.on_epoch_begin = [&](training_control&, std::size_t) { trainer.reset_states(); }};
    trainer.fit(data, {.batch_size = voices, .epochs = epochs, .shuffle = false, .callbacks = {silence}, .verbose = 2});
    return model;
}
// [/lstm]

// [measure]
/// The power of the error of a .nam file's stream over that of the sound.
template <class Net>
double measure(const std::filesystem::path& file, const recording& sound) {
    const nam::amplifier<Net> amplifier(file);
    auto stream = amplifier.stream();
    std::vector<float> heard(sound.played.size());
    stream.process(sound.played, heard, heard.size());
    ErrorToSignalRatio ratio;
    ratio.update(heard.size(), 1, heard.data(), sound.heard.data(), 1.0);
    return ratio.result();
}
// [/measure]

template <class Net, class Trained>
bool reads_back(Net net, const Trained& trained, const std::filesystem::path& file) {
    auto model = net.build();
    nam::load(model, file);
    for (std::size_t i = 0; i < trained.weights().size(); ++i)
        if (model.weights()[i].to_vector() != trained.weights()[i].to_vector()) return false;
    return true;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::filesystem::path folder = argc > 1 ? argv[1] : "amp_train_output";
    std::filesystem::create_directories(folder);
    const recording train = record(4 * second, 1), test = record(second, 2);

    // [save]
    const auto wavenet = train_wavenet(train, 80);
    nam::save(wavenet, folder / "wavenet.nam", {.name = "made-up amplifier"});
    // [/save]
    const auto lstm = train_lstm(train, 20);
    nam::save(lstm, folder / "lstm.nam", {.name = "made-up amplifier"});

    example::check(reads_back(nam::A1Nano{}, wavenet, folder / "wavenet.nam"), "wavenet.nam reads back equal");
    example::check(reads_back(nam::LSTM<16>{}, lstm, folder / "lstm.nam"), "lstm.nam reads back equal");

    const double of_wavenet = measure<nam::A1Nano>(folder / "wavenet.nam", test);
    const double of_lstm = measure<nam::LSTM<16>>(folder / "lstm.nam", test);
    std::printf("error to signal ratio of a second of other sound: WaveNet %.4f, LSTM %.4f\n", of_wavenet, of_lstm);
    example::check(of_wavenet < 0.01, "the WaveNet's error is below 1 % of the signal's power");
    example::check(of_lstm < 0.01, "the LSTM's error is below 1 % of the signal's power");
    return example::exit_code();
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
