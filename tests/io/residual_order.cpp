// Files of Keras' functional models loaded into Residuals: the order of an Add's inputs, and of creation, is not ours.
// The files here are made as Keras lays them out; tests/interop/keras_residuals.py has Keras make them.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

/// A layer of a file: Keras' class, its name, the weights of the net that it holds.
struct saved_layer {
    std::string type, name;
    std::vector<std::size_t> weights;
};

template <class Model>
void save_keras3(const std::filesystem::path& file, const Model& model, const std::vector<saved_layer>& layers,
                 bool has_names = true) {
    const io::hdf5_session session;
    io::hdf5_writer writer(file);
    std::map<std::string, std::size_t> counts;
    for (const saved_layer& layer : layers) {
        const std::size_t number = counts[layer.type]++;
        const std::string vars =
            "layers/" + layer.type + (number > 0 ? "_" + std::to_string(number) : std::string()) + "/vars";
        for (std::size_t i = 0; i < layer.weights.size(); ++i) {
            const auto weight = model.weights()[layer.weights[i]];
            writer.add(vars + "/" + std::to_string(i), weight.shape(), weight.to_vector());
        }
        if (has_names || layer.weights.empty()) writer.add_text(vars, "name", layer.name);
    }
    writer.write();
}
template <class Model>
void save_keras2(const std::filesystem::path& file, const Model& model, const std::vector<saved_layer>& layers) {
    const io::hdf5_session session;
    io::hdf5_writer writer(file);
    std::vector<std::string> names;
    for (const saved_layer& layer : layers) {
        names.push_back(layer.name);
        std::vector<std::string> weights;
        for (const std::size_t i : layer.weights) {
            const auto weight = model.weights()[i];
            weights.push_back(layer.name + "/" + std::string(weight.name().substr(weight.name().rfind('/') + 1)));
            writer.add(layer.name + "/" + weights.back(), weight.shape(), weight.to_vector());
        }
        writer.add_texts(layer.name, "weight_names", weights);
    }
    writer.add_texts("", "layer_names", names);
    writer.write();
}
/// As a script would: each weight by the name of its layer, in the order of the layers.
template <class Model>
void save_by_name(const std::filesystem::path& file, const Model& model, const std::vector<saved_layer>& layers) {
    std::vector<state_array<float>> arrays;
    for (const saved_layer& layer : layers)
        for (const std::size_t i : layer.weights) {
            const auto weight = model.weights()[i];
            arrays.push_back({layer.name, std::string(weight.name().substr(weight.name().rfind('/') + 1)),
                              weight.shape(), weight.to_vector()});
        }
    state_files<float>::save(file, arrays);
}

/// A net's message for a file saved from a model of the same weights; empty where it loads them all.
template <class Net, class Model>
std::string loaded(Net net, const std::filesystem::path& file, const Model& saved) {
    auto model = net.build({.seed = 9});
    const auto before = model;
    const std::string what = refusal([&] { model.load_weights(file); });
    if (!what.empty()) {
        REQUIRE(model == before);
        return what;
    }
    for (std::size_t i = 0; i < model.weights().size(); ++i)
        REQUIRE(model.weights()[i].to_vector() == saved.weights()[i].to_vector());
    return what;
}

constexpr auto alike =
    Sequential{Input<5, 4, 3>{}, Residual{Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}, shortcut<Conv2D<3, 1>>{}}, Flatten<>{}};
constexpr auto alike_named = Sequential{
    Input<5, 4, 3>{},
    Residual{Conv2D<3, 1, Tanh, name<"one">>{}, Conv2D<3, 1, name<"two">>{}, shortcut<Conv2D<3, 1, name<"side">>>{}},
    Flatten<>{}};
constexpr auto side_named =
    Sequential{Input<5, 4, 3>{}, Residual{Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}, shortcut<Conv2D<3, 1, name<"side">>>{}},
               Flatten<>{}};
constexpr auto unlike =
    Sequential{Input<5, 4, 3>{},
               Residual{Conv2D<3, 3, Tanh, padding::same>{}, BatchNormalization<>{}, Conv2D<3, 3, padding::same>{},
                        BatchNormalization<>{}, shortcut<Conv2D<3, 1>, BatchNormalization<>>{}},
               Flatten<>{}};

/// The layers of `alike` in Keras' files: the Add has its inputs in either order.
std::vector<saved_layer> alike_layers(bool shortcut_first, const std::string& one, const std::string& two,
                                      const std::string& side) {
    std::vector<saved_layer> layers{{"input_layer", "input_layer", {}}, {"conv2d", one, {0, 1}}};
    const saved_layer main{"conv2d", two, {2, 3}}, other{"conv2d", side, {4, 5}};
    layers.insert(layers.end(),
                  shortcut_first ? std::initializer_list{other, main} : std::initializer_list{main, other});
    layers.push_back({"add", "add", {}});
    layers.push_back({"flatten", "flatten", {}});
    return layers;
}
std::vector<saved_layer> unlike_layers(bool shortcut_first, bool side_made_first) {
    const std::size_t m = side_made_first ? 1 : 0, s = side_made_first ? 0 : 2;
    const auto name = [](std::string type, std::size_t number) {
        return number > 0 ? type + "_" + std::to_string(number) : type;
    };
    std::vector<saved_layer> layers{{"input_layer", "input_layer", {}},
                                    {"conv2d", name("conv2d", m), {0, 1}},
                                    {"batch_normalization", name("batch_normalization", m), {2, 3, 4, 5}}};
    const saved_layer conv{"conv2d", name("conv2d", m + 1), {6, 7}}, side{"conv2d", name("conv2d", s), {12, 13}},
        norm{"batch_normalization", name("batch_normalization", m + 1), {8, 9, 10, 11}},
        side_norm{"batch_normalization", name("batch_normalization", s), {14, 15, 16, 17}};
    if (shortcut_first) layers.insert(layers.end(), {side, conv, side_norm, norm});
    else layers.insert(layers.end(), {conv, side, norm, side_norm});
    layers.push_back({"add", "add", {}});
    layers.push_back({"flatten", "flatten", {}});
    return layers;
}
/// Statistics that differ from layer to layer.
template <class Net>
auto filled(Net net) {
    auto model = net.build({.seed = 4});
    random_engine engine(5);
    for (const auto& weight : model.weights()) {
        std::vector<float> values = weight.to_vector();
        for (float& value : values) value = static_cast<float>(engine.uniform());
        weight.assign(values);
    }
    return model;
}

}  // namespace

TEST_CASE("a projection of another shape is found whatever the order of the Add and of creation") {
    const folder at;
    const auto model = filled(unlike);
    for (const bool shortcut_first : {false, true})
        for (const bool side_made_first : {false, true}) {
            INFO(shortcut_first << side_made_first);
            const auto layers = unlike_layers(shortcut_first, side_made_first);
            save_keras3(at / "a.weights.h5", model, layers);
            CHECK(loaded(unlike, at / "a.weights.h5", model) == "");
            save_keras2(at / "a.h5", model, layers);
            CHECK(loaded(unlike, at / "a.h5", model) == "");
            // Names alone do not say whose normalization it is: it has one shape on both paths.
            save_by_name(at / "a.safetensors", model, layers);
            CHECK(contains(loaded(unlike, at / "a.safetensors", model), "does not tell which weights"));
        }
}

TEST_CASE("names tell the paths apart in files that have nothing else, where the shapes do not lie") {
    constexpr auto plain = Sequential{
        Input<5, 4, 3>{},
        Residual{Conv2D<3, 3, Tanh, padding::same>{}, Conv2D<3, 3, padding::same>{}, shortcut<Conv2D<3, 1>>{}}};
    const folder at;
    const auto model = filled(plain);
    const saved_layer one{"conv2d", "conv2d_4", {0, 1}}, two{"conv2d", "conv2d_5", {2, 3}};
    for (const std::string side : {"conv2d_3", "conv2d_6"}) {  // made before the layers, and after them
        save_by_name(at / "a.safetensors", model, {one, two, {"conv2d", side, {4, 5}}});
        CHECK(loaded(plain, at / "a.safetensors", model) == "");
        save_by_name(at / "b.safetensors", model, {{"conv2d", side, {4, 5}}, two, one});
        CHECK(loaded(plain, at / "b.safetensors", model) == "");
    }
}

TEST_CASE("weights that could be exchanged are refused with the layers to name, and are right with names") {
    const folder at;
    const auto model = filled(alike);
    for (const bool shortcut_first : {false, true})
        for (const auto& [one, two, side] : {std::array<std::string, 3>{"conv2d", "conv2d_1", "conv2d_2"},
                                             {"conv2d_1", "conv2d_2", "conv2d"},
                                             {"one", "two", "side"}}) {
            INFO(shortcut_first << one << two << side);
            const auto layers = alike_layers(shortcut_first, one, two, side);
            save_keras3(at / "a.weights.h5", model, layers);
            save_keras3(at / "b.weights.h5", model, layers, false);
            save_keras2(at / "a.h5", model, layers);
            save_by_name(at / "a.safetensors", model, layers);
            for (const char* name : {"a.weights.h5", "b.weights.h5", "a.h5", "a.safetensors"}) {
                INFO(name);
                const std::string what = loaded(alike, at / name, model);
                CHECK(contains(what, "does not tell which weights"));
                CHECK(contains(what, "path of residual"));
                CHECK(contains(what, "name<\"...\">"));
            }
            const bool has_names = one == "one";
            for (const char* name : {"a.weights.h5", "a.h5", "a.safetensors"}) {
                INFO(name);
                CHECK((loaded(alike_named, at / name, model) == "") == has_names);
            }
            CHECK((loaded(side_named, at / "a.weights.h5", model) == "") == has_names);
            CHECK((loaded(side_named, at / "a.h5", model) == "") == has_names);
            CHECK(loaded(alike_named, at / "b.weights.h5", model) != "");
        }
}

TEST_CASE("names of the file itself may be given: Keras' default ones too") {
    constexpr auto given = Sequential{
        Input<5, 4, 3>{}, Residual{Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}, shortcut<Conv2D<3, 1, name<"conv2d_7">>>{}},
        Flatten<>{}};
    const folder at;
    const auto model = filled(alike);
    for (const bool shortcut_first : {false, true}) {
        const auto layers = alike_layers(shortcut_first, "conv2d_5", "conv2d_6", "conv2d_7");
        save_keras3(at / "a.weights.h5", model, layers);
        CHECK(loaded(given, at / "a.weights.h5", model) == "");
        save_keras2(at / "a.h5", model, layers);
        CHECK(loaded(given, at / "a.h5", model) == "");
    }
}

TEST_CASE("an activation that is a layer in Keras and an option here moves one path: refused, not exchanged") {
    // Keras: the shortcut is a convolution and an activation, which stands one step further from the Add.
    constexpr auto fused = Sequential{
        Input<5, 4, 3>{}, Residual{Conv2D<3, 1>{}, Conv2D<3, 3, padding::same>{}, shortcut<Conv2D<3, 1, Tanh>>{}},
        Flatten<>{}};
    const folder at;
    const auto model = filled(fused);
    for (const bool shortcut_first : {false, true}) {
        const saved_layer one{"conv2d", "conv2d", {0, 1}}, side{"conv2d", "conv2d_2", {4, 5}};
        std::vector<saved_layer> layers{{"input_layer", "input_layer", {}}};
        layers.insert(layers.end(),
                      shortcut_first ? std::initializer_list{side, one} : std::initializer_list{one, side});
        layers.push_back({"conv2d", "conv2d_1", {2, 3}});
        layers.push_back({"activation", "activation", {}});
        layers.push_back({"add", "add", {}});
        layers.push_back({"flatten", "flatten", {}});
        save_keras3(at / "a.weights.h5", model, layers);
        CHECK(contains(loaded(fused, at / "a.weights.h5", model), "does not tell which weights"));
        save_keras2(at / "a.h5", model, layers);
        CHECK(contains(loaded(fused, at / "a.h5", model), "does not tell which weights"));
    }
}

TEST_CASE("two Residuals, one in the other and one after it, may each have their own order") {
    constexpr auto deep =
        Sequential{Input<6>{},
                   Residual{Dense<5, Tanh>{}, Residual{Dense<4, Tanh>{}, Dense<7>{}, shortcut<Dense<7, no_bias>>{}},
                            Dense<3>{}, shortcut<Dense<5, Tanh>, Dense<8, ReLU>, Dense<4, ReLU>, Dense<3, no_bias>>{}},
                   Residual{Dense<4>{}, Dense<9>{}, shortcut<Dense<9, no_bias>>{}}};
    // Weights: 0-1 a, 2-3 b, 4-5 c, 6 inner side, 7-8 d, 9-10 s, 11-12 t, 13-14 u, 15 v, 16-17 e, 18-19 f, 20 outer
    // side.
    const folder at;
    const auto model = filled(deep);
    const auto pair = [](bool flipped, const saved_layer& a, const saved_layer& b) {
        return flipped ? std::vector{b, a} : std::vector{a, b};
    };
    for (int orders = 0; orders < 8; ++orders) {
        INFO(orders);
        const bool outer = (orders & 1) != 0, inner = (orders & 2) != 0, next = (orders & 4) != 0;
        const auto dense = [](std::vector<std::size_t> weights) {
            return saved_layer{"dense", "d", std::move(weights)};
        };
        std::vector<saved_layer> layers{{"input_layer", "input", {}}};
        const auto append = [&](std::vector<saved_layer> more) {
            for (saved_layer& layer : more) {
                layer.name += std::to_string(layers.size());
                layers.push_back(std::move(layer));
            }
        };
        // By the distance to the outer Add: 5: a; 4: b and s; 3: c, inner side and t ... as Keras sorts them.
        append({dense({0, 1})});
        append(pair(outer, dense({2, 3}), dense({9, 10})));
        std::vector<saved_layer> level = pair(inner, dense({4, 5}), dense({6}));
        level.insert(outer ? level.begin() : level.end(), dense({11, 12}));
        append(level);
        append({dense({13, 14})});
        append(pair(outer, dense({7, 8}), dense({15})));
        append({dense({16, 17})});
        append(pair(next, dense({18, 19}), dense({20})));
        save_keras3(at / "a.weights.h5", model, layers);
        CHECK(loaded(deep, at / "a.weights.h5", model) == "");
        save_keras2(at / "a.h5", model, layers);
        CHECK(loaded(deep, at / "a.h5", model) == "");
    }
}

TEST_CASE("a net of its own saves and loads whatever its Residuals are, in every format") {
    constexpr auto functional = Functional{
        Input<5, 4, 3>{}, Residual{Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}, shortcut<Conv2D<3, 1>>{}}, Flatten<>{}};
    constexpr auto other_order = Functional{
        Input<5, 4, 3>{}, Residual{shortcut<Conv2D<3, 1>>{}, Conv2D<3, 1, Tanh>{}, Conv2D<3, 1>{}}, Flatten<>{}};
    const folder at;
    const auto first = filled(functional);
    const auto second = filled(other_order);
    for (const std::string name : {"a.weights.h5", "a.h5", "a.safetensors"}) {
        INFO(name);
        first.save_weights(at / name);
        CHECK(loaded(functional, at / name, first) == "");
        CHECK(loaded(other_order, at / name, first) == "");
        second.save_weights(at / name);
        CHECK(loaded(functional, at / name, second) == "");
        CHECK(loaded(other_order, at / name, second) == "");
    }
}

TEST_CASE("branching layers of a net save and load in every format, alike and unnamed paths too") {
    constexpr auto functional =
        Functional{Input<5, 4, 3>{},
                   Multiply<branch<Conv2D<3, 3, padding::same, Tanh>>, branch<Conv2D<3, 3, padding::same, Sigmoid>>>{},
                   Concatenate<branch<Conv2D<2, 1>>, branch<>, branch<Conv2D<2, 1>, Conv2D<4, 1>>>{},
                   Add<branch<Conv2D<2, 1>>, branch<Conv2D<2, 1, Tanh>>, branch<Conv2D<2, 1, Sigmoid>>>{}, Flatten<>{}};
    constexpr auto five =
        Functional{Input<4>{}, Average<branch<Dense<2>>, branch<Dense<2, Tanh>>, branch<Dense<2, ReLU>>,
                                       branch<Dense<2, Sigmoid>>, branch<Dense<2, SiLU>>>{}};
    constexpr auto sequential = Sequential{Input<4>{}, Subtract<branch<Dense<2>>, branch<Dense<2, Tanh>>>{}};
    const folder at;
    const auto first = filled(functional);
    const auto second = filled(five);
    const auto third = filled(sequential);
    for (const std::string name : {"a.weights.h5", "a.h5", "a.safetensors"}) {
        INFO(name);
        first.save_weights(at / name);
        CHECK(loaded(functional, at / name, first) == "");
        second.save_weights(at / name);
        CHECK(loaded(five, at / name, second) == "");
        third.save_weights(at / name);
        CHECK(loaded(sequential, at / name, third) == "");
    }
}

/// Three paths whose layers with weights are 0 and 1, 2, 3 and 4. First: the width of the first layer of each path.
template <int First, int Second, int Third>
constexpr auto three_paths = Sequential{
    Input<3>{},
    Concatenate<branch<Dense<First, Tanh>, Dense<2>>, branch<Dense<Second>>, branch<Dense<Third, ReLU>, Dense<6>>>{}};

/// All orders in which the layers of these paths may be created: the layers of one path keep their order.
std::vector<std::vector<std::size_t>> creations_of_three_paths() {
    std::vector<std::vector<std::size_t>> result;
    std::vector<std::size_t> order{0, 1, 2, 3, 4};
    do {
        const auto at = [&](std::size_t layer) { return std::find(order.begin(), order.end(), layer); };
        if (at(0) < at(1) && at(3) < at(4)) result.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
    return result;
}

/// The order of the data in a file.
enum class data_order { of_the_net, of_creation, sorted };

/// Saves the weights under Keras' default names, which count in the order of creation. Gives the message of each order
/// that is refused; `loaded` compares the weights of the others.
template <class Net>
std::vector<std::string> refusals_of_creations(Net net, data_order data) {
    const folder at;
    const auto model = filled(net);
    std::vector<std::string> result;
    for (const std::vector<std::size_t>& order : creations_of_three_paths()) {
        std::vector<saved_layer> layers(order.size());
        for (std::size_t number = 0; number < order.size(); ++number) {
            const std::size_t i = order[number];
            layers[data == data_order::of_the_net ? i : number] = {
                "dense", number == 0 ? "dense" : "dense_" + std::to_string(number), {2 * i, 2 * i + 1}};
            if (data == data_order::sorted) std::swap(layers[number].weights[0], layers[number].weights[1]);
        }
        save_by_name(at / "a.safetensors", model, layers);
        if (std::string message = loaded(net, at / "a.safetensors", model); !message.empty()) result.push_back(message);
    }
    return result;
}

TEST_CASE("three paths created in any order load rightly from files of names alone, or are refused with a remedy") {
    REQUIRE(creations_of_three_paths().size() == 30);
    for (const data_order data : {data_order::of_the_net, data_order::of_creation, data_order::sorted}) {
        INFO(static_cast<int>(data));
        auto messages = refusals_of_creations(three_paths<4, 5, 7>, data);
        CHECK(messages.size() < 30);  // of unlike paths some orders are found
        for (const auto& alike_paths :
             {refusals_of_creations(three_paths<4, 4, 4>, data), refusals_of_creations(three_paths<4, 4, 7>, data)}) {
            if (data != data_order::of_the_net) CHECK(alike_paths.size() == 30);
            messages.insert(messages.end(), alike_paths.begin(), alike_paths.end());
        }
        for (const std::string& message : messages) {
            CAPTURE(message);
            CHECK((contains(message, "give these layers the names that they have in Keras, by name<\"...\">") ||
                   contains(message, "give the layers the names of the file")));
        }
    }
}

TEST_CASE("three paths whose layers have the names of the file load whatever the order of creation") {
    constexpr auto named = Sequential{
        Input<3>{},
        Concatenate<branch<Dense<4, Tanh, name<"dense_3">>, Dense<4, name<"dense">>>, branch<Dense<4, name<"dense_4">>>,
                    branch<Dense<4, ReLU, name<"dense_1">>, Dense<4, name<"dense_2">>>>{}};
    const folder at;
    const auto model = filled(named);
    std::vector<saved_layer> layers{{"dense", "dense_3", {0, 1}},
                                    {"dense", "dense", {2, 3}},
                                    {"dense", "dense_4", {4, 5}},
                                    {"dense", "dense_1", {6, 7}},
                                    {"dense", "dense_2", {8, 9}}};
    for (int turn = 0; turn < 5; ++turn) {
        save_by_name(at / "a.safetensors", model, layers);
        CHECK(loaded(named, at / "a.safetensors", model) == "");
        std::rotate(layers.begin(), layers.begin() + 1, layers.end());
    }
}
