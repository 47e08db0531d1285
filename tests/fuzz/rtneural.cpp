// RTNeural's JSON: the converter's reader and the library's.
#include <strata/applications/rtneural_reader.hpp>

#include "conversion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("net.json", fuzz::text_of(data, size));
    convert::remarks notes;
    fuzz::convert_or_refuse([&] { return convert::read_rtneural(file, {}, notes); });
    fuzz::read_or_refuse<strata::file_error>([&] {
        strata::internal::with_file_errors(file, [&] {
            const strata::rtneural::detail::rtneural_reader reader(file, 2);
            for (const auto& weight : reader.weights())
                if (weight.may_have(strata::shape{weight.values.size()}) && weight.shape_text().empty())
                    fuzz::fail("a weight without a shape");
        });
    });
    return 0;
}
