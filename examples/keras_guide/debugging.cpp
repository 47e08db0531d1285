// "A common debugging workflow: add() + summary()": look at the shapes while a net for images grows.
#include <cmath>
#include <cstdio>

#include <strata/strata.hpp>

#include "../check.hpp"

using namespace strata;

// [debugging]
// Two convolutions and a pooling: how large is what comes out? The compiler knows.
constexpr auto begun = Sequential{Input<250, 250, 3>{}}
                           .add(Conv2D<32, 5, strides<2>, ReLU>{})
                           .add(Conv2D<32, 3, ReLU>{})
                           .add(MaxPooling2D<3>{});
static_assert(begun.output_shape() == shape{40, 40, 32});

// 40x40 is still much: twice more of the same.
constexpr auto deeper = begun.add(Conv2D<32, 3, ReLU>{})
                            .add(Conv2D<32, 3, ReLU>{})
                            .add(MaxPooling2D<3>{})
                            .add(Conv2D<32, 3, ReLU>{})
                            .add(Conv2D<32, 3, ReLU>{})
                            .add(MaxPooling2D<2>{});
static_assert(deeper.output_shape() == shape{4, 4, 32});

// 4x4 is small enough for a global pooling, and that for the classifier.
constexpr auto classifier = deeper.add(GlobalMaxPooling2D<>{}).add(Dense<10>{});
static_assert(classifier.output_shape() == shape{10});
static_assert(classifier.parameter_count() == 49'002);
// [/debugging]

int main() {
    std::printf("%s\n%s\n%s\n", begun.summary().str().c_str(), deeper.summary().str().c_str(),
                classifier.summary().str().c_str());
    std::printf("%zu floating-point operations, %zu bytes of arena\n", classifier.flops(), classifier.arena_bytes());

    // "What to do once you have a model": here, ask it.
    const auto model = classifier.build({.seed = 3});
    const Tensor<float, 1, 10> y = model(ones<1, 250, 250, 3>());
    bool finite = true, equal = true;
    for (const float value : y) {
        finite = finite && std::isfinite(value);
        equal = equal && value == y[0];
    }
    example::check(finite && !equal, "the net answers with ten different numbers");
    example::check(model.summary() == classifier.summary(), "a model prints the summary of its net");
    return example::exit_code();
}
