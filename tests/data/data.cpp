// Data of files: tables, arrays, what is made of them, and the sentences for files that are broken.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "../io/files.hpp"

namespace {

using namespace strata;

constexpr const char* flowers =
    "length,\"width, cm\",species,note\r\n"
    "5.1,3.5,setosa,\"said \"\"so\"\"\"\r\n"
    "7.0,,versicolor,\"two\r\nlines\"\r\n"
    " -6.25 ,+2e0,setosa,\r\n";

Table table_of(const std::string& text, csv_options options = {}) {
    const folder place;
    write(place / "flowers.csv", text);
    return read_csv(place / "flowers.csv", options);
}
std::string csv_refusal(const std::string& text, csv_options options = {}) {
    return refusal([&] { static_cast<void>(table_of(text, options)); });
}
template <class Call>
std::string invalid(Call call) {
    try {
        call();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

/// A big-endian number of 4 bytes.
std::string number(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}
std::string idx(char type, std::vector<std::uint32_t> extents, const std::string& values) {
    std::string bytes{0, 0, type, static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents) bytes += number(extent);
    return bytes + values;
}

Dataset<float, shape{1}, int> numbered(std::size_t count, int classes) {
    Dataset<float, shape{1}, int> data;
    for (std::size_t i = 0; i < count; ++i)
        data.push_back(std::array{static_cast<float>(i)}, static_cast<int>(i) % classes);
    return data;
}

}  // namespace

TEST_CASE("a table has the fields of its file") {
    const Table table = table_of(std::string("\xef\xbb\xbf") + flowers);
    CHECK(table.rows() == 3);
    CHECK(std::vector(table.columns().begin(), table.columns().end()) ==
          std::vector<std::string>{"length", "width, cm", "species", "note"});
    CHECK(table.text(0, 3) == "said \"so\"");
    CHECK(table.text(1, 3) == "two\r\nlines");
    CHECK(table.is_missing(1, 1));
    CHECK(table.is_missing(2, 3));
    CHECK(table.is_number(0));
    CHECK(table.is_number(1));
    CHECK(!table.is_number(2));
    CHECK(table.numbers("length") == std::vector{5.1f, 7.0f, -6.25f});
    CHECK(table.numbers("width, cm", -1.0f) == std::vector{3.5f, -1.0f, 2.0f});
    CHECK(table.numbers<double>("width, cm", -1.0) == std::vector{3.5, -1.0, 2.0});
    const ClassColumn species = table.classes("species");
    CHECK(species.names == std::vector<std::string>{"setosa", "versicolor"});
    CHECK(species.labels == std::vector{0, 1, 0});
}

TEST_CASE("a table reads other separators, files without a header and rows without an end") {
    CHECK(table_of("a;b\n1;2", {.separator = ";"}).numbers("b") == std::vector{2.0f});
    CHECK(table_of("a, b\n1, 2\n", {.separator = ", "}).numbers("b") == std::vector{2.0f});
    const Table plain = table_of("1,2\n\n3,4\n", {.has_header = false});
    CHECK(plain.rows() == 2);
    CHECK(plain.numbers("1") == std::vector{2.0f, 4.0f});
    CHECK(table_of("a\n1\n\n2\n").rows() == 3);  // of one column an empty line is a missing value
    CHECK(table_of("a,b\n").rows() == 0);
    CHECK(table_of("y\n10\n9\n10\n").classes("y").names == std::vector<std::string>{"9", "10"});  // numbers by size
}

TEST_CASE("a table says line and column of what is wrong") {
    CHECK(contains(csv_refusal("a,b\n1,2\n3\n"), "flowers.csv: line 3 has 1 fields, the first row 2"));
    CHECK(contains(csv_refusal("a,b\n1,\"2\n3,4\n"), "line 2: a quote has no end"));
    CHECK(contains(csv_refusal("a,b\n\"1\"x,2\n"), "line 2: text after the end of a quote"));
    CHECK(contains(csv_refusal("a,a\n1,2\n"), "two columns have the same name"));
    CHECK(contains(csv_refusal(""), "is empty"));
    const Table table = table_of(flowers);
    CHECK(contains(refusal([&] { static_cast<void>(table.numbers("species")); }),
                   "line 2, column \"species\": \"setosa\" is no number"));
    CHECK(contains(refusal([&] { static_cast<void>(table.numbers("width, cm")); }),
                   "line 3, column \"width, cm\": \"\" is missing"));
    CHECK(contains(refusal([&] { static_cast<void>(table.classes("note")); }), "line 5, column \"note\""));
    CHECK(contains(invalid([&] { static_cast<void>(table.column("colour")); }),
                   "has no column \"colour\"; fix: name one of length, width, cm, species, note"));
    for (const char* text : {"1x", "--1", "+-1", "1,5", "0x10", "1e", "."})
        CHECK(!table_of("a;b\n" + std::string(text) + ";1\n", {.separator = ";"}).is_number(0));
}

TEST_CASE("NaN is no number of a column, whose numbers are sorted") {
    // std::sort reads outside of the values where an order has NaN in it.
    std::string text = "y\n";
    for (int i = 0; i < 1000; ++i) text += i % 3 == 0 ? "-nan\n" : i % 3 == 1 ? "NAN\n" : std::to_string(i) + "\n";
    const Table table = table_of(text);
    CHECK(!table.is_number(0));
    CHECK(contains(refusal([&] { static_cast<void>(table.numbers("y")); }),
                   "line 2, column \"y\": \"-nan\" is no number"));
    const ClassColumn classes = table.classes("y");
    CHECK(std::is_sorted(classes.names.begin(), classes.names.end()));
    CHECK(classes.labels.size() == 1000);
    CHECK(table_of("y\ninf\n-inf\n0\n").classes("y").names == std::vector<std::string>{"-inf", "0", "inf"});
}

TEST_CASE("numbers that a type cannot hold are refused, not changed") {
    const folder place;
    const auto refused = [&]<class T>(std::type_identity<T>, const std::string& content) {
        write(place / "a", content);
        return refusal([&] { static_cast<void>(read_idx<T>(place / "a")); });
    };
    const std::type_identity<int> as_int;
    const std::type_identity<signed char> as_byte;
    CHECK(contains(refused(as_int, idx(0x0d, {1}, number(0x7fc00000))),
                   "holds the number nan, which an integer of 32 bits"));
    CHECK(contains(refused(as_int, idx(0x0d, {1}, number(0x4f000000))), "holds the number 2147483648.0"));
    CHECK(refused(as_int, idx(0x0d, {1}, number(0xcf000000))).empty());  // the smallest int
    CHECK(contains(refused(as_int, idx(0x0e, {1}, number(0xfff00000) + number(0))), "holds the number -inf"));
    CHECK(contains(refused(as_byte, idx(0x08, {2}, "\x01\xff")), "holds the number 255, which an integer of 8 bits"));
    CHECK(refused(as_byte, idx(0x09, {1}, "\x80")).empty());
    const std::type_identity<std::uint8_t> as_unsigned;
    CHECK(contains(refused(as_unsigned, idx(0x0d, {1}, number(0xbf800000))), "holds the number -1.0"));
    CHECK(refused(as_unsigned, idx(0x0d, {1}, number(0xbf000000))).empty());  // -0.5, whose whole part is 0
    CHECK(contains(refused(as_unsigned, idx(0x0d, {1}, number(0x43800000))), "holds the number 256.0"));
    const std::int64_t large = std::int64_t{1} << 40;
    write(place / "a.npy", io::npy_bytes("<i8", shape{1}, {reinterpret_cast<const char*>(&large), sizeof(large)}));
    CHECK(contains(refusal([&] { static_cast<void>(read_npy<int>(place / "a.npy")); }),
                   "holds the number 1099511627776"));
    CHECK(read_npy<std::int64_t>(place / "a.npy").values == std::vector{large});
    std::string classes = "x,y\n";
    for (int i = 0; i < 300; ++i) classes += "1,c" + std::to_string(i) + "\n";
    const Table table = table_of(classes);
    CHECK(contains(invalid([&] { static_cast<void>(table.dataset<shape{1}, std::uint8_t>("y")); }),
                   "holds the number 256"));
    CHECK(table.dataset<shape{1}, std::uint16_t>("y").label(299)[0] <= 299);
}

TEST_CASE("a table becomes a dataset") {
    const Table table = table_of("x,y,kind,z\n1,2,b,3\n4,5,a,6\n");
    const auto named = table.dataset<shape{2}, int>("kind", {"z", "x"});
    CHECK(std::vector(named.inputs().begin(), named.inputs().end()) == std::vector{3.0f, 1.0f, 6.0f, 4.0f});
    CHECK(std::vector(named.labels().begin(), named.labels().end()) == std::vector{1, 0});
    const auto others = table_of("x,y,t\n1,2,0.5\n").dataset<shape{2}>("t");
    CHECK(std::vector(others.inputs().begin(), others.inputs().end()) == std::vector{1.0f, 2.0f});
    CHECK(others.label(0)[0] == 0.5f);
    CHECK(contains(invalid([&] { static_cast<void>(table.dataset<shape{2}, int>("kind")); }),
                   "a sample of shape (2) has 2 values, got 3 columns"));
}

TEST_CASE("IDX files of every type are read, and others refused") {
    const folder place;
    write(place / "a", idx(0x08, {2, 2}, {'\x00', '\x01', '\x7f', '\xff'}));
    const auto bytes = read_idx<float>(place / "a");
    CHECK(bytes.extents == std::vector<std::size_t>{2, 2});
    CHECK(bytes.values == std::vector{0.0f, 1.0f, 127.0f, 255.0f});
    write(place / "a", idx(0x09, {1}, "\xff"));
    CHECK(read_idx<int>(place / "a").values == std::vector{-1});
    write(place / "a", idx(0x0b, {1}, std::string("\xff\x00", 2)));
    CHECK(read_idx<int>(place / "a").values == std::vector{-256});
    write(place / "a", idx(0x0c, {1}, number(123456)));
    CHECK(read_idx<int>(place / "a").values == std::vector{123456});
    write(place / "a", idx(0x0d, {1}, number(0x3fc00000)));
    CHECK(read_idx<float>(place / "a").values == std::vector{1.5f});
    write(place / "a", idx(0x0e, {1}, number(0xbff80000) + number(0)));
    CHECK(read_idx<double>(place / "a").values == std::vector{-1.5});

    const auto refused = [&](const std::string& content) {
        write(place / "a", content);
        return refusal([&] { static_cast<void>(read_idx<float>(place / "a")); });
    };
    CHECK(contains(refused(""), "is no IDX file"));
    CHECK(contains(refused("\x1f\x8b\x08"), "is compressed; unpack it first: gunzip"));
    CHECK(contains(refused(idx(0x0a, {1}, "x")), "is no IDX file"));
    CHECK(contains(refused(std::string("\0\0\x08\x03\0\0", 6)), "ends within its header"));
    CHECK(contains(refused(idx(0x08, {3}, "ab")), "announces 3 bytes, has 2"));
    CHECK(
        contains(refused(idx(0x0e, {0xffffffff, 0xffffffff, 0xffffffff}, "")), "more values than a machine can hold"));
    CHECK(contains(refusal([&] { static_cast<void>(read_idx<float>(place / "none")); }), "cannot be opened"));
}

TEST_CASE("images and labels of IDX files become a dataset") {
    const folder place;
    write(place / "images", idx(0x08, {2, 1, 2}, std::string("\x00\xff\x33\x66", 4)));
    write(place / "labels", idx(0x08, {2}, "\x07\x03"));
    const auto data = read_idx_dataset<shape{1, 2, 1}>(place / "images", place / "labels");
    CHECK(std::vector(data.inputs().begin(), data.inputs().end()) ==
          std::vector{0.0f, 255 * (1 / 255.0f), 51 * (1 / 255.0f), 102 * (1 / 255.0f)});
    CHECK(std::vector(data.labels().begin(), data.labels().end()) == std::vector{7, 3});
    CHECK(contains(
        refusal([&] { static_cast<void>(read_idx_dataset<shape{2, 2, 1}>(place / "images", place / "labels")); }),
        "has the shape (2, 1, 2), expected samples of (2, 2, 1)"));
    write(place / "labels", idx(0x08, {1}, "\x07"));
    CHECK(contains(
        refusal([&] { static_cast<void>(read_idx_dataset<shape{1, 2, 1}>(place / "images", place / "labels")); }),
        "has the shape (1,), expected a label for each of 2 samples"));
}

TEST_CASE("arrays of numpy are read, and others refused") {
    const folder place;
    const auto file = [](const std::string& dictionary, const std::string& values) {
        std::string header = dictionary + '\n';
        return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + values;
    };
    const auto refused = [&](const std::string& content) {
        write(place / "a.npy", content);
        return refusal([&] { static_cast<void>(read_npy<float>(place / "a.npy")); });
    };
    const std::string bytes = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }";
    write(place / "a.npy", file(bytes, {1, 2, 3, 4}));
    const auto array = read_npy<float>(place / "a.npy");
    CHECK(array.extents == std::vector<std::size_t>{2, 2});
    CHECK(array.values == std::vector{1.0f, 3.0f, 2.0f, 4.0f});
    const float values[] = {1.5f, -2.0f};
    write(place / "a.npy", io::npy_bytes("<f4", shape{2}, {reinterpret_cast<const char*>(values), sizeof(values)}));
    CHECK(read_npy<double>(place / "a.npy").values == std::vector{1.5, -2.0});

    CHECK(contains(refused("no numbers"), "is no array of numpy"));
    CHECK(contains(refused("\x93NUMPY\x01"), "ends within its header"));
    CHECK(contains(refused(file(bytes, {1, 2, 3})), "announces 4 bytes of values, has 3"));
    CHECK(contains(refused(file("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "12345678")),
                   "has values of type <c8"));
    CHECK(contains(refused(file("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 8), }", "")),
                   "more values than a machine can hold"));
}

TEST_CASE("datasets stay in their files") {
    const folder place;
    const auto save = [&](const char* name, const char* type, const shape& extents, const auto& values) {
        write(place / name,
              io::npy_bytes(type, extents, {reinterpret_cast<const char*>(values.data()), sizeof(values)}));
    };
    const std::array<std::uint8_t, 12> pixels{0, 0, 0, 9, 9, 9, 0, 1, 0, 9, 8, 9};
    const std::array<std::int32_t, 4> classes{0, 1, 0, 1};
    save("x.npy", "|u1", shape{4, 3, 1}, pixels);
    save("y.npy", "<i4", shape{4}, classes);
    using Mapped = MappedDataset<std::uint8_t, shape{3}, std::int32_t>;
    const Mapped data(place / "x.npy", place / "y.npy");
    CHECK(data.size() == 4);
    CHECK(std::ranges::equal(data.input(1), std::array<std::uint8_t, 3>{9, 9, 9}));
    auto model = Sequential{Input<3>{}, Rescaling<0.1>{}, Dense<2, Softmax>{}}.build({.seed = 1});
    auto trainer =
        compile(model, Adam{.learning_rate = 0.1}, SparseCategoricalCrossentropy{}, SparseCategoricalAccuracy{});
    trainer.fit(data, {.epochs = 60, .verbose = 0});
    CHECK(trainer.evaluate(data, {.verbose = 0})["sparse_categorical_accuracy"] == 1.0);

    const auto refused = [](auto call) { return refusal([&] { static_cast<void>(call()); }); };
    CHECK(contains(refused([&] { return MappedArray<float>(place / "x.npy"); }),
                   "has values of type |u1, expected <f4; read_npy"));
    CHECK(contains(refused([&] { return MappedArray<float>(place.path); }), "is a folder, expected a .npy file"));
    CHECK(contains(
        refused([&] { return MappedDataset<std::uint8_t, shape{4}, std::int32_t>(place / "x.npy", place / "y.npy"); }),
        "has the shape (4, 3, 1), expected samples of (4)"));
    save("y.npy", "<i4", shape{2, 2}, classes);
    CHECK(contains(refused([&] { return Mapped(place / "x.npy", place / "y.npy"); }),
                   "has the shape (2, 2), expected samples of ()"));
    write(place / "x.npy", "");
    CHECK(contains(refused([&] { return MappedArray<float>(place / "x.npy"); }), "x.npy"));
}

TEST_CASE("a split has every sample once, in shares as scikit-learn's") {
    const auto data = numbered(10, 2);
    const auto parts = train_test_split(data, {.test_size = 0.25, .seed = 3});
    CHECK(parts.test.size() == 3);  // rounded up
    CHECK(parts.train.size() == 7);
    std::vector<float> all(parts.train.inputs().begin(), parts.train.inputs().end());
    all.insert(all.end(), parts.test.inputs().begin(), parts.test.inputs().end());
    CHECK(!std::is_sorted(all.begin(), all.end()));
    std::sort(all.begin(), all.end());
    for (std::size_t i = 0; i < 10; ++i) CHECK(all[i] == static_cast<float>(i));
    for (std::size_t i = 0; i < parts.train.size(); ++i)
        CHECK(parts.train.label(i)[0] == static_cast<int>(parts.train.input(i)[0]) % 2);
    const auto same = train_test_split(data, {.test_size = 0.25, .seed = 3});
    CHECK(std::ranges::equal(same.test.inputs(), parts.test.inputs()));

    const auto ordered = train_test_split(data, {.test_size = 0.2, .shuffle = false});
    CHECK(std::vector(ordered.test.inputs().begin(), ordered.test.inputs().end()) == std::vector{8.0f, 9.0f});
    CHECK(ordered.train.input(0)[0] == 0.0f);

    // 30 samples of three classes: a third of each in the test.
    const auto even = train_test_split(numbered(30, 3), {.test_size = 0.2, .seed = 1, .stratify = true});
    for (int each = 0; each < 3; ++each) CHECK(std::ranges::count(even.test.labels(), each) == 2);
    // 0, 3, 6, 9 and 1, 4, 7 and 2, 5, 8: three of ten go to the test, one of each class.
    const auto uneven = train_test_split(numbered(10, 3), {.test_size = 0.3, .stratify = true});
    for (int each = 0; each < 3; ++each) CHECK(std::ranges::count(uneven.test.labels(), each) == 1);

    CHECK(contains(invalid([&] { static_cast<void>(train_test_split(data, {.test_size = 1.0})); }), "test_size is"));
    CHECK(contains(invalid([&] { static_cast<void>(train_test_split(numbered(1, 1))); }),
                   "1 samples leave 0 for training"));
    CHECK(contains(invalid([&] { static_cast<void>(train_test_split(numbered(4, 3), {.stratify = true})); }),
                   "at least two samples"));
}

TEST_CASE("labels become targets, and outputs classes") {
    CHECK(one_hot<3>(1) == std::array{0.0f, 1.0f, 0.0f});
    CHECK(contains(invalid([] { static_cast<void>(one_hot<3>(3)); }), "class 3 is out of range; there are 3 classes"));
    CHECK(contains(invalid([] { static_cast<void>(one_hot<3>(-1)); }), "class -1 is out of range"));
    const auto targets = one_hot<2>(numbered(3, 2));
    CHECK(targets.label_shape() == shape{2});
    CHECK(std::vector(targets.labels().begin(), targets.labels().end()) ==
          std::vector{1.0f, 0.0f, 0.0f, 1.0f, 1.0f, 0.0f});
    CHECK(argmax(std::vector{1.0f, 3.0f, 3.0f}) == 1);
    CHECK(argmax(std::vector{1.0f, 3.0f, 9.0f, 2.0f}, 2) == std::vector{1, 0});
    CHECK(contains(invalid([] { static_cast<void>(argmax(std::vector<float>{})); }), "no values"));
    CHECK(contains(invalid([] { static_cast<void>(argmax(std::vector<float>(3), 2)); }), "3 values are no rows of 2"));
}

TEST_CASE("values are normalized by rows and by features") {
    std::vector values{3.0f, 4.0f, 0.0f, 0.0f};
    normalize(std::span(values), 2);
    CHECK(values == std::vector{0.6f, 0.8f, 0.0f, 0.0f});
    values = {1.0f, -3.0f, 0.0f, 0.0f};
    normalize(std::span(values), 2, 1);
    CHECK(values == std::vector{0.25f, -0.75f, 0.0f, 0.0f});
    CHECK(contains(invalid([&] { normalize(std::span(values), 3); }), "rows of 3"));

    Dataset<float, shape{2}, int> data;
    data.push_back(std::array{1.0f, 5.0f}, 0);
    data.push_back(std::array{3.0f, 5.0f}, 1);
    const auto scale = Standardization<>::of(data);
    CHECK(scale.mean == std::vector{2.0f, 5.0f});
    CHECK(scale.deviation == std::vector{1.0f, 1.0f});  // the second feature is always the same
    const auto scaled = scale.apply(data);
    CHECK(std::vector(scaled.inputs().begin(), scaled.inputs().end()) == std::vector{-1.0f, 0.0f, 1.0f, 0.0f});
    CHECK(scaled.label(1)[0] == 1);
    CHECK(contains(invalid([&] { scale.apply(std::span(values).first(3)); }), "3 values are no rows of 2 features"));
}

TEST_CASE("a terminal sees how far a reading of some seconds is, and nothing of short ones") {
    static double now = 0;
    const auto clock = [] { return now; };
    for (const bool is_terminal : {true, false}) {
        std::ostringstream out;
        now = 0;
        {
            detail::reading_progress progress("folder/a.csv", true, out, is_terminal, clock);
            for (std::size_t i = 0; i < 1280; ++i) {
                now = 0.002 * static_cast<double>(i);
                progress.update(i, 1280);
                if (now < 1) CHECK(out.str().empty());
            }
        }
        CHECK(contains(out.str(), "\ra.csv: 54 %") == is_terminal);
        CHECK(out.str().ends_with('\r') == is_terminal);
    }
}

#if defined(STRATA_WITH_PNG) && defined(STRATA_WITH_JPEG)

namespace {

/// A PNG file of 8-bit pixels.
std::string png(std::uint32_t width, std::uint32_t height, std::uint32_t format, const std::string& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = format;
    png_alloc_size_t size = 0;
    REQUIRE(png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr) != 0);
    std::string bytes(size, '\0');
    REQUIRE(png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr) != 0);
    return bytes;
}
std::string jpeg(int width, int height, const std::string& gray) {
    const tjhandle coder = tjInitCompress();
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    REQUIRE(tjCompress2(coder, reinterpret_cast<const unsigned char*>(gray.data()), width, 0, height, TJPF_GRAY, &bytes,
                        &size, TJSAMP_GRAY, 100, TJFLAG_ACCURATEDCT) == 0);
    const std::string result(reinterpret_cast<const char*>(bytes), size);
    tjFree(bytes);
    tjDestroy(coder);
    return result;
}

}  // namespace

TEST_CASE("images are read in any size") {
    const folder place;
    const auto file = place / "a.png";
    write(file, png(2, 1, PNG_FORMAT_GRAY, std::string("\0\x64", 2)));
    CHECK(read_image<shape{1, 2, 1}>(file) == std::vector{0.0f, 100.0f});
    CHECK(read_image<shape{1, 2, 3}, double>(file, {.scale = 0.5}) == std::vector{0.0, 0.0, 0.0, 50.0, 50.0, 50.0});
    // tf.image.resize([0, 100], 4) = [0, 25, 75, 100]
    CHECK(read_image<shape{1, 4, 1}>(file) == std::vector{0.0f, 25.0f, 75.0f, 100.0f});
    CHECK(read_image<shape{2, 1, 1}>(file) == std::vector{50.0f, 50.0f});
    // A transparent pixel has its colour.
    write(file, png(1, 1, PNG_FORMAT_RGBA, std::string("\x0a\x14\x1e\0", 4)));
    CHECK(read_image<shape{1, 1, 3}>(file) == std::vector{10.0f, 20.0f, 30.0f});
    write(file, jpeg(8, 8, std::string(64, '\x50')));
    for (const float each : read_image<shape{8, 8, 1}>(file)) CHECK(each == 80.0f);
    CHECK(read_image<shape{1, 1, 3}>(file) == std::vector{80.0f, 80.0f, 80.0f});
}

TEST_CASE("damaged images are refused") {
    const folder place;
    const auto refused = [&](const std::string& content, image_options options = {}) {
        write(place / "a.png", content);
        return refusal([&] { static_cast<void>(read_image<shape{1, 2, 1}>(place / "a.png", options)); });
    };
    std::string pixels;
    for (int i = 0; i < 64 * 64; ++i) pixels += static_cast<char>(i * i % 251);
    for (const std::string& whole : {png(64, 64, PNG_FORMAT_GRAY, pixels), jpeg(64, 64, pixels)}) {
        CHECK(refused(whole).empty());
        CHECK(contains(refused(whole, {.most_pixels = 64 * 64 - 1}), "has 64x64 pixels, more than most_pixels, 4095"));
        for (std::size_t length = 0; length + 12 < whole.size(); length += 1 + length / 3)
            CHECK(!refused(whole.substr(0, length)).empty());
    }
    CHECK(contains(refused("text"), "is no PNG and no JPEG file"));
    const std::uint16_t deep[] = {1, 2};
    CHECK(contains(refused(png(2, 1, PNG_FORMAT_LINEAR_Y, {reinterpret_cast<const char*>(deep), 4})),
                   "has 16 bits a channel"));
}

TEST_CASE("folders of images become a dataset") {
    const folder place;
    std::filesystem::create_directories(place / "set/dogs/more");
    std::filesystem::create_directories(place / "set/cats");
    std::filesystem::create_directories(place / "set/.hidden");
    write(place / "set/dogs/b.PNG", png(1, 1, PNG_FORMAT_GRAY, "\x02"));
    write(place / "set/dogs/more/c.png", png(1, 1, PNG_FORMAT_GRAY, "\x03"));
    write(place / "set/cats/z.png", png(1, 1, PNG_FORMAT_GRAY, "\x01"));
    write(place / "set/cats/notes.txt", "of the photographer");
    const auto images = read_image_folder<shape{1, 1, 1}>(place / "set");
    CHECK(images.class_names == std::vector<std::string>{"cats", "dogs"});
    CHECK(std::vector(images.data.inputs().begin(), images.data.inputs().end()) == std::vector{1.0f, 2.0f, 3.0f});
    CHECK(std::vector(images.data.labels().begin(), images.data.labels().end()) == std::vector{0, 1, 1});
    CHECK(images.files[2] == place / "set/dogs/more/c.png");

    const auto refused = [&](const std::filesystem::path& where) {
        return refusal([&] { static_cast<void>(read_image_folder<shape{1, 1, 1}>(where)); });
    };
    CHECK(contains(refused(place / "set/cats"), "has no images"));
    CHECK(contains(refused(place / "none"), "is no folder"));
    write(place / "set/cats/broken.png", "text");
    CHECK(contains(refused(place / "set"), "broken.png: is no PNG and no JPEG file"));
}

#endif
