// Saving and loading .safetensors: what was saved comes back, and what is wrong changes nothing.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<4>{}};

struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "strata-safetensors-test";
    folder() { std::filesystem::create_directories(path); }
    ~folder() { std::filesystem::remove_all(path); }
};

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
void write(const std::filesystem::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

}  // namespace

TEST_CASE("what was saved as safetensors comes back bit for bit") {
    const folder at;
    const auto model = net.build({.seed = 3});
    model.save_weights(at.path / "a.safetensors");
    auto other = net.build({.seed = 4});
    REQUIRE(!(other == model));
    other.load_weights(at.path / "a.safetensors");
    REQUIRE(other == model);
}

TEST_CASE("a truncated safetensors file is refused at every length and changes nothing") {
    const folder at;
    net.build({.seed = 3}).save_weights(at.path / "a.safetensors");
    const std::string bytes = read(at.path / "a.safetensors");
    auto model = net.build({.seed = 9});
    const auto before = model;
    for (std::size_t length = 0; length < bytes.size(); length += 7) {
        write(at.path / "b.safetensors", bytes.substr(0, length));
        REQUIRE_THROWS_AS(model.load_weights(at.path / "b.safetensors"), file_error);
        REQUIRE(model == before);
    }
}

TEST_CASE("a changed byte in a safetensors header never crashes") {
    const folder at;
    net.build({.seed = 3}).save_weights(at.path / "a.safetensors");
    const std::string bytes = read(at.path / "a.safetensors");
    auto model = net.build();
    random_engine engine(17);
    int refused_count = 0;
    for (int i = 0; i < 2000; ++i) {
        std::string broken = bytes;
        broken[engine() % 400] = static_cast<char>(engine() & 0xff);
        write(at.path / "b.safetensors", broken);
        try {
            model.load_weights(at.path / "b.safetensors");
        } catch (const file_error&) {
            ++refused_count;
        }
    }
    REQUIRE(refused_count > 1000);
}

TEST_CASE("errors of weight files name the file, the layer, and both shapes") {
    const folder at;
    Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<5>{}}.build().save_weights(at.path / "a.safetensors");
    auto model = net.build();
    try {
        model.load_weights(at.path / "a.safetensors");
        FAIL("a file of another shape was loaded");
    } catch (const file_error& error) {
        const std::string what = error.what();
        for (const char* part : {"a.safetensors", "layer dense (Dense)", "kernel", "(48, 4)", "(48, 5)"})
            REQUIRE(what.find(part) != std::string::npos);
    }
    REQUIRE_THROWS_AS(model.load_weights(at.path / "missing.safetensors"), file_error);
    REQUIRE_THROWS_AS(model.load_weights(at.path), file_error);
    REQUIRE_THROWS_AS(model.save_weights(at.path / "no" / "such.safetensors"), file_error);
    REQUIRE_THROWS_AS(model.save_weights(at.path / "a.xyz"), file_error);
}
