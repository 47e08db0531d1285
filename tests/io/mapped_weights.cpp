// Mapped files: models over blocks without a copy, over values in Keras' order, and every file that is refused.
#include <cstddef>
#include <cstring>
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

using image = Sequential<Input<20, 20, 3>, Conv2D<16, 3, ReLU>, DepthwiseConv2D<3>, BatchNormalization<>, Flatten<>,
                         Dense<5, Softmax>>;
using sound = Sequential<Input<any, 2>, GRU<7, return_sequences>, Dense<2>>;

template <class Net, class T = float>
Model<Net, T> model_of(std::uint64_t seed) {
    return Model<Net, T>(build_options{.seed = seed});
}

/// All weights in weights() order.
template <class Model>
std::vector<typename Model::value_type> values_of(const Model& model) {
    std::vector<typename Model::value_type> values;
    for (const auto weight : model.weights())
        for (std::size_t i = 0; i < weight.size(); ++i) values.push_back(weight[i]);
    return values;
}
template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::vector<float> samples(std::size_t count) {
    std::vector<float> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i % 13) * 0.125f - 0.75f;
    return x;
}

}  // namespace

TEMPLATE_TEST_CASE("a block is bound without a copy", "", float, double) {
    const folder at;
    const auto file = at / "image.block";
    const auto model = model_of<image, TestType>(3);
    save_block(model, file);
    const mapped_file mapped(file);
    const auto bound = image::bind<TestType>(mapped);
    const auto* first = reinterpret_cast<const std::byte*>(bound.parameters());
    REQUIRE(first > mapped.data());
    REQUIRE(first + bound.parameter_block_size() * sizeof(TestType) == mapped.data() + mapped.size());
    REQUIRE(values_of(bound) == values_of(model));
    REQUIRE(std::equal(model.parameters(), model.parameters() + model.parameter_block_size(), bound.parameters()));
    std::vector<TestType> x;
    for (const float value : samples(2 * 1200)) x.push_back(value);
    REQUIRE(bound.predict(x) == model.predict(x));
}

TEST_CASE("what is bound keeps the file mapped, streams too") {
    const folder at;
    const auto model = model_of<sound>(3);
    save_block(model, at / "sound.block");
    auto mapped = std::make_unique<mapped_file>(at / "sound.block");
    auto bound = std::make_unique<decltype(sound::bind(*mapped))>(sound::bind(*mapped));
    mapped.reset();
    auto stream = bound->stream();
    bound.reset();
#if !defined(_WIN32)  // which does not remove a file that is mapped
    std::filesystem::remove(at / "sound.block");
#endif
    auto own = model.stream();
    const std::vector<float> in = samples(60);
    std::vector<float> heard(60), expected(60);
    stream.process(in, heard, 30);
    own.process(in, expected, 30);
    REQUIRE(heard == expected);
}

TEST_CASE("the calls of docs/weight_files.md") {
    using Net = image;
    const folder directory;
    const auto built = model_of<Net>(3);
    save_block(built, directory / "net.block");
    // [bind]
    const strata::mapped_file file(directory / "net.block");
    const auto model = Net::bind(file);
    // [/bind]
    REQUIRE(values_of(model) == values_of(built));
}

TEST_CASE("a block of another net, scalar or instruction set is refused") {
    using other = Sequential<Input<20, 20, 3>, Conv2D<16, 3, ReLU>, DepthwiseConv2D<3, ReLU>, BatchNormalization<>,
                             Flatten<>, Dense<5, Softmax>>;
    const folder at;
    const auto file = at / "image.block";
    save_block(model_of<image>(3), file);
    const auto message = [](const std::filesystem::path& of) {
        return refusal([&] { static_cast<void>(image::bind(mapped_file(of))); });
    };
    REQUIRE(message(file).empty());
    const std::string of_other = refusal([&] { static_cast<void>(other::bind(mapped_file(file))); });
    REQUIRE(contains(of_other, "another architecture: layer 4 is ReLU() in the net"));
    const std::string of_double = refusal([&] { static_cast<void>(image::bind<double>(mapped_file(file))); });
    REQUIRE(contains(of_double, "holds values of 4 bytes, the model has values of 8"));

    const std::string whole = read(file);
    const auto changed = [&](std::size_t at_byte, const std::string& bytes) {
        std::string copy = whole;
        copy.replace(at_byte, bytes.size(), bytes);
        write(at / "changed.block", copy);
        return message(at / "changed.block");
    };
    REQUIRE(contains(changed(24, "x") + changed(64, std::string("mmx\0", 4)), "instruction set"));
    REQUIRE(contains(changed(24, "x"), STRATA_TEXT(STRATA_ISA)));
    REQUIRE(contains(changed(16, std::string("\x01\x02\x03\x04\x05\x06\x07\x08", 8)), "other byte order"));
    REQUIRE(contains(changed(16, "damaged"), "is damaged"));
    REQUIRE(contains(changed(48, std::string(8, '\xff')), "is damaged"));
    REQUIRE(contains(changed(56, std::string("\x01", 1)), "not aligned"));
    write(at / "short.block", whole.substr(0, whole.size() - 4));
    REQUIRE(contains(message(at / "short.block"), "is it complete?"));
    write(at / "short.block", whole.substr(0, 40));
    REQUIRE(contains(message(at / "short.block"), "is truncated"));
}

TEST_CASE("values in Keras' order are bound from raw files, arrays of numpy and .safetensors") {
    const folder at;
    const auto model = model_of<image>(3);
    const std::vector<float> values = values_of(model);
    write(at / "a.bin", bytes_of(values));
    write(at / "a.npy", io::npy_bytes("<f4", shape{values.size()}, bytes_of(values)));
    model.save_weights(at / "a.safetensors");
    const std::vector<float> x = samples(1200);
    for (const char* name : {"a.bin", "a.npy", "a.safetensors"}) {
        INFO(name);
        const auto bound = image::bind(mapped_file(at / name));
        REQUIRE(values_of(bound) == values);
        REQUIRE(bound.predict(x) == model.predict(x));
        const auto copy = bound;
        REQUIRE(copy.parameters() == bound.parameters());
    }
}

TEMPLATE_TEST_CASE("values that lie in a file as in memory are read in place", "", float, double) {
    // All weights have as many values as fill whole lines, in Keras' order, on every processor.
    using plain = Sequential<Input<3>, Embedding<50, 16>, LayerNormalization<>>;
    const folder at;
    auto model = model_of<plain, TestType>(3);
    float value = 0.5f;
    for (const auto weight : model.weights())
        weight.assign(std::vector<TestType>(weight.size(), static_cast<TestType>(value += 0.25f)));
    const auto values = values_of(model);
    model.save_weights(at / "a.safetensors");
    write(at / "a.npy", io::npy_bytes(sizeof(TestType) == 4 ? "<f4" : "<f8", shape{values.size()}, bytes_of(values)));
    write(at / "a.bin", bytes_of(values));
    const std::vector<TestType> x{2, 49, 0};
    for (const char* name : {"a.safetensors", "a.npy", "a.bin"}) {
        INFO(name);
        const mapped_file mapped(at / name);
        REQUIRE(copy_reason<plain, TestType>(mapped) == "");
        const auto bound = plain::bind<TestType>(mapped);
        const auto* first = reinterpret_cast<const std::byte*>(bound.parameters());
        REQUIRE(first >= mapped.data());
        REQUIRE(first + values.size() * sizeof(TestType) == mapped.data() + mapped.size());
        REQUIRE(values_of(bound) == values);
        REQUIRE(bound.predict(x) == model.predict(x));
    }
}

TEST_CASE("a file whose values are copied says why") {
    using plain = Sequential<Input<16>, LayerNormalization<>>;
    const folder at;
    const auto model = model_of<plain>(3);
    model.save_weights(at / "a.safetensors");
    const auto reason = [&]<class Net>(std::type_identity<Net>, const std::string& name) {
        const mapped_file mapped(at / name);
        const std::string text = copy_reason<Net>(mapped);
        const auto bound = Net::bind(mapped);  // copied, and right
        const auto* first = reinterpret_cast<const std::byte*>(bound.parameters());
        REQUIRE((first < mapped.data() || first >= mapped.data() + mapped.size()) == !text.empty());
        return text;
    };
    const std::type_identity<plain> of_plain;
    REQUIRE(reason(of_plain, "a.safetensors") == "");

    // Header and values of a file that another program wrote: not aligned, in another order, of another type.
    const std::string whole = read(at / "a.safetensors");
    std::uint64_t length = 0;
    std::memcpy(&length, whole.data(), sizeof(length));
    REQUIRE((8 + length) % 64 == 0);
    const auto with_header = [&](const std::string& header, const std::string& values) {
        const std::uint64_t size = header.size();
        write(at / "b.safetensors", std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + header + values);
    };
    const std::string values = whole.substr(8 + length);
    with_header(whole.substr(8, length) + "    ", values);
    REQUIRE(contains(reason(of_plain, "b.safetensors"),
                     "gamma begins at byte " + std::to_string(12 + length) + ", which is no multiple of 64; save"));
    const auto tensor = [](const char* name, std::size_t i, const char* type = "F32", std::size_t bytes = 64,
                           const char* layer = "layer_normalization/") {
        return std::string("\"") + layer + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[16],\"data_offsets\":[" +
               std::to_string(i * bytes) + "," + std::to_string((i + 1) * bytes) + "]}";
    };
    const auto filled = [](const std::string& header) {
        return header + std::string(63 - (header.size() + 7) % 64, ' ');
    };
    with_header(filled("{" + tensor("beta", 0) + "," + tensor("gamma", 1) + "}"), values);
    REQUIRE(contains(reason(of_plain, "b.safetensors"), "beta does not follow layer_normalization/gamma in the file"));
    // The first weight lies first, and those after it in another order.
    const char* const second = "layer_normalization_1/";
    with_header(filled("{" + tensor("gamma", 0) + "," + tensor("beta", 2) + "," +
                       tensor("gamma", 1, "F32", 64, second) + "," + tensor("beta", 3, "F32", 64, second) + "}"),
                values + values);
    const std::type_identity<Sequential<Input<16>, LayerNormalization<>, LayerNormalization<>>> of_two;
    REQUIRE(contains(reason(of_two, "b.safetensors"), "beta does not follow layer_normalization/gamma in the file"));
    with_header(filled("{" + tensor("gamma", 0, "F16", 32) + "," + tensor("beta", 1, "F16", 32) + "}"),
                values.substr(0, 64));
    REQUIRE(contains(reason(of_plain, "b.safetensors"), "has the type F16, the model F32"));

    // Nets whose kernels read another order, padding, packed forms.
    const auto of_net = [&]<class Net>(std::type_identity<Net> net) {
        model_of<Net>(3).save_weights(at / "c.safetensors");
        return reason(net, "c.safetensors");
    };
    REQUIRE(contains(of_net(std::type_identity<Sequential<Input<4>, Dense<100>>>{}),
                     "dense/kernel (4, 100) lies in panels of "));
    REQUIRE(
        contains(of_net(std::type_identity<Sequential<Input<5>, LayerNormalization<>>>{}), "gamma (5) is padded to "));
    REQUIRE(contains(of_net(std::type_identity<image>{}), "save_block writes such weights as they lie in memory"));

    // A file that was replaced after it was mapped: the model reads the old one. Windows replaces no mapped file.
    const mapped_file mapped(at / "a.safetensors");
    const auto other = model_of<plain, double>(4);
#if defined(_WIN32)
    REQUIRE(contains(refusal([&] { other.save_weights(at / "a.safetensors"); }), "cannot be replaced"));
    REQUIRE(copy_reason<plain>(mapped) == "");
#else
    other.save_weights(at / "a.safetensors");
    REQUIRE(contains(copy_reason<plain>(mapped), "was replaced by another one"));
#endif
}

TEST_CASE("files that cannot be bound are refused with the reason") {
    const folder at;
    const auto values = values_of(model_of<image>(3));
    const std::string bytes = bytes_of(values);
    const auto message = [&](const std::string& name, const std::string& content) {
        write(at / name, content);
        return refusal([&] { static_cast<void>(image::bind(mapped_file(at / name))); });
    };
    const shape flat{values.size()};
    REQUIRE(contains(message("a.bin", bytes.substr(4)), "a raw file of the weights has"));
    REQUIRE(contains(message("a.bin", ""), "has 0 bytes"));
    REQUIRE(contains(message("a.npy", io::npy_bytes(">f4", flat, bytes)), "big-endian"));
    REQUIRE(contains(message("a.npy", io::npy_bytes("<f8", flat, bytes)), "type <f8, expected <f4"));
    REQUIRE(contains(message("a.npy", io::npy_bytes("<f4", shape{3}, bytes)), "shape (3)"));
    REQUIRE(contains(message("a.npy", io::npy_bytes("<f4", flat, bytes.substr(4))), "is it complete?"));
    for (const char* damaged : {"\x93NUMPY", "\x93NUMPY\2____", "\x93NUMPY\1_____"})
        REQUIRE(contains(message("a.npy", damaged), "no array of numpy"));
    std::string odd = io::npy_bytes("<f4", flat, bytes);
    odd.erase(odd.find('\n') - 1, 1);  // the values begin one byte earlier, and the header says so
    odd[8] = static_cast<char>(odd[8] - 1);
    REQUIRE(contains(message("a.npy", odd), "no multiple of 4"));
    REQUIRE(contains(message("a.safetensors", "damaged"), "no .safetensors header"));
    REQUIRE(contains(refusal([&] { const mapped_file file(at / "missing"); }), "cannot be opened"));
    REQUIRE(contains(refusal([&] { const mapped_file file(at.path); }), "is a folder"));
}
