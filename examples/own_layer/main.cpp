// Own layers, outside the library: trained, saved, loaded and streamed.
// usage: own_layer [OUTPUT_FOLDER]
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"

namespace product {

using namespace strata;

// [layer]
/// (..., channels), unchanged: x + sin(a x)^2 / a with a learnt frequency a for each channel, so that a net can
/// continue what is periodic. Weights: frequency (channels). Ziyin et al. 2020.
template <class... Options>
struct Snake : channel_function<Snake<Options...>, Options...> {
    static constexpr std::string_view type = "Snake";

    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(channel_weight("frequency", in, Constant<0.5>::value));
    }
    static auto value(auto x, auto a) {
        const auto wave = math::sin(a * x);
        return x + wave * wave / a;
    }
};
// [/layer]

// [contract]
/// (steps, channels), unchanged: y[t] = x[t] + decay y[t - 1], a sum that forgets. Weights: decay (channels).
template <class... Options>
struct LeakySum : layer<LeakySum<Options...>, Options...> {
    static constexpr std::string_view type = "LeakySum";

    static constexpr diagnostic check(const shape& in) { return check_sequence(in); }
    static constexpr parameter_table parameters(const shape& in) {
        return parameter_table{}.push_back(channel_weight("decay", in, Constant<0.5>::value));
    }
    static constexpr std::size_t flops(const shape& in) { return 2 * in.size(); }

    template <shape In, std::size_t N, class Fused, class T>
    static constexpr void forward(const forward_context<T>& s) {
        const T* decay = weight<LeakySum, In, "decay">(s);
        for (std::size_t i = 0; i < N * In.size(); ++i)
            s.y[i] = s.x[i] + (has_earlier<In>(i) ? decay[i % In[1]] * s.y[i - In[1]] : T(0));
    }
    /// From the last step to the first, in place: dy becomes dx.
    template <shape In, class Fused, class T>
    static void backward(const backward_context<T>& s) {
        const T* decay = weight<LeakySum, In, "decay">(s);
        for (std::size_t i = s.count * In.size(); i-- > 0;)
            if (has_earlier<In>(i)) s.dy[i - In[1]] += decay[i % In[1]] * s.dy[i];
        if (s.dx != nullptr) std::copy_n(s.dy, s.count * In.size(), s.dx);
    }
    template <shape In, class Fused, class T>
    static void weight_gradients(const backward_context<T>& s, thread_slice part) {
        T* ddecay = gradient<LeakySum, In, "decay">(s);
        const item_range mine = part.of(In[1]);
        for (std::size_t c = mine.begin; c < mine.end; ++c) {
            T sum = s.first ? T(0) : ddecay[c];
            for (std::size_t i = c; i < s.count * In.size(); i += In[1])
                if (has_earlier<In>(i)) sum += s.dy[i] * s.y[i - In[1]];
            ddecay[c] = sum;
        }
    }

    // [capability]
    // Streaming: the output of a step is all that the next one needs.
    template <shape In>
    static constexpr streaming streams() {
        return streaming::with_state;
    }
    template <shape In>
    static constexpr std::size_t lookback() {
        return unbounded;
    }
    template <shape In, class T>
    static constexpr std::size_t state_size() {
        return In[1];
    }
    template <shape In, class Fused, class T>
    static void step(const forward_context<T>& s) {
        const T* decay = weight<LeakySum, In, "decay">(s);
        for (std::size_t c = 0; c < In[1]; ++c) s.y[c] = s.state[c] = s.x[c] + decay[c] * s.state[c];
    }
    // [/capability]

private:
    /// Whether value i has an earlier step in its sample.
    template <shape In>
    static constexpr bool has_earlier(std::size_t i) {
        return i % In.size() >= In[1];
    }
};
// [/contract]

// [elementwise]
/// A function of one value needs no layer: Elementwise<Bump>. `auto` is a number, a vector or a dual number, which
/// gives the derivative.
struct Bump {
    constexpr auto operator()(auto x) const { return x * math::exp(-x * x); }
};
constexpr auto bumps = Sequential{Input<2>{}, Dense<8>{}, Elementwise<Bump>{}, Dense<1>{}};
// [/elementwise]

// [use]
constexpr auto net =
    Sequential{Input<1>{}, Dense<16>{}, Snake<>{}, Dense<16>{}, Snake<name<"last_snake">>{}, Dense<1>{}};
static_assert(net.parameter_count() == 32 + 16 + 272 + 16 + 17);
// [/use]
constexpr auto sums = Sequential{Input<6, 3>{}, Dense<2>{}, LeakySum<>{}, Tanh{}, Flatten<>{}, Dense<1>{}};

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
template <class Net>
double gradient_error(const Net&) {
    constexpr shape in = Net::input_shape();
    Dataset<double, in, double, shape{1}> data;
    random_engine engine(7);
    for (int sample = 0; sample < 5; ++sample) {
        std::vector<double> x(in.size());
        for (double& value : x) value = engine.uniform(-2.0, 2.0);
        data.push_back(x, std::vector{std::sin(x[0])});
    }
    const Model<Net, double> begin(build_options{.seed = 3});
    const auto loss_of = [&](Model<Net, double> model) {
        return compile(model, SGD{}, MeanSquaredError{}).evaluate(data, {.verbose = 0})["loss"];
    };
    auto stepped = begin;
    compile(stepped, SGD{.learning_rate = 1.0}, MeanSquaredError{}).train_on_batch(data);
    double worst = 0.0;
    for (std::size_t w = 0; w < begin.weights().size(); ++w)
        for (std::size_t i = 0; i < begin.weights()[w].size(); i += w == 0 ? 7 : 1) {
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

/// Whether a stream of the layer gives what the whole sequence gives.
bool streams_as_it_predicts() {
    auto model = Sequential{Input<6, 3>{}, LeakySum<>{}}.build();
    std::vector<float> x(18), y(18);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1f * static_cast<float>(i % 7);
    auto stream = model.stream();
    for (std::size_t t = 0; t < 6; ++t) stream.step(std::span(x).subspan(3 * t, 3), std::span(y).subspan(3 * t, 3));
    return y == model.predict(x);
}

void run(const std::filesystem::path& output) {
    std::filesystem::create_directories(output);
    std::printf("%s", net.summary().str().c_str());
    example::check(gradient_error(net) < 1e-6, "gradients by dual numbers are those of central differences");
    example::check(gradient_error(sums) < 1e-6, "and so are gradients that are written");
    example::check(gradient_error(bumps) < 1e-6, "and the gradient of a function of one value");
    example::check(streams_as_it_predicts(), "a layer with a state can be streamed");

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

    auto powers = bumps.build({.seed = 1});
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
