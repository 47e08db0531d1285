// Images in files, PNG and JPEG, gray and in colours.
#include <cstdint>

#include <strata/core/file_error.hpp>
#include <strata/data/image_folder.hpp>

#include "fuzz.hpp"

namespace {

/// Values of a pixel are 0 to 1, also between two pixels.
template <strata::shape Image>
void read(const std::filesystem::path& file) {
    fuzz::read_or_refuse<strata::file_error>([&] {
        for (const float value : strata::read_image<Image>(file, {.scale = 1.0 / 255.0, .most_pixels = 65536}))
            if (!(value >= 0.0f && value <= 1.0f)) fuzz::fail("an image has a value outside of 0 to 1");
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("image", fuzz::text_of(data, size));
    read<strata::shape{4, 3, 1}>(file);
    read<strata::shape{2, 5, 3}>(file);
    return 0;
}
