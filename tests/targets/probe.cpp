// Prints named values that a few nets compute, for compare.py: the same program on another target must give the same
// values but for rounding. The weights and inputs come from a generator of integers, so they are equal everywhere.
// -DSTRATA_PROBE_TRAIN=0 leaves training out and needs infer.hpp alone; -DSTRATA_PROBE_DOUBLE=0 leaves double out.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

#if !defined(STRATA_PROBE_TRAIN)
#define STRATA_PROBE_TRAIN 1
#endif
#if !defined(STRATA_PROBE_DOUBLE)
#define STRATA_PROBE_DOUBLE 1
#endif
#if STRATA_PROBE_TRAIN
#include <strata/strata.hpp>
#else
#include <strata/infer.hpp>
#endif

namespace {

using namespace strata;

/// A linear congruential generator (Numerical Recipes, 7.1); `next` is uniform in [-scale, scale), a multiple of
/// scale / 2^23.
struct generator {
    std::uint32_t state;

    template <class T>
    T next(T scale) {
        state = state * 1664525u + 1013904223u;
        return scale * (static_cast<T>(state >> 8) / T(8388608) - T(1));
    }
};

/// What is printed of a list of numbers. Doubles, added in the order of the list.
struct summary {
    unsigned count = 0;
    double first = 0, last = 0, sum = 0, weighted = 0, magnitude = 0;

    void add(double value) {
        if (count == 0) first = value;
        last = value;
        sum += value;
        weighted += value * ++count;
        magnitude += std::fabs(value);
    }
    /// Differences of sums are relative to the sum of magnitudes, so sums are printed divided by it.
    void print(const char* name) const {
        const double size = magnitude == 0 ? 1 : magnitude;
        std::printf("%s.count %u\n%s.first %.9g\n%s.last %.9g\n", name, count, name, first, name, last);
        std::printf("%s.mean_magnitude %.9g\n%s.sum %.9g\n%s.weighted_sum %.9g\n", name, magnitude / count, name,
                    sum / size, name, weighted / (size * count));
    }
};

constexpr std::size_t largest_weight = 784 * 32;

/// Uniform weights; those of BatchNormalization, whose variances must be positive, with `Positive`.
template <bool Positive = false, class Model, class T>
void fill(Model& model, std::uint32_t seed, T scale) {
    static std::array<T, largest_weight> values;
    generator random{seed};
    for (const auto weight : model.weights()) {
        const std::span<T> part(values.data(), weight.size());
        for (T& value : part) {
            value = random.next(scale);
            if (Positive) value = std::fabs(value) + scale / 4;
        }
        weight.assign(std::span<const T>(part));
    }
}

template <class Model>
void print_outputs(const char* name, const Model& model, int samples) {
    using T = typename Model::value_type;
    static std::array<T, Model::input_shape().size()> x;
    static std::array<T, Model::output_shape().size()> y;
    auto workspace = model.workspace();
    generator random{77};
    summary all;
    for (int sample = 0; sample < samples; ++sample) {
        for (T& value : x) value = random.next(T(1));
        model.infer(std::span<const T, Model::input_shape().size()>(x), std::span<T, Model::output_shape().size()>(y),
                    workspace);
        for (const T value : y) all.add(static_cast<double>(value));
    }
    all.print(name);
}

template <class Model>
void print_stream(const char* name, const Model& model, int steps) {
    auto stream = model.stream();
    generator random{5};
    summary all;
    for (int step = 0; step < steps; ++step) {
        const std::array<float, 1> x{random.next(1.0f)};
        std::array<float, 1> y{};
        stream.step(x, y);
        all.add(static_cast<double>(y[0]));
    }
    all.print(name);
}

constexpr auto dense = Sequential{Input<784>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<10, Softmax>{}};
constexpr auto convolutions = Sequential{Input<22, 22, 3>{},
                                         Conv2D<16, 5, strides<2>, ReLU>{},
                                         Conv2D<16, 3, padding::same, ReLU>{},
                                         MaxPooling2D<2>{},
                                         DepthwiseConv2D<3, padding::same>{},
                                         Conv2D<24, 1, LeakyReLU<>>{},
                                         AveragePooling2D<2>{},
                                         Flatten<>{},
                                         Dense<10, Softmax>{}};
constexpr auto lstm = Sequential{Input<64, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}};
constexpr auto gru = Sequential{Input<64, 1>{}, GRU<9, return_sequences>{}, Dense<1>{}};
constexpr auto sequence = Sequential{Input<20, 3>{}, Bidirectional<LSTM<7>>{}, Dense<2>{}};
constexpr auto batch_normalization =
    Sequential{Input<12, 12, 3>{},
               ZeroPadding2D<1>{},
               Conv2D<16, 3, no_bias>{},
               BatchNormalization<>{},
               ReLU{},
               Residual{SeparableConv2D<16, 3, padding::same, no_bias>{}, BatchNormalization<>{}, ReLU{}},
               GlobalAveragePooling2D<>{},
               Dense<10>{},
               Softmax{}};
constexpr auto activations = Sequential{Input<19>{},          Dense<21, Tanh>{},     Dense<23, GELU>{},
                                        Dense<17, ELU>{},     Dense<13, Softplus>{}, LayerNormalization<>{},
                                        Dense<11, Sigmoid>{}, Dense<7, Mish>{},      Dense<5, SiLU>{}};

void print_inference() {
    {
        auto model = dense.build();
        fill(model, 1, 0.4f);
        print_outputs("dense", model, 8);
    }
    {
        auto model = convolutions.build();
        fill(model, 2, 0.3f);
        print_outputs("convolutions", model, 3);
    }
    {
        auto model = lstm.build();
        fill(model, 3, 0.5f);
        print_outputs("lstm", model, 2);
        print_stream("lstm_stream", model, 1000);
    }
    {
        auto model = gru.build();
        fill(model, 4, 0.5f);
        print_stream("gru_stream", model, 1000);
    }
    {
        auto model = sequence.build();
        fill(model, 5, 0.5f);
        print_outputs("bidirectional", model, 5);
    }
    {
        auto model = batch_normalization.build();
        fill<true>(model, 6, 0.3f);
        print_outputs("batch_normalization", model, 3);
        print_outputs("optimized", optimize(model), 3);
    }
    {
        auto model = activations.build();
        fill(model, 7, 0.5f);
        print_outputs("activations", model, 10);
    }
#if STRATA_PROBE_DOUBLE
    {
        auto model = activations.build<double>();
        fill(model, 8, 0.5);
        print_outputs("activations_double", model, 10);
    }
#endif
}

#if STRATA_PROBE_TRAIN
constexpr auto trained = Sequential{Input<8, 8, 1>{},
                                    Conv2D<8, 3, padding::same, ReLU>{},
                                    BatchNormalization<>{},
                                    MaxPooling2D<2>{},
                                    Flatten<>{},
                                    Dense<16, Tanh>{},
                                    Dense<3>{}};

void print_training() {
    auto model = trained.build();  // initialized from seed 0
    Dataset<float, shape{8, 8, 1}, int> data;
    generator random{8};
    for (int sample = 0; sample < 64; ++sample) {
        std::array<float, 64> x{};
        for (float& value : x) value = random.next(1.0f) + static_cast<float>(sample % 3) * 0.2f;
        data.push_back(x, sample % 3);
    }
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, SparseCategoricalCrossentropy{.from_logits = true},
                           SparseCategoricalAccuracy{});
    const History history = trainer.fit(data, {.batch_size = 16, .epochs = 5, .seed = 1, .threads = 1, .verbose = 0});
    summary losses, weights;
    for (const double loss : history["loss"]) losses.add(loss);
    losses.print("losses");
    for (const auto weight : model.weights())
        for (const float value : weight.to_vector()) weights.add(static_cast<double>(value));
    weights.print("trained_weights");
    print_outputs("trained", model, 3);
}
#endif

}  // namespace

int main() {
    // Not compared: a comment. Scripts search it for the instruction set that they mean to test.
    std::printf("# isa %s lanes %u\n", STRATA_TEXT(STRATA_ISA), static_cast<unsigned>(kernels::lanes<float>));
    print_inference();
#if STRATA_PROBE_TRAIN
    print_training();
#endif
}
