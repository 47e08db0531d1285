// Loads the plug-in into a host (lilv's lv2apply), plays sound made by sox through it, and compares with the library.
// usage: lv2_test PLUGIN.so FOLDER
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/applications/nam.hpp>
#include <strata/applications/nam_save.hpp>
#include <strata/strata.hpp>

#include "../check.hpp"
#include "../sound_test.hpp"

namespace {

using namespace strata;

using example::quoted, example::run;

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) throw std::runtime_error("usage: lv2_test PLUGIN.so FOLDER");
    for (const char* program : {"sox --version", "lv2apply --version"})
        if (std::system((std::string(program) + " >/dev/null 2>&1").c_str()) != 0) {
            std::printf("skipped: %s does not run\n", program);
            return 77;
        }
    const std::filesystem::path source = std::filesystem::path(__FILE__).parent_path(), folder = argv[2];
    const auto bundles = folder / "bundles", bundle = bundles / "strata_amplifier.lv2";
    std::filesystem::create_directories(bundle);
    const auto copy = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(argv[1], bundle / "strata_amplifier.so", copy);
    for (const char* name : {"manifest.ttl", "amplifier.ttl"})
        std::filesystem::copy_file(source / name, bundle / name, copy);
    auto model = nam::A1Nano{}.build({.seed = 1});
    model.weights().back().write(0, 0.5f);  // head_scale
    nam::save(model, bundle / "amplifier.nam");

    const auto in_file = folder / "in.wav", out_file = folder / "out.wav";
    run("sox -n -r 48000 -b 24 -c 1 " + quoted(in_file) + " synth 1 pluck A2 gain -n -6");
    run("LV2_PATH=" + quoted(bundles) + " lv2apply -i " + quoted(in_file) + " -o " + quoted(out_file) +
        " urn:strata:amplifier");
    const std::vector<float> in = example::read_sound(in_file), by_host = example::read_sound(out_file);
    std::vector<float> own(in.size());
    nam::amplifier<nam::A1Nano>(bundle / "amplifier.nam").stream().process(in, own, in.size());
    double difference = 0.0, loudest = 0.0;
    for (std::size_t i = 0; i < std::min(own.size(), by_host.size()); ++i) {
        difference = std::max(difference, std::fabs(std::clamp(double{own[i]}, -1.0, 1.0) - by_host[i]));
        loudest = std::max(loudest, std::fabs(double{own[i]}));
    }
    std::printf("%zu samples, loudest %.3f, largest difference %.2g\n", by_host.size(), loudest, difference);
    example::check(by_host.size() == in.size(), "the host plays the whole sound");
    example::check(loudest > 0.05, "the amplifier is heard");
    example::check(difference < 3e-7, "the plug-in in the host gives what the library gives, in 24 bits");
    return example::exit_code();
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
