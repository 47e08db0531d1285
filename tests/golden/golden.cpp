// Every layer and whole nets against values made by Keras (generate.py). Bound: 1e-5 of the largest output.
// Included once for each family; several make one file.
#include "golden.hpp"

TEST_CASE("layers equal Keras: " GOLDEN_FAMILY) {
    const io::safetensors_file file(GOLDEN_FOLDER "/" GOLDEN_FAMILY ".safetensors");
#include GOLDEN_CASES
}
