// Files of Neural Amp Modeler: weights at their places, states, refusals; and, where the folder is there, real files
// with the outputs of Neural Amp Modeler itself.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <strata/applications/nam.hpp>
#include <strata/applications/nam_files.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;
using nlohmann::json;

using small =
    Sequential<Input<any, 1>, WaveNet<wavenet_array<3, 2, dilations<1, 2>, kernel_sizes<3, 2>, gated>,
                                      wavenet_array<2, 1, dilations<8>, LeakyReLU<0.25>, head_bias, head_kernel<4>>>>;

std::filesystem::path folder() {
    const auto path = std::filesystem::temp_directory_path() / "strata_nam_test";
    std::filesystem::create_directories(path);
    return path;
}
std::filesystem::path written(const std::string& text) {
    const auto file = folder() / "model.nam";
    std::ofstream(file) << text;
    return file;
}

/// The weights of one array in the order of the file.
void append(std::vector<float>& to, std::map<std::string, std::vector<float>>& w, const std::string& array,
            std::size_t inputs, std::size_t channels, std::size_t gates, std::size_t outputs, std::size_t head_taps,
            const std::vector<std::size_t>& kernels) {
    const auto matrix = [&](const std::vector<float>& from, std::size_t begin, std::size_t taps, std::size_t in,
                            std::size_t out) {
        for (std::size_t o = 0; o < out; ++o)
            for (std::size_t i = 0; i < in; ++i)
                for (std::size_t k = 0; k < taps; ++k) to.push_back(from.at(begin + (k * in + i) * out + o));
    };
    const auto vector = [&](const std::vector<float>& from, std::size_t begin, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) to.push_back(from.at(begin + i));
    };
    matrix(w[array + "rechannel"], 0, 1, inputs, channels);
    std::size_t taps = 0;
    for (std::size_t i = 0; i < kernels.size(); taps += kernels[i++]) {
        matrix(w[array + "kernel"], taps * channels * gates, kernels[i], channels, gates);
        vector(w[array + "bias"], i * gates, gates);
        vector(w[array + "mixin"], i * gates, gates);
        matrix(w[array + "pointwise"], i * channels * channels, 1, channels, channels);
        vector(w[array + "pointwise_bias"], i * channels, channels);
    }
    matrix(w[array + "head"], 0, head_taps, channels, outputs);
    if (w.contains(array + "head_bias")) vector(w[array + "head_bias"], 0, outputs);
}

template <class Model>
json file_of(const Model& model) {
    std::map<std::string, std::vector<float>> w;
    for (const auto& weight : model.weights()) {
        const std::string name(weight.name());
        w[name.substr(name.find('/') + 1)] = weight.to_vector();
    }
    std::vector<float> weights;
    append(weights, w, "array_0/", 1, 3, 6, 2, 1, {3, 2});
    append(weights, w, "array_1/", 3, 2, 2, 1, 4, {3});
    weights.push_back(w["head_scale"][0]);
    return {{"version", "0.6.1"},
            {"architecture", "WaveNet"},
            {"config",
             {{"head", nullptr},
              {"head_scale", 0.5},
              {"layers",
               {{{"input_size", 1},
                 {"condition_size", 1},
                 {"head_size", 2},
                 {"channels", 3},
                 {"kernel_sizes", {3, 2}},
                 {"dilations", {1, 2}},
                 {"activation", "Tanh"},
                 {"gated", true},
                 {"head_bias", false}},
                {{"input_size", 3},
                 {"condition_size", 1},
                 {"head", {{"out_channels", 1}, {"kernel_size", 4}, {"bias", true}}},
                 {"channels", 2},
                 {"kernel_size", 3},
                 {"dilations", json::array({8})},
                 {"activation", {{"type", "LeakyReLU"}, {"negative_slope", 0.25}}},
                 {"bottleneck", 2},
                 {"groups_input", 1},
                 {"layer1x1", {{"active", true}, {"groups", 1}}},
                 {"conv_pre_film", {{"active", false}}}}}}}},
            {"weights", weights},
            {"sample_rate", 44100}};
}

/// What load says of a changed file; the model stays as it was.
std::string said_of(const std::function<void(json&)>& change) {
    json text = file_of(small{}.build({.seed = 1}));
    change(text);
    auto model = small{}.build({.seed = 2});
    const auto before = model;
    const auto file = written(text.dump());
    try {
        nam::load(model, file);
    } catch (const file_error& error) {
        CHECK(model == before);
        return std::string(error.what()).substr(std::string("strata: ").size() + file.string().size() + 2);
    }
    return "loaded";
}

}  // namespace

TEST_CASE("a .nam file has every weight at its place") {
    auto model = small{}.build({.seed = 1});
    model.weights().back().write(0, 0.02f);
    const auto file = written(file_of(model).dump());
    auto loaded = small{}.build({.seed = 2});
    REQUIRE_FALSE(loaded == model);
    nam::load(loaded, file);
    REQUIRE(loaded == model);
    const nam::amplifier<small> amplifier(file);
    REQUIRE(amplifier.model() == model);
    const auto& of_temporary = nam::amplifier<small>(amplifier).model();
    REQUIRE(of_temporary == model);
    static_assert(std::is_same_v<decltype(nam::amplifier<small>(amplifier).model()), Model<small>>);
    REQUIRE(amplifier.sample_rate() == 44100.0);

    json container{{"version", "0.7.0"}, {"architecture", "SlimmableContainer"}, {"weights", json::array()}};
    const auto other = small{}.build({.seed = 3});
    container["config"]["submodels"] = {{{"max_value", 0.5}, {"model", file_of(model)}},
                                        {{"max_value", 1.0}, {"model", file_of(other)}}};
    written(container.dump());
    nam::load(loaded, file);
    REQUIRE(loaded == other);
    nam::load(loaded, file, 0);
    REQUIRE(loaded == model);
    REQUIRE_THROWS_WITH(nam::load(loaded, file, 2), Catch::Contains("has 2 submodels; there is no number 2"));
}

TEST_CASE("what a .nam file says and strata does not do is refused by name") {
    const auto layer = [](json& file, std::size_t i) -> json& { return file["config"]["layers"][i]; };
    REQUIRE(said_of([](json&) {}) == "loaded");
    REQUIRE(said_of([&](json& f) { layer(f, 1)["conv_pre_film"]["active"] = true; }) ==
            "config.layers[1].conv_pre_film: FiLM is not supported");
    REQUIRE(said_of([](json& f) { f["config"]["condition_dsp"] = {{"architecture", "Linear"}}; }) ==
            "config.condition_dsp is not supported");
    REQUIRE(said_of([](json& f) { f["config"]["head"] = {{"channels", 3}}; }) ==
            "config.head: a post-processing head is not supported");
    REQUIRE(said_of([&](json& f) { layer(f, 0)["new_thing"] = 1; }) == "config.layers[0].new_thing is not supported");
    REQUIRE(said_of([&](json& f) { layer(f, 1)["groups_input"] = 2; }) ==
            "config.layers[1].groups_input: groups are not supported");
    REQUIRE(said_of([&](json& f) { layer(f, 1)["activation"] = "PReLU"; }) ==
            "config.layers[1].activation: \"PReLU\" is not supported");
    REQUIRE(said_of([&](json& f) { layer(f, 0)["channels"] = 4; }) == "config.layers[0].channels is 4, the net has 3");
    REQUIRE(said_of([&](json& f) { layer(f, 0)["dilations"] = {1, 3}; }) ==
            "config.layers[0].dilations is [1,3], the net has [1,2]");
    REQUIRE(said_of([&](json& f) { layer(f, 0)["gated"] = false; }) ==
            "config.layers[0].gated is false, the net has true");
    REQUIRE(said_of([&](json& f) { layer(f, 1)["activation"]["negative_slope"] = 0.5; }) ==
            "config.layers[1].activation is \"LeakyReLU<0.5>\", the net has \"LeakyReLU<0.25>\"");
    REQUIRE(said_of([](json& f) { f["weights"].erase(0); }) == "has 184 weights, expected 185");
    REQUIRE(said_of([](json& f) { f["weights"][5] = "a"; }) == "weights[5] is no finite number");
    REQUIRE(said_of([](json& f) { f["version"] = "0.4.0"; }) == "has version 0.4.0; versions 0.5 to 0.7 are read");
    REQUIRE(said_of([](json& f) { f["architecture"] = "ConvNet"; }) ==
            "holds the architecture ConvNet, expected WaveNet");
    REQUIRE(said_of([&](json& f) { layer(f, 0)["channels"] = 1e12; }).starts_with("channels: "));
    REQUIRE(said_of([&](json& f) { layer(f, 0)["gated"] = 3; }) == "gated is neither true nor false");
    REQUIRE(said_of([](json& f) { f["config"] = 3; }) == "config is no object");
}

namespace {

/// A file of an architecture with drawn weights.
json drawn_file(const std::string& architecture, json config, std::size_t weights) {
    random_engine engine(17);
    std::vector<float> values(weights);
    for (float& value : values) value = static_cast<float>(engine.uniform(0.1, 0.6) * (engine() % 2 == 0 ? 1 : -1));
    return {{"version", "0.5.4"},
            {"architecture", architecture},
            {"config", std::move(config)},
            {"weights", values},
            {"sample_rate", 44100}};
}

/// Neural Amp Modeler's ConvNet in plain loops, from the weights in the order of a file.
std::vector<double> plain_conv_net(const std::vector<double>& w, std::size_t channels,
                                   const std::vector<std::size_t>& dilations, bool has_normalization,
                                   const std::function<double(double)>& function, const std::vector<float>& x) {
    const double* at = w.data();
    std::vector<std::vector<double>> values(1, {x.begin(), x.end()});
    for (const std::size_t dilation : dilations) {
        std::vector<std::vector<double>> next(channels, std::vector<double>(x.size()));
        for (auto& row : next)
            for (const auto& input : values) {
                for (std::size_t t = 0; t < x.size(); ++t)
                    row[t] += at[1] * input[t] + (t >= dilation ? at[0] * input[t - dilation] : 0.0);
                at += 2;
            }
        for (std::size_t c = 0; c < channels; ++c)
            for (double& value : next[c]) {
                if (has_normalization)
                    value = (value - at[c]) / std::sqrt(at[4 * channels] + at[channels + c]) * at[2 * channels + c] +
                            at[3 * channels + c];
                else value += at[c];
                value = function(value);
            }
        at += has_normalization ? 4 * channels + 1 : channels;
        values = std::move(next);
    }
    std::vector<double> y(x.size(), at[channels]);
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t t = 0; t < x.size(); ++t) y[t] += at[c] * values[c][t];
    return y;
}

std::vector<float> noise(std::size_t count) {
    random_engine engine(8);
    std::vector<float> x(count);
    for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
    return x;
}

template <class Net>
std::vector<float> sound_of(const json& file, const std::vector<float>& x) {
    const nam::amplifier<Net> amplifier(written(file.dump()));
    REQUIRE(amplifier.sample_rate() == 44100);
    auto stream = amplifier.model().stream();  // from zeros, as plain loops begin
    std::vector<float> y(x.size());
    stream.process(x, y, x.size());
    return y;
}

void require_near(const std::vector<float>& y, const std::vector<double>& expected) {
    double largest = 0.0, worst = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        largest = std::max(largest, std::fabs(expected[i]));
        const double here = std::fabs(static_cast<double>(y[i]) - expected[i]);
        if (!(here <= worst)) worst = here;
    }
    REQUIRE(largest > 0.1);
    REQUIRE(worst <= 3e-6 * largest);
}

}  // namespace

TEST_CASE("a ConvNet sounds as Neural Amp Modeler defines it, with batch normalization and without") {
    const auto x = noise(500);
    for (const bool has_normalization : {false, true}) {
        json config{
            {"channels", 3}, {"dilations", {1, 7, 30}}, {"batchnorm", has_normalization}, {"activation", "Tanh"}};
        json file = drawn_file("ConvNet", config, 6 + 2 * 18 + 3 * (has_normalization ? 13 : 3) + 4);
        if (has_normalization)  // variances and epsilons are positive
            for (json& value : file["weights"]) value = std::fabs(value.get<float>());
        const auto w = file["weights"].get<std::vector<double>>();
        const auto tanh = [](double v) { return std::tanh(v); };
        require_near(sound_of<nam::ConvNet<3, dilations<1, 7, 30>>>(file, x),
                     plain_conv_net(w, 3, {1, 7, 30}, has_normalization, tanh, x));
        file["config"]["activation"] = "ReLU";
        const auto relu = [](double v) { return std::max(v, 0.0); };
        require_near(sound_of<nam::ConvNet<3, dilations<1, 7, 30>, ReLU>>(file, x),
                     plain_conv_net(w, 3, {1, 7, 30}, has_normalization, relu, x));
    }
    static_assert(stream_properties<nam::ConvNet<3, dilations<1, 7, 30>>>::receptive_field == 39);
}

TEST_CASE("a Linear is the convolution with an impulse response") {
    const auto x = noise(300);
    for (const bool has_bias : {false, true}) {
        const json file =
            drawn_file("Linear", {{"receptive_field", 40}, {"bias", has_bias}, {"implementation", "direct"}},
                       40 + (has_bias ? 1 : 0));
        const auto w = file["weights"].get<std::vector<double>>();
        std::vector<double> expected(x.size(), has_bias ? w[40] : 0.0);
        for (std::size_t t = 0; t < x.size(); ++t)
            for (std::size_t k = 0; k < 40 && k <= t; ++k) expected[t] += w[k] * static_cast<double>(x[t - k]);
        require_near(sound_of<nam::Linear<40>>(file, x), expected);
    }
}

TEST_CASE("files of convolutions that differ from the net are refused with the first difference") {
    const auto said_of = [](const std::function<void(json&)>& change) {
        json file = drawn_file(
            "ConvNet", {{"channels", 2}, {"dilations", {1, 2}}, {"batchnorm", false}, {"activation", "Tanh"}}, 19);
        change(file);
        auto model = nam::ConvNet<2, dilations<1, 2>>{}.build();
        try {
            nam::load(model, written(file.dump()));
        } catch (const file_error& error) {
            const std::string text = error.what();
            return text.substr(text.find("model.nam: ") + 11);
        }
        return std::string();
    };
    REQUIRE(said_of([](json&) {}).empty());
    REQUIRE(said_of([](json& f) { f["config"]["groups"] = 2; }) ==
            "config.groups: one input channel does not divide into groups");
    REQUIRE(said_of([](json& f) { f["config"]["in_channels"] = 2; }) == "config.in_channels: one channel is supported");
    REQUIRE(said_of([](json& f) { f["config"]["dilations"] = {1, 4}; }) ==
            "config.dilations is [1,4], the net has [1,2]");
    REQUIRE(said_of([](json& f) { f["config"]["channels"] = 3; }) == "config.channels is 3, the net has 2");
    REQUIRE(said_of([](json& f) { f["config"]["activation"] = "ReLU"; }) ==
            "config.activation is \"ReLU\", the net has \"Tanh\"");
    REQUIRE(said_of([](json& f) { f["config"]["batchnorm"] = true; }) == "has 19 weights, expected 33");
    REQUIRE(said_of([](json& f) { f["weights"].erase(0); }) == "has 18 weights, expected 19");
    REQUIRE(said_of([](json& f) { f["architecture"] = "Linear"; }) ==
            "holds the architecture Linear, expected ConvNet");
    const json linear = drawn_file("Linear", {{"receptive_field", 5}, {"bias", false}}, 5);
    auto model = nam::Linear<4>{}.build();
    REQUIRE_THROWS_WITH(nam::load(model, written(linear.dump())),
                        Catch::Contains("config.receptive_field is 5, the net has 4"));
}

TEST_CASE("files that are no .nam files are refused") {
    const auto load = [](const std::string& text) {
        const auto file = written(text);
        auto model = small{}.build();
        nam::load(model, file);
    };
    REQUIRE_THROWS_WITH(load(""), Catch::Contains("is no JSON"));
    REQUIRE_THROWS_WITH(load(file_of(small{}.build()).dump().substr(0, 400)), Catch::Contains("is no JSON"));
    REQUIRE_THROWS_AS(load(std::string(100'000, '[')), file_error);
    // JSON's library would print this value, and call itself for each list.
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    REQUIRE_THROWS_WITH(load(R"({"version": "0.5.4", "architecture": "WaveNet", "weights": [], "sample_rate": )" +
                             deep + R"(, "config": {"layers": [{"channels": )" + deep + "}]}}"),
                        Catch::Contains("nested deeper than 200"));
    CHECK(strata::internal::json_levels(R"({"a\"[[[": [1, {}], "\\": [[]], "b]": [{"[": 1}]})") == 3);
    std::string siblings = "[";
    for (int i = 0; i < 1000; ++i) siblings += "[],";
    CHECK(strata::internal::json_levels(siblings + "[]]]]]") == 2);
    REQUIRE_THROWS_AS(load("[]"), file_error);
    REQUIRE_THROWS_AS(load("{\"version\": 5}"), file_error);
    auto model = small{}.build();
    REQUIRE_THROWS_AS(nam::load(model, folder() / "none.nam"), file_error);
}

TEST_CASE("the nets of Neural Amp Modeler have the sizes of its files") {
    static_assert(nam::A1Standard::parameter_count() == 13'802);
    static_assert(nam::A1Lite::parameter_count() == 6'554 && nam::A1Feather::parameter_count() == 3'026);
    static_assert(nam::A1Nano::parameter_count() == 842);
    static_assert(nam::A2Full::parameter_count() == 12'146 && nam::A2Lite::parameter_count() == 1'871);
    static_assert(stream_properties<nam::A1Standard>::receptive_field == 4'093);
    static_assert(nam::LSTM<16, 2>::parameter_count() == 4 * 16 * 18 + 4 * 16 * 33 + 17);
}

#if defined(NAM_FILES)
namespace {

std::vector<float> samples(const std::string& name) {
    std::ifstream file(std::filesystem::path(NAM_FILES) / name, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> result(bytes.size() / sizeof(float));
    std::memcpy(result.data(), bytes.data(), result.size() * sizeof(float));
    return result;
}

/// The largest difference in blocks of 64, as part of the largest value.
template <class Net>
double difference(const std::string& model, const std::string& outputs, std::size_t submodel = nam::largest) {
    const nam::amplifier<Net> amplifier(std::filesystem::path(NAM_FILES) / model, submodel);
    auto stream = amplifier.stream();
    const auto x = samples("input.f32"), expected = samples(outputs);
    REQUIRE(x.size() == 16'384);
    REQUIRE(expected.size() == x.size());
    std::vector<float> y(x.size());
    for (std::size_t i = 0; i < x.size(); i += 64)
        stream.process(std::span(x).subspan(i, 64), std::span(y).subspan(i, 64), 64);
    double largest = 0.0, worst = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        largest = std::max<double>(largest, std::fabs(expected[i]));
        const double here = std::fabs(y[i] - expected[i]);
        if (!(here <= worst)) worst = here;
    }
    return worst / largest;
}

}  // namespace

TEST_CASE("real files sound as in Neural Amp Modeler") {
    using wavenet =
        Sequential<Input<any, 1>,
                   WaveNet<wavenet_array<3, 2, dilations<1, 2>>, wavenet_array<2, 1, dilations<8>, head_bias>>>;
    CHECK(difference<wavenet>("wavenet.nam", "wavenet.y.f32") < 1e-5);
    CHECK(difference<nam::A1Standard>("wavenet_a1_standard.nam", "wavenet_a1_standard.y.f32") < 1e-5);
    CHECK(difference<nam::A2Full>("A2.nam", "A2.full.y.f32") < 1e-5);
    CHECK(difference<nam::A2Lite>("A2.nam", "A2.lite.y.f32", 0) < 1e-5);
    CHECK(difference<nam::LSTM<3>>("lstm.nam", "lstm.y.f32") < 1e-5);
}

TEST_CASE("nets with approximate activations read the same files and sound nearly the same") {
    const double standard =
        difference<approximate<nam::A1Standard>>("wavenet_a1_standard.nam", "wavenet_a1_standard.y.f32");
    CHECK(standard < 1e-3);
    CHECK(standard > 1e-6);
    CHECK(difference<approximate<nam::LSTM<3>>>("lstm.nam", "lstm.y.f32") < 1e-2);
}
#endif
