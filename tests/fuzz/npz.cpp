// Weights in an .npz file, and the arrays of --check of strata-convert: both readers get the same file.
#include <strata/core/file_error.hpp>

#include "problem.hpp"
#include "source_file.hpp"
#include "weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("weights.npz", fuzz::text_of(data, size));
    fuzz::load_weights(file);
    fuzz::read_or_refuse<convert::problem, strata::file_error>([&] { convert::read_npz(file); });
    return 0;
}
