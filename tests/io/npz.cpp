// .npz files: what numpy may write, and what is refused.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<3>{}, Dense<2>{}};
constexpr auto counting = Sequential{Input<2>{}, Normalization<>{}};

template <class Value>
std::string bytes(const std::vector<Value>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)};
}
/// An array with a header of its own.
std::string array(std::string dictionary, const std::string& values, char version = 1) {
    dictionary += '\n';
    std::string result = std::string("\x93NUMPY", 6) + version + '\0';
    result += static_cast<char>(dictionary.size() & 0xff);
    result += static_cast<char>(dictionary.size() >> 8);
    if (version > 1) result += std::string(2, '\0');
    return result + dictionary + values;
}
std::string header(const std::string& type, const std::string& order, const std::string& extents) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + extents + ", }";
}
std::filesystem::path archive(const folder& at, const std::vector<std::pair<std::string, std::string>>& members) {
    io::zip_writer writer(at / "a.npz");
    for (const auto& [name, content] : members) writer.add(name, content);
    writer.write();
    return at / "a.npz";
}

const std::string bias = array(header("<f4", "False", "(2,)"), bytes(std::vector{7.0f, 8.0f}));
const std::string kernel = array(header("<f4", "False", "(3, 2)"), bytes(std::vector{1.f, 2.f, 3.f, 4.f, 5.f, 6.f}));

/// The weights of the net from this kernel, in Keras' order.
std::vector<float> loaded(const std::string& kernel_bytes) {
    const folder at;
    auto model = net.build();
    model.load_weights(archive(at, {{"dense/kernel.npy", kernel_bytes}, {"dense/bias.npy", bias}}));
    REQUIRE(model.weights()[1].to_vector() == std::vector{7.0f, 8.0f});
    return model.weights()[0].to_vector();
}
std::string refusal_of(const std::string& kernel_bytes) {
    const folder at;
    auto model = net.build({.seed = 3});
    const auto before = model;
    const auto file = archive(at, {{"dense/kernel.npy", kernel_bytes}, {"dense/bias.npy", bias}});
    const std::string what = refusal([&] { model.load_weights(file); });
    REQUIRE(model == before);
    REQUIRE(contains(what, file.string()));
    return what;
}

}  // namespace

TEST_CASE("arrays of numpy load in every float, order and version") {
    const std::vector<float> expected{1, 2, 3, 4, 5, 6};
    CHECK(loaded(kernel) == expected);
    CHECK(loaded(array(header("<f8", "False", "(3, 2)"), bytes(std::vector{1., 2., 3., 4., 5., 6.}))) == expected);
    CHECK(loaded(array(header("<f4", "True", "(3, 2)"), bytes(std::vector{1.f, 3.f, 5.f, 2.f, 4.f, 6.f}))) == expected);
    const std::vector<std::uint16_t> halves{0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600};
    CHECK(loaded(array(header("<f2", "False", "(3, 2)"), bytes(halves))) == expected);
    for (const char version : {'\2', '\3'})
        CHECK(loaded(array(header("<f4", "False", "(3, 2)"), bytes(expected), version)) == expected);
    CHECK(loaded(array("{\"shape\":(3,2),\"fortran_order\":False,\"descr\":\"<f4\"}", bytes(expected))) == expected);
}

TEST_CASE("an array of three axes in Fortran's order loads in Keras' order") {
    const folder at;
    constexpr auto convolution = Sequential{Input<5, 2>{}, Reshape<shape{5, 1, 2}>{}, Conv2D<3, 1, no_bias>{}};
    auto model = convolution.build();
    // kernel[0, 0, i, j] = 10 i + j; the axes of length 1 change nothing.
    const std::vector<float> values{0, 10, 1, 11, 2, 12};
    model.load_weights(
        archive(at, {{"conv2d/kernel.npy", array(header("<f4", "True", "(1, 1, 2, 3)"), bytes(values))}}));
    CHECK(model.weights()[0].to_vector() == std::vector<float>{0, 1, 2, 10, 11, 12});
}

TEST_CASE("an integer loads where the weight is one, and nowhere else") {
    const folder at;
    auto model = counting.build();
    const std::string pair = array(header("<f4", "False", "(2,)"), bytes(std::vector{1.f, 2.f}));
    for (const auto& [type, value] : {std::pair{"<i4", bytes(std::vector<std::int32_t>{123456})},
                                      {"<i8", bytes(std::vector<std::int64_t>{123456})},
                                      {"<f4", bytes(std::vector{123456.0f})}}) {
        model.load_weights(archive(at, {{"normalization/mean.npy", pair},
                                        {"normalization/variance.npy", pair},
                                        {"normalization/count.npy", array(header(type, "False", "()"), value)}}));
        CHECK(model.weights()[2][0] == 123456.0f);
        model.weights()[2].assign(std::vector{0.0f});
    }
    const std::string what = refusal_of(array(header("<i4", "False", "(3, 2)"), std::string(24, '\0')));
    for (const char* part : {"layer dense (Dense), weight kernel", "<f4", "<i4"}) CHECK(contains(what, part));
}

TEST_CASE("what numpy did not write is refused, with the reason") {
    CHECK(contains(refusal_of("weights"), "cannot be read"));
    CHECK(contains(refusal_of("weights, in words"), "is no array of numpy"));
    CHECK(contains(refusal_of(array(header("<f4", "False", "(3, 2)"), std::string(24, '\0'), 4)),
                   "is no array of numpy"));
    CHECK(
        contains(refusal_of(array(header("<f4", "False", "(2, 3)"), std::string(24, '\0'))), "expected shape (3, 2)"));
    CHECK(contains(refusal_of(array(header("<f4", "False", "(6,)"), std::string(24, '\0'))), "found (6)"));
    CHECK(contains(refusal_of(array(header("<f4", "False", "(3, 2)"), std::string(20, '\0'))), "cannot be read"));
    CHECK(contains(refusal_of(array(header("<f4", "False", "(3, 2)"), std::string(28, '\0'))), "cannot be read"));
    for (const char* type : {">f4", "|O", "<U3", "<c8", "<f16", "", "<"})
        CHECK(
            contains(refusal_of(array(header(type, "False", "(3, 2)"), std::string(24, '\0'))), "expected values of"));
    for (const std::string& broken :
         {std::string(), std::string("{"), header("<f4", "Maybe", "(3, 2)"), header("<f4", "False", "(3, x)"),
          header("<f4", "False", "(3, 99999999999999999999)"), header("<f4", "False", "[3, 2]"),
          header("<f4", "False", "(3, 2)") + "more", std::string("{'descr': '<f4', 'shape': (3, 2)}"),
          std::string("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3, 2)}"),
          std::string("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}")}) {
        INFO(broken);
        CHECK(contains(refusal_of(array(broken, std::string(24, '\0'))), "has a broken header"));
    }
    const folder at;
    auto model = net.build();
    const auto what = refusal([&] { model.load_weights(archive(at, {{"kernel.txt", kernel}, {"bias.npy", bias}})); });
    CHECK(contains(what, "kernel.txt is no array of numpy"));
}

TEST_CASE("a damaged value is found by its checksum") {
    const folder at;
    auto model = net.build({.seed = 3});
    model.save_weights(at / "a.npz");
    std::string content = read(at / "a.npz");
    const std::size_t values = content.find('\n', content.find("'shape': (3, 2)")) + 1;
    content[values] = static_cast<char>(content[values] ^ 1);
    write(at / "b.npz", content);
    const auto before = model;
    CHECK(contains(refusal([&] { model.load_weights(at / "b.npz"); }), "damaged"));
    CHECK(model == before);
}

TEST_CASE("two arrays of one name are refused") {
    const folder at;
    auto model = net.build({.seed = 3});
    const auto before = model;
    // libzip writes no name twice: one letter is changed in the file.
    const auto twice = [&](std::vector<std::pair<std::string, std::string>> members) {
        const auto file = archive(at, members);
        std::string bytes = read(file);
        for (std::size_t i = 0; (i = bytes.find("dense/kernex.npy", i)) != bytes.npos;) bytes[i + 11] = 'l';
        write(file, bytes);
        return refusal([&] { model.load_weights(file); });
    };
    CHECK(contains(twice({{"dense/kernel.npy", kernel}, {"dense/kernex.npy", kernel}}),
                   "two tensors called dense/kernel"));
    CHECK(contains(twice({{"dense/kernel.npy", kernel}, {"dense/kernex.npy", kernel}, {"dense/bias.npy", bias}}),
                   "two tensors called dense/kernel"));
    CHECK(model == before);
}
