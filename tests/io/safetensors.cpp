// .safetensors: hostile headers, types, and weights found by name whatever a library counted.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<3>{}, Dense<2>{}};

/// A file of a header and values.
std::string file_of(const std::string& header, const std::string& values) {
    const std::uint64_t length = header.size();
    std::string prefix(8, '\0');
    std::memcpy(prefix.data(), &length, 8);
    return prefix + header + values;
}
std::string tensor(const std::string& name, const std::string& type, const std::string& extents, std::size_t begin,
                   std::size_t end) {
    return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + extents + "],\"data_offsets\":[" +
           std::to_string(begin) + "," + std::to_string(end) + "]}";
}
template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The ends of what a half can say: the largest, infinities, NaN, the smallest, both zeros.
static_assert(io::float_of_half(0x7bff) == 65504.0f && io::float_of_half(0xfbff) == -65504.0f);
static_assert(io::float_of_half(0x7c00) == std::numeric_limits<float>::infinity() &&
              io::float_of_half(0xfc00) == -std::numeric_limits<float>::infinity());
static_assert(io::float_of_half(0x7e00) != io::float_of_half(0x7e00));
static_assert(io::float_of_half(0x0001) == 0x1p-24f && io::float_of_half(0x83ff) == -1023.0f * 0x1p-24f);
static_assert(std::bit_cast<std::uint32_t>(io::float_of_half(0x8000)) == 0x80000000u && io::float_of_half(0) == 0.0f);

std::string refused_with(const std::string& bytes) {
    const folder at;
    write(at / "a.safetensors", bytes);
    auto model = net.build({.seed = 2});
    const auto before = model;
    const std::string what = refusal([&] { model.load_weights(at / "a.safetensors"); });
    REQUIRE(!what.empty());
    REQUIRE(model == before);
    return what;
}

}  // namespace

TEST_CASE("a changed byte in a safetensors header never crashes") {
    const folder at;
    net.build({.seed = 3}).save_weights(at / "a.safetensors");
    const std::string bytes = read(at / "a.safetensors");
    const std::size_t header = bytes.size() - 8 * sizeof(float);  // the rest is values, which may be anything
    auto model = net.build();
    random_engine engine(17);
    int refused_count = 0;
    for (int i = 0; i < 500; ++i) {
        std::string broken = bytes;
        broken[engine() % header] = static_cast<char>(engine() & 0xff);
        write(at / "b.safetensors", broken);
        try {
            model.load_weights(at / "b.safetensors");
        } catch (const file_error&) {
            ++refused_count;
        }
    }
    REQUIRE(refused_count > 250);
}

TEST_CASE("a safetensors file that announces too much is refused before memory is taken") {
    const std::string bias = tensor("dense/bias", "F32", "2", 0, 8);
    const std::string values(32, '\0');
    REQUIRE(
        contains(refused_with(file_of(
                     "{" + bias + "," + tensor("dense/kernel", "F32", "3,2", 8, std::size_t{1} << 62) + "}", values)),
                 "lies past the end"));
    REQUIRE(
        contains(refused_with(file_of(
                     "{" + bias + "," + tensor("dense/kernel", "F32", "4294967296,4294967296", 8, 32) + "}", values)),
                 "do not agree"));
    REQUIRE(
        contains(refused_with(file_of(
                     "{" + bias + "," + tensor("dense/kernel", "F32", "99999999999999999999,2", 8, 32) + "}", values)),
                 "too large"));
    // A size that no 64 bits hold, and none of its bytes.
    REQUIRE(contains(
        refused_with(file_of("{" + bias + "," + tensor("dense/kernel", "F32", "4294967296,4294967296", 8, 8) + "}",
                             std::string(8, '\0'))),
        "do not agree"));
    for (const char* axes : {"1,1,1,1,1,3,2", "1,1,1,1,1,1,3,2"})
        REQUIRE(
            contains(refused_with(file_of("{" + bias + "," + tensor("dense/kernel", "F32", axes, 8, 32) + "}", values)),
                     "has more than 6 axes"));
    std::string announced = file_of("{}", values);
    const std::uint64_t length = std::uint64_t{1} << 60;
    std::memcpy(announced.data(), &length, 8);
    REQUIRE(contains(refused_with(announced), "announces a header"));
}

TEST_CASE("a message shows the texts of a file short and without control characters") {
    const std::string values(32, '\0');
    const auto of_name = [&](const std::string& name) {
        return refused_with(
            file_of("{" + tensor(name, "F32", "2", 0, 8) + "," + tensor("k", "F32", "3,2", 4, 28) + "}", values));
    };
    CHECK(of_name(std::string(1'000'000, 'x')).size() < 2000);
    CHECK(contains(refused_with(file_of("{" + tensor(std::string(1'000'000, 'x'), "F32", "2", 8, 0) + "}", values)),
                   "is truncated"));
    // The escape, delete and an 8-bit control sequence introducer start commands of a terminal; \u00e9 is a letter.
    const std::string coloured =
        refused_with(file_of("{" + tensor("a\\u001b[31m\x7f\xc2\x9b\xc3\xa9", "F32", "2", 8, 0) + "}", values));
    CHECK(contains(coloured, "tensor a?[31m???\xc3\xa9 lies"));
}

TEST_CASE("tensors that overlap, leave a hole or leave bytes behind are refused") {
    const std::string bias = tensor("dense/bias", "F32", "2", 0, 8);
    REQUIRE(contains(refused_with(file_of("{" + bias + "," + tensor("dense/kernel", "F32", "3,2", 4, 28) + "}",
                                          std::string(28, '\0'))),
                     "dense/kernel begins at byte 4, expected 8"));
    REQUIRE(contains(refused_with(file_of("{" + bias + "," + tensor("dense/kernel", "F32", "3,2", 12, 36) + "}",
                                          std::string(36, '\0'))),
                     "begins at byte 12, expected 8"));
    REQUIRE(contains(refused_with(file_of("{" + bias + "," + tensor("dense/kernel", "F32", "3,2", 8, 32) + "}",
                                          std::string(40, '\0'))),
                     "has 40 bytes of values, expected 32"));
}

TEST_CASE("a header that names a tensor twice, or goes on after its end, is refused") {
    const std::string bias = tensor("dense/bias", "F32", "2", 0, 8),
                      kernel = tensor("dense/kernel", "F32", "3,2", 8, 32);
    const std::string values(32, '\0');
    for (const std::string& twice : {tensor("dense/bias", "F32", "0", 0, 0), tensor("dense/bias", "F32", "0", 8, 8)})
        REQUIRE(contains(refused_with(file_of("{" + twice + "," + bias + "," + kernel + "}", values)),
                         "the name dense/bias twice"));
    for (const char* end : {"x", "{}", "}", " ,"})
        REQUIRE(contains(refused_with(file_of("{" + bias + "," + kernel + "}" + end, values)), "after the header"));
    const folder at;  // blanks may follow: files are padded with them
    write(at / "a.safetensors", file_of("{" + bias + "," + kernel + "}   ", values));
    auto model = net.build({.seed = 2});
    model.load_weights(at / "a.safetensors");
    REQUIRE(model.weights()[0].to_vector() == std::vector<float>(6, 0.0f));
}

TEST_CASE("layers of a class are counted anew in the order of their numbers, the one without a number first") {
    using names = std::vector<std::string>;
    REQUIRE(io::recounted(names{"dense_10/kernel", "dense_9/kernel"}) == names{"dense_1/kernel", "dense_0/kernel"});
    REQUIRE(io::recounted(names{"dense_0/bias", "dense/bias", "dense_1/bias"}) ==
            names{"dense_1/bias", "dense_0/bias", "dense_2/bias"});
    REQUIRE(io::recounted(names{"base_3/dense_2/kernel", "dense_4/kernel", "base_3/dense_7/kernel"}) ==
            names{"base_0/dense_0/kernel", "dense_0/kernel", "base_0/dense_1/kernel"});
}

TEST_CASE("safetensors of integers are refused with layer and type") {
    const std::string what = refused_with(
        file_of("{" + tensor("dense/bias", "F32", "2", 0, 8) + "," + tensor("dense/kernel", "I64", "3,2", 8, 56) + "}",
                std::string(56, '\0')));
    for (const char* part : {"layer dense (Dense), weight kernel", "F32", "I64"}) REQUIRE(contains(what, part));
}

TEST_CASE("halves of both kinds become floats exactly") {
    const folder at;
    // 1, -2, the largest half, the smallest half, -0, 0.5; then 1 and -3.5 as bfloat16.
    const std::vector<std::uint16_t> values{0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x3800, 0x3f80, 0xc060};
    write(at / "a.safetensors", file_of("{" + tensor("dense/kernel", "F16", "3,2", 0, 12) + "," +
                                            tensor("dense/bias", "BF16", "2", 12, 16) + "}",
                                        bytes_of(values)));
    auto model = net.build();
    model.load_weights(at / "a.safetensors");
    REQUIRE(model.weights()[0].to_vector() == std::vector<float>{1, -2, 65504, 0x1p-24f, -0.0f, 0.5f});
    REQUIRE(model.weights()[1].to_vector() == std::vector<float>{1, -3.5f});
}

TEST_CASE("layers that Keras counted on are matched in their order, though the file is sorted by name") {
    const folder at;
    const auto two = Sequential{Input<1>{}, Dense<1, no_bias>{}, Dense<1, no_bias>{}, Dense<1, no_bias>{}};
    write(at / "a.safetensors", file_of("{" + tensor("dense_10/kernel", "F32", "1,1", 0, 4) + "," +
                                            tensor("dense_11/kernel", "F32", "1,1", 4, 8) + "," +
                                            tensor("dense_9/kernel", "F32", "1,1", 8, 12) + "}",
                                        bytes_of(std::vector<float>{10, 11, 9})));
    auto model = two.build();
    model.load_weights(at / "a.safetensors");
    REQUIRE(model.weights()[0][0] == 9);
    REQUIRE(model.weights()[1][0] == 10);
    REQUIRE(model.weights()[2][0] == 11);
}

TEST_CASE("layers of other names are matched in the order that strata wrote, and not in a sorted one") {
    const folder at;
    const auto saved = Sequential{Input<3>{}, Dense<3, name<"zeta">>{}, Dense<3, name<"alpha">>{}}.build({.seed = 5});
    saved.save_weights(at / "a.safetensors");
    auto model = Sequential{Input<3>{}, Dense<3>{}, Dense<3>{}}.build({.seed = 6});
    model.load_weights(at / "a.safetensors");
    for (std::size_t i = 0; i < 4; ++i) REQUIRE(model.weights()[i].to_vector() == saved.weights()[i].to_vector());

    write(at / "b.safetensors", file_of("{" + tensor("alpha/kernel", "F32", "1,1", 0, 4) + "," +
                                            tensor("zeta/kernel", "F32", "1,1", 4, 8) + "}",
                                        bytes_of(std::vector<float>{1, 2})));
    auto other = Sequential{Input<1>{}, Dense<1, no_bias>{}, Dense<1, no_bias>{}}.build();
    const std::string what = refusal([&] { other.load_weights(at / "b.safetensors"); });
    for (const char* part : {"layer dense (Dense), weight kernel", "dense/kernel", "alpha/kernel"})
        REQUIRE(contains(what, part));
}

TEST_CASE("shapes that no memory holds, or of more axes than there are, are refused") {
    const std::string bias = "," + tensor("dense/bias", "F32", "2", 0, 8);
    const auto what = [&](const std::string& extents, std::size_t end) {
        return refused_with(
            file_of("{" + tensor("dense/kernel", "F32", extents, 8, 8 + end) + bias + "}", std::string(8 + end, '\0')));
    };
    CHECK(contains(what("4294967296,4294967296", 0), "its shape and its bytes do not agree"));
    CHECK(contains(what("2147483648,2147483648,4", 24), "its shape and its bytes do not agree"));
    CHECK(contains(what("1,1,1,1,1,3,2", 24), "more than 6 axes"));
    std::string ones = "1";
    for (int i = 0; i < 100; ++i) ones += ",1";
    CHECK(contains(what(ones, 4), "a list of too many numbers"));
    CHECK(
        contains(refused_with(file_of("{" + tensor("dense/bias", "F32", "2", 0, 8) + bias + "}", std::string(8, '\0'))),
                 "the name dense/bias twice"));
}

TEST_CASE("a file of any announced size takes memory for the weights of the net alone") {
    const folder at;
    // 8 GB that nobody wrote: a file with a hole.
    const std::size_t size = std::size_t{1} << 33;
    const std::string header = "{" + tensor("dense/kernel", "F32", "3,2", 0, 24) + "," +
                               tensor("dense/bias", "F32", std::to_string((size - 24) / 4), 24, size) + "}";
    write(at / "a.safetensors", file_of(header, ""));
    std::filesystem::resize_file(at / "a.safetensors", 8 + header.size() + size);
    auto model = net.build();
    CHECK(contains(refusal([&] { model.load_weights(at / "a.safetensors"); }), "expected shape (2), found"));
}
