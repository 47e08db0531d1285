// Functions of single values, and LRN.
#include <cmath>
#include <map>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

void give_function(reader& r, const std::string& function) {
    const value in = r.any_input(0);
    r.give(r.like(in, r.add(plain_layer{"Elementwise", "strata::functions::" + function}, {in.number})));
}

}  // namespace

/// Sqrt, Log, Abs, Reciprocal.
void read_function(reader& r) {
    static const std::map<std::string, std::string> names{
        {"Abs", "absolute"}, {"Log", "logarithm"}, {"Reciprocal", "reciprocal"}, {"Sqrt", "square_root"}};
    give_function(r, names.at(r.op().op_type()));
}

void read_power(reader& r) {
    const constant& exponent = r.require_constant(1, "exponent");
    if (exponent.values.size() != 1 || !std::isfinite(exponent.values[0]))
        throw problem("has an exponent that is no number; strata's power has one for all values");
    if (r.constant_input(0) != nullptr) throw problem("raises a constant to a value; strata has no such layer");
    if (exponent.shape.size() > r.input(0).order.size() + 1) throw problem("its exponent adds axes");
    const double e = exponent.values[0];
    give_function(r, e == 2.0 ? "square" : e == 0.5 ? "square_root" : "power<" + number_text(e) + ">");
}

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
