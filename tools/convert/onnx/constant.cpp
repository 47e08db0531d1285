// Tensors of a file.
#include "constant.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include <strata/core/native_file.hpp>

namespace convert::onnx_import {

namespace {

/// The bytes of a tensor in another file.
std::string external_bytes(const onnx::TensorProto& tensor, tensor_files& files, value_budget& budget,
                           const std::vector<std::size_t>& shape, std::size_t size) {
    std::string location;
    std::uint64_t offset = 0;
    for (const auto& entry : tensor.external_data()) {
        if (entry.key() == "location") location = entry.value();
        if (entry.key() != "offset") continue;
        const char* const end = entry.value().data() + entry.value().size();
        if (std::from_chars(entry.value().data(), end, offset).ptr != end)
            throw problem("has the tensor \"" + printable(tensor.name()) + "\" at an offset that is no number");
    }
    const std::filesystem::path relative(location);
    bool leads_out = location.empty() || relative.is_absolute() || relative.has_root_name();
    for (const auto& part : relative) leads_out = leads_out || part == "..";
    if (leads_out)
        throw problem("has the tensor \"" + printable(tensor.name()) + "\" in the file \"" + printable(location) +
                      "\", which is outside of its folder");
    const strata::internal::input_file file(files.folder / relative, "the data of a model");
    if (file.size() < offset || file.size() - offset < size)
        throw problem("has the tensor \"" + printable(tensor.name()) + "\", which claims more values than " +
                      printable(location) + " holds");
    if (files.known.insert(relative.lexically_normal()).second) budget.add_file(file.size());
    budget.claim(shape);
    std::string bytes(size, '\0');
    if (size > 0) file.read(offset, bytes.data(), size);
    return bytes;
}

double from_float16(std::uint16_t bits) {
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == 31)
        return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}
double from_bfloat16(std::uint16_t bits) { return double{std::bit_cast<float>(std::uint32_t{bits} << 16)}; }

/// The bytes of an element; 0 for a type that is no number.
std::size_t element_size(int type) {
    using proto = onnx::TensorProto;
    switch (type) {
        case proto::DOUBLE:
        case proto::INT64:
        case proto::UINT64:
            return 8;
        case proto::FLOAT:
        case proto::INT32:
        case proto::UINT32:
            return 4;
        case proto::FLOAT16:
        case proto::BFLOAT16:
        case proto::INT16:
        case proto::UINT16:
            return 2;
        case proto::INT8:
        case proto::UINT8:
        case proto::BOOL:
            return 1;
        default:
            return 0;
    }
}

}  // namespace

bool constant::depends_on_batch() const {
    return std::find(has_batch.begin(), has_batch.end(), true) != has_batch.end();
}

std::size_t value_count(const std::vector<std::size_t>& shape) {
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max(), most_axes = 64;
    if (shape.size() > most_axes) throw problem("makes a constant of more than 64 axes");
    std::size_t count = 1;
    bool is_empty = false;
    for (const std::size_t extent : shape) {
        if (extent != 0 && count > most / extent) throw problem("makes a constant of more than 2147483647 values");
        count *= std::max<std::size_t>(1, extent);
        is_empty = is_empty || extent == 0;
    }
    return is_empty ? 0 : count;
}

std::size_t value_budget::claim(const std::vector<std::size_t>& shape) {
    const std::size_t count = value_count(shape);
    if (count > left_)
        throw problem("makes " + std::to_string(count) + " values; the file's size allows " + std::to_string(left_) +
                      " more");
    left_ -= count;
    return count;
}

std::int64_t whole(double value) {
    constexpr double most = 9007199254740992.0;  // 2^53
    if (std::isnan(value)) throw problem("has NaN where it needs an integer");
    return static_cast<std::int64_t>(std::clamp(value, -most, most));
}

std::vector<std::int64_t> whole_values(const constant& from) {
    std::vector<std::int64_t> result;
    for (const double each : from.values) result.push_back(whole(each));
    return result;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
    const auto count = static_cast<std::int64_t>(rank);
    if (axis < -count || axis >= count) throw problem("has an axis that its input lacks");
    return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::set<std::size_t> distinct_axes(const std::vector<std::int64_t>& stated, std::size_t rank) {
    std::set<std::size_t> axes;
    for (const std::int64_t axis : stated)
        if (!axes.insert(axis_of(axis, rank)).second) throw problem("names an axis twice; the file is damaged");
    return axes;
}

constant parse(const onnx::TensorProto& tensor, tensor_files& files, value_budget& budget) {
    using proto = onnx::TensorProto;
    const std::string named = "has the tensor \"" + printable(tensor.name()) + "\"";
    constant result;
    const std::size_t size = element_size(tensor.data_type());
    if (size == 0) throw problem(named + " of a type that is no float and no integer");
    const bool is_external = tensor.data_location() == proto::EXTERNAL;
    const std::size_t bytes = is_external ? std::size_t{1} << 40 : static_cast<std::size_t>(tensor.ByteSizeLong());
    std::size_t bound = 1;  // an extent of 0 allows no larger other ones
    for (const auto extent : tensor.dims()) {
        if (extent < 0 || (extent > 0 && bound > bytes / static_cast<std::size_t>(extent)))
            throw problem(named + ", which claims more values than it holds");
        result.shape.push_back(static_cast<std::size_t>(extent));
        bound *= static_cast<std::size_t>(std::max<std::int64_t>(1, extent));
    }
    const std::size_t count = value_count(result.shape);
    const std::string external =
        is_external ? external_bytes(tensor, files, budget, result.shape, count * size) : std::string();
    const std::string& raw = is_external ? external : tensor.raw_data();
    const auto take = [&](const auto& typed, auto element, auto convert) {
        using T = decltype(element);
        if (raw.size() == count * sizeof(T) && typed.size() == 0) {
            result.values.reserve(count);
            for (std::size_t i = 0; i < count; ++i) {
                std::memcpy(&element, raw.data() + i * sizeof(T), sizeof(T));
                result.values.push_back(convert(element));
            }
        } else if (static_cast<std::size_t>(typed.size()) == count) {
            for (const auto each : typed) result.values.push_back(convert(static_cast<T>(each)));
        }
    };
    const auto plain = [](auto each) { return static_cast<double>(each); };
    result.is_integer = true;
    switch (tensor.data_type()) {
        case proto::INT64:
            take(tensor.int64_data(), std::int64_t{}, plain);
            break;
        case proto::INT32:
            take(tensor.int32_data(), std::int32_t{}, plain);
            break;
        case proto::INT16:
            take(tensor.int32_data(), std::int16_t{}, plain);
            break;
        case proto::INT8:
            take(tensor.int32_data(), std::int8_t{}, plain);
            break;
        case proto::UINT64:
            take(tensor.uint64_data(), std::uint64_t{}, plain);
            break;
        case proto::UINT32:
            take(tensor.uint64_data(), std::uint32_t{}, plain);
            break;
        case proto::UINT16:
            take(tensor.int32_data(), std::uint16_t{}, plain);
            break;
        case proto::UINT8:
            take(tensor.int32_data(), std::uint8_t{}, plain);
            break;
        case proto::BOOL:
            take(tensor.int32_data(), std::uint8_t{}, [](auto each) { return each == 0 ? 0.0 : 1.0; });
            break;
        default:
            result.is_integer = false;
    }
    if (tensor.data_type() == proto::FLOAT) take(tensor.float_data(), float{}, plain);
    else if (tensor.data_type() == proto::DOUBLE) take(tensor.double_data(), double{}, plain);
    else if (tensor.data_type() == proto::FLOAT16) take(tensor.int32_data(), std::uint16_t{}, from_float16);
    else if (tensor.data_type() == proto::BFLOAT16) take(tensor.int32_data(), std::uint16_t{}, from_bfloat16);
    if (result.values.size() != count) throw problem(named + " without its values; the file is damaged");
    return result;
}

constant permuted(const constant& from, const std::vector<std::size_t>& order) {
    constant to{.is_integer = from.is_integer};
    std::vector<std::size_t> steps(from.shape.size(), 1), at(from.shape.size(), 0);
    for (std::size_t axis = from.shape.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * from.shape[axis];
    for (const std::size_t axis : order) to.shape.push_back(from.shape[axis]);
    for (std::size_t i = 0; i < from.values.size(); ++i) {
        std::size_t offset = 0;
        for (std::size_t j = 0; j < order.size(); ++j) offset += at[j] * steps[order[j]];
        to.values.push_back(from.values[offset]);
        if (!from.has_batch.empty()) to.has_batch.push_back(from.has_batch[offset]);
        for (std::size_t j = order.size(); j-- > 0 && ++at[j] == to.shape[j];) at[j] = 0;
    }
    return to;
}

}  // namespace convert::onnx_import
