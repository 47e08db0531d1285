// "Specifying the input shape in advance": when weights come to be, and how to have them from the start.
#include <cstddef>
#include <cstdio>
#include <string>

#include <strata/strata.hpp>

#include "../check.hpp"

using namespace strata;

// [deferred]
// Nobody knows yet how many features come in, so that neither the layer nor the net has weights.
constexpr auto dense = Dense<3>{};
static_assert(!dense.is_built() && dense.weights().size() == 0);

constexpr auto deferred = Sequential{Dense<2, ReLU>{}, Dense<3, ReLU>{}, Dense<4>{}};
static_assert(!deferred.is_built());  // deferred.summary() would be refused
// [/deferred]

// [stated]
constexpr auto stated = Sequential{Input<4>{}, Dense<2, ReLU>{}};
static_assert(stated.is_built() && stated.size() == 1);  // Input is no layer
static_assert(stated.weights().size() == 2 && stated.weights()[0].name == "dense/kernel");
static_assert(stated.output_shape() == shape{2} && stated.parameter_count() == 4 * 2 + 2);

constexpr auto stated_by_its_layer = Sequential{Dense<2, ReLU, input_shape<4>>{}};
static_assert(stated_by_its_layer.summary() == stated.summary());
// [/stated]

int main() {
    const auto built = dense.build_for(ones<1, 4>());
    example::check(built.weights().size() == 2 && built.weights()[0].shape() == shape{4, 3} &&
                       built.weights()[1].shape() == shape{3},
                   "a layer that sees a batch has a kernel and a bias");

    // [build_for]
    const auto model = deferred.build_for(ones<1, 4>());
    for (const auto& weight : model.weights())
        std::printf("%-14s %s\n", std::string(weight.name()).c_str(), to_text(weight.shape()).str().c_str());
    std::printf("%s", model.summary().str().c_str());
    // [/build_for]
    std::size_t values = 0;
    for (const auto& weight : model.weights()) values += weight.size();
    example::check(model.weights().size() == 6 && values == model.parameter_count() && values == 10 + 9 + 16,
                   "a net that is built for a batch has all its weights");
    example::check(model.summary().view().find("(1, 4)") != std::string::npos,
                   "its summary shows the batch it was built for");
    example::check(stated.summary().view().find("(None, 2)") != std::string::npos,
                   "a stated shape leaves the batch open");

    std::printf("%s", stated.summary().str().c_str());
    return example::exit_code();
}
