// Weights in HDF5 files: of Keras 3, of the older Keras, or in a .keras archive; the first byte says which. HDF5 itself
// crashes on hostile files: tests/fuzz/run tells its crashes from those of strata.
#include <zip.h>

#include "weights.hpp"

namespace {

std::filesystem::path archive_of(std::string_view bytes) {
    const auto file = fuzz::folder() / "net.keras";
    int error = 0;
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (archive == nullptr) fuzz::fail("cannot make the archive");
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const auto place = zip_file_add(archive, "model.weights.h5", source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), ZIP_CM_STORE, 0);
    if (zip_close(archive) != 0) fuzz::fail("cannot write the archive");
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    fuzz::load_weights(data[0] % 3 == 0   ? fuzz::write("net.weights.h5", bytes)
                       : data[0] % 3 == 1 ? fuzz::write("net.h5", bytes)
                                          : archive_of(bytes));
    return 0;
}
