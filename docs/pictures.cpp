// Draws the pictures of the documents.   usage: pictures FOLDER
// docs/check_pictures.py compares them with docs/images. Its options name AVX2: plans of other processors differ.
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <strata/infer.hpp>
#include <strata/inspect.hpp>
#include <strata/train/history.hpp>
#include <strata/train/metrics/confusion_matrix.hpp>

using namespace strata;

namespace {

constexpr Sequential guide{name<"guide">{},
                           Input<250, 250, 3>{},
                           Conv2D<32, 5, strides<2>, ReLU>{},
                           Conv2D<32, 3, ReLU>{},
                           MaxPooling2D<3>{},
                           Conv2D<32, 3, ReLU>{},
                           Conv2D<32, 3, ReLU>{},
                           MaxPooling2D<3>{},
                           Conv2D<32, 3, ReLU>{},
                           Conv2D<32, 3, ReLU>{},
                           MaxPooling2D<2>{},
                           GlobalMaxPooling2D<>{},
                           Dense<10>{}};

using same_size = Conv2D<16, 3, padding::same, ReLU>;
constexpr Sequential blocks{name<"residual blocks">{},
                            Input<32, 32, 3>{},
                            same_size{},
                            Residual<same_size, Conv2D<16, 3, padding::same>>{},
                            ReLU{},
                            Residual<same_size, Conv2D<16, 3, padding::same>>{},
                            ReLU{},
                            GlobalAveragePooling2D<>{},
                            Dropout<0.5>{},
                            Dense<10, Softmax>{}};

/// The scores of a training as fit returns them.
History curves() {
    History history;
    for (std::size_t epoch = 0; epoch < 24; ++epoch) {
        const double t = static_cast<double>(epoch), ripple = static_cast<double>((epoch * 7) % 5) * 0.004;
        history.append({{"loss", 2.3 / (1 + t)},
                        {"accuracy", 1 - 0.8 / (1 + 0.6 * t)},
                        {"val_loss", 2.2 / (1 + 0.7 * t) + ripple},
                        {"val_accuracy", 1 - 0.8 / (1 + 0.4 * t) - ripple},
                        {"learning_rate", epoch < 16 ? 0.001 : 0.0001}});
    }
    return history;
}

ConfusionMatrix table() {
    ConfusionMatrix result{.class_names = {"cat", "dog", "horse"}};
    const std::size_t counts[3][3] = {{45, 4, 1}, {6, 42, 2}, {0, 3, 47}};
    for (std::size_t target = 0; target < 3; ++target)
        for (std::size_t predicted = 0; predicted < 3; ++predicted)
            for (std::size_t i = 0; i < counts[target][predicted]; ++i) result.add(target, predicted);
    return result;
}

void write(const std::filesystem::path& file, const std::string& text) {
    if (!(std::ofstream(file, std::ios::binary) << text)) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

int main(int count, char** words) try {
    if (count != 2) {
        std::fprintf(stderr, "usage: pictures FOLDER\n");
        return 2;
    }
    const std::filesystem::path folder = words[1];
    std::filesystem::create_directories(folder);
    write(folder / "guide_plan.svg", guide.to_svg());
    write(folder / "residual_plan.svg", blocks.to_svg());
    curves().write_svg(folder / "curves.svg");
    table().write_svg(folder / "confusion.svg");
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
