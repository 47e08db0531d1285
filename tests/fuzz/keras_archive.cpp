// The archive of a .keras file. Its HDF5 file is not read: HDF5 itself crashes on hostile files, see SECURITY.md.
#include "conversion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("net.keras", fuzz::text_of(data, size));
    fuzz::read_or_refuse<convert::problem, strata::file_error>([&] {
        const convert::archive opened(file);
        for (const std::string& member : opened.members()) {
            static_cast<void>(opened.has(member));
            static_cast<void>(opened.read(member, 100 * opened.file_size()));
        }
    });
    return 0;
}
