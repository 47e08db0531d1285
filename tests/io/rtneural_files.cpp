// Files of RTNeural: weights at their places, refusals; and, where the folder is there, real files with the outputs of
// Keras.
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <strata/applications/rtneural_files.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

constexpr const char* small = R"({"in_shape": [null, null, 1], "samplerate": 48000, "layers": [
  {"type": "dense", "activation": "tanh", "shape": [null, null, 2], "weights": [[[1, 2]], [3, 4]]},
  {"type": "conv1d", "activation": "", "shape": [null, null, 1],
   "kernel_size": [2], "dilation": [3], "groups": 1,
   "weights": [[[[5], [6]], [[7], [8]]], [9]]},
  {"type": "prelu", "activation": "", "shape": [null, null, 1], "weights": [[[0.5]]]},
  {"type": "batchnorm", "activation": "", "shape": [null, null, 1], "epsilon": 0.25,
   "weights": [[1], [2], [3], [4]]}]})";
using small_net = Sequential<Input<any, 1>, Dense<2, Tanh>, Conv1D<1, 2, padding::causal, dilation<3>>,
                             PReLU<shared_axes<1, 2>>, BatchNormalization<epsilon<0.25>>>;

template <class Net>
std::string sentence_of(const std::string& content) {
    const folder place;
    write(place / "a.json", content);
    auto model = Net{}.build({.seed = 1});
    const auto before = model;
    const std::string message = refusal([&] { rtneural::load(model, place / "a.json"); });
    CHECK((message.empty() || model == before));
    return message;
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a file of RTNeural gives each weight its values") {
    const folder place;
    write(place / "a.json", small);
    auto model = small_net{}.build({.seed = 1});
    rtneural::load(model, place / "a.json");
    const std::vector<std::vector<float>> expected{{1, 2}, {3, 4}, {5, 6, 7, 8}, {9}, {0.5f}, {1}, {2}, {3}, {4}};
    REQUIRE(model.weights().size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(model.weights()[i].to_vector() == expected[i]);
}

TEST_CASE("the calls of docs/audio.md read a file of RTNeural") {
    using nlohmann::json;
    const auto filled = [](std::size_t rows, std::size_t columns, int value) {
        return json(rows, json(columns, value));
    };
    const json lstm{{"type", "lstm"},
                    {"activation", ""},
                    {"shape", {nullptr, nullptr, 16}},
                    {"weights", {filled(1, 64, 1), filled(16, 64, 2), json(64, 3)}}};
    const json dense{{"type", "dense"},
                     {"activation", ""},
                     {"shape", {nullptr, nullptr, 1}},
                     {"weights", {filled(16, 1, 4), json(1, 5)}}};
    const folder directory;
    write(directory / "amp.json", json{{"in_shape", {nullptr, nullptr, 1}}, {"layers", {lstm, dense}}}.dump());
    // [load]
    auto model = Sequential{Input<any, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}}.build();
    rtneural::load(model, directory / "amp.json");  // file_error where a layer, a setting or a weight's shape differs
    // [/load]
    CHECK(model.get_layer<"dense">().bias()[0] == 5);
}

TEST_CASE("a file of RTNeural with another net is refused at the first difference") {
    CHECK(sentence_of<small_net>(small).empty());
    using another_dilation = Sequential<Input<any, 1>, Dense<2, Tanh>, Conv1D<1, 2, padding::causal, dilation<2>>,
                                        PReLU<shared_axes<1, 2>>, BatchNormalization<epsilon<0.25>>>;
    CHECK(contains(sentence_of<another_dilation>(small),
                   "layer 2 is Conv1D(dilation_rate=[3], filters=1, kernel_size=[2], "
                   "padding=causal), the net has Conv1D(dilation_rate=[2]"));
    using another_activation = Sequential<Input<any, 1>, Dense<2, ReLU>, Conv1D<1, 2, padding::causal, dilation<3>>,
                                          PReLU<shared_axes<1, 2>>, BatchNormalization<epsilon<0.25>>>;
    CHECK(contains(sentence_of<another_activation>(small), "layer 1 is Tanh(), the net has ReLU()"));
    CHECK(contains(sentence_of<Sequential<Input<any, 1>, Dense<2, Tanh>>>(small), "layer 2 is Conv1D"));
    using longer = Sequential<Input<any, 1>, Dense<2, Tanh>, Conv1D<1, 2, padding::causal, dilation<3>>,
                              PReLU<shared_axes<1, 2>>, BatchNormalization<epsilon<0.25>>, Dense<1>>;
    CHECK(contains(sentence_of<longer>(small), "ends where the net has Dense(units=1)"));
    using another_input = Sequential<Input<any, 3>, Dense<2, Tanh>, Conv1D<1, 2, padding::causal, dilation<3>>,
                                     PReLU<shared_axes<1, 2>>, BatchNormalization<epsilon<0.25>>>;
    CHECK(contains(sentence_of<another_input>(small),
                   "layer 1 has a weight of the shape (1, 2), the net's kernel is (3, 2)"));
}

TEST_CASE("a damaged file of RTNeural is refused") {
    const auto with = [](const char* from, const char* to) {
        return sentence_of<small_net>(replaced(small, from, to));
    };
    CHECK(contains(sentence_of<small_net>("{"), "has no layers"));
    CHECK(contains(sentence_of<small_net>("[]"), "has no layers"));
    CHECK(contains(with("\"samplerate\"", "\"in_gain\""), "has the part \"in_gain\""));
    CHECK(contains(with("\"dense\"", "\"flatten\""), "layer 1 has the type \"flatten\", which RTNeural does not know"));
    CHECK(contains(with("\"tanh\"", "\"gelu\""), "layer 1 has the activation \"gelu\""));
    CHECK(contains(with("[3, 4]", "[3, \"4\"]"), "layer 1 has a weight that is no finite number"));
    CHECK(contains(with("[[5], [6]]", "[[5]]"), "layer 2 has a weight whose rows differ in length"));
    CHECK(contains(with("[[1, 2]], ", ""), "layer 1 is Dense(units=2, use_bias=false)"));
    CHECK(contains(with("[[[0.5]]]", "[[]]"), "layer 3 has a weight without values"));
    CHECK(contains(with("\"epsilon\": 0.25,", ""), "layer 4 has no epsilon"));
    CHECK(contains(with("\"kernel_size\": [2]", "\"kernel_size\": [0]"), "layer 2 has kernel_size 0, expected"));
    CHECK(contains(with("\"kernel_size\": [2]", "\"kernel_size\": [4e9]"), "layer 2 has kernel_size"));
    // JSON's library would print this value, and call itself for each list.
    const std::string deep = "\"kernel_size\": " + std::string(200'000, '[') + std::string(200'000, ']');
    CHECK(contains(with("\"kernel_size\": [2]", deep.c_str()), "nested deeper than 200"));
}

#if defined(RTNEURAL_FILES)

namespace {

std::vector<float> numbers(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::vector<float> result;
    for (std::string line; std::getline(in, line);) result.push_back(std::stof(line));
    return result;
}
template <class Net>
double difference(const std::string& name) {
    const std::filesystem::path files = RTNEURAL_FILES;
    auto model = Net{}.build();
    rtneural::load(model, files / (name + ".json"));
    const auto x = numbers(files / (name + "_x_python.csv")), y = numbers(files / (name + "_y_python.csv"));
    std::vector<float> found(y.size());
    auto stream = model.stream();
    stream.process(x, found, x.size());
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(found[i] - y[i])));
        largest = std::max(largest, static_cast<double>(std::abs(y[i])));
    }
    REQUIRE(largest > 0.01);
    return worst / largest;
}

}  // namespace

TEST_CASE("real files of RTNeural give the outputs of Keras") {
    using lstm = Sequential<Input<any, 1>, LSTM<8, return_sequences>, Dense<1>>;
    using gru = Sequential<Input<any, 1>, GRU<8, return_sequences>, Dense<8, Sigmoid>, Dense<1>>;
    using convolutions =
        Sequential<Input<any, 1>, Dense<8, Tanh>, Conv1D<4, 3, padding::causal, Tanh>,
                   BatchNormalization<epsilon<0.01>>, PReLU<shared_axes<1>>, Conv1D<4, 1, padding::causal, Tanh>,
                   Conv1D<6, 3, dilation<2>, groups<2>, padding::causal, Tanh>,
                   BatchNormalization<epsilon<5.0>, no_center, no_scale>, PReLU<shared_axes<1, 2>>, Dense<1, Sigmoid>>;
    CHECK(difference<lstm>("lstm_1d") < 1e-5);
    CHECK(difference<gru>("gru_1d") < 1e-5);
    CHECK(difference<convolutions>("conv") < 1e-5);
}

#endif
