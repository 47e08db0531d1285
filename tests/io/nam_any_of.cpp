// .nam files into an any_of: the file decides the net.
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include <strata/applications/nam_any_of.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

using nets = any_of<nam::LSTM<2>, nam::LSTM<3>, nam::A1Nano>;

/// An LSTM of that many units, whose weights count up from `first`.
std::string lstm_file(std::size_t units, double first) {
    const std::size_t count = 4 * units * (1 + units) + 4 * units + 2 * units + units + 1;
    nlohmann::json weights = nlohmann::json::array();
    for (std::size_t i = 0; i < count; ++i) weights.push_back(first + 0.01 * static_cast<double>(i));
    return nlohmann::json{{"version", "0.5.4"},
                          {"architecture", "LSTM"},
                          {"config", {{"input_size", 1}, {"hidden_size", units}, {"num_layers", 1}}},
                          {"weights", weights}}
        .dump();
}

}  // namespace

TEST_CASE("a .nam file decides the net of an any_of") {
    const folder at;
    write(at / "two.nam", lstm_file(2, -0.2));
    write(at / "three.nam", lstm_file(3, -0.4));
    nets loaded;
    nam::load(loaded, at / "three.nam");
    REQUIRE(loaded.holds<nam::LSTM<3>>());
    nam::load(loaded, at / "two.nam");
    REQUIRE(loaded.holds<nam::LSTM<2>>());
    Model<nam::LSTM<2>> model;
    nam::load(model, at / "two.nam");
    auto stream = loaded.stream();
    auto expected = model.stream();
    const std::vector<float> sound{0.5f, -1.0f, 2.0f, 0.25f};
    std::vector<float> heard(4), wanted(4);
    stream.process(sound, heard, 4);
    expected.process(sound, wanted, 4);
    REQUIRE(heard == wanted);
    REQUIRE(heard[0] != 0.0f);
}

TEST_CASE("a .nam file of none of the nets is refused with the nearest one and its first difference") {
    const folder at;
    write(at / "five.nam", lstm_file(5, 0.0));
    write(at / "broken.nam", "{");
    write(at / "three.nam", lstm_file(3, -0.4));
    nets loaded;
    nam::load(loaded, at / "three.nam");
    const std::string message = refusal([&] { nam::load(loaded, at / "five.nam"); });
    INFO(message);
    REQUIRE(contains(message, "none of 3 nets"));
    REQUIRE(contains(message, "net 2 (sequential)"));
    REQUIRE(contains(message, "1 layers of 5 units"));
    REQUIRE(contains(refusal([&] { nam::load(loaded, at / "broken.nam"); }), "is no JSON"));
    REQUIRE(contains(refusal([&] { nam::load(loaded, at / "missing.nam"); }), "cannot be opened"));
    REQUIRE(loaded.holds<nam::LSTM<3>>());
}

TEST_CASE("a container of many submodels takes no longer than its bytes") {
    const folder at;
    std::string text = R"({"version": "0.7.0", "architecture": "SlimmableContainer", "config": {"submodels": [{})";
    for (int i = 0; i < 20'000; ++i) text += ", {}";
    write(at / "many.nam", text + "]}}");
    nets loaded;
    const std::clock_t before = std::clock();
    REQUIRE(contains(refusal([&] { nam::load(loaded, at / "many.nam"); }), "none of 3 nets"));
    // Parsing the file once takes milliseconds; 20,000 times, some minutes.
    REQUIRE(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC < 5.0);
}

#if defined(NAM_FILES)
TEST_CASE("of a container an any_of takes the largest submodel that it has a net for") {
    const std::filesystem::path file = std::filesystem::path(NAM_FILES) / "A2.nam";
    any_of<nam::A2Lite, nam::A2Full> both;
    nam::load(both, file);
    REQUIRE(both.holds<nam::A2Full>());
    nam::load(both, file, 0);
    REQUIRE(both.holds<nam::A2Lite>());
    any_of<nam::LSTM<2>, nam::A2Lite> lite;
    nam::load(lite, file);
    REQUIRE(lite.holds<nam::A2Lite>());
}
#endif
