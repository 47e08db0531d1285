// Inference inside static_assert: a net over constants is a constant, and so is what it computes.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include <strata/infer.hpp>

#include "../check.hpp"

namespace {

using namespace strata;

// [constant]
// Exclusive or: the hidden units count the ones, and whether both are; each weight in Keras' order, kernel before bias.
constexpr auto exclusive_or = Sequential{Input<2>{}, Dense<2, ReLU>{}, Dense<1>{}}.bind(std::array{
    1.0f, 1.0f, 1.0f, 1.0f,  // dense/kernel: (2, 2)
    0.0f, -1.0f,             // dense/bias
    1.0f, -2.0f,             // dense_1/kernel: (2, 1)
    0.0f,                    // dense_1/bias
});
static_assert(exclusive_or(Tensor<float, 1, 2>(std::array{0.0f, 0.0f}))(0, 0) == 0.0f);
static_assert(exclusive_or(Tensor<float, 1, 2>(std::array{0.0f, 1.0f}))(0, 0) == 1.0f);
static_assert(exclusive_or(Tensor<float, 1, 2>(std::array{1.0f, 0.0f}))(0, 0) == 1.0f);
static_assert(exclusive_or(Tensor<float, 1, 2>(std::array{1.0f, 1.0f}))(0, 0) == 0.0f);
// [/constant]

// [table]
// A net small enough may leave nothing of itself in the program but its answers: here 33 of them, from -4 to 4.
constexpr auto curve = Sequential{Input<1>{}, Dense<3, Tanh>{}, Dense<1, Sigmoid>{}}.bind(
    std::array{0.7f, -1.1f, 0.4f, 0.1f, 0.2f, -0.3f, 1.5f, -0.8f, 0.9f, 0.05f});
constexpr std::array answers = [] {
    Tensor<float, 33, 1> x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) / 4.0f - 4.0f;
    const auto y = curve(x);
    std::array<float, 33> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = y[i];
    return table;
}();
static_assert(answers.front() < 0.1f && answers.back() > 0.9f);
// [/table]

/// The largest distance between the table and what the kernels give when the program runs.
float distance_at_run_time() {
    float worst = 0.0f;
    auto workspace = curve.workspace();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const std::array x{static_cast<float>(i) / 4.0f - 4.0f};
        std::array<float, 1> y{};
        curve.infer(x, y, workspace);
        worst = std::fmax(worst, std::fabs(y[0] - answers[i]));
    }
    return worst;
}

}  // namespace

int main() {
    for (std::size_t i = 0; i < answers.size(); i += 4)
        std::printf("curve(%4.1f) = %.6f, computed by the compiler\n", static_cast<double>(i) / 4.0 - 4.0,
                    static_cast<double>(answers[i]));
    example::check(distance_at_run_time() <= 1e-6f, "what the compiler computed is what the program computes");
    return example::exit_code();
}
