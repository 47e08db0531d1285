// decode_image: pixels of PNG files through libpng (STRATA_WITH_PNG) and of JPEG files through TurboJPEG
// (STRATA_WITH_JPEG).
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if defined(STRATA_WITH_PNG)
#include <png.h>
#endif
#if defined(STRATA_WITH_JPEG)
#include <turbojpeg.h>
#endif

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/message.hpp>
#include <strata/data/whole_file.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Pixels in rows, each of 1 value (gray) or 3 (RGB).
struct decoded_image {
    std::vector<unsigned char> pixels;
    std::size_t height = 0, width = 0;
};

/// Whether a file's name ends as those of images that can be read.
inline bool is_image_name(const std::filesystem::path& file) {
    std::string ending = internal::path_text(file.extension());
    for (char& letter : ending) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

/// Throws file_error where an image has no pixels, or more than `most_pixels`.
inline void check_size(const std::filesystem::path& file, std::size_t height, std::size_t width,
                       std::size_t most_pixels) {
    if (height == 0 || width == 0) throw file_error(file, "is an image without pixels");
    if (width > most_pixels / height)
        throw file_error(
            file, internal::message({"has ", width, "x", height, " pixels, more than most_pixels, ", most_pixels}));
}

#if defined(STRATA_WITH_PNG)
/// Transparency is left out, as Keras does: the colour of a pixel counts, however transparent it is.
inline decoded_image decode_png(const std::filesystem::path& file, std::string_view bytes, std::size_t channels,
                                std::size_t most_pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    const std::unique_ptr<png_image, void (*)(png_image*)> owner(&image, png_image_free);
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
        throw file_error(file, std::string("is no PNG file, or it is damaged: ") + image.message);
    if ((image.format & PNG_FORMAT_FLAG_LINEAR) != 0) throw file_error(file, "has 16 bits a channel; save it with 8");
    check_size(file, image.height, image.width, most_pixels);
    const std::size_t read = channels + 1, count = std::size_t{image.height} * image.width;
    image.format = channels == 1 ? PNG_FORMAT_GA : PNG_FORMAT_RGBA;
    decoded_image result{std::vector<unsigned char>(count * read), image.height, image.width};
    if (png_image_finish_read(&image, nullptr, result.pixels.data(), 0, nullptr) == 0 || PNG_IMAGE_FAILED(image))
        throw file_error(file, std::string("is a damaged PNG file: ") + image.message);
    for (std::size_t i = 0; i < count; ++i)
        std::copy_n(&result.pixels[i * read], channels, &result.pixels[i * channels]);
    result.pixels.resize(count * channels);
    return result;
}
#endif

#if defined(STRATA_WITH_JPEG)
inline decoded_image decode_jpeg(const std::filesystem::path& file, std::string_view bytes, std::size_t channels,
                                 std::size_t most_pixels) {
    const std::unique_ptr<void, int (*)(tjhandle)> decoder(tjInitDecompress(), tjDestroy);
    if (!decoder) throw file_error(file, "needs more memory than there is");
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto fail = [&](const char* words) {
        throw file_error(file, std::string(words) + tjGetErrorStr2(decoder.get()));
    };
    int width = 0, height = 0, subsampling = 0, colours = 0;
    if (tjDecompressHeader3(decoder.get(), data, static_cast<unsigned long>(bytes.size()), &width, &height,
                            &subsampling, &colours) != 0)
        fail("is no JPEG file, or it is damaged: ");
    decoded_image result{{}, static_cast<std::size_t>(height), static_cast<std::size_t>(width)};
    check_size(file, result.height, result.width, most_pixels);
    result.pixels.resize(result.height * result.width * channels);
    // Its warnings are errors here: a truncated file gives one, and gray pixels.
    if (tjDecompress2(decoder.get(), data, static_cast<unsigned long>(bytes.size()), result.pixels.data(), width, 0,
                      height, channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT) != 0)
        fail("is a damaged JPEG file: ");
    return result;
}
#endif

/// The pixels of a file, gray (1 channel) or RGB (3). Throws file_error for everything but a whole PNG or JPEG file.
inline decoded_image decode_image(const std::filesystem::path& file, [[maybe_unused]] std::size_t channels,
                                  [[maybe_unused]] std::size_t most_pixels) {
    const std::string bytes = whole_file(file, "an image", false);
    if (bytes.starts_with("\x89PNG")) {
#if defined(STRATA_WITH_PNG)
        return decode_png(file, bytes, channels, most_pixels);
#else
        throw file_error(file, "is a PNG file; compile with -DSTRATA_WITH_PNG and link libpng to read it");
#endif
    }
    if (bytes.starts_with("\xff\xd8\xff")) {
#if defined(STRATA_WITH_JPEG)
        return decode_jpeg(file, bytes, channels, most_pixels);
#else
        throw file_error(file, "is a JPEG file; compile with -DSTRATA_WITH_JPEG and link libturbojpeg to read it");
#endif
    }
    throw file_error(file, "is no PNG and no JPEG file");
}

}  // namespace strata::inline STRATA_ISA::detail
