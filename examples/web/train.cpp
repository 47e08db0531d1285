// Trains the net of the page and saves its weights.
// usage: train digits.png WEIGHTS.safetensors
//   digits.png  OpenCV's sample of 5000 handwritten digits of MNIST: 50 rows of 100 pictures of 20x20 pixels
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <png.h>

#include <strata/strata.hpp>

#include "net.hpp"

namespace {

using namespace strata;

constexpr std::size_t cell = 20, columns = 100, rows_of_digit = 5, rounds = 60, drawn_ones = 60, batch_size = 32;
using dataset = Dataset<float, shape{web::side, web::side, 1}, int>;

/// A picture of the sheet, values from 0 to 1.
struct sample {
    std::array<float, cell * cell> pixels;
    int digit;
    bool is_held_back;  // the last row of each digit is not trained on
};

std::vector<sample> read_sheet(const char* file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, file) == 0)
        throw std::runtime_error(std::string(file) + ": " + image.message);
    image.format = PNG_FORMAT_GRAY;
    std::vector<std::uint8_t> bytes(PNG_IMAGE_SIZE(image));
    if (image.width != columns * cell || image.height != 10 * rows_of_digit * cell)
        throw std::runtime_error(std::string(file) + ": is no sheet of 50 rows of 100 pictures of 20x20 pixels");
    if (png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr) == 0)
        throw std::runtime_error(std::string(file) + ": " + image.message);
    std::vector<sample> samples;
    for (std::size_t row = 0; row < 10 * rows_of_digit; ++row)
        for (std::size_t column = 0; column < columns; ++column) {
            sample each{.pixels = {},
                        .digit = static_cast<int>(row / rows_of_digit),
                        .is_held_back = row % rows_of_digit == rows_of_digit - 1};
            for (std::size_t y = 0; y < cell; ++y)
                for (std::size_t x = 0; x < cell; ++x)
                    each.pixels[y * cell + x] =
                        static_cast<float>(bytes[(row * cell + y) * columns * cell + column * cell + x]) / 255.0f;
            samples.push_back(each);
        }
    return samples;
}

/// A change of a picture: a map of positions about the centre, then a shift, and ink that is made darker or lighter.
struct change {
    float xx = 1, xy = 0, yx = 0, yy = 1, right = 0, down = 0, contrast = 1;
};

/// The sample's picture as the page makes one of strokes: the centre of mass in the middle, then changed.
web::picture picture_of(const sample& from, const change& by) {
    const auto at = [&](int x, int y) {
        const bool is_inside = x >= 0 && y >= 0 && x < static_cast<int>(cell) && y < static_cast<int>(cell);
        return is_inside ? from.pixels[static_cast<std::size_t>(y) * cell + static_cast<std::size_t>(x)] : 0.0f;
    };
    web::picture whole{};
    for (std::size_t y = 0; y < cell; ++y)
        std::copy_n(from.pixels.begin() + static_cast<std::ptrdiff_t>(y * cell), cell,
                    whole.begin() + static_cast<std::ptrdiff_t>(y * web::side));
    const web::centre centre = web::centre_of_mass(whole);
    constexpr float middle = (web::side - 1) / 2.0f;
    web::picture result{};
    for (std::size_t row = 0; row < web::side; ++row)
        for (std::size_t column = 0; column < web::side; ++column) {
            const float dx = static_cast<float>(column) - middle - by.right;
            const float dy = static_cast<float>(row) - middle - by.down;
            const float x = centre.x + by.xx * dx + by.xy * dy, y = centre.y + by.yx * dx + by.yy * dy;
            const float left = std::floor(x), top = std::floor(y), fx = x - left, fy = y - top;
            const int ix = static_cast<int>(left), iy = static_cast<int>(top);
            const float upper = at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx;
            const float lower = at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx;
            const float value = upper * (1 - fy) + lower * fy;
            result[row * web::side + column] = std::clamp((value - 0.5f) * by.contrast + 0.5f, 0.0f, 1.0f);
        }
    return result;
}

/// Handwriting differs by slant, rotation, width, height and the thickness of the pen.
change random_change(std::mt19937& random) {
    const auto between = [&](float low, float high) {
        return std::uniform_real_distribution<float>(low, high)(random);
    };
    const float angle = between(-0.22f, 0.22f), slant = between(-0.25f, 0.25f);
    const float wide = between(0.82f, 1.2f), high = between(0.85f, 1.15f);
    change result;
    result.xx = std::cos(angle) / wide;
    result.xy = (std::sin(angle) + slant) / wide;
    result.yx = -std::sin(angle) / high;
    result.yy = std::cos(angle) / high;
    result.right = between(-1.2f, 1.2f);
    result.down = between(-1.2f, 1.2f);
    result.contrast = between(0.9f, 1.8f);
    return result;
}

/// A 1 with an upstroke, and a foot now and then. The sheet's writers are American and draw a bar: without these the
/// net takes such a 1 for a 7.
web::picture drawn_one(std::mt19937& random) {
    const auto between = [&](float low, float high) {
        return std::uniform_real_distribution<float>(low, high)(random);
    };
    const float slant = between(-0.1f, 0.3f), wide = between(8, 30), high = between(12, 42);
    const float top = 50 + slant * 42, bottom = 50 - slant * 42;
    std::vector<web::position> pen{{top - wide, 8 + high, false}, {top, 8, false}, {bottom, 92, true}};
    if (between(0, 1) < 0.3f) {
        const float foot = between(10, 28);
        pen.push_back({bottom - foot, 92, false});
        pen.push_back({bottom + foot, 92, true});
    }
    web::picture result{};
    web::draw_digit(pen, result);
    return result;
}

void train(const char* sheet, const char* weights) {
    const std::vector<sample> samples = read_sheet(sheet);
    std::mt19937 random(7);
    dataset learned, held_back;
    for (const sample& each : samples)
        if (each.is_held_back) held_back.push_back(picture_of(each, {}), each.digit);
    for (std::size_t round = 0; round < rounds; ++round) {
        for (const sample& each : samples)
            if (!each.is_held_back) learned.push_back(picture_of(each, random_change(random)), each.digit);
        for (std::size_t i = 0; i < drawn_ones; ++i) learned.push_back(drawn_one(random), 1);
    }

    auto model = web::net.build({.seed = 3});
    const std::size_t epochs = 6, steps = epochs * ((learned.size() + batch_size - 1) / batch_size);
    auto trainer =
        compile(model, Adam{.learning_rate = CosineDecay{.initial_learning_rate = 0.003, .decay_steps = steps}},
                SparseCategoricalCrossentropy{}, SparseCategoricalAccuracy{});
    trainer.fit(learned,
                {.batch_size = batch_size, .epochs = epochs, .validation_data = held_back, .seed = 3, .verbose = 2});
    const Scores scores = trainer.evaluate(held_back, {.verbose = 0});
    model.save_weights(weights);
    std::printf("%.2f %% of %zu held-back digits are right\n", 100 * scores["sparse_categorical_accuracy"],
                held_back.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: train digits.png WEIGHTS.safetensors\n");
        return 2;
    }
    try {
        train(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "train: %s\n", error.what());
        return 1;
    }
}
