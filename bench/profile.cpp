// profile: prints the steps of the Keras guide's net, of a training step of a smaller one and of Xception, as tables of
// docs/performance.md. usage: profile [--threads N] [NET...]; nets are guide, training, xception
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <strata/applications/xception.hpp>
#include <strata/inspect.hpp>
#include <strata/strata.hpp>

#include "nets.hpp"
#include "settings.hpp"

namespace {

using namespace strata;
using nets::cnn, nets::guide, nets::random_values;

void print(const Profile& profile) {
    std::printf("%.3f ms, %.1f GFLOP/s, peak %.1f\n\n%s\n", profile.seconds() * 1e3,
                profile.flops() / profile.seconds() * 1e-9, profile.peak() * 1e-9, profile.to_markdown().c_str());
    std::fflush(stdout);
}
template <class Model>
void print_inference(const Model& model, const settings& options) {
    const auto x = random_values(Model::input_shape().size(), -1.0, 1.0, 1);
    print(profile(model, x, {.threads = options.threads}));
}

}  // namespace

int main(int count, char** arguments) {
    const settings options = parse(count, arguments, 0.3);
    if (options.wants("guide")) print_inference(guide.build(), options);
    if (options.wants("training")) {
        auto model = cnn.build();
        Dataset<float, shape{28, 28, 1}, int> data;
        for (int i = 0; i < 32; ++i)
            data.push_back(random_values(28 * 28, 0.0, 1.0, static_cast<std::uint64_t>(i)), i % 10);
        print(profile(compile(model, Adam{}, SparseCategoricalCrossentropy{}), data, {.threads = options.threads}));
    }
    if (options.wants("xception")) print_inference(optimize(applications::Xception<>{}).build(), options);
}
