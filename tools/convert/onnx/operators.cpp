// The table of operators.
#include "operators.hpp"

#include <map>

namespace convert::onnx_import {

operator_function function_of(const std::string& type) {
    static const std::map<std::string, operator_function> table{
        {"Abs", read_function},
        {"Add", read_arithmetic},
        {"AveragePool", read_pool},
        {"BatchNormalization", read_batch_normalization},
        {"Cast", read_cast},
        {"Clip", read_activation},
        {"Concat", read_concat},
        {"Constant", read_constant},
        {"Conv", read_conv},
        {"ConvTranspose", read_transposed_conv},
        {"Div", read_arithmetic},
        {"Dropout", read_identity},
        {"Elu", read_activation},
        {"Exp", read_activation},
        {"Expand", read_expand},
        {"Flatten", read_flatten},
        {"Gelu", read_activation},
        {"Gemm", read_gemm},
        {"GlobalAveragePool", read_global_pool},
        {"GlobalMaxPool", read_global_pool},
        {"HardSigmoid", read_activation},
        {"HardSwish", read_activation},
        {"Identity", read_identity},
        {"LRN", read_lrn},
        {"LeakyRelu", read_activation},
        {"Log", read_function},
        {"LogSoftmax", read_softmax},
        {"MatMul", read_matmul},
        {"Max", read_arithmetic},
        {"MaxPool", read_pool},
        {"Min", read_arithmetic},
        {"Mish", read_activation},
        {"Mul", read_arithmetic},
        {"Neg", read_negation},
        {"PRelu", read_prelu},
        {"Pad", read_pad},
        {"Pow", read_power},
        {"Reciprocal", read_function},
        {"Relu", read_activation},
        {"Reshape", read_reshape},
        {"Selu", read_activation},
        {"Sigmoid", read_activation},
        {"Slice", read_slice},
        {"Softmax", read_softmax},
        {"Softplus", read_activation},
        {"Softsign", read_activation},
        {"Split", read_split},
        {"Sqrt", read_function},
        {"Squeeze", read_squeeze},
        {"Sub", read_arithmetic},
        {"Sum", read_arithmetic},
        {"Tanh", read_activation},
        {"Transpose", read_transpose},
        {"Unsqueeze", read_squeeze},
    };
    const auto found = table.find(type);
    return found == table.end() ? nullptr : found->second;
}

}  // namespace convert::onnx_import
