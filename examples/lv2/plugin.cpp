// An LV2 plug-in: one channel of sound through the .nam file of its bundle.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>

#include <lv2/core/lv2.h>
#include <strata/applications/nam.hpp>
#include <strata/applications/nam_files.hpp>

namespace {

using namespace strata;

// [plugin]
using net = nam::A1Nano;

/// The host calls instantiate and activate outside of its audio thread, run inside of it.
class plugin {
public:
    explicit plugin(const std::filesystem::path& file) : amplifier_(file), stream_(amplifier_.stream()) {}

    double sample_rate() const noexcept { return amplifier_.sample_rate(); }
    void connect(std::uint32_t port, void* data) noexcept {
        if (port == 0) in_ = static_cast<const float*>(data);
        else if (port == 1) out_ = static_cast<float*>(data);
    }
    void activate() noexcept { amplifier_.reset(stream_); }
    void run(std::uint32_t samples) noexcept {  // no allocation, no lock; in_ and out_ may be the same
        stream_.process(std::span(in_, samples), std::span(out_, samples), samples);
    }

private:
    nam::amplifier<net> amplifier_;
    decltype(amplifier_.stream()) stream_;
    const float* in_ = nullptr;
    float* out_ = nullptr;
};

LV2_Handle instantiate(const LV2_Descriptor*, double rate, const char* bundle, const LV2_Feature* const*) noexcept {
    try {
        auto made = std::make_unique<plugin>(std::filesystem::path(bundle) / "amplifier.nam");
        if (made->sample_rate() == rate) return made.release();
        std::fprintf(stderr, "strata amplifier: made for %g Hz, the host has %g\n", made->sample_rate(), rate);
        return nullptr;
    } catch (const std::exception& error) {  // no exception leaves a plug-in
        std::fprintf(stderr, "%s\n", error.what());
        return nullptr;
    }
}

const LV2_Descriptor descriptor{
    "urn:strata:amplifier",
    instantiate,
    [](LV2_Handle self, std::uint32_t port, void* data) { static_cast<plugin*>(self)->connect(port, data); },
    [](LV2_Handle self) { static_cast<plugin*>(self)->activate(); },
    [](LV2_Handle self, std::uint32_t samples) { static_cast<plugin*>(self)->run(samples); },
    nullptr,
    [](LV2_Handle self) { delete static_cast<plugin*>(self); },
    nullptr};
// [/plugin]

}  // namespace

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(std::uint32_t index) {
    return index == 0 ? &descriptor : nullptr;
}
