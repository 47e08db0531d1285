// stripes: ten classes of made-up images of 28x28 pixels, to have something to train on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <strata/strata.hpp>

namespace example {

using stripe_data = strata::Dataset<float, strata::shape{784}, int>;

/// Noise with a bright band, whose height is the label.
inline stripe_data stripes(std::size_t count, std::uint64_t seed) {
    stripe_data data;
    strata::random_engine random(seed);
    std::vector<float> pixels(784);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t label = random() % 10;
        for (std::size_t p = 0; p < pixels.size(); ++p)
            pixels[p] = static_cast<float>(random.uniform(0.0, 0.25)) + (p / 79 == label ? 0.75f : 0.0f);
        data.push_back(pixels, static_cast<int>(label));
    }
    return data;
}

}  // namespace example
