// data: the handwritten digits of ../digits as samples to train on and samples that are held back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>

#include "../digits/drawing.hpp"

namespace digits {

/// The first images are trained on, the others held back, as in ../digits/train_keras.py.
inline constexpr std::size_t training_images = 1437, pixels = side * side;

using dataset = strata::Dataset<float, strata::shape{side, side, 1}, int>;
using image = std::span<const std::uint8_t, pixels>;

/// An image and the digit that it shows.
struct labelled_image {
    image pixels;
    int label;
};

/// All images; what it gives refers to it.
class images {
public:
    /// Throws std::runtime_error where a file is missing, or the two do not fit together.
    explicit images(const std::filesystem::path& folder)
        : bytes_(strata::read_idx<std::uint8_t>(folder / "digits-images.idx3-ubyte").values),
          labels_(strata::read_idx<std::uint8_t>(folder / "digits-labels.idx1-ubyte").values) {
        if (std::any_of(labels_.begin(), labels_.end(), [](std::uint8_t label) { return label > 9; }))
            throw std::runtime_error(folder.string() + ": a label is no digit");
        if (labels_.size() <= training_images || bytes_.size() != labels_.size() * pixels)
            throw std::runtime_error(folder.string() + ": numbers of images and labels do not fit together");
        if (std::any_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte > brightest; }))
            throw std::runtime_error(folder.string() + ": a pixel is brighter than 16");
    }

    std::vector<labelled_image> training() const { return range(0, training_images); }
    std::vector<labelled_image> held_back() const { return range(training_images, labels_.size()); }

private:
    std::vector<labelled_image> range(std::size_t begin, std::size_t end) const {
        std::vector<labelled_image> result;
        for (std::size_t i = begin; i < end; ++i)
            result.push_back({image(bytes_.data() + i * pixels, pixels), int{labels_[i]}});
        return result;
    }

    std::vector<std::uint8_t> bytes_;
    std::vector<std::uint8_t> labels_;
};

/// Appends an image, scaled to values from 0 to 1 and moved by some pixels; zeros move in.
inline void append(dataset& data, image from, int label, int down = 0, int right = 0) {
    std::array<float, pixels> sample{};
    constexpr int extent = int{side};
    for (int y = std::max(0, down); y < std::min(extent, extent + down); ++y)
        for (int x = std::max(0, right); x < std::min(extent, extent + right); ++x)
            sample[static_cast<std::size_t>(y * extent + x)] =
                static_cast<float>(from[static_cast<std::size_t>((y - down) * extent + x - right)]) /
                static_cast<float>(brightest);
    data.push_back(sample, label);
}

inline dataset dataset_of(std::span<const labelled_image> from) {
    dataset data;
    for (const auto& [drawn, label] : from) append(data, drawn, label);
    return data;
}
/// The images and each of them moved by one pixel in four directions: five samples an image.
inline dataset shifted(std::span<const labelled_image> from) {
    constexpr std::array<std::array<int, 2>, 5> shifts{{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}}};
    dataset data;
    for (const auto& [down, right] : shifts)
        for (const auto& [drawn, label] : from) append(data, drawn, label, down, right);
    return data;
}

}  // namespace digits
