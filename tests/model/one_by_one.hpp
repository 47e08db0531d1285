// The outputs of samples, inferred one by one. model.predict makes the compiler build a net for tiles of samples too,
// which samples that fill no tile do not reach.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

template <class Model>
auto outputs_of(const Model& model, const std::vector<typename Model::value_type>& x) {
    constexpr std::size_t in = Model::input_shape().size(), out = Model::output_shape().size();
    std::vector<typename Model::value_type> y(x.size() / in * out);
    auto workspace = model.workspace();
    for (std::size_t n = 0; n < x.size() / in; ++n)
        model.infer(std::span(x).subspan(n * in, in), std::span(y).subspan(n * out, out), workspace);
    return y;
}
