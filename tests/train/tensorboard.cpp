// TensorBoard's files: records and their checksums, messages, the events of a fit. tests/interop/tensorboard_files.py
// reads them by the tensorboard package.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/strata.hpp>
#include <strata/train/weight_pictures.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "strata-tensorboard-test";
    folder() { std::filesystem::remove_all(path); }
    ~folder() { std::filesystem::remove_all(path); }
};

std::uint64_t fixed(std::string_view bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}
std::uint64_t varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}
/// The fields of a message: numbers as text, and bytes.
std::multimap<std::uint64_t, std::string> fields(std::string_view bytes) {
    std::multimap<std::uint64_t, std::string> result;
    while (!bytes.empty()) {
        const std::uint64_t key = varint(bytes);
        std::string value;
        if ((key & 7) == 0) {
            value = std::to_string(varint(bytes));
        } else {
            const std::size_t size = (key & 7) == 2 ? varint(bytes) : (key & 7) == 1 ? 8 : 4;
            value = bytes.substr(0, size);
            bytes.remove_prefix(size);
        }
        result.emplace(key >> 3, value);
    }
    return result;
}
std::string field(std::string_view bytes, std::uint64_t number) {
    const auto found = fields(bytes);
    return found.contains(number) ? found.find(number)->second : "";
}
/// The events of the only file of a folder; each checksum is compared.
std::vector<std::string> events(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files{std::filesystem::directory_iterator(folder), {}};
    REQUIRE(files.size() == 1);
    CHECK(files[0].filename().string().starts_with("events.out.tfevents."));
    std::ifstream in(files[0], std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    std::vector<std::string> result;
    for (std::string_view left = all; !left.empty();) {
        const std::size_t size = fixed(left, 8);
        const auto masked = [](std::uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8u; };
        REQUIRE(left.size() >= size + 16);
        CHECK(fixed(left.substr(8), 4) == masked(detail::crc32c(left.substr(0, 8))));
        CHECK(fixed(left.substr(12 + size), 4) == masked(detail::crc32c(left.substr(12, size))));
        result.emplace_back(left.substr(12, size));
        left.remove_prefix(size + 16);
    }
    return result;
}
/// `tag step: value` of each scalar, `tag step` of other summaries, in their order.
std::vector<std::string> summaries(const std::filesystem::path& folder) {
    std::vector<std::string> result;
    for (const std::string& event : events(folder)) {
        const std::string value = field(field(event, 5), 1);
        if (value.empty()) continue;
        std::string line = field(value, 1) + " " + field(event, 2);
        if (field(field(field(value, 9), 1), 1) == "scalars") {
            const std::string number = field(field(value, 8), 5);
            const auto bits = static_cast<std::uint32_t>(fixed(number, 4));
            line += ": " + internal::shortest(static_cast<double>(std::bit_cast<float>(bits)));
        }
        result.push_back(line);
    }
    return result;
}
bool holds(const std::vector<std::string>& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

Dataset<float, shape{2}, int> points() {
    Dataset<float, shape{2}, int> data;
    for (int i = 0; i < 20; ++i) data.push_back(std::vector<float>{float(i % 2), float(i % 3)}, i % 2);
    return data;
}

}  // namespace

TEST_CASE("the checksum is CRC-32C") {
    CHECK(detail::crc32c("123456789") == 0xe3069283u);
    CHECK(detail::crc32c(std::string(32, '\0')) == 0x8a9136aau);  // of RFC 3720
    CHECK(detail::crc32c("") == 0);
}

TEST_CASE("messages are protobuf's") {
    detail::wire_message message;
    message.number(1, 150).bytes(2, "testing").real(3, 1.0).packed_float(4, 1.f);
    CHECK(message.bytes() ==
          std::string("\x08\x96\x01\x12\x07testing\x19\0\0\0\0\0\0\xf0\x3f\x22\x04\0\0\x80\x3f", 27));
    CHECK(detail::wire_message().number(2, static_cast<std::uint64_t>(-1)).bytes().size() == 11);
}

TEST_CASE("a histogram has thirty buckets that hold all finite values") {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> buckets = detail::histogram_buckets(std::vector<double>{0, 3, 1.5, 3, none});
    REQUIRE(buckets.size() == 90);
    CHECK(buckets[0] == 0);
    CHECK(buckets[2] == 1);
    CHECK(buckets[15 * 3 + 2] == 1);
    CHECK(buckets[88] == 3);
    CHECK(buckets[89] == 2);
    const std::vector<double> one = detail::histogram_buckets(std::vector<double>{2, 2});
    CHECK(one[0] == 2);
    CHECK(one[88] == 2);
    CHECK(one[89] == 2);
    CHECK(detail::histogram_buckets(std::vector<double>{none}).empty());
}

TEST_CASE("pictures of weights are cut as Keras' callback cuts them") {
    const auto of = [](const shape& extents) {
        std::vector<double> values(extents.size());
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
        return detail::pictures_of_weight(extents, values);
    };
    CHECK(of(shape{5}).height == 5);
    const auto matrix = of(shape{3, 2});
    CHECK(matrix.width == 3);
    CHECK(matrix.pictures == std::vector<std::vector<double>>{{0, 2, 4, 1, 3, 5}});
    const auto filters = of(shape{2, 3, 1, 4});
    CHECK(filters.width == 3);
    CHECK(filters.height == 2);
    REQUIRE(filters.pictures.size() == 4);
    CHECK(filters.pictures[1] == std::vector<double>{1, 5, 9, 13, 17, 21});
    CHECK(of(shape{3, 3, 8, 16}).pictures.empty());
    CHECK(detail::grey_levels(std::vector<double>{-2, 0, 1}) == std::vector<std::uint8_t>{0, 128, 191});
}

TEST_CASE("a fit writes the scalars that Keras names, each at its step") {
    const folder at;
    auto model = Sequential{Input<2>{}, Dense<3, Tanh>{}, Dense<2>{}}.build();
    auto trainer =
        compile(model, SGD{.learning_rate = 0.125}, SparseCategoricalCrossentropy{.from_logits = true}, Accuracy{});
    const auto data = points();
    const History history = trainer.fit(
        data, {.batch_size = 5,
               .epochs = 3,
               .validation_split = 0.25,
               .callbacks = {TensorBoard{
                   .log_dir = at.path, .histogram_freq = 2, .write_steps_per_second = true, .update_freq = 2}},
               .verbose = 0});
    const auto train = summaries(at.path / "train"), validation = summaries(at.path / "validation");
    const auto text = [](double value) { return internal::shortest(static_cast<double>(static_cast<float>(value))); };
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        const std::string step = std::to_string(epoch), batches = std::to_string(3 * (epoch + 1));
        CHECK(holds(train, "epoch_loss " + step + ": " + text(history["loss"][epoch])));
        CHECK(holds(train, "epoch_accuracy " + step + ": " + text(history["accuracy"][epoch])));
        CHECK(holds(train, "epoch_learning_rate " + step + ": 0.125"));
        CHECK(holds(validation, "epoch_loss " + step + ": " + text(history["val_loss"][epoch])));
        CHECK(holds(validation,
                    "evaluation_accuracy_vs_iterations " + batches + ": " + text(history["val_accuracy"][epoch])));
        CHECK(holds(train, "sequential/dense_1/bias/histogram " + step) == (epoch != 1));
    }
    const auto with = [&](const std::string& begin) {
        return std::count_if(train.begin(), train.end(),
                             [&](const std::string& line) { return line.starts_with(begin); });
    };
    CHECK(with("batch_loss ") == 4);  // after batches 2, 4, 6, 8 of nine
    CHECK(with("batch_loss 8: ") == 1);
    CHECK(with("batch_steps_per_second ") == 4);
    CHECK(with("epoch_steps_per_second ") == 3);
    CHECK(with("sequential/dense/kernel/histogram ") == 2);
    CHECK(validation.size() == 3 * 4);
}

TEST_CASE("the graph has the model's and the layers' names, and the edges of branches") {
    const folder at;
    auto model = Sequential{name<"net">{}, Input<4>{}, Residual<Dense<4, ReLU>>{}, Dense<2>{}}.build();
    auto trainer = compile(model, SGD{}, SparseCategoricalCrossentropy{.from_logits = true});
    Dataset<float, shape{4}, int> data;
    data.push_back(std::vector<float>(4, 1.f), 1);
    trainer.fit(data, {.callbacks = {TensorBoard{.log_dir = at.path}}, .verbose = 0});
    std::string graph;
    for (const std::string& event : events(at.path / "train"))
        if (const std::string found = field(event, 4); !found.empty()) graph = found;
    std::vector<std::string> nodes;
    const auto all = fields(graph);
    for (auto [each, end] = all.equal_range(1); each != end; ++each) {
        std::string line = field(each->second, 1) + " = " + field(each->second, 2);
        const auto parts = fields(each->second);
        for (auto [input, last] = parts.equal_range(3); input != last; ++input) line += " " + input->second;
        nodes.push_back(line);
    }
    CHECK(nodes == std::vector<std::string>{"net/input = Placeholder", "net/dense = Dense net/input",
                                            "net/add = Add net/dense net/input", "net/dense_1 = Dense net/add"});
    CHECK_FALSE(std::filesystem::exists(at.path / "validation"));
    const folder other;
    trainer.fit(data, {.callbacks = {TensorBoard{.log_dir = other.path, .write_graph = false}}, .verbose = 0});
    for (const std::string& event : events(other.path / "train")) CHECK(field(event, 4).empty());
}

TEST_CASE("options of TensorBoard that mean nothing are refused, and folders that cannot be made") {
    CHECK_THROWS_WITH(TensorBoard{.update_freq = "step"},
                      "strata: TensorBoard: update_freq is \"step\"; it may be \"epoch\", \"batch\" or a number");
    CHECK_THROWS_AS(callback(TensorBoard{.log_dir = ""}), std::invalid_argument);
#if !defined(STRATA_WITH_PNG)
    CHECK_THROWS_AS(callback(TensorBoard{.write_images = true}), std::invalid_argument);
#endif
    const folder at;
    std::ofstream(at.path) << "a file";
    auto model = Sequential{Input<2>{}, Dense<2>{}}.build();
    auto trainer = compile(model, SGD{}, SparseCategoricalCrossentropy{.from_logits = true});
    CHECK_THROWS_AS(trainer.fit(points(), {.callbacks = {TensorBoard{.log_dir = at.path}}, .verbose = 0}), file_error);
}
