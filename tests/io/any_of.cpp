// any_of: the file decides which net it becomes, calls give what the net's own model gives, and streams keep their net.
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

const std::vector<std::string> extensions{
    ".safetensors",
#if defined(STRATA_WITH_HDF5)
    ".weights.h5",
    ".h5",
#endif
#if defined(STRATA_WITH_LIBZIP)
    ".npz",
#endif
};

using small = Sequential<Input<6>, Dense<4, ReLU>, Dense<2>, name<"small">>;
using deep = Sequential<Input<6>, Dense<8, Tanh>, Dense<8, Tanh>, Dense<2>, name<"deep">>;
using wide = Sequential<Input<6>, Dense<1500, ReLU>, Dense<2>, name<"wide">>;
using recurrent = Sequential<Input<any, 1>, LSTM<5, return_sequences>, Dense<1>>;
using convolution = Sequential<Input<any, 1>, Conv1D<3, 4, padding::causal, dilation<2>, Tanh>, Dense<1>>;

template <class Net>
Model<Net> model_of(std::uint64_t seed) {
    return Model<Net>(build_options{.seed = seed});
}

/// Two samples, and the first of them.
const std::vector<float> samples{0.5f, -1.0f, 2.0f, 0.0f, 1.5f, -0.5f, 1.0f, 1.0f, -1.0f, 0.25f, 3.0f, -2.0f};
const std::vector<float> sample(samples.begin(), samples.begin() + 6);

/// One channel of sound through a stream.
template <class Stream>
std::vector<float> heard(Stream& stream, std::size_t steps) {
    std::vector<float> in(steps), out(steps);
    for (std::size_t i = 0; i < steps; ++i) in[i] = static_cast<float>(i % 7) * 0.25f - 0.5f;
    REQUIRE(stream.process(in, out, steps) == steps);
    return out;
}

}  // namespace

TEMPLATE_TEST_CASE("a file decides the net of an any_of", "", small, deep, wide) {
    const Model<TestType> saved = model_of<TestType>(3);
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        saved.save_weights(at / ("net" + extension));
        any_of<small, deep, wide> chosen;
        REQUIRE(chosen.holds<small>());
        chosen.load_weights(at / ("net" + extension));
        REQUIRE(chosen.holds<TestType>());
        REQUIRE(chosen.model_name() == TestType::model_name());
        REQUIRE(chosen.predict(samples) == saved.predict(samples));
        auto workspace = chosen.workspace();
        std::array<float, 2> y{}, expected{};
        chosen.infer(sample, y, workspace);
        auto own = saved.workspace();
        saved.infer(sample, expected, own);
        REQUIRE(y == expected);
        chosen.save_weights(at / ("again" + extension));
        REQUIRE(read(at / ("again" + extension)) == read(at / ("net" + extension)));
    }
}

TEST_CASE("a file of none of the nets is refused with the nearest one and its first difference") {
    using other = Sequential<Input<6>, Dense<8, Tanh>, Dense<7, Tanh>, Dense<2>>;
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const auto file = at / ("other" + extension);
        model_of<other>(3).save_weights(file);
        any_of<small, deep, wide> chosen(model_of<wide>(5));
        const std::vector<float> before = chosen.predict(samples);
        const std::string message = refusal([&] { chosen.load_weights(file); });
        INFO(message);
        REQUIRE(contains(message, file.string()));
        REQUIRE(contains(message, "none of 3 nets"));
        REQUIRE(contains(message, "net 2 (deep)"));
        REQUIRE(contains(message, "dense_1"));
        REQUIRE(chosen.holds<wide>());
        REQUIRE(chosen.predict(samples) == before);
    }
}

TEST_CASE("where a file does not state its architecture, the shapes of its weights decide") {
    using relu = Sequential<Input<6>, Dense<4, ReLU>, Dense<2>, name<"relu">>;
    using tanh = Sequential<Input<6>, Dense<4, Tanh>, Dense<2>, name<"tanh">>;
    using other = Sequential<Input<6>, Dense<8, Tanh>, Dense<7, Tanh>, Dense<2>>;
    const folder at;
    const auto without_architecture = [&](const auto& model, const std::string& name) {
        model.save_weights(at / name);
        std::string bytes = read(at / name);
        bytes.replace(bytes.find("strata-architecture 1"), 21, "strata-architecture 9");
        write(at / name, bytes);
        return at / name;
    };
    for (const std::string extension : {".safetensors",
#if defined(STRATA_WITH_HDF5)
                                        ".weights.h5", ".h5"
#endif
         }) {
        INFO(extension);
        const auto file = without_architecture(model_of<tanh>(1), "tanh" + extension);
        any_of<deep, tanh> chosen;
        chosen.load_weights(file);
        REQUIRE(chosen.holds<tanh>());
        any_of<relu, deep, tanh> doubtful;
        const std::string both = refusal([&] { doubtful.load_weights(file); });
        REQUIRE(contains(both, "net 1 (relu) and net 3 (tanh)"));
        doubtful.emplace<tanh>([&](auto& model) { model.load_weights(file); });
        REQUIRE(doubtful.predict(samples) == chosen.predict(samples));
        const auto none = without_architecture(model_of<other>(1), "other" + extension);
        const std::string message = refusal([&] { doubtful.load_weights(none); });
        INFO(message);
        REQUIRE(contains(message, "none of 3 nets"));
        REQUIRE(contains(message, "net 2 (deep)"));
        REQUIRE(contains(message, "dense_1"));
        REQUIRE(doubtful.holds<tanh>());
    }
}

TEST_CASE("a file that is missing, or of no known kind, is refused as a model refuses it") {
    const folder at;
    any_of<small, deep> chosen;
    Model<small> model = model_of<small>(1);
    for (const char* name : {"missing.safetensors", "missing.xyz"})
        REQUIRE(refusal([&] { chosen.load_weights(at / name); }) == refusal([&] { model.load_weights(at / name); }));
}

TEST_CASE("visit gives the model, whose weights may be written") {
    any_of<small, deep> chosen = model_of<deep>(2);
    REQUIRE(chosen.visit([](const auto& model) { return model.parameter_count(); }) == deep::parameter_count());
    chosen.visit([](auto& model) {
        for (const auto weight : model.weights())
            for (std::size_t i = 0; i < weight.size(); ++i) weight.write(i, 0.0f);
    });
    REQUIRE(chosen.predict(samples) == std::vector<float>(4));
    chosen.emplace<small>([](auto& model) { model.weights().back().assign(std::array{1.0f, 2.0f}); });
    REQUIRE(chosen.index() == 0);
    REQUIRE(chosen.predict(samples) == std::vector<float>{1.0f, 2.0f, 1.0f, 2.0f});
}

TEST_CASE("a stream of an any_of gives what a stream of its net gives") {
    const auto first = model_of<recurrent>(1);
    const auto second = model_of<convolution>(2);
    any_of<recurrent, convolution> chosen = first;
    auto stream = chosen.stream();
    auto own = first.stream();
    REQUIRE(heard(stream, 70) == heard(own, 70));

    // The any_of takes another net: the stream keeps its own, with its weights and its past.
    chosen = second;
    REQUIRE(heard(stream, 20) == heard(own, 20));
    REQUIRE(stream.index() == 0);
    auto copy = stream;
    auto moved = std::move(stream);
    const std::vector<float> next = heard(own, 9);
    REQUIRE(heard(copy, 9) == next);
    REQUIRE(heard(moved, 9) == next);

    // Then it is given the other net, and begins anew.
    moved.use(chosen);
    auto other = second.stream();
    REQUIRE(moved.index() == 1);
    REQUIRE(moved.warm_up() == 6);
    REQUIRE(heard(moved, 70) == heard(other, 70));
    REQUIRE(heard(copy, 9) == heard(own, 9));
    moved.reset();
    other.reset();
    moved.prewarm(3);
    other.prewarm(3);
    REQUIRE(heard(moved, 5) == heard(other, 5));

    // New weights of the same net act from the next step on.
    chosen.visit([](auto& model) {
        for (const auto weight : model.weights()) weight.assign(std::vector<float>(weight.size()));
    });
    REQUIRE(heard(moved, 5) == std::vector<float>(5));
}

TEST_CASE("a stream may live longer than the any_of that it was made of") {
    const auto model = model_of<recurrent>(1);
    auto chosen = std::make_unique<any_of<recurrent, convolution>>(model);
    auto stream = chosen->stream();
    chosen.reset();
    auto own = model.stream();
    REQUIRE(heard(stream, 30) == heard(own, 30));
}

TEST_CASE("a copy of an any_of has weights of its own") {
    any_of<small, deep> chosen = model_of<small>(2);
    const any_of<small, deep> copy = chosen;
    chosen = model_of<deep>(4);
    REQUIRE(copy.holds<small>());
    REQUIRE(copy.predict(samples) == model_of<small>(2).predict(samples));
}
