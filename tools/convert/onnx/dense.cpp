// Gemm and MatMul.
#include <optional>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

void add_dense(reader& r, const value& in, const constant& kernel, std::optional<array> bias) {
    if (kernel.shape.size() != 2 || kernel.shape[0] != r.shape(in).back())
        throw problem("its matrix does not fit the last axis of " + shape_text(r.shape(in)));
    std::vector<array> weights;
    weights.push_back(r.as_array(kernel, kernel.shape));
    dense d{.units = static_cast<int>(kernel.shape[1]), .has_bias = bias.has_value()};
    if (bias) weights.push_back(std::move(*bias));
    value out = in;
    out.number = r.add(d, {in.number}, std::move(weights));
    r.give(out);
}
}  // namespace

void read_gemm(reader& r) {
    const value in = r.in_file_order(r.any_input(0));
    if (in.order.size() != in.merged + 1)
        throw problem("its input has the shape " + shape_text(r.shape(in)) + ", expected a vector");
    if (r.real("alpha", 1.0) != 1.0 || r.real("beta", 1.0) != 1.0 || r.integer("transA", 0) != 0)
        throw problem("has alpha, beta or transA");
    constant kernel = r.require_kernel(1, "matrix");
    if (kernel.shape.size() != 2) throw problem("its matrix has not two axes");
    if (r.integer("transB", 0) != 0) kernel = permuted(kernel, {1, 0});
    std::optional<array> bias;
    if (r.op().input_size() > 2 && !r.op().input(2).empty()) bias = r.vector_of(2, kernel.shape[1], "bias");
    add_dense(r, in, kernel, std::move(bias));
}

void read_matmul(reader& r) {
    if (r.constant_input(0) != nullptr)
        throw problem("multiplies a constant with a value; strata's Dense has its matrix on the right");
    const constant& matrix = r.require_kernel(1, "matrix");
    const value* left = r.find_value(r.input_name(0));
    if (left == nullptr || left->one_hot == 0)
        return add_dense(r, r.in_file_order(r.any_input(0)), matrix, std::nullopt);
    // Classes of OneHot times a matrix are its rows.
    value out = *left;
    out.one_hot = 0;
    out = r.in_file_order(out);
    if (matrix.shape.size() != 2 || matrix.shape[0] != left->one_hot)
        throw problem("its matrix does not fit the classes of OneHot");
    std::vector<array> weights;
    weights.push_back(r.as_array(matrix, matrix.shape));
    out.number = r.add(embedding{static_cast<int>(matrix.shape[0]), static_cast<int>(matrix.shape[1])}, {out.number},
                       std::move(weights));
    out.order.push_back(out.order.size());
    out.is_integer = false;
    r.give(out);
}

}  // namespace convert::onnx_import
