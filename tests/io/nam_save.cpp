// Files of Neural Amp Modeler that strata writes: they read back equal, and hold what Neural Amp Modeler writes itself.
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <strata/applications/nam.hpp>
#include <strata/applications/nam_files.hpp>
#include <strata/applications/nam_save.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "plug_in_hosts.hpp"

namespace {

using namespace strata;
using nlohmann::json;

std::filesystem::path saved_file() {
    const auto folder = std::filesystem::temp_directory_path() / "strata_nam_save_test";
    std::filesystem::create_directories(folder);
    return folder / "saved.nam";
}
json read(const std::filesystem::path& file) { return json::parse(std::ifstream(file)); }

template <class Net>
constexpr bool is_saved = nam::detail::save_check<Net>::value.ok;
static_assert(is_saved<nam::A1Lite> && is_saved<nam::LSTM<3, 2>>);
static_assert(!is_saved<nam::A2Full> && !is_saved<nam::Linear<4>> && !is_saved<nam::ConvNet<2, dilations<1, 2>>>);
static_assert(!is_saved<Sequential<Input<any, 2>, LSTM<3, return_sequences>, Dense<1>>>);
static_assert(!is_saved<Sequential<Input<any, 1>, LSTM<3, return_sequences, ReLU>, Dense<1>>>);
static_assert(!is_saved<Sequential<Input<any, 1>, LSTM<3, return_sequences, no_bias>, Dense<1>>>);
static_assert(!is_saved<Sequential<Input<any, 1>, LSTM<3, return_sequences>, Dense<1, Tanh>>>);
static_assert(!is_saved<Sequential<Input<any, 1>, LSTM<3, return_sequences>, Dense<2>>>);

template <class Net>
void read_back(Net net) {
    auto model = net.build({.seed = 5});
    for (const auto& weight : model.weights())
        if (weight.name().ends_with("head_scale")) weight.write(0, 0.02f);
    nam::save(model, saved_file(), {.sample_rate = 44100.0, .name = "made"});
    auto loaded = net.build({.seed = 6});
    REQUIRE_FALSE(loaded == model);
    nam::load(loaded, saved_file());
    CHECK(loaded == model);
    CHECK(nam::amplifier<Net>(saved_file()).sample_rate() == 44100.0);
}

namespace clap {

// [clap]
struct plugin {
    clap_plugin_t clap;
    nam::amplifier<nam::A1Nano> amplifier;
    decltype(amplifier.stream()) stream;
};
plugin& of(const clap_plugin_t* clap) { return *static_cast<plugin*>(clap->plugin_data); }

bool activate(const clap_plugin_t* clap, double rate, uint32_t, uint32_t) noexcept {
    return rate == of(clap).amplifier.sample_rate();
}
void reset(const clap_plugin_t* clap) noexcept { of(clap).amplifier.reset(of(clap).stream); }
clap_process_status process(const clap_plugin_t* clap, const clap_process_t* block) noexcept {
    const std::span in(block->audio_inputs[0].data32[0], block->frames_count);
    const std::span out(block->audio_outputs[0].data32[0], block->frames_count);
    of(clap).stream.process(in, out, in.size());
    return CLAP_PROCESS_CONTINUE;
}
// [/clap]

}  // namespace clap

// [juce]
class juce_plugin : public juce::AudioProcessor {
public:
    explicit juce_plugin(const std::filesystem::path& file) : amplifier_(file) {}
    void prepareToPlay(double rate, int) override {
        suspendProcessing(rate != amplifier_.sample_rate());
        streams_.clear();
        for (int c = 0; c < getTotalNumOutputChannels(); ++c) streams_.push_back(amplifier_.stream());
    }
    void processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) override {
        const auto samples = static_cast<std::size_t>(buffer.getNumSamples());
        for (std::size_t c = 0; c < streams_.size(); ++c) {
            const std::span<float> sound(buffer.getWritePointer(static_cast<int>(c)), samples);
            streams_[c].process(sound, sound, samples);
        }
    }

private:
    nam::amplifier<nam::A1Nano> amplifier_;
    std::vector<decltype(amplifier_.stream())> streams_;
};
// [/juce]

}  // namespace

TEST_CASE("the calls and plug-ins of docs/audio.md") {
    const std::filesystem::path directory = saved_file().parent_path();
    nam::save(nam::A1Standard{}.build({.seed = 1}), directory / "amp.nam");
    constexpr std::size_t count = 48;
    std::vector<float> in(count), out(count), approximate_out(count);
    for (std::size_t i = 0; i < count; ++i) in[i] = std::sin(0.1f * static_cast<float>(i));
    {
        // [amplifier]
        const nam::amplifier<nam::A1Standard> amplifier(directory / "amp.nam");
        auto stream = amplifier.stream();  // begins as Neural Amp Modeler's reset
        stream.process(in, out, count);    // any number of samples; no allocation, no lock
        // [/amplifier]
    }
    {
        // [approximate]
        const nam::amplifier<approximate<nam::A1Standard>> amplifier(directory / "amp.nam");
        // [/approximate]
        amplifier.stream().process(in, approximate_out, count);
    }
    CHECK(std::fabs(out[40]) > 1e-6f);
    CHECK(std::fabs(out[40] - approximate_out[40]) < 1e-2f * std::fabs(out[40]));

    nam::save(nam::A1Nano{}.build({.seed = 2}), saved_file());
    const nam::amplifier<nam::A1Nano> nano(saved_file());
    nano.stream().process(in, out, count);
    std::vector<float> heard(count);
    float *in_channel = in.data(), *out_channel = heard.data();
    const clap_audio_buffer_t input{&in_channel};
    clap_audio_buffer_t output{&out_channel};
    clap::plugin plugin{{nullptr}, nano, nano.stream()};
    plugin.clap.plugin_data = &plugin;
    const clap_process_t block{count, &input, &output};
    REQUIRE(clap::activate(&plugin.clap, 48000.0, 1, count));
    CHECK_FALSE(clap::activate(&plugin.clap, 44100.0, 1, count));
    CHECK(clap::process(&plugin.clap, &block) == CLAP_PROCESS_CONTINUE);
    CHECK(heard == out);
    clap::reset(&plugin.clap);
    CHECK(clap::process(&plugin.clap, &block) == CLAP_PROCESS_CONTINUE);
    CHECK(heard == out);

    juce_plugin host(saved_file());
    juce::AudioBuffer<float> buffer{{in, in}};
    juce::MidiBuffer midi;
    host.prepareToPlay(48000.0, count);
    host.processBlock(buffer, midi);
    CHECK_FALSE(host.is_suspended);
    CHECK(buffer.channels == std::vector{out, out});
}

TEST_CASE("a saved .nam file reads back equal") {
    read_back(nam::A1Standard{});
    read_back(nam::A1Nano{});
    read_back(nam::LSTM<3>{});
    read_back(nam::LSTM<5, 2>{});
    read_back(Sequential{Input<any, 1>{}, WaveNet<wavenet_array<4, 3, dilations<1, 3>, kernel_sizes<2, 2>, gated, ReLU>,
                                                  wavenet_array<3, 1, dilations<7>, LeakyReLU<0.01>, head_bias>>{}});
    read_back(Sequential{Input<any, 1>{}, WaveNet<wavenet_array<2, 1, dilations<1>, HardSiLU>>{}});
}

TEST_CASE("a saved .nam file says what the format asks for") {
    const auto model = nam::A1Nano{}.build({.seed = 1});
    nam::save(model, saved_file());
    const json file = read(saved_file());
    CHECK(file["version"] == "0.5.4");
    CHECK(file["architecture"] == "WaveNet");
    CHECK(file["sample_rate"] == 48000.0);
    const json& config = file["config"];
    CHECK(config["head"].is_null());
    CHECK(config["head_scale"] == 1.0);
    REQUIRE(config["layers"].size() == 2);
    CHECK(config["layers"][0] == json{{"input_size", 1},
                                      {"condition_size", 1},
                                      {"head_size", 2},
                                      {"channels", 4},
                                      {"kernel_size", 3},
                                      {"dilations", {1, 2, 4, 8, 16, 32, 64}},
                                      {"activation", "Tanh"},
                                      {"gated", false},
                                      {"head_bias", false}});
    CHECK(config["layers"][1]["head_bias"] == true);
    CHECK(file["weights"].size() == nam::A1Nano::parameter_count());

    nam::save(nam::LSTM<3, 2>{}.build(), saved_file());
    const json lstm = read(saved_file());
    CHECK(lstm["architecture"] == "LSTM");
    CHECK(lstm["config"] == json{{"input_size", 1}, {"hidden_size", 3}, {"num_layers", 2}});
    CHECK(lstm["weights"].size() == nam::LSTM<3, 2>::parameter_count() + 2 * 2 * 3);  // and two states of each layer
}

TEST_CASE("a net of known length and with stateful layers is saved as that of any length") {
    auto trained = Sequential{Input<32, 1>{}, LSTM<4, return_sequences, stateful>{}, Dense<1>{}}.build({.seed = 8});
    nam::save(trained, saved_file());
    nam::LSTM<4> net;
    auto loaded = net.build();
    nam::load(loaded, saved_file());
    for (std::size_t i = 0; i < trained.weights().size(); ++i)
        CHECK(loaded.weights()[i].to_vector() == trained.weights()[i].to_vector());
}

TEST_CASE("a model with a weight that is not finite is not saved, and the old file stays") {
    auto model = nam::LSTM<2>{}.build();
    nam::save(model, saved_file());
    const json before = read(saved_file());
    model.weights()[1].write(3, std::numeric_limits<float>::infinity());
    CHECK_THROWS_WITH(nam::save(model, saved_file()), Catch::Contains("not a finite float"));
    CHECK(read(saved_file()) == before);
    CHECK_THROWS_AS(nam::save(nam::LSTM<2>{}.build(), saved_file() / "below" / "a.nam"), file_error);
}

#ifdef NAM_FILES
TEST_CASE("a file of Neural Amp Modeler that is read and saved has the same weights and description") {
    const auto compare = [](auto net, const char* name) {
        INFO(name);
        const std::filesystem::path original = std::filesystem::path(NAM_FILES) / name;
        auto model = net.build();
        nam::load(model, original);
        nam::save(model, saved_file());
        const json a = read(original), b = read(saved_file());
        CHECK(a["architecture"] == b["architecture"]);
        REQUIRE(a["weights"].size() == b["weights"].size());
        const bool is_lstm = a["architecture"] == "LSTM";
        for (std::size_t i = 0; i < a["weights"].size(); ++i)
            if (!is_lstm || b["weights"][i] != 0.0)  // initial states are not part of a model
                CHECK(a["weights"][i].get<float>() == b["weights"][i].get<float>());
        if (!is_lstm) CHECK(a["config"]["layers"] == b["config"]["layers"]);
    };
    compare(nam::A1Standard{}, "wavenet_a1_standard.nam");
    compare(nam::LSTM<3>{}, "lstm.nam");
}
#endif
