// A program of somebody who uses strata: a net, and a weight file where a library for one is there.
#include <cstdio>

#include <strata/strata.hpp>

using namespace strata;

int main() {
    constexpr auto net = Sequential{Input<2>{}, Dense<3, ReLU>{}, Dense<1>{}};
    auto model = net.build({.seed = 1});
#if defined(STRATA_WITH_HDF5)
    model.save_weights("model.weights.h5");
    model.load_weights("model.weights.h5");
#endif
#if defined(STRATA_WITH_LIBZIP)
    model.save_weights("model.npz");
    model.load_weights("model.npz");
#endif
    std::printf("%zu weights, %g\n", net.parameter_count(), double(model(ones<1, 2>())(0, 0)));
}
