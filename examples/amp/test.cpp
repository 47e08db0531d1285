// Plays real sound, made by sox, through amplifiers, and checks that a change of models is a cross-fade: exact samples
// before, in and after it, no step that the sound itself does not have, no allocation.
// usage: amp_test AMP FOLDER
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/applications/nam_any_of.hpp>
#include <strata/applications/nam_save.hpp>
#include <strata/strata.hpp>

#include "../../tests/counting_new.hpp"
#include "../check.hpp"
#include "../sound_test.hpp"
#include "player.hpp"

namespace {

using namespace strata;
using sound = std::vector<float>;

using example::quoted, example::run;

/// Weights as a trained amplifier has them: outputs of about the loudness of the inputs.
template <class Net>
void save_amplifier(const std::filesystem::path& file, unsigned seed, float head_scale) {
    auto model = Net{}.build({.seed = seed});
    for (const auto& weight : model.weights())
        if (weight.name().ends_with("head_scale")) weight.write(0, head_scale);
    nam::save(model, file);
}

/// The output of a stream of this model that has always played.
sound alone(const player::model& model, const sound& in) {
    auto stream = model.stream();
    sound out(in.size());
    stream.process(in, out, in.size());
    return out;
}

/// The sound through a player that is asked at sample `at` for another model; blocks of one size. Counts allocations.
sound changed(const player::model& first, const player::model& second, const sound& in, std::size_t at,
              std::size_t block, std::size_t fade, std::size_t& allocated) {
    player::amplifier_player channel(first, block, fade);
    sound out = in;
    const std::size_t before = allocations;
    for (std::size_t begin = 0; begin < in.size(); begin += block) {
        if (begin >= at && begin < at + block) channel.change_to(second);
        const auto samples = std::span(out).subspan(begin, std::min(block, in.size() - begin));
        channel.process(samples, samples);
    }
    allocated = allocations - before;
    return out;
}

double largest_step(std::span<const float> of) {
    double largest = 0.0;
    for (std::size_t i = 1; i < of.size(); ++i) largest = std::max(largest, std::fabs(double{of[i]} - of[i - 1]));
    return largest;
}

void check_change(const player::model& first, const player::model& second, const sound& in, std::size_t warm_up) {
    constexpr std::size_t block = 64, fade = 960, at = 12'032;
    const sound old = alone(first, in), next = alone(second, in);
    std::size_t allocated = 0;
    const sound out = changed(first, second, in, at, block, fade, allocated);
    example::check(allocated == 0, "changing models and playing allocate nothing");

    const std::size_t begin = at + warm_up + 1, end = begin + fade;
    example::check(end + 1000 < in.size(), "the sound lasts longer than the change");
    example::check(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(begin), old.begin()),
                   "until the fade the first model plays, bit for bit");
    double difference = 0.0, apart = 0.0;
    for (std::size_t i = end; i < in.size(); ++i)
        difference = std::max(difference, std::fabs(double{out[i]} - next[i]));
    example::check(difference < 1e-5, "after it the second model plays, as if it always had");
    double worst = 0.0;
    for (std::size_t i = begin; i < end; ++i) {
        const double share = static_cast<double>(end - i) / (fade + 1);
        worst = std::max(worst, std::fabs(share * old[i] + (1.0 - share) * next[i] - out[i]));
        apart = std::max(apart, std::fabs(double{old[i]} - next[i]));
    }
    example::check(worst < 1e-5, "in between the output is their cross-fade");
    example::check(apart > 0.01, "the models differ, so that a change without a fade would be heard");
    const auto in_fade = [&](const sound& of) { return largest_step(std::span(of).subspan(begin - 1, fade + 2)); };
    const double allowed = std::max(in_fade(old), in_fade(next)) + apart / fade, step = in_fade(out);
    std::printf("largest step in the fade %.5f, allowed %.5f\n", step, allowed);
    example::check(step <= allowed + 1e-6, "no step is larger than those of both models and the fade's slope");

    bool equal = true;
    for (const std::size_t other : {std::size_t{1}, std::size_t{47}, std::size_t{128}, std::size_t{12'032}}) {
        static_assert(at % 47 == 0 && at % 128 == 0, "the change begins with a block");
        std::size_t ignored = 0;
        equal = equal && changed(first, second, in, at, other, fade, ignored) == out;
    }
    example::check(equal, "other sizes of blocks give the same bits");
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) throw std::runtime_error("usage: amp_test AMP FOLDER");
    if (std::system("sox --version >/dev/null 2>&1") != 0) {
        std::puts("skipped: sox is not installed");
        return 77;
    }
    const std::filesystem::path folder = argv[2];
    std::filesystem::create_directories(folder);
    const auto in_file = folder / "in.wav", out_file = folder / "out.wav";
    run("sox -n -r 48000 -b 24 -c 1 " + quoted(in_file) +
        " synth 1.5 pluck E2 synth 1.5 pluck mix B2 synth 1.5 pluck mix G3 gain -n -6");
    save_amplifier<nam::A1Nano>(folder / "nano.nam", 1, 0.5f);
    save_amplifier<nam::A1Feather>(folder / "feather.nam", 2, 0.5f);
    save_amplifier<nam::LSTM<16>>(folder / "lstm.nam", 3, 1.0f);
    player::model nano, feather, lstm;
    nam::load(nano, folder / "nano.nam");
    nam::load(feather, folder / "feather.nam");
    nam::load(lstm, folder / "lstm.nam");
    const sound in = example::read_sound(in_file);
    example::check(nano.index() == 3 && feather.index() == 2 && lstm.index() == 7, "each file chose its net");

    const std::size_t seen = nano.stream().warm_up();
    check_change(feather, nano, in, seen);
    check_change(nano, lstm, in, 24'000);
    check_change(lstm, feather, in, feather.stream().warm_up());

#ifdef CONVERTED_HEADER
    player::model converted;
    converted = CONVERTED::model();
    check_change(nano, converted, in, std::min<std::size_t>(converted.stream().warm_up(), 24'000));
    run(quoted(argv[1]) + " " + quoted(in_file) + " " + quoted(out_file) + " converted");
    const sound by_program = example::read_sound(out_file), by_stream = alone(converted, in);
    double apart = 0.0;
    for (std::size_t i = 0; i < in.size(); ++i)
        apart = std::max(apart, std::fabs(std::clamp(double{by_stream[i]}, -1.0, 1.0) - by_program[i]));
    example::check(by_program.size() == in.size() && apart < 3e-7, "the program plays a converted net");
#endif

    // The program: the same samples in a file, in 24 bits.
    run(quoted(argv[1]) + " " + quoted(in_file) + " " + quoted(out_file) + " " + quoted(folder / "feather.nam") + " " +
        quoted(folder / "nano.nam") + " --block 64 --fade 20 > " + quoted(folder / "report.txt"));
    const sound played = example::read_sound(out_file);
    const std::size_t part = in.size() / 2 + 1, at = (part + 63) / 64 * 64;
    std::size_t allocated = 0;
    const sound expected = changed(feather, nano, in, at, 64, 960, allocated);
    double difference = 0.0;
    for (std::size_t i = 0; i < in.size(); ++i)
        difference = std::max(difference, std::fabs(std::clamp(double{expected[i]}, -1.0, 1.0) - played[i]));
    example::check(played.size() == in.size() && difference < 3e-7, "the program writes what the player gives");
    run("cat " + quoted(folder / "report.txt"));
    run("grep -q 'times faster than real time' " + quoted(folder / "report.txt"));
    run("grep -q 'worst block' " + quoted(folder / "report.txt"));
    run("grep -q 'nano.nam: .* weights' " + quoted(folder / "report.txt"));
    return example::exit_code();
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
