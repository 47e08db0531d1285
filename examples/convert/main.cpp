// A program around a converted net: its build turns amp.json, a file of RTNeural, into amp.hpp.
#include <array>
#include <cmath>
#include <cstdio>

#include "amp.hpp"

constexpr auto model = amp::model();  // the weights are constants

int main() {
    auto stream = model.stream();
    std::array<float, 100> in{}, out{};
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = std::sin(0.1f * static_cast<float>(i));
    stream.process(in, out, in.size());
    std::printf("%zu weights, last output %.4f\n", amp::Net::parameter_count(), static_cast<double>(out.back()));
    // By the formulas of RTNeural's layers, in double.
    return std::fabs(out.back() - 0.58114977f) < 1e-5f ? 0 : 1;
}
