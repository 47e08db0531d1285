// Weights in an .npz file, and the arrays of --check of strata-convert: both readers get the same file.
#include "source_file.hpp"
#include "weights.hpp"

#include "problem.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::load_weights("weights.npz", data, size);
    fuzz::read_or_refuse<convert::problem, strata::file_error>(
        [] { convert::read_npz(fuzz::folder() / "weights.npz"); });
    return 0;
}
