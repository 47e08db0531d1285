// LRN.
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

void read_lrn(reader& r) {
    const value in = r.input(0).order.size() == 1 ? r.input(0) : r.image(r.input(0));
    const std::int64_t size = r.integer("size", 0);
    const double alpha = r.real("alpha", 1e-4f), beta = r.real("beta", 0.75), bias = r.real("bias", 1.0);
    constexpr std::int64_t most = 1 << 20;
    if (size < 1 || size > most || !(alpha >= 0) || !(beta >= 0) || !(bias > 0))
        throw problem("has a size, alpha, beta or bias that is out of range");
    const std::string numbers = std::to_string(size) + ", " + number_text(alpha) + ", " + number_text(beta) + ", " +
                                number_text(bias);
    r.give(r.like(in, r.add(plain_layer{"LocalResponseNormalization", numbers}, {in.number})));
}

}  // namespace convert::onnx_import
