// A step of training allocates nothing: the program counts every allocation between two steps. Exit code 0 where there
// is none.
#include <cstddef>
#include <cstdio>
#include <functional>
#include <vector>

#include <strata/strata.hpp>

#include "../counting_new.hpp"

namespace {

using namespace strata;

/// Counts what is allocated from the end of one step to the end of the next.
struct step_counter {
    std::size_t last = 0, steps = 0, allocated = 0;

    void on_batch_end(training_control&, std::size_t batch, const Scores&) {
        if (batch > 0) {
            allocated += allocations - last;
            ++steps;
        }
        last = allocations;
    }
};

/// Whether three epochs of a net, with a last batch of less, allocate between no two steps.
template <class Net>
bool allocates_nothing(Net net) {
    auto model = net.build();
    Dataset<float, shape{12, 12, 2}, int> data;
    std::vector<float> x(288);
    for (int i = 0; i < 100; ++i) {
        for (std::size_t p = 0; p < x.size(); ++p)
            x[p] = static_cast<float>((p * 7 + static_cast<std::size_t>(i) * 13) % 17) / 17.0f;
        data.push_back(x, i % 4);
    }
    step_counter counter;
    auto trainer = compile(model, Adam{.global_clipnorm = 1.0, .use_ema = true}, SparseCategoricalCrossentropy{},
                           Accuracy{}, SparseTopKCategoricalAccuracy{.k = 2});
    trainer.fit(data, {.batch_size = 8, .epochs = 3, .callbacks = {std::ref(counter)}, .threads = 2, .verbose = 0});
    std::printf("%zu allocations in %zu steps\n", counter.allocated, counter.steps);
    return counter.steps == 36 && counter.allocated == 0 && allocations > 0;
}

}  // namespace

int main() {
    const bool chain = allocates_nothing(Sequential{Input<12, 12, 2>{}, Conv2D<8, 3, padding::same, GELU>{},
                                                    MaxPooling2D<2>{}, Dropout<0.2>{}, Conv2D<5, 3, strides<2>>{},
                                                    ReLU{}, Flatten<>{}, Dense<4, Softmax>{}});
    const bool whole_batches = allocates_nothing(Sequential{
        Input<12, 12, 2>{}, Conv2D<8, 3, strides<2>, no_bias>{}, BatchNormalization<>{}, ReLU{},
        Residual<Conv2D<8, 3, padding::same, no_bias>, BatchNormalization<>>{}, Flatten<>{}, Dense<4, Softmax>{}});
    return chain && whole_batches ? 0 : 1;
}
