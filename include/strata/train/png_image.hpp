// png_image: pictures as PNG files, by libpng. Needs STRATA_WITH_PNG, and libpng 1.6 or newer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <png.h>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/weight_pictures.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The bytes of a PNG file of so many pixels in rows, of one channel (grey) or three (red, green, blue) each.
inline std::string encode_png(std::size_t width, std::size_t height, std::size_t channels,
                              std::span<const std::uint8_t> pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    const auto require = [&](int is_done) {
        if (is_done == 0)
            throw std::runtime_error(std::string("strata: libpng cannot make a picture: ") + image.message);
    };
    png_alloc_size_t size = 0;
    require(png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr));
    std::string file(size, '\0');
    require(png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr));
    file.resize(size);
    return file;
}

/// The images of TensorBoard.
template <class>
struct weight_images;
template <>
struct weight_images<internal::where_used> {
    /// Writes a weight as pictures, where it is one that can be shown.
    template <class Events>
    static void write(Events& events, const std::string& tag, const shape& extents, std::span<const double> values,
                      std::size_t step) {
        const weight_pictures found = pictures_of_weight(extents, values);
        if (found.pictures.empty()) return;
        std::vector<std::string> pictures;
        for (const std::vector<double>& each : found.pictures)
            pictures.push_back(encode_png(found.width, found.height, found.channels, grey_levels(each)));
        events.images(tag, found.width, found.height, pictures, step);
    }
};

}  // namespace strata::inline STRATA_ISA::detail
