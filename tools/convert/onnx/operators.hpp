// The functions that read operators of ONNX: each reads the node `r.op()` and gives its output. An operator more is a
// function here and a line of the table in operators.cpp.
#pragma once

#include <string>

#include "reader.hpp"

namespace convert::onnx_import {

using operator_function = void (*)(reader&);

/// The function of an operator; null where strata-convert does not read it.
operator_function function_of(const std::string& type);
/// The same of the domain ai.onnx.ml.
operator_function learning_function_of(const std::string& type);

/// Computes the node where all of its inputs are constants, or where it asks for a shape; false where it does not.
bool fold_constants(reader& r);

// activations.cpp
void read_activation(reader& r);
void read_softmax(reader& r);
// functions.cpp
void read_function(reader& r);
void read_clip(reader& r);
// arithmetic.cpp
void read_arithmetic(reader& r);
void read_negation(reader& r);
// convolutions.cpp
void read_conv(reader& r);
void read_transposed_conv(reader& r);
// dense.cpp
void read_gemm(reader& r);
void read_matmul(reader& r);
// local_response.cpp
void read_lrn(reader& r);
// normalizations.cpp
void read_batch_normalization(reader& r);
void read_layer_normalization(reader& r);
void read_group_normalization(reader& r);
void read_prelu(reader& r);
// paddings.cpp
void read_pad(reader& r);
// poolings.cpp
void read_pool(reader& r);
void read_global_pool(reader& r);
// recurrent.cpp
void read_recurrent(reader& r);
void refuse_loop(reader& r);
// loops.cpp
void read_loop(reader& r);
void read_reversal(reader& r);
// repeats.cpp
void read_tile(reader& r);
void read_expand(reader& r);
void read_resize(reader& r);
// slices.cpp
void read_concat(reader& r);
void read_slice(reader& r);
void read_split(reader& r);
void read_gather(reader& r);
void read_equal(reader& r);
void read_one_hot(reader& r);
void read_reduction(reader& r);
// shapes.cpp
void read_constant(reader& r);
void read_identity(reader& r);
void read_reshape(reader& r);
void read_flatten(reader& r);
void read_squeeze(reader& r);
void read_cast(reader& r);
/// The value without axis `at` of its file shape, whose extent is 1; a vector stays one.
value without_axis(reader& r, const value& in, std::size_t at);
void read_transpose(reader& r);

}  // namespace convert::onnx_import
