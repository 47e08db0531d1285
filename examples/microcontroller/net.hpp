// net: the classifier of digits, its weights constants in flash.
#pragma once

#include <strata/infer.hpp>

#include "weights.hpp"  // made by make_headers.py

namespace digits {

// [net]
using namespace strata;

constexpr auto net =
    Sequential{Input<784>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<10, Softmax>{}};

// A constant over constants: the linker puts it into flash.
constexpr auto model = net.bind(weights);
// [/net]

}  // namespace digits
