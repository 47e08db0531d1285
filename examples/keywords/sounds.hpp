// sounds: .wav files as pictures of their frequencies over time.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <numbers>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <sndfile.h>

namespace keywords {

inline constexpr std::size_t frames = 64, bands = 20, hop = 256, frame_length = 512;

/// The samples of a file with one channel, -1 to 1. Throws std::runtime_error.
inline std::vector<float> read_sound(const std::filesystem::path& file) {
    SF_INFO facts{};
    const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> in(sf_open(file.c_str(), SFM_READ, &facts), sf_close);
    if (!in) throw std::runtime_error(file.string() + ": " + sf_strerror(nullptr));
    if (facts.channels != 1 || facts.samplerate != 22050)
        throw std::runtime_error(file.string() + ": expected one channel at 22050 Hz, as espeak-ng writes");
    std::vector<float> samples(static_cast<std::size_t>(facts.frames));
    if (sf_read_float(in.get(), samples.data(), facts.frames) != facts.frames)
        throw std::runtime_error(file.string() + ": cannot be read to its end");
    return samples;
}

/// The discrete Fourier transform, in place; the number of values is a power of 2 (Cooley, Tukey 1965).
inline void transform(std::span<std::complex<float>> values) {
    const std::size_t half = values.size() / 2;
    if (half == 0) return;
    std::vector<std::complex<float>> even(half), odd(half);
    for (std::size_t i = 0; i < half; ++i) {
        even[i] = values[2 * i];
        odd[i] = values[2 * i + 1];
    }
    transform(even);
    transform(odd);
    for (std::size_t i = 0; i < half; ++i) {
        const float angle = -std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(half);
        const std::complex<float> turned = std::polar(1.0f, angle) * odd[i];
        values[i] = even[i] + turned;
        values[i + half] = even[i] - turned;
    }
}

/// The logarithms of the energies of (frames, bands), from the first loud sample on. Bands are equally wide in mel, the
/// scale of hearing.
inline std::array<float, frames * bands> spectrogram(std::span<const float> sound) {
    const auto mel = [](double hertz) { return 2595.0 * std::log10(1.0 + hertz / 700.0); };
    const auto loud = std::find_if(sound.begin(), sound.end(), [](float value) { return std::abs(value) > 0.02f; });
    const auto begin = static_cast<std::size_t>(loud - sound.begin());
    std::array<float, frames * bands> result{};
    std::vector<std::complex<float>> values(frame_length);
    for (std::size_t frame = 0; frame < frames; ++frame) {
        for (std::size_t i = 0; i < frame_length; ++i) {
            const std::size_t at = begin + frame * hop + i;
            const float shade =
                0.5f - 0.5f * std::cos(2 * std::numbers::pi_v<float> * static_cast<float>(i) / frame_length);
            values[i] = at < sound.size() ? shade * sound[at] : 0.0f;
        }
        transform(values);
        std::array<float, bands> energy{};
        for (std::size_t i = 1; i < frame_length / 2; ++i) {
            const double place = mel(22050.0 * static_cast<double>(i) / frame_length) / mel(11025.0) * bands;
            energy[std::min(static_cast<std::size_t>(place), bands - 1)] += std::norm(values[i]);
        }
        for (std::size_t band = 0; band < bands; ++band)
            result[frame * bands + band] = 0.1f * std::log(energy[band] + 1e-4f);
    }
    return result;
}

}  // namespace keywords
