// Plays a sound through amplifiers: reads a .wav, runs .nam files on it in blocks as an audio program would, writes a
// .wav. usage: amp INPUT.wav OUTPUT.wav MODEL.nam... [--block SAMPLES] [--fade MILLISECONDS] With several models it
// changes from one to the next while it plays, in equal parts of the sound.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sndfile.hh>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <strata/applications/nam_any_of.hpp>
#include <strata/strata.hpp>

#include "player.hpp"

namespace {

struct arguments {
    std::vector<std::filesystem::path> files{};
    std::size_t block = 64;
    double fade_milliseconds = 20.0;
};

arguments parse(int argc, char** argv) {
    arguments result;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto number = [&](int least, int most) {
            char* end = nullptr;
            const double value = i + 1 < argc ? std::strtod(argv[++i], &end) : -1.0;
            if (end == nullptr || *end != '\0' || !(value >= least && value <= most))
                throw std::runtime_error(std::string(argument) + " takes a number from " + std::to_string(least) +
                                         " to " + std::to_string(most));
            return value;
        };
        if (argument == "--block") result.block = static_cast<std::size_t>(number(1, 1 << 20));
        else if (argument == "--fade") result.fade_milliseconds = number(0, 10'000);
        else if (argument.starts_with("--")) throw std::runtime_error("there is no option " + std::string(argument));
        else result.files.emplace_back(argument);
    }
    if (result.files.size() < 3)
        throw std::runtime_error(
            "usage: amp INPUT.wav OUTPUT.wav MODEL.nam... [--block SAMPLES] [--fade MILLISECONDS]");
    return result;
}

/// The samples of a sound file, channel by channel.
struct sound {
    int sample_rate = 0;
    std::vector<std::vector<float>> channels{};
};

sound read(const std::filesystem::path& file) {
    SndfileHandle handle(file.string());
    if (handle.error() != 0) throw std::runtime_error(file.string() + ": " + handle.strError());
    const auto channels = static_cast<std::size_t>(handle.channels());
    std::vector<float> all(static_cast<std::size_t>(handle.frames()) * channels);
    all.resize(static_cast<std::size_t>(handle.readf(all.data(), handle.frames())) * channels);
    sound result{handle.samplerate(), std::vector<std::vector<float>>(channels)};
    for (std::size_t i = 0; i < all.size(); ++i) result.channels[i % channels].push_back(all[i]);
    return result;
}

/// As 24-bit samples; louder ones than 1 are cut off.
void write(const std::filesystem::path& file, const sound& from) {
    const auto channels = static_cast<int>(from.channels.size());
    SndfileHandle handle(file.string(), SFM_WRITE, SF_FORMAT_WAV | SF_FORMAT_PCM_24, channels, from.sample_rate);
    if (handle.error() != 0) throw std::runtime_error(file.string() + ": " + handle.strError());
    handle.command(SFC_SET_CLIPPING, nullptr, SF_TRUE);
    std::vector<float> all;
    for (std::size_t i = 0; i < from.channels[0].size(); ++i)
        for (const auto& channel : from.channels) all.push_back(channel[i]);
    const auto frames = static_cast<sf_count_t>(from.channels[0].size());
    if (handle.writef(all.data(), frames) != frames) throw std::runtime_error(file.string() + ": cannot be written");
}

/// The sample rate that a .nam file was made for.
double sample_rate_of(const std::filesystem::path& file) {
    const auto root = nlohmann::json::parse(std::ifstream(file));
    return root.contains("sample_rate") && root["sample_rate"].is_number() ? root["sample_rate"].get<double>()
                                                                           : 48000.0;
}

/// Where the program is built with a converted net, the word `converted` is that net.
bool load_converted([[maybe_unused]] player::model& model, [[maybe_unused]] const std::filesystem::path& file) {
#ifdef CONVERTED_HEADER
    if (file == "converted") {
        model = CONVERTED::model();
        return true;
    }
#endif
    return false;
}

// [plan]
/// One line: layers, weights, the memory of a stream, how far it looks back.
void print_plan(const std::filesystem::path& file, const player::model& model) {
    model.visit([&]<class Model>(const Model&) {
        using net = typename Model::net_type;
        constexpr const auto& plan = strata::stream_plan_of<net, float>;
        std::printf("%s: %zu weights, %zu steps of", file.filename().string().c_str(), net::parameter_count(),
                    plan.step_count);
        [&]<class... Layer>(strata::type_list<Layer...>) {
            (std::printf(" %s", std::string(Layer::type).c_str()), ...);
        }(strata::flat_layers_of<net>{});
        std::printf("; %zu KB of memory a channel, tiles of %zu samples, ", plan.arena_size * sizeof(float) / 1024,
                    plan.frames);
        if (plan.receptive_field == strata::unbounded) std::printf("remembers without end\n");
        else std::printf("sees %zu samples\n", plan.receptive_field);
    });
}
// [/plan]

using seconds = std::chrono::duration<double>;

struct timing {
    double total = 0.0, worst = 0.0;  // seconds
};

/// Plays a sound in place, block by block. The models share its length in equal parts.
timing play(sound& through, const std::vector<player::model>& models, std::size_t block, std::size_t fade) {
    std::vector<std::unique_ptr<player::amplifier_player>> players;
    for (std::size_t c = 0; c < through.channels.size(); ++c)
        players.push_back(std::make_unique<player::amplifier_player>(models[0], block, fade));
    const std::size_t frames = through.channels[0].size(), part = frames / models.size() + 1;
    timing result;
    for (std::size_t begin = 0; begin < frames; begin += block) {
        const std::size_t count = std::min(block, frames - begin), now = begin / part;
        const auto start = std::chrono::steady_clock::now();
        for (std::size_t c = 0; c < players.size(); ++c) {
            if (begin > 0 && now != (begin - block) / part) players[c]->change_to(models[now]);
            const std::span samples = std::span(through.channels[c]).subspan(begin, count);
            players[c]->process(samples, samples);
        }
        const double took = seconds(std::chrono::steady_clock::now() - start).count();
        result.total += took;
        result.worst = std::max(result.worst, took);
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) try {
    const arguments given = parse(argc, argv);
    sound through = read(given.files[0]);
    if (through.channels.empty() || through.channels[0].empty())
        throw std::runtime_error(given.files[0].string() + " has no sound");
    std::vector<player::model> models(given.files.size() - 2);
    for (std::size_t i = 0; i < models.size(); ++i) {
        const std::filesystem::path& file = given.files[i + 2];
        if (load_converted(models[i], file)) {
            print_plan(file, models[i]);
            continue;
        }
        strata::nam::load(models[i], file);
        if (const double rate = sample_rate_of(file); rate != through.sample_rate)
            throw std::runtime_error(file.string() + " is for " + std::to_string(static_cast<int>(rate)) +
                                     " Hz, the sound has " + std::to_string(through.sample_rate) +
                                     "; fix: sox INPUT.wav -r " + std::to_string(static_cast<int>(rate)) +
                                     " RESAMPLED.wav");
        print_plan(file, models[i]);
    }
    const double rate = through.sample_rate;
    const auto fade = static_cast<std::size_t>(given.fade_milliseconds * 1e-3 * rate);
    const timing took = play(through, models, given.block, fade);
    write(given.files[1], through);
    const double length = static_cast<double>(through.channels[0].size()) / rate;
    const double deadline = static_cast<double>(given.block) / rate;
    std::printf("%.2f s of sound, %zu channels, in %.3f s: %.0f times faster than real time\n", length,
                through.channels.size(), took.total, length / took.total);
    std::printf("worst block: %.1f us of the %.1f us that %zu samples last\n", took.worst * 1e6, deadline * 1e6,
                given.block);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "amp: %s\n", error.what());
    return 1;
}
