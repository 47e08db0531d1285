// image_folder: images of a folder for each class, resized to the shape of a net.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/decode_image.hpp>
#include <strata/data/reading_progress.hpp>
#include <strata/train/dataset.hpp>

namespace strata::inline STRATA_ISA {

struct image_options {
    /// Factor of the values, which are 0 to 255 as in Keras; 1 / 255 makes them 0 to 1.
    double scale = 1.0;
    /// Images with more pixels are refused.
    std::size_t most_pixels = std::size_t{1} << 26;
    /// Whether a terminal shows how far a long reading is.
    bool show_progress = true;
};

/// Images with the class of each: the position of its folder among the sorted names.
template <shape Image, class T = float>
struct ImageFolder {
    Dataset<T, Image, int> data;
    std::vector<std::string> class_names;
    std::vector<std::filesystem::path> files;  // of each sample
};

namespace detail {

/// Positions and share of the second pixel that an output pixel is interpolated of. Centers of pixels are at halves, as
/// in tf.image.resize, whose bilinear method Keras uses.
struct resize_weight {
    std::size_t first = 0, second = 0;
    double share = 0;
};

inline std::vector<resize_weight> resize_weights(std::size_t from, std::size_t to) {
    std::vector<resize_weight> result(to);
    const double step = static_cast<double>(from) / static_cast<double>(to);
    for (std::size_t i = 0; i < to; ++i) {
        const double at = (static_cast<double>(i) + 0.5) * step - 0.5;
        const double below = std::floor(at);
        result[i].first = below < 0 ? 0 : static_cast<std::size_t>(below);
        result[i].second = std::min(below + 1 < 0 ? 0 : static_cast<std::size_t>(below + 1), from - 1);
        result[i].share = at - below;
    }
    return result;
}

}  // namespace detail

/// A PNG or JPEG file as values of (height, width, channels), with 1 channel (gray) or 3 (RGB). Transparency is left
/// out. Images of another size are resized without keeping their proportions, bilinearly.
/// Throws file_error. Keras: utils.load_img and img_to_array.
template <shape Image, class T = float>
std::vector<T> read_image(const std::filesystem::path& file, const image_options& options = {}) {
    static_assert(Image.rank() == 3 && (Image.back() == 1 || Image.back() == 3),
                  "strata: read_image expects a shape (height, width, channels) of 1 or 3 channels");
    return internal::with_file_errors(file, [&] {
        constexpr std::size_t height = Image[0], width = Image[1], channels = Image[2];
        const detail::decoded_image image = detail::decode_image(file, channels, options.most_pixels);
        const auto rows = detail::resize_weights(image.height, height);
        const auto columns = detail::resize_weights(image.width, width);
        const auto pixel = [&](std::size_t y, std::size_t x, std::size_t c) {
            return static_cast<double>(image.pixels[(y * image.width + x) * channels + c]);
        };
        std::vector<T> result;
        result.reserve(Image.size());
        for (const detail::resize_weight& y : rows)
            for (const detail::resize_weight& x : columns)
                for (std::size_t c = 0; c < channels; ++c) {
                    const double top = std::lerp(pixel(y.first, x.first, c), pixel(y.first, x.second, c), x.share);
                    const double bottom = std::lerp(pixel(y.second, x.first, c), pixel(y.second, x.second, c), x.share);
                    result.push_back(static_cast<T>(std::lerp(top, bottom, y.share) * options.scale));
                }
        return result;
    });
}

/// All images of a folder that has a folder for each class: `cats/1.png`, `dogs/1.png`. Classes and files are sorted by
/// name; folders in the folder of a class are read too. Files with other endings than those of images are left out.
/// Throws file_error where there is no image, or one cannot be read. Keras: utils.image_dataset_from_directory.
template <shape Image, class T = float>
ImageFolder<Image, T> read_image_folder(const std::filesystem::path& folder, const image_options& options = {}) {
    return internal::with_file_errors(folder, [&] {
        namespace fs = std::filesystem;
        if (!fs::is_directory(folder))
            throw file_error(folder, "is no folder; expected one with a folder for each class");
        ImageFolder<Image, T> result;
        std::vector<fs::path> classes;
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.is_directory() && !internal::path_text(entry.path().filename()).starts_with('.'))
                classes.push_back(entry.path());
        std::sort(classes.begin(), classes.end());
        std::vector<int> labels;
        for (const fs::path& each : classes) {
            const int label = static_cast<int>(result.class_names.size());
            result.class_names.push_back(internal::path_text(each.filename()));
            std::vector<fs::path> files;
            for (const auto& entry : fs::recursive_directory_iterator(each)) {
                if (entry.is_regular_file() && detail::is_image_name(entry.path())) files.push_back(entry.path());
            }
            std::sort(files.begin(), files.end());
            labels.insert(labels.end(), files.size(), label);
            result.files.insert(result.files.end(), files.begin(), files.end());
        }
        if (result.files.empty()) throw file_error(folder, "has no images; expected a folder of images for each class");
        result.data.reserve(result.files.size());
        detail::reading_progress progress(folder, options.show_progress);
        for (std::size_t i = 0; i < result.files.size(); ++i) {
            result.data.push_back(read_image<Image, T>(result.files[i], options), labels[i]);
            progress.update(i, result.files.size());
        }
        return result;
    });
}

}  // namespace strata::inline STRATA_ISA
