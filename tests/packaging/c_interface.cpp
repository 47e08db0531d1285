// What C++ computes with the net of examples/c_interface, to compare with. Writes its weights, in a file and as an
// array. usage: c_interface WEIGHTS
#include <cstdio>
#include <vector>

#include <strata/io/weights.hpp>

#include "../../examples/c_interface/net.hpp"

int main(int, char** arguments) {
    auto model = meter::net.build({.seed = 9});
    model.save_weights(arguments[1]);
    std::vector<float> x(meter::net.input_shape().size()), y(meter::net.output_shape().size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 8) / 8.0f - 0.5f;
    auto workspace = model.workspace();
    model.infer(x, y, workspace);
    for (const float value : y) std::printf("%.9g\n", static_cast<double>(value));
}
