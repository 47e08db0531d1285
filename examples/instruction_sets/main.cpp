// One program for every x86-64 processor: it carries a net for four levels and picks at start by what the processor
// has. usage: instruction_sets [v1|v2|v3|v4]     without an argument, the highest level that this processor has
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include <strata/core/processor.hpp>

#include "../check.hpp"
#include "classifier.hpp"

namespace {

// [levels]
struct level {
    const char* name;
    strata::cpu_level needs;
    std::unique_ptr<classifier> (*make)(std::span<const float>);
};
constexpr std::array levels{
    level{"v1", strata::cpu_level::v1, make_classifier_v1}, level{"v2", strata::cpu_level::v2, make_classifier_v2},
    level{"v3", strata::cpu_level::v3, make_classifier_v3}, level{"v4", strata::cpu_level::v4, make_classifier_v4}};

/// The net for the highest level that this processor has.
std::unique_ptr<classifier> best_classifier(std::span<const float> weights) {
    const level* best = &levels.front();
    for (const level& each : levels)
        if (strata::cpu_supports(each.needs)) best = &each;
    return best->make(weights);
}
// [/levels]

constexpr std::size_t weight_count = 9 * 16 + 16 + 144 * 32 + 32 + 32 * 10 + 10;

std::array<float, 10> answer(classifier& net) {
    std::array<float, 64> in{};
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = std::sin(0.7f * static_cast<float>(i));
    std::array<float, 10> out{};
    net.infer(in, out);
    return out;
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<float> weights(weight_count);  // a product has them in its flash or in a file
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.3f * std::sin(1.3f * static_cast<float>(i));

    std::unique_ptr<classifier> net;
    if (count > 1) {
        for (const level& each : levels)
            if (std::strcmp(each.name, arguments[1]) == 0 && strata::cpu_supports(each.needs)) net = each.make(weights);
        if (!net) {
            std::fprintf(stderr, "instruction_sets: this processor has no level %s\n", arguments[1]);
            return 2;
        }
    } else {
        net = best_classifier(weights);
    }
    const std::array<float, 10> y = answer(*net);
    std::printf("%s:", net->instruction_set());
    for (const float each : y) std::printf(" %.4f", static_cast<double>(each));
    std::printf("\n");

    float worst = 0.0f;
    for (const level& each : levels) {
        if (!strata::cpu_supports(each.needs)) continue;
        const std::array<float, 10> other = answer(*each.make(weights));
        for (std::size_t i = 0; i < y.size(); ++i) worst = std::max(worst, std::fabs(other[i] - y[i]));
    }
    example::check(worst <= 1e-6f, "all levels that this processor has give the same answer");
    example::check(y[0] > 0.0f && y[0] < 1.0f, "the answer is a probability");
    return example::exit_code();
}
