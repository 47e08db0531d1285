// Where functions bend: derivatives that are Keras' on jax, and those that docs/training.md lists as other ones.
#include <cstddef>
#include <string>
#include <vector>

#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/pooling/pooling_backward.hpp>
#include <strata/train/losses.hpp>
#include <strata/train/metrics.hpp>
#include <strata/train/optimizer_kernels.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

template <class Function>
float derivative(float x) {
    return Function::derivative(Function::derives_from_output ? Function::apply(x) : x);
}

template <class Loss>
std::vector<float> gradient(const Loss& loss, const std::vector<float>& y, const std::vector<float>& target) {
    std::vector<float> dy(y.size());
    loss(1, y.size(), y.data(), target.data(), 1.0f, dy.data());
    return dy;
}

}  // namespace

TEST_CASE("activations have Keras' derivative where they bend") {
    CHECK(derivative<kernels::relu>(0.0f) == 0.0f);
    CHECK(derivative<kernels::leaky_relu<0.3>>(0.0f) == 1.0f);
    CHECK(derivative<kernels::leaky_relu<0.3>>(-0.0f) == 1.0f);
    CHECK(derivative<kernels::leaky_relu<0.3>>(-1.0f) == 0.3f);
    CHECK(derivative<kernels::leaky_relu<0.0>>(0.0f) == 1.0f);
    CHECK(derivative<kernels::leaky_relu<0.0>>(-1.0f) == 0.0f);
    CHECK(derivative<kernels::leaky_relu<-0.5>>(-1.0f) == -0.5f);
    CHECK(derivative<kernels::elu>(0.0f) == 1.0f);
    CHECK(derivative<kernels::selu>(0.0f) == Approx(1.7580993f));
}

TEST_CASE("the maximum of a whole map shares its gradient among equal cells, that of a window gives it to the first") {
    // Two channels of four cells; the maximum 3 stands twice in the first, 5 once in the second.
    const float x[] = {3, 1, 2, 5, 3, 2, 1, 0}, y[] = {3, 5}, dy[] = {2, 7};
    float dx[8];
    kernels::global_pooling_gradient<kernels::to_all_maxima, 4, 2>(x, y, dy, dx);
    CHECK(std::vector<float>(dx, dx + 8) == std::vector<float>{1, 0, 0, 7, 1, 0, 0, 0});
    kernels::global_pooling_gradient<kernels::to_first_maximum, 4, 2>(x, y, dy, dx);
    CHECK(std::vector<float>(dx, dx + 8) == std::vector<float>{2, 0, 0, 7, 0, 0, 0, 0});
}

TEST_CASE("an absolute error has the derivative 0 where the output is the target, an L1 penalty at 0") {
    CHECK(gradient(MeanAbsoluteError{}, {1, 3}, {1, 2}) == std::vector<float>{0.0f, 0.5f});
    CHECK(gradient(MeanAbsolutePercentageError{}, {1, 3}, {1, 2}) == std::vector<float>{0.0f, 25.0f});
    const float w[] = {0.0f, 2.0f, -2.0f};
    float g[] = {0.0f, 0.0f, 0.0f};
    add_penalty_gradient(regularizer{.l1 = 0.25}, 3, w, g);
    CHECK(std::vector<float>(g, g + 3) == std::vector<float>{0.0f, 0.25f, -0.25f});
}

TEST_CASE("a vector of zeros has no direction: its cosine similarity is 0, and so is its gradient") {
    const std::vector<float> zeros(3), target{1, 2, 3};
    CHECK(gradient(CosineSimilarity{}, zeros, target) == zeros);
    CHECK(gradient(CosineSimilarity{}, target, zeros) == zeros);
}

TEST_CASE("as metrics CosineSimilarity rises and Huber is named huber_loss") {
    auto cosine = as_metric<target_kind::values>(CosineSimilarity{});
    const float y[] = {1, 2}, target[] = {2, 4};
    cosine.update(1, 2, y, target, 1.0);
    CHECK(cosine.result() == Approx(1.0));
    CHECK(std::string(cosine.name) == "cosine_similarity");
    CHECK(std::string(as_metric<target_kind::values>(Huber{}).name) == "huber_loss");
}
