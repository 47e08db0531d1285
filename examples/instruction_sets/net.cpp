// The net. Compiled once a level, with -march=x86-64-vN and -DLEVEL=vN.
#include <algorithm>
#include <memory>
#include <span>

#include <strata/infer.hpp>

#include "classifier.hpp"

namespace {

using namespace strata;

using net =
    Sequential<Input<8, 8, 1>, Conv2D<16, 3, ReLU>, MaxPooling2D<2>, Flatten<>, Dense<32, Tanh>, Dense<10, Softmax>>;

#define STRINGIZE(x) #x
#define LEVEL_NAME(x) STRINGIZE(x)
#define CONCATENATE(a, b) a##b
#define FUNCTION(level) CONCATENATE(make_classifier_, level)

// An unnamed namespace: a class of this name exists once a level.
class classifier_of_level final : public classifier {
public:
    explicit classifier_of_level(std::span<const float> weights) {
        for (const auto weight : model_.weights()) {
            weight.assign(weights.first(weight.size()));
            weights = weights.subspan(weight.size());
        }
    }
    const char* instruction_set() const override { return "x86-64-" LEVEL_NAME(LEVEL); }
    void infer(std::span<const float, 64> in, std::span<float, 10> out) noexcept override {
        model_.infer(in, out, workspace_);
    }

private:
    Model<net> model_;
    Workspace<net> workspace_;
};

}  // namespace

std::unique_ptr<classifier> FUNCTION(LEVEL)(std::span<const float> weights) {
    return std::make_unique<classifier_of_level>(weights);
}
