// write_png: writes pictures as PNG files. Needs STRATA_WITH_PNG, and libpng.
#pragma once

#include <filesystem>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/inspect/filter_pictures.hpp>
#include <strata/train/png_image.hpp>

namespace strata::inline STRATA_ISA {

/// Throws file_error; a failed write leaves the old file.
inline void write_png(const std::filesystem::path& file, const pixel_picture& picture) {
    replace_file_by(file, detail::encode_png(picture.width, picture.height, picture.channels, picture.pixels));
}

}  // namespace strata::inline STRATA_ISA
