// As inference.cpp, of the large networks of applications/, as optimize leaves them: one sample at a time. With
// memory FILE it reads the weights that are written there, tensor by tensor, infers once and tells its peak of
// memory, as a program would need it that does nothing else; FILE.values is written with --folder. usage: applications
// [--folder FOLDER] [--threads N] [--batch N] [--seconds S] [NET...] | applications --memory FILE
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/applications/xception.hpp>
#include <strata/strata.hpp>

#include "inference.hpp"
#include "nets.hpp"
#include "settings.hpp"
#include "timing.hpp"

namespace {

using namespace strata;

/// Logits, because the probabilities of a thousand classes hide an error.
using xception = applications::Xception<299, 299, 3, classifier_activation<Linear>>;
using xception_optimized = decltype(optimize(xception{}));

template <class Model>
void write_values(const std::string& file, const Model& model) {
    std::ofstream out(file, std::ios::binary);
    for (const auto& weight : model.weights()) {
        const std::vector<float> values = weight.to_vector();
        out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * 4));
    }
    if (!out.flush()) std::exit(2);
}

/// The most memory that the process had at once, in megabytes; 0 where the system does not tell.
double peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
    return 0.0;
}

int tell_memory(const char* file) {
    Model<xception_optimized> model;
    std::ifstream in(file, std::ios::binary);
    for (const auto weight : model.weights()) {
        std::vector<float> values(weight.size());
        if (!in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * 4))) return 2;
        weight.assign(values);
    }
    auto workspace = model.workspace();
    constexpr std::size_t size = xception::input_shape().size(), out = xception::output_shape().size();
    const std::vector<float> x = nets::random_values(size, -1.0, 1.0, 7);
    std::vector<float> y(out);
    model.infer(std::span<const float, size>(x), std::span<float, out>(y), workspace);
    std::printf("{\"memory\": %.4g, \"weights\": %.4g, \"first\": %.6g}\n", peak_memory(),
                static_cast<double>(xception_optimized::parameter_count() * sizeof(float)) / (1 << 20),
                static_cast<double>(y[0]));
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count == 3 && std::string_view(arguments[1]) == "--memory") return tell_memory(arguments[2]);
    const settings how = parse(count, arguments, 0.5);
    keep_memory();
    if (!how.wants("xception")) return 0;
    const auto original = nets::make_model(xception{});
    const auto model = optimize(original);
    if (!how.folder.empty()) write_values((how.folder / "xception.values").string(), model);
    inference::run(original, model, "xception", nets::random_values(xception::input_shape().size(), -1.0, 1.0, 7), how);
}
