// A made-up guitar amplifier, and a guitar that plays into it: what a capture of a real one would record.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <utility>
#include <vector>

namespace capture {

inline constexpr double sample_rate = 48000.0;

/// A waveshaper with memory: a high-pass filter, a drive whose bias follows the loudness of the last milliseconds (a
/// tube whose supply gives way), a low-pass filter.
class amplifier {
public:
    float operator()(float x) {
        slow_ += 0.008f * (x - slow_);  // about 60 Hz
        const float high = x - slow_;
        loudness_ += 0.004f * (std::fabs(high) - loudness_);  // about 5 ms
        const float bias = 0.1f + 0.8f * loudness_;
        const float driven = std::tanh(6.0f * high + bias) - std::tanh(bias);
        smooth_ += 0.45f * (driven - smooth_);  // about 4.5 kHz
        return 0.6f * smooth_;
    }

private:
    float slow_ = 0.0f, loudness_ = 0.0f, smooth_ = 0.0f;
};

/// Plucked strings, some at once, loud and soft, with rests: the sound of Karplus and Strong 1983.
inline std::vector<float> guitar(std::size_t samples, unsigned seed) {
    std::mt19937 random(seed);
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(random()) / 4294967296.0;
    };
    std::vector<float> sound(samples);
    for (std::size_t begin = 0; begin < samples;) {
        const double pitch = 82.4 * std::exp2(std::floor(uniform(0.0, 30.0)) / 12.0);
        std::vector<float> string(static_cast<std::size_t>(sample_rate / pitch));
        const double loud = uniform(0.05, 0.7);
        for (float& value : string) value = static_cast<float>(loud * uniform(-1.0, 1.0));
        float last = 0.0f;
        const std::size_t length = std::min(samples - begin, static_cast<std::size_t>(0.6 * sample_rate));
        for (std::size_t i = 0; i < length; ++i) {
            float& now = string[i % string.size()];
            sound[begin + i] += now;
            now = 0.498f * (now + std::exchange(last, now));
        }
        begin += static_cast<std::size_t>(uniform(0.02, 0.25) * sample_rate);
    }
    for (float& value : sound) value = std::clamp(value, -1.0f, 1.0f);
    return sound;
}

/// The amplifier's answer to a sound.
inline std::vector<float> played(const std::vector<float>& sound) {
    std::vector<float> heard(sound.size());
    amplifier amp;
    std::transform(sound.begin(), sound.end(), heard.begin(), amp);
    return heard;
}

}  // namespace capture
