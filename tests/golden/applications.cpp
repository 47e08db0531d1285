// The network APPLICATION<SIZE> against what Keras gives (applications.py): outputs, names of layers, and the same
// folded by optimize where OPTIMIZED is defined. No file holds the weights: both sides know the formula of them.
// The same program carries out the commands of tests/interop/keras_applications.py: a program of their own would take
// as long to compile.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "../interop/commands.hpp"

namespace {

using namespace strata;

using top = applications::APPLICATION<SIZE, SIZE, 3, classes<7>, classifier_activation<Linear>>;
using base = applications::APPLICATION<SIZE, SIZE, 3, no_top, pooling::avg>;

using names = std::vector<std::string>;
using numbers = std::vector<double>;

struct golden_network {
    std::string_view name;
    double variance;  // of the elements of a kernel, times the rows that are summed
    names layers;
    numbers logits;
    names pooling;     // the last layer of the base
    numbers features;  // each feature_step-th
};
constexpr std::size_t feature_step = 61;

const golden_network& golden() {
#define GOLDEN_NETWORK(network, variance, layers, logits, pooling, features) \
    {#network, variance, layers, logits, pooling, features},
    static const std::vector<golden_network> all{
#include GOLDEN_NETWORKS
    };
#undef GOLDEN_NETWORK
    const auto found = std::find_if(all.begin(), all.end(), [](const auto& each) { return each.name == NETWORK; });
    REQUIRE(found != all.end());
    return *found;
}

/// Floats within `half` of the centre: splitmix64 from the FNV-1a hash of a name. No step rounds but the last product,
/// the sum and the float, so that a fused multiply-add changes nothing.
std::vector<float> stream(std::string_view name, std::size_t count, double centre, double half) {
    std::uint64_t state = 0xcbf29ce484222325;
    for (const char c : name) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::vector<float> values(count);
    for (float& value : values) {
        std::uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        z ^= z >> 31;
        const double around_zero = static_cast<double>(z >> 11) * 0x1p-52 - 1.0;
        value = static_cast<float>(centre + half * around_zero);
    }
    return values;
}

/// The values of a weight that Keras calls `name`.
std::vector<float> values_of(const std::string& name, const shape& extents, double variance) {
    if (extents.rank() > 1) {
        const bool is_depthwise = extents.rank() == 4 && extents[3] == 1;
        const std::size_t rows = is_depthwise ? extents[0] * extents[1] : extents.size() / extents.back();
        return stream(name, extents.size(), 0.0, std::sqrt(3.0 * variance / static_cast<double>(rows)));
    }
    const bool is_around_one = name.ends_with("/gamma") || name.ends_with("/moving_variance");
    return stream(name, extents.size(), is_around_one ? 1.0 : 0.0, 0.5);
}

/// Keras' graph has no Residuals: layers inside are named, and default names counted, as if they stood in the network.
class flat_names {
public:
    /// The name of a layer; the same again for each of its weights.
    std::string operator()(std::string_view path) {
        const std::string name(path.substr(path.rfind('/') + 1));
        std::vector<std::string>& seen = paths_[name];
        auto found = std::find(seen.begin(), seen.end(), path);
        if (found == seen.end()) found = seen.insert(seen.end(), std::string(path));
        return found == seen.begin() ? name : name + "_" + std::to_string(found - seen.begin());
    }

private:
    std::map<std::string, std::vector<std::string>> paths_;
};

/// Appends the paths of a net's layers, and of those inside its Residuals instead of these.
template <class Net>
void append_layers(names& paths, const std::string& before = "") {
    std::size_t i = 0;
    const auto append = [&]<class... Layers>(type_list<Layers...>) {
        const auto one = [&]<class Layer>(const Layer*) {
            const std::string path = before + names_of<Net>[i++].str();
            if constexpr (Layer::type == "Residual") append_layers<Layer>(paths, path + "/");
            else paths.push_back(path);
        };
        (one(static_cast<const Layers*>(nullptr)), ...);
    };
    append(layers_of<Net>{});
}

/// In alphabetic order: Keras sorts layers by their distance from the output.
names sorted_layers(names paths) {
    flat_names flat;
    for (std::string& path : paths) path = flat(path);
    std::sort(paths.begin(), paths.end());
    return paths;
}

template <class Net>
auto filled_model() {
    auto model = Net::build();
    flat_names flat;
    for (const auto weight : model.weights()) {
        const std::size_t slash = weight.name().rfind('/');
        const std::string name = flat(weight.name().substr(0, slash)) + std::string(weight.name().substr(slash));
        weight.assign(values_of(name, weight.shape(), golden().variance));
    }
    return model;
}

/// For the input of the formula.
template <class Model>
std::vector<float> output(const Model& model) {
    const std::vector<float> x = stream("input", Model::input_shape().size(), 0.0, 1.0);
    std::vector<float> y(Model::output_shape().size());
    auto workspace = model.workspace();
    model.infer(x, y, workspace);
    return y;
}

/// Each step-th of the values, compared with what is expected; `bound` is of the largest.
template <class Expected>
void compare(const std::vector<float>& values, const std::vector<Expected>& expected, std::size_t step, double bound) {
    REQUIRE((values.size() + step - 1) / step == expected.size());
    double largest = 0.0, worst = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
        const double difference = std::abs(static_cast<double>(values[i * step]) - static_cast<double>(expected[i]));
        if (!(difference <= worst)) worst = difference;
    }
    INFO("worst " << worst << ", largest " << largest);
    REQUIRE(worst <= bound * largest);
}

}  // namespace

TEST_CASE("The layers of the network have Keras' names") {
    names paths;
    append_layers<top>(paths);
    names expected = golden().layers;
    std::sort(expected.begin(), expected.end());
    CHECK(sorted_layers(paths) == expected);

    names base_paths;
    append_layers<base>(base_paths);
    CHECK(names{base_paths.back()} == golden().pooling);
}

TEST_CASE("The network gives what Keras' gives") {
    const auto model = filled_model<top>();
    const std::vector<float> logits = output(model);
    compare(logits, golden().logits, 1, 1e-4);
#if defined(OPTIMIZED)
    const auto folded = optimize(model);
    STATIC_REQUIRE(decltype(folded)::parameter_count() < top::parameter_count());
    compare(output(folded), logits, 1, 1e-5);
#endif
}

TEST_CASE("The network without its classifier gives the features that Keras' gives") {
    compare(output(filled_model<base>()), golden().features, feature_step, 1e-4);
}

/// Lines of the variable COMMANDS: NET, and the words of {load FILE INPUTS OUTPUTS | load_layer FILE | save FILE}...
/// NET is top, features or nested: the network with its classifier, without it, and frozen under another one.
TEST_CASE("commands of keras_applications.py", "[.]") {
    const char* given = std::getenv("COMMANDS");
    REQUIRE(given != nullptr);
    std::vector<std::string> words;
    std::istringstream lines(given);
    for (std::string line; std::getline(lines, line);) words.push_back(line);
    REQUIRE(words.size() > 1);
    const std::span<const std::string> commands = std::span(words).subspan(1);
    try {
        if (words[0] == "top") run(top{}, commands);
        else if (words[0] == "features") run(base{}, commands);
        else if (words[0] == "nested")
            run(Sequential{freeze(base{}), Dense<5>{}}, commands, [](auto& model, const std::string& file) {
                model.template get_layer<fixed_string(NETWORK_LAYER)>().load_weights(file);
            });
        else FAIL("no net is called " << words[0]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';  // Catch would break its lines
        FAIL("see above");
    }
}
