// The functions that read operators of ONNX: each reads the node `r.op()` and gives its output. An operator more is a
// function here and a line of the table in operators.cpp.
#pragma once

#include <string>

#include "reader.hpp"

namespace convert::onnx_import {

using operator_function = void (*)(reader&);

/// The function of an operator; null where strata-convert does not read it.
operator_function function_of(const std::string& type);

// activations.cpp
void read_activation(reader& r);
void read_softmax(reader& r);
// arithmetic.cpp
void read_arithmetic(reader& r);
void read_negation(reader& r);
void read_concat(reader& r);
// convolutions.cpp
void read_conv(reader& r);
void read_transposed_conv(reader& r);
// dense.cpp
void read_gemm(reader& r);
void read_matmul(reader& r);
// functions.cpp
void read_function(reader& r);
void read_power(reader& r);
void read_lrn(reader& r);
// normalizations.cpp
void read_batch_normalization(reader& r);
void read_prelu(reader& r);
// paddings.cpp
void read_pad(reader& r);
// poolings.cpp
void read_pool(reader& r);
void read_global_pool(reader& r);
// slices.cpp
void read_slice(reader& r);
void read_split(reader& r);
// shapes.cpp
void read_constant(reader& r);
void read_identity(reader& r);
void read_reshape(reader& r);
void read_transpose(reader& r);

}  // namespace convert::onnx_import
