// Functions of one value that strata has no activation for: the header that is written holds a function object for
// each.
#pragma once

#include <string>

#include "reader.hpp"

namespace convert::onnx_import {

/// `number` as C++ text in the body of a function, of the type of `x`.
std::string constant_text(double number);
/// F(x) for each value: `body` is C++ of `x`, `name` the begin of the function object's name.
value applied(reader& r, const value& in, const std::string& name, const std::string& body);
/// max(x, limit) or min(x, limit).
value bounded(reader& r, const value& in, bool is_max, double limit);
/// min(max(x, low), high); the bounds may be infinite.
value clipped(reader& r, const value& in, double low, double high);
/// x^exponent.
value raised(reader& r, const value& in, double exponent);

}  // namespace convert::onnx_import
