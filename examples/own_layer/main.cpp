// A layer of one's own, outside the library: forward, backward, trained, saved and loaded.
// usage: own_layer [OUTPUT_FOLDER]
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string_view>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"

namespace product {

using namespace strata;

// [layer]
/// (..., channels), unchanged: x + sin(a x)^2 / a with a frequency a that is learnt for each channel, so that a net
/// goes on with what is periodic. Weights: frequency (channels). Ziyin et al. 2020.
template <class... Options>
struct Snake : layer<Snake<Options...>, Options...> {
    static constexpr std::string_view type = "Snake";

    static constexpr diagnostic check(const shape& in) {
        if (in.rank() > 0) return {};
        return refuse("at least one axis", to_text(in), "give it rows, such as Dense<10>");
    }
    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back({.name = "frequency",
                                            .extents = shape{in.back()},
                                            .initializer = Constant<0.5>::value,
                                            .layout = weight_layout::plain});
    }

    /// N samples, one behind the other.
    template <shape In, std::size_t N, class Fused, class T>
    static void forward(const T* x, const T* const* weights, T* y, T*) {
        for (std::size_t i = 0; i < N * In.size(); ++i) {
            const T a = weights[0][i % In.back()], wave = std::sin(a * x[i]);
            y[i] = x[i] + wave * wave / a;
        }
    }
    /// The gradient of the input, of this thread's samples: dx = dy (1 + sin(2 a x)).
    template <shape In, class Fused, class T>
    static void backward(const gradient_pass<T>& s) {
        if (s.dx == nullptr) return;  // nothing in front of it learns
        for (std::size_t i = 0; i < s.count * In.size(); ++i)
            s.dx[i] = s.dy[i] * (1 + std::sin(2 * s.weights[0][i % In.back()] * s.x[i]));
    }
    /// This thread's share of the gradient of the weights, over all samples of a tile: its order does not depend on the
    /// number of threads.
    template <shape In, class Fused, class T>
    static void accumulate(const gradient_pass<T>& s, thread_slice part) {
        const item_range mine = part.of(In.back());
        for (std::size_t c = mine.begin; c < mine.end; ++c) {
            const T a = s.weights[0][c];
            T sum = s.first ? T(0) : s.gradients[0][c];
            for (std::size_t i = c; i < s.count * In.size(); i += In.back()) {
                const T wave = std::sin(a * s.x[i]);
                sum += s.dy[i] * (s.x[i] * std::sin(2 * a * s.x[i]) - wave * wave / a) / a;
            }
            s.gradients[0][c] = sum;
        }
    }
};
// [/layer]

// [elementwise]
/// A function of one value needs no layer: Elementwise<Cube>. Vectors have arithmetic as scalars have.
struct Cube {
    constexpr auto operator()(auto x) const { return x * x * x; }
    static constexpr auto derivative(auto x) { return 3 * (x * x); }
};
constexpr auto cubic = Sequential{Input<2>{}, Dense<8>{}, Elementwise<Cube>{}, Dense<1>{}};
// [/elementwise]

// [use]
constexpr auto net =
    Sequential{Input<1>{}, Dense<16>{}, Snake<>{}, Dense<16>{}, Snake<name<"last_snake">>{}, Dense<1>{}};
static_assert(net.parameter_count() == 32 + 16 + 272 + 16 + 17);
// [/use]

using samples = Dataset<float, shape{1}, float, shape{1}>;

/// sin(x) + x / 2 at `count` places of [low, high).
samples waves(float low, float high, int count) {
    samples data;
    for (int i = 0; i < count; ++i) {
        const float x = low + (high - low) * static_cast<float>(i) / static_cast<float>(count);
        data.push_back(std::vector{x}, std::vector{std::sin(x) + 0.5f * x});
    }
    return data;
}

/// The largest difference between the gradient that one step of plain descent took and a central difference.
double gradient_error() {
    using net_type = std::remove_const_t<decltype(net)>;
    const auto data = [] {
        Dataset<double, shape{1}, double, shape{1}> result;
        for (const double x : {-1.5, -0.4, 0.3, 0.9, 2.0}) result.push_back(std::vector{x}, std::vector{std::sin(x)});
        return result;
    }();
    const Model<net_type, double> begin(build_options{.seed = 3});
    const auto loss_of = [&](Model<net_type, double> model) {
        return compile(model, SGD{}, MeanSquaredError{}).evaluate(data, {.verbose = 0})["loss"];
    };
    auto stepped = begin;
    compile(stepped, SGD{.learning_rate = 1.0}, MeanSquaredError{}).train_on_batch(data);
    double worst = 0.0;
    for (std::size_t w = 0; w < begin.weights().size(); ++w)
        for (std::size_t i = 0; i < begin.weights()[w].size(); i += 7) {
            auto above = begin, below = begin;
            above.weights()[w].write(i, begin.weights()[w][i] + 1e-5);
            below.weights()[w].write(i, begin.weights()[w][i] - 1e-5);
            const double difference = (loss_of(above) - loss_of(below)) / 2e-5;
            const double gradient = begin.weights()[w][i] - stepped.weights()[w][i];
            const double error = std::fabs(difference - gradient);
            if (!(error <= worst)) worst = error;
        }
    return worst;
}

void run(const std::filesystem::path& output) {
    std::filesystem::create_directories(output);
    std::printf("%s", net.summary().str().c_str());
    example::check(gradient_error() < 1e-6, "its gradients are those of central differences");

    const samples train = waves(-6.0f, 6.0f, 240);
    auto model = net.build({.seed = 1});
    const auto before = model.get_layer<"snake">().weight<"frequency">().to_vector();
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, MeanSquaredError{});
    const double first = trainer.evaluate(train, {.verbose = 0})["loss"];
    trainer.fit(train, {.batch_size = 24, .epochs = 150, .seed = 1, .verbose = 0});
    const double last = trainer.evaluate(train, {.verbose = 0})["loss"];
    const auto after = model.get_layer<"snake">().weight<"frequency">().to_vector();
    std::printf("mean squared error %.4f before the training, %.6f after\n", first, last);
    example::check(last < 0.01 * first, "the net with the layer learns");
    example::check(before != after, "and so do the layer's frequencies");

    auto twice = net.build({.seed = 1});
    compile(twice, Adam{.learning_rate = 0.01}, MeanSquaredError{})
        .fit(train, {.batch_size = 24, .epochs = 150, .seed = 1, .threads = 2, .verbose = 0});
    example::check(twice == model, "two threads give the same weights, bit for bit");

    model.save_weights(output / "own_layer.safetensors");
    auto restored = net.build({.seed = 2});
    restored.load_weights(output / "own_layer.safetensors");
    example::check(restored == model, "its weights are saved and loaded by their names");
    example::check(restored.weights()[2].name() == "snake/frequency", "which are like those of any layer");

    auto powers = cubic.build({.seed = 1});
    Dataset<float, shape{2}, float, shape{1}> products;
    for (float a = -1.0f; a <= 1.0f; a += 0.25f)
        for (float b = -1.0f; b <= 1.0f; b += 0.25f) products.push_back(std::vector{a, b}, std::vector{a * a * b});
    auto learns = compile(powers, Adam{.learning_rate = 0.02}, MeanSquaredError{});
    const double untrained = learns.evaluate(products, {.verbose = 0})["loss"];
    learns.fit(products, {.batch_size = 9, .epochs = 100, .seed = 1, .verbose = 0});
    example::check(learns.evaluate(products, {.verbose = 0})["loss"] < 0.01 * untrained,
                   "a net learns through a function of one value");
}

}  // namespace product

int main(int count, char** words) try {
    product::run(count > 1 ? words[1] : "own_layer_output");
    return example::exit_code();
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
