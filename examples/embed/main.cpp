// Parts of a product: a model and a workspace as members, inference on spans, one model shared by threads.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <span>
#include <thread>
#include <type_traits>
#include <vector>

#include <strata/infer.hpp>

#include "../check.hpp"

namespace {

using namespace strata;

// [member]
// An effect on blocks of 32 samples. Its memory is known before it runs: budgets are checked by the compiler.
using effect_net = Sequential<Input<32>, Dense<48, Tanh>, Dense<48, Tanh>, Dense<32>>;
static_assert(effect_net::parameter_count() == 5'504);
static_assert(effect_net::arena_bytes() <= 512);
static_assert(effect_net::flops() < 12'000);

class effect {
public:
    static constexpr std::size_t block = effect_net::input_shape().size();

    /// All weights in Keras' order, from flash or from a file of the product.
    explicit effect(std::span<const float, effect_net::parameter_count()> all) {
        std::span<const float> rest = all;
        for (const auto weight : model_.weights()) {
            weight.assign(rest.first(weight.size()));
            rest = rest.subspan(weight.size());
        }
    }

    /// Safe in an audio callback: no allocation, no lock, no exception.
    void process(std::span<const float, block> in, std::span<float, block> out) noexcept {
        model_.infer(in, out, workspace_);
    }

private:
    Model<effect_net> model_;
    Workspace<effect_net> workspace_;
};
// [/member]

/// Weights that only pass a signal on, so that what comes out is the Tanh of its Tanh.
std::vector<float> pass_through() {
    std::vector<float> weights;
    constexpr std::array sizes{32, 48, 48, 32};
    for (std::size_t layer = 0; layer + 1 < sizes.size(); ++layer) {
        for (int row = 0; row < sizes[layer]; ++row)
            for (int column = 0; column < sizes[layer + 1]; ++column) weights.push_back(row == column ? 1.0f : 0.0f);
        weights.insert(weights.end(), static_cast<std::size_t>(sizes[layer + 1]), 0.0f);
    }
    return weights;
}

void a_model_as_a_member() {
    const std::vector<float> weights = pass_through();
    example::check(weights.size() == effect_net::parameter_count(),
                   "parameter_count() says how many weights a net takes");
    effect passes(std::span<const float, effect_net::parameter_count()>(weights.data(), weights.size()));
    std::array<float, effect::block> in{}, out{};
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = 0.9f * std::sin(0.3f * static_cast<float>(i));
    passes.process(in, out);
    float worst = 0.0f;
    for (std::size_t i = 0; i < in.size(); ++i)
        worst = std::fmax(worst, std::fabs(out[i] - std::tanh(std::tanh(in[i]))));
    std::printf("an effect takes %zu bytes, %zu of them its workspace; its %zu weights lie on the heap\n",
                sizeof(effect), sizeof(Workspace<effect_net>), effect_net::parameter_count());
    example::check(worst <= 1e-6f, "a model as a class member computes what its weights say");
}

// [threads]
constexpr auto classifier_net =
    Sequential{Input<16, 16, 1>{}, Conv2D<8, 3, ReLU>{}, MaxPooling2D<2>{}, Flatten<>{}, Dense<4, Softmax>{}};
using classifier = Model<std::remove_const_t<decltype(classifier_net)>>;
constexpr std::size_t image = classifier::input_shape().size(), classes = classifier::output_shape().size();

/// Classifies some of the images: the model is const and shared, the workspace is this thread's own.
void classify(const classifier& model, std::span<const float> images, std::span<float> answers) {
    auto workspace = model.workspace();
    for (std::size_t i = 0; i < answers.size() / classes; ++i)
        model.infer(images.subspan(i * image, image), answers.subspan(i * classes, classes), workspace);
}
// [/threads]

void one_model_for_all_threads() {
    constexpr std::size_t threads = 4, images_each = 50;
    const auto model = classifier_net.build({.seed = 7});
    std::vector<float> images(threads * images_each * image), answers(threads * images_each * classes);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<float>(i * i % 1013));

    std::vector<std::jthread> running;
    for (std::size_t t = 0; t < threads; ++t)
        running.emplace_back(classify, std::cref(model),
                             std::span<const float>(images).subspan(t * images_each * image, images_each * image),
                             std::span<float>(answers).subspan(t * images_each * classes, images_each * classes));
    running.clear();  // joins

    std::vector<float> expected(answers.size());
    classify(model, images, expected);
    example::check(answers == expected, "four threads on one model give what one thread gives, bit for bit");
    example::check(answers[0] != answers[classes], "and different images have different answers");
}

}  // namespace

int main() {
    a_model_as_a_member();
    one_model_for_all_threads();
    return example::exit_code();
}
