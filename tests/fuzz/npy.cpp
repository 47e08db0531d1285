// The header of a .npy array, and values after it, as a member of an .npz file.
#include <zip.h>

#include <strata/core/file_error.hpp>

#include "problem.hpp"
#include "source_file.hpp"
#include "weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::folder() / "weights.npz";
    int error = 0;
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (archive == nullptr) return 0;
    for (const char* name : {"conv1d/kernel.npy", "dense/bias.npy"}) {
        zip_source_t* source = zip_source_buffer(archive, data, size, 0);
        const auto place = zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8);
        zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);
    }
    if (zip_close(archive) != 0) fuzz::fail("cannot write the archive");
    fuzz::read_or_refuse<convert::problem, strata::file_error>([&] { convert::read_npz(file); });
    fuzz::load_weights(file);
    return 0;
}
