// training: milliseconds of a full Adam step: forward, loss, backward, update. With --folder it also writes the weights
// and data of each case, so that other libraries do the same steps and compare losses first (peers/training.py).
// Without a folder it also times a net that trains on subnormal numbers.
// usage: training [--folder FOLDER] [--threads N] [--batch N] [--seconds S] [NET...]
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <strata/strata.hpp>

#include "peak.hpp"
#include "settings.hpp"

namespace {

using namespace strata;

constexpr auto mlp = Sequential{Input<784>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<10>{}};
constexpr auto cnn = Sequential{Input<28, 28, 1>{}, Conv2D<32, 3, ReLU>{}, MaxPooling2D<2>{}, Conv2D<64, 3, ReLU>{},
                                MaxPooling2D<2>{},  Flatten<>{},           Dense<10>{}};
constexpr auto wide =
    Sequential{Input<512>{}, Dense<1024, ReLU>{}, Dense<1024, ReLU>{}, Dense<1024, ReLU>{}, Dense<256>{}};

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class Net>
using samples = Dataset<float, Net::input_shape(), int>;

template <class Net>
samples<Net> make_samples(std::size_t count, double size = 1.0) {
    samples<Net> data;
    random_engine engine(7);
    std::vector<float> x(Net::input_shape().size());
    for (std::size_t i = 0; i < count; ++i) {
        for (float& value : x) value = static_cast<float>(size * engine.uniform());
        data.push_back(x, static_cast<int>(engine() % Net::output_shape().size()));
    }
    return data;
}

/// Writes weights in Keras' order, inputs and labels as .safetensors.
template <class Model, class Data>
void write_case(const std::filesystem::path& file, const Model& model, const Data& data) {
    std::vector<state_array<float>> arrays;
    std::size_t number = 0;
    for (const auto& weight : model.weights())
        arrays.push_back({"weights", std::to_string(number++), weight.shape(), weight.to_vector()});
    const auto x = data.inputs();
    arrays.push_back(
        {"data", "x", batch_shape(data.size(), Data::sample_shape()), std::vector<float>(x.begin(), x.end())});
    std::vector<float> labels(data.labels().begin(), data.labels().end());
    arrays.push_back({"data", "labels", shape{labels.size()}, labels});
    state_files<float>::save(file, arrays);
}

/// Additions and multiplications of a step: the forward pass, and as many again for each of the two gradients of a
/// layer. The first layer has no data gradient.
template <class Net>
double step_flops(std::size_t batch) {
    const double all = static_cast<double>(Net::flops());
    const double first = static_cast<double>(type_at<0, layers_of<Net>>::flops(Net::input_shape()));
    return (3.0 * all - first) * static_cast<double>(batch);
}

template <class Net>
void run(Net, const std::string& name, std::size_t batch, const settings& options) {
    if (!options.wants(name) || !options.wants(batch)) return;
    const auto data = make_samples<Net>(batch * 8);
    auto model = Net::build({.seed = 3});
    const std::string title = name + "-" + std::to_string(batch);
    if (!options.folder.empty()) write_case(options.folder / (title + ".safetensors"), model, data);
    auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true});
    const auto fit = [&](std::size_t epochs) {
        return trainer.fit(
            data, {.batch_size = batch, .epochs = epochs, .shuffle = false, .threads = options.threads, .verbose = 0});
    };
    const History first = fit(3);
    std::vector<double> times;
    for (const double end = seconds_now() + options.seconds; seconds_now() < end || times.size() < 5;) {
        const double begin = seconds_now();
        fit(2);
        times.push_back((seconds_now() - begin) / 16 * 1e3);
    }
    std::sort(times.begin(), times.end());
    const double median = times[times.size() / 2], rate = step_flops<Net>(batch) / median * 1e-6;
    std::printf(
        "{\"net\": \"%s\", \"batch\": %zu, \"threads\": %zu, \"ms\": %.4f, \"low\": %.4f, \"high\": %.4f, "
        "\"gflops\": %.1f, \"share_of_peak\": %.3f, \"losses\": [%.7f, %.7f, %.7f]}\n",
        name.c_str(), batch, options.threads, median, times[times.size() / 10], times[times.size() * 9 / 10], rate,
        rate / (fma_peak() * static_cast<double>(options.threads)), first["loss"][0], first["loss"][1],
        first["loss"][2]);
    std::fflush(stdout);
}

/// Compares the time of steps on subnormal inputs with that on usual ones, each the least of many. The factor must be
/// below 1.5.
template <class Net>
int run_fading(Net, const std::string& name, std::size_t batch, const settings& options) {
    if (!options.wants(name) || !options.wants(batch) || !options.folder.empty()) return 0;
    const auto time_of = [&](double size) {
        const auto data = make_samples<Net>(batch * 8, size);
        auto model = Net::build({.seed = 3});
        auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true});
        double least = 1e30;
        for (const double end = seconds_now() + options.seconds / 2; seconds_now() < end;) {
            const double begin = seconds_now();
            trainer.fit(data, {.batch_size = batch, .epochs = 2, .threads = options.threads, .verbose = 0});
            least = std::min(least, (seconds_now() - begin) / 16 * 1e3);
        }
        return least;
    };
    const double usual = time_of(1.0), fading = time_of(1e-38), factor = fading / usual;
    std::printf(
        "{\"net\": \"%s\", \"batch\": %zu, \"threads\": %zu, \"ms\": %.4f, \"ms_usual\": %.4f, \"factor\": %.3f}\n",
        name.c_str(), batch, options.threads, fading, usual, factor);
    return factor <= 1.5 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    const settings options = parse(count, arguments, 2.0);
    run(mlp, "mlp", 32, options);
    run(mlp, "mlp", 128, options);
    run(cnn, "cnn", 32, options);
    run(cnn, "cnn", 128, options);
    run(wide, "wide", 128, options);
    return run_fading(mlp, "mlp-fading", 32, options);
}
