// The front end for ONNX, where the converter is built with ONNX's schema; folder onnx/ reads its graphs.
#include "keras.hpp"

#if defined(STRATA_CONVERT_ONNX)
#include <onnx/onnx_pb.h>

#include "onnx/reader.hpp"

namespace convert {

graph read_onnx(const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    onnx::ModelProto model;
    std::uint64_t size = 0;
    {
        const std::string bytes = read_file(file);
        size = bytes.size();
        if (!model.ParseFromString(bytes) || !model.has_graph())
            throw problem("is no ONNX model; it is truncated or damaged, export it again");
    }
    return onnx_import::reader(model, size, file.parent_path(), options, notes).read();
}

}  // namespace convert

#else

namespace convert {

graph read_onnx(const std::filesystem::path&, const reading_options&, remarks&) {
    throw problem(
        "is ONNX, and this strata-convert was built without it; build it where libonnx-dev and libprotobuf-dev are");
}

}  // namespace convert

#endif
