// Trains a small net with the TensorBoard callback for tensorboard_files.py. usage: tensorboard_tool FOLDER
#include <cstddef>
#include <filesystem>
#include <vector>

#include <strata/inspect.hpp>
#include <strata/strata.hpp>

using namespace strata;

int main(int count, char** arguments) {
    if (count != 2) return 2;
    const std::filesystem::path folder = arguments[1];
    auto model = Sequential{name<"stripes">{},    Input<8, 8, 1>{},
                            Conv2D<4, 3, ReLU>{}, Residual<Conv2D<4, 3, padding::same, ReLU>>{},
                            Flatten<>{},          Dense<2>{}}
                     .build({.seed = 1});
    Dataset<float, shape{8, 8, 1}, int> data;
    random_engine random(7);
    for (int sample = 0; sample < 64; ++sample) {
        const bool is_upright = sample % 2 == 1;
        std::vector<float> image;
        for (std::size_t i = 0; i < 64; ++i)
            image.push_back(static_cast<float>((is_upright ? i % 8 : i / 8) % 2) +
                            static_cast<float>(random.uniform()));
        data.push_back(image, is_upright ? 1 : 0);
    }
    auto trainer =
        compile(model, Adam{.learning_rate = 0.01}, SparseCategoricalCrossentropy{.from_logits = true}, Accuracy{});
    TensorBoard board{.log_dir = folder / "logs", .histogram_freq = 1, .update_freq = "batch"};
#if defined(STRATA_WITH_PNG)
    board.write_images = true;
#endif
    const History history = trainer.fit(
        data, {.batch_size = 16, .epochs = 6, .validation_split = 0.25, .callbacks = {board}, .verbose = 0});
    history.write_csv(folder / "history.csv");
}
