// Training against Keras: the same weights and batches give the same scores and weights (tests/golden/training.py).
// Included once for each family; several make one file.
#include "equals_keras.hpp"

TEST_CASE("training equals Keras step by step: " GOLDEN_FAMILY) {
    const io::safetensors_file file(GOLDEN_FOLDER "/training_" GOLDEN_FAMILY ".safetensors");
#include GOLDEN_CASES
}
