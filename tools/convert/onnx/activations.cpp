// Activations of ONNX that strata has too.
#include <map>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

void read_activation(reader& r) {
    const std::string& type = r.op().op_type();
    static const std::map<std::string, std::string> plain{
        {"Relu", "ReLU"},         {"Sigmoid", "Sigmoid"}, {"Tanh", "Tanh"},          {"Softplus", "Softplus"},
        {"Softsign", "Softsign"}, {"Exp", "Exponential"}, {"HardSwish", "HardSiLU"}, {"Mish", "Mish"}};
    const value in = r.any_input(0);
    std::string function;
    if (const auto found = plain.find(type); found != plain.end()) {
        function = found->second;
    } else if (type == "LeakyRelu") {
        function = "LeakyReLU<" + number_text(r.real("alpha", 0.01f)) + ">";
    } else if (type == "Swish") {
        if (r.real("alpha", 1.0) != 1.0) throw problem("has an alpha other than 1");
        function = "SiLU";
    } else {  // Gelu
        const std::string method = r.text("approximate", "none");
        if (method != "none" && method != "tanh") throw problem("has approximate=" + printable(method));
        function = method == "none" ? "GELU" : "GELUTanh";
    }
    r.give(r.like(in, r.add(activation{function}, {in.number})));
}

void read_softmax(reader& r) {
    value in = r.any_input(0);
    const std::int64_t axis = r.integer("axis", -1);
    if (in.merged != 0 && axis != -1 && axis != 1) throw problem("its input has the batch merged with steps");
    const std::size_t at = in.merged != 0 ? in.order.size() - 1 : r.sample_axis(in, axis);
    if (in.order[at] + 1 != in.order.size()) {  // the axis becomes the last one
        std::vector<std::size_t> order = in.order;
        for (std::size_t& each : order)
            if (each > in.order[at]) --each;
        order[at] = order.size() - 1;
        in = r.with_order(in, order);
    }
    r.give(r.like(in, r.add(activation{r.op().op_type()}, {in.number})));
}

}  // namespace convert::onnx_import
