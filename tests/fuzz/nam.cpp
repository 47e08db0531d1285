// A .nam file of Neural Amp Modeler: the converter's reader, and the library's for each architecture.
#include <strata/applications/nam_reader.hpp>
#include <strata/applications/nam_weights.hpp>

#include "conversion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("net.nam", fuzz::text_of(data, size));
    fuzz::convert_or_refuse([&] { return convert::read_nam(file, {}); });
    namespace nam = strata::nam::detail;
    fuzz::read_or_refuse<strata::file_error>([&] {
        strata::internal::with_file_errors(file, [&] {
            const nam::nam_reader reader(file);
            const auto each = [&](auto read) {
                fuzz::read_or_refuse<strata::file_error>(
                    [&] { strata::internal::with_file_errors(file, [&] { nam::nam_weights(reader, read()); }); });
            };
            for (std::size_t i = 0; i < std::min<std::size_t>(reader.submodel_sizes().size(), 3); ++i)
                each([&] { return reader.wavenet(i); });
            each([&] { return reader.lstm(); });
            each([&] { return reader.conv_net(); });
            each([&] { return reader.linear(); });
        });
    });
    return 0;
}
