// The config.json of a .keras archive, or the model_config of an .h5 file. The first byte says which.
#include "conversion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    fuzz::convert_or_refuse([&] {
        const convert::json config = convert::parse_json(std::string(fuzz::text_of(data + 1, size - 1)), "its config");
        convert::reading_options options;
        options.has_any_length = (data[0] & 2) != 0;
        convert::remarks notes;
        convert::graph g = convert::keras_config(options, (data[0] & 1) != 0, notes).model(config);
        convert::infer_shapes(g);
        return g;
    });
    return 0;
}
