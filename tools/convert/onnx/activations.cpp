// Activations of ONNX.
#include <cmath>
#include <map>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

void read_activation(reader& r) {
    const std::string& type = r.op().op_type();
    static const std::map<std::string, std::string> plain{
        {"Relu", "ReLU"},         {"Sigmoid", "Sigmoid"}, {"Tanh", "Tanh"},          {"Softplus", "Softplus"},
        {"Softsign", "Softsign"}, {"Exp", "Exponential"}, {"HardSwish", "HardSiLU"}, {"Mish", "Mish"}};
    const auto is_near = [](double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); };
    std::string function;
    if (const auto found = plain.find(type); found != plain.end()) function = found->second;
    else if (type == "LeakyRelu") function = "LeakyReLU<" + number_text(r.real("alpha", 0.01f)) + ">";
    else if (type == "Elu" && r.real("alpha", 1.0) == 1.0) function = "ELU";
    else if (type == "Selu" && is_near(r.real("alpha", 1.67326319217681884765625), 1.6732632) &&
             is_near(r.real("gamma", 1.05070102214813232421875), 1.050701))
        function = "SELU";
    else if (type == "HardSigmoid" && is_near(r.real("alpha", 0.2), 1.0 / 6) && r.real("beta", 0.5) == 0.5)
        function = "HardSigmoid";
    else if (type == "Gelu") {
        const std::string how = r.text("approximate", "none");
        if (how != "none" && how != "tanh") throw problem("has approximate=" + printable(how));
        function = how == "none" ? "GELU" : "GELUTanh";
    } else if (type == "Clip") {
        const constant *low = r.constant_input(1), *high = r.constant_input(2);
        if (low != nullptr && high != nullptr && low->values == std::vector<double>{0.0} &&
            high->values == std::vector<double>{6.0})
            function = "ReLU6";
    }
    if (function.empty())
        throw problem(
            "has attributes that strata's activation lacks; docs/convert.md lists the operators; convert the .keras "
            "file "
            "where there is one");
    const value in = r.any_input(0);
    r.give(r.like(in, r.add(activation{function}, {in.number})));
}

void read_softmax(reader& r) {
    value in = r.input(0);
    const std::int64_t axis = r.integer("axis", -1);
    const auto rank = static_cast<std::int64_t>(in.order.size());
    if (axis == -1 || axis == rank) in = r.in_file_order(in);
    r.require_last(in, axis);
    r.give({r.add(activation{r.op().op_type()}, {in.number}), in.order});
}

}  // namespace convert::onnx_import
