// The front end for ONNX, where the converter is built with ONNX's schema; folder onnx/ reads its graphs.
#include "keras.hpp"

#if defined(STRATA_CONVERT_ONNX)
#include <algorithm>

#include <onnx/onnx_pb.h>

#include "onnx/reader.hpp"

namespace convert {

namespace {

std::string body_of(const node& of) {
    const auto* function = std::get_if<function_object>(&of.op);
    return function == nullptr ? "" : function->body;
}

/// Whether two graphs have the same layers and weights.
bool is_same(const graph& a, const graph& b) {
    const auto are_equal = [](const node& x, const node& y) {
        return x.inputs == y.inputs && spelled(x.op) == spelled(y.op) && body_of(x) == body_of(y) &&
               x.weights == y.weights;
    };
    return a.output == b.output && std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), are_equal);
}

}  // namespace

graph read_onnx(const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    onnx::ModelProto model;
    std::uint64_t size = 0;
    {
        const std::string bytes = read_file(file);
        size = bytes.size();
        if (!model.ParseFromString(bytes) || !model.has_graph())
            throw problem("is no ONNX model; it is truncated or damaged, export it again");
    }
    const auto read = [&](const reading_options& how, remarks& said) {
        return onnx_import::reader(model, size, file.parent_path(), how, said).read();
    };
    graph net = read(options, notes);
    if (options.has_any_length) {
        reading_options longer = options;
        longer.steps = options.steps + 1;
        remarks ignored;
        if (!is_same(net, read(longer, ignored)))
            throw problem("computes with the number of steps; a net with --steps any has none: give --steps N");
    }
    return net;
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
