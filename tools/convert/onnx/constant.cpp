// Tensors of a file.
#include "constant.hpp"

#include <cstring>

namespace convert::onnx_import {

constant parse(const onnx::TensorProto& tensor) {
    constant result;
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
        throw problem("has the tensor \"" + printable(tensor.name()) +
                      "\" in another file; save it with its data inside");
    std::size_t count = 1;
    const std::size_t bytes = static_cast<std::size_t>(tensor.ByteSizeLong());
    for (const auto extent : tensor.dims()) {
        if (extent < 0 || (extent > 0 && count > bytes / static_cast<std::size_t>(extent)))
            throw problem("has the tensor \"" + printable(tensor.name()) +
                          "\", which claims more values than it holds");
        result.shape.push_back(static_cast<std::size_t>(extent));
        count *= static_cast<std::size_t>(extent);
    }
    const auto take = [&](const auto& typed, auto element) {
        using T = decltype(element);
        const std::string& raw = tensor.raw_data();
        if (raw.size() == count * sizeof(T) && typed.size() == 0) {
            for (std::size_t i = 0; i < count; ++i) {
                std::memcpy(&element, raw.data() + i * sizeof(T), sizeof(T));
                result.values.push_back(static_cast<double>(element));
            }
        } else {
            for (const auto each : typed) result.values.push_back(static_cast<double>(each));
        }
    };
    if (tensor.data_type() == onnx::TensorProto::FLOAT) take(tensor.float_data(), float{});
    else if (tensor.data_type() == onnx::TensorProto::DOUBLE) take(tensor.double_data(), double{});
    else if (tensor.data_type() == onnx::TensorProto::INT64) take(tensor.int64_data(), std::int64_t{});
    else if (tensor.data_type() == onnx::TensorProto::INT32) take(tensor.int32_data(), std::int32_t{});
    else throw problem("has the tensor \"" + printable(tensor.name()) + "\" of a type that is no float and no integer");
    if (result.values.size() != count)
        throw problem("has the tensor \"" + printable(tensor.name()) + "\" without its values; the file is damaged");
    return result;
}

constant permuted(const constant& from, const std::vector<std::size_t>& order) {
    constant to;
    std::vector<std::size_t> steps(from.shape.size(), 1), at(from.shape.size(), 0);
    for (std::size_t axis = from.shape.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * from.shape[axis];
    for (const std::size_t axis : order) to.shape.push_back(from.shape[axis]);
    for (std::size_t i = 0; i < from.values.size(); ++i) {
        std::size_t offset = 0;
        for (std::size_t j = 0; j < order.size(); ++j) offset += at[j] * steps[order[j]];
        to.values.push_back(from.values[offset]);
        for (std::size_t j = order.size(); j-- > 0 && ++at[j] == to.shape[j];) at[j] = 0;
    }
    return to;
}

}  // namespace convert::onnx_import
