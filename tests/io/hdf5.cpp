// HDF5: layouts, types, order in the older files, hostile files, and what the library must not do to its host.
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <sys/resource.h>

#include <strata/io/hdf5.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<3>{}, Dense<2>{}};

io::hdf5_file create(const std::filesystem::path& file) {
    return io::hdf5_file(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
}
void add_group(const io::hdf5_file& file, const std::string& path) {
    io::hdf5_object made(H5Gcreate2(file.id(), path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    REQUIRE(made);
}
io::hdf5_dataset add_dataset(const io::hdf5_file& file, const std::string& path, hid_t type,
                             const std::vector<hsize_t>& extents, hid_t properties = H5P_DEFAULT) {
    const io::hdf5_space space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr));
    io::hdf5_dataset made(H5Dcreate2(file.id(), path.c_str(), type, space.id(), H5P_DEFAULT, properties, H5P_DEFAULT));
    REQUIRE(made);
    return made;
}
/// A file in Keras 3's layout with a kernel of a type and shape; the bias is right.
void write_kernel(const std::filesystem::path& path, hid_t type, const std::vector<hsize_t>& extents,
                  hid_t properties = H5P_DEFAULT) {
    const auto file = create(path);
    for (const char* group : {"layers", "layers/dense", "layers/dense/vars"}) add_group(file, group);
    add_dataset(file, "layers/dense/vars/0", type, extents, properties);
    add_dataset(file, "layers/dense/vars/1", H5T_IEEE_F32LE, {2});
}

std::string refused_with(const std::filesystem::path& file) {
    auto model = net.build({.seed = 2});
    const auto before = model;
    const std::string what = refusal([&] { model.load_weights(file); });
    REQUIRE(!what.empty());
    REQUIRE(model == before);
    return what;
}

int printed = 0;
herr_t count_printed(hid_t, void*) { return ++printed, 0; }

/// A weight of a nested model, for the order of the older layout.
io::weight_record nested(const std::string& layer, const std::string& name, std::size_t number, bool trainable,
                         bool statistic) {
    return {.path = "base/" + layer,
            .type = "Own",
            .name = name,
            .group = "layers/sequential/layers/" + layer,
            .part = {},
            .extents = shape{1},
            .number = number,
            .trainable = trainable,
            .statistic = statistic};
}
std::vector<io::weight_record> two_normalizations(bool first_is_frozen) {
    std::vector<io::weight_record> records;
    for (const std::string layer : {"own", "own_1"}) {
        const bool trainable = !(first_is_frozen && layer == "own");
        records.push_back(nested(layer, "gamma", 0, trainable, false));
        records.push_back(nested(layer, "moving_mean", 1, false, true));
    }
    return records;
}
const std::vector<std::vector<float>> four_values{{1}, {2}, {3}, {4}};

}  // namespace

TEST_CASE("the layout is told by the content, not by the name") {
    const folder at;
    const auto model = net.build({.seed = 3});
    for (const char* name : {"a.weights.h5", "a.h5"}) {
        model.save_weights(at / name);
        for (const char* other_name : {"b.weights.h5", "b.h5"}) {
            std::filesystem::copy_file(at / name, at / other_name, std::filesystem::copy_options::overwrite_existing);
            auto other = net.build({.seed = 4});
            other.load_weights(at / other_name);
            REQUIRE(other == model);
        }
    }
    const io::hdf5_session session;
    REQUIRE(io::hdf5_reader(at / "a.weights.h5").has_dataset("layers/dense/vars/0"));
    REQUIRE(io::hdf5_reader(at / "a.h5").texts("", "layer_names") == std::vector<std::string>{"dense"});
}

TEST_CASE("an HDF5 file without weights is refused and called so") {
    const folder at;
    add_dataset(create(at / "a.h5"), "temperature", H5T_IEEE_F32LE, {5});
    REQUIRE(contains(refused_with(at / "a.h5"), "without weights of Keras"));
}

TEST_CASE("a weight of integers or texts is refused with its type") {
    const folder at;
    const io::hdf5_type text(H5Tcopy(H5T_C_S1)), variable(H5Tcopy(H5T_C_S1)), raw(H5Tcreate(H5T_OPAQUE, 2));
    H5Tset_size(text.id(), 12);
    H5Tset_size(variable.id(), H5T_VARIABLE);
    const std::vector<std::pair<hid_t, std::string>> types{{H5T_STD_I32LE, "int32"},
                                                           {H5T_STD_U8LE, "uint8"},
                                                           {text.id(), "string"},
                                                           {variable.id(), "string"},
                                                           {raw.id(), "opaque of 16 bits"}};
    for (const auto& [type, called] : types) {
        write_kernel(at / "a.weights.h5", type, {3, 2});
        const std::string what = refused_with(at / "a.weights.h5");
        for (const std::string& part :
             {std::string("layer dense (Dense), weight kernel"), "or float64, found " + called}) {
            INFO(what);
            REQUIRE(contains(what, part));
        }
    }
}

TEST_CASE("halves, doubles and big-endian floats become floats") {
    const folder at;
    const std::vector<float> values{1, -2, 65504, 0x1p-24f, -0.0f, 0.5f};
    const io::hdf5_type half(H5Tcopy(H5T_IEEE_F32LE));
    H5Tset_fields(half.id(), 15, 10, 5, 0, 10);
    H5Tset_size(half.id(), 2);
    H5Tset_ebias(half.id(), 15);
    for (const hid_t type : {half.id(), hid_t{H5T_IEEE_F64LE}, hid_t{H5T_IEEE_F32BE}}) {
        {
            const auto file = create(at / "a.weights.h5");
            for (const char* group : {"layers", "layers/dense", "layers/dense/vars"}) add_group(file, group);
            const auto kernel = add_dataset(file, "layers/dense/vars/0", type, {3, 2});
            H5Dwrite(kernel.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
            add_dataset(file, "layers/dense/vars/1", H5T_IEEE_F32LE, {2});
        }
        auto model = net.build({.seed = 3});
        model.load_weights(at / "a.weights.h5");
        REQUIRE(model.weights()[0].to_vector() == values);
    }
}

TEST_CASE("a weight that announces too many elements is refused before memory is taken") {
    const folder at;
    write_kernel(at / "a.weights.h5", H5T_IEEE_F32LE, {hsize_t{1} << 30, hsize_t{1} << 30});
    const std::string what = refused_with(at / "a.weights.h5");
    REQUIRE(contains(what, "expected shape (3, 2), found (1073741824, 1073741824)"));
    write_kernel(at / "b.weights.h5", H5T_IEEE_F32LE, std::vector<hsize_t>(32, 1));
    REQUIRE(contains(refused_with(at / "b.weights.h5"), "(1, 1, 1"));
    write_kernel(at / "c.weights.h5", H5T_IEEE_F32LE, {});
    REQUIRE(contains(refused_with(at / "c.weights.h5"), "found ()"));
}

TEST_CASE("links and values that lead out of the file are not followed") {
    const folder at;
    net.build().save_weights(at / "secret.weights.h5");
    {
        const auto file = create(at / "a.weights.h5");
        REQUIRE(H5Lcreate_external((at / "secret.weights.h5").c_str(), "layers", file.id(), "layers", H5P_DEFAULT,
                                   H5P_DEFAULT) >= 0);
    }
    REQUIRE(contains(refused_with(at / "a.weights.h5"), "without weights"));
    write(at / "secret", std::string(24, 'x'));
    const io::hdf5_properties outside(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_external(outside.id(), (at / "secret").c_str(), 0, 24);
    write_kernel(at / "b.weights.h5", H5T_IEEE_F32LE, {3, 2}, outside.id());
    REQUIRE(contains(refused_with(at / "b.weights.h5"), "lie in another file"));
}

namespace {

/// A file with a right kernel and bias, whose layer has an attribute `name` of this type and space.
void write_named(const std::filesystem::path& path, hid_t type, const io::hdf5_space& space) {
    write_kernel(path, H5T_IEEE_F32LE, {3, 2});
    const io::hdf5_file file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    const io::hdf5_object vars(H5Oopen(file.id(), "layers/dense/vars", H5P_DEFAULT));
    const io::hdf5_attribute made(H5Acreate2(vars.id(), "name", type, space.id(), H5P_DEFAULT, H5P_DEFAULT));
    REQUIRE(made);
}
/// Bytes that a process has taken at most, so far.
std::size_t peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

TEST_CASE("a layer whose name is no text, or none, or many, is refused") {
    const folder at;
    const io::hdf5_type text(H5Tcopy(H5T_C_S1));
    H5Tset_size(text.id(), 6);
    const hsize_t none = 0, two = 2;
    write_named(at / "a.weights.h5", text.id(), io::hdf5_space(H5Screate_simple(1, &none, nullptr)));
    CHECK(
        contains(refused_with(at / "a.weights.h5"), "attribute name of layers/dense/vars: expected one text, found 0"));
    write_named(at / "b.weights.h5", text.id(), io::hdf5_space(H5Screate(H5S_NULL)));
    CHECK(contains(refused_with(at / "b.weights.h5"), "expected one text, found 0"));
    write_named(at / "c.weights.h5", text.id(), io::hdf5_space(H5Screate_simple(1, &two, nullptr)));
    CHECK(contains(refused_with(at / "c.weights.h5"), "expected one text, found 2"));
    write_named(at / "d.weights.h5", H5T_STD_I32LE, io::hdf5_space(H5Screate(H5S_SCALAR)));
    CHECK(contains(refused_with(at / "d.weights.h5"), "expected texts, found int32"));
}

TEST_CASE("a weight without extents is refused") {
    const folder at;
    {
        const auto file = create(at / "a.weights.h5");
        for (const char* group : {"layers", "layers/dense", "layers/dense/vars"}) add_group(file, group);
        const io::hdf5_space space(H5Screate(H5S_NULL));
        REQUIRE(io::hdf5_dataset(H5Dcreate2(file.id(), "layers/dense/vars/0", H5T_IEEE_F32LE, space.id(), H5P_DEFAULT,
                                            H5P_DEFAULT, H5P_DEFAULT)));
        add_dataset(file, "layers/dense/vars/1", H5T_IEEE_F32LE, {2});
    }
    CHECK(contains(refused_with(at / "a.weights.h5"), "expected shape (3, 2), found ()"));
}

TEST_CASE("a weight of one number that has no value is refused") {
    constexpr auto adapted = Sequential{Input<3>{}, Normalization<>{}};
    const folder at;
    const auto file = at / "a.weights.h5";
    auto model = adapted.build();
    model.save_weights(file);
    const auto with_count = [&](hid_t space) {
        const io::hdf5_file changed(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
        const char* const count = "layers/normalization/vars/2";
        REQUIRE(H5Ldelete(changed.id(), count, H5P_DEFAULT) >= 0);
        const io::hdf5_dataset made(
            H5Dcreate2(changed.id(), count, H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        REQUIRE(made);
    };
    with_count(io::hdf5_space(H5Screate(H5S_SCALAR)).id());
    REQUIRE_NOTHROW(model.load_weights(file));
    with_count(io::hdf5_space(H5Screate(H5S_NULL)).id());
    REQUIRE(contains(refusal([&] { model.load_weights(file); }), "layers/normalization/vars/2 cannot be read"));
}

TEST_CASE("a chunk much larger than its weight is refused before memory is taken for it") {
    const folder at;
    const hsize_t extents[2]{3, 2}, most[2]{H5S_UNLIMITED, H5S_UNLIMITED}, bomb[2]{1 << 14, 1 << 13}, right[2]{3, 2};
    const auto save = [&](const hsize_t* chunk, bool is_compressed) {
        const auto file = create(at / "a.weights.h5");
        for (const char* group : {"layers", "layers/dense", "layers/dense/vars"}) add_group(file, group);
        const io::hdf5_properties layout(H5Pcreate(H5P_DATASET_CREATE));
        H5Pset_chunk(layout.id(), 2, chunk);
        if (is_compressed) H5Pset_deflate(layout.id(), 9);
        H5Pset_shuffle(layout.id());
        const io::hdf5_space space(H5Screate_simple(2, extents, most));
        const io::hdf5_dataset made(H5Dcreate2(file.id(), "layers/dense/vars/0", H5T_IEEE_F32LE, space.id(),
                                               H5P_DEFAULT, layout.id(), H5P_DEFAULT));
        REQUIRE(made);
        const std::vector<float> values{1, 2, 3, 4, 5, 6};
        if (chunk == right)
            REQUIRE(H5Dwrite(made.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
        add_dataset(file, "layers/dense/vars/1", H5T_IEEE_F32LE, {2});
    };
    save(bomb, false);
    const std::size_t before = peak_memory();
    CHECK(contains(refused_with(at / "a.weights.h5"), "layers/dense/vars/0 cannot be read"));
    CHECK(peak_memory() - before < (std::size_t{1} << 25));  // the chunk has half a gigabyte
    // A filter may make any number of bytes of a chunk.
    save(right, true);
    CHECK(contains(refused_with(at / "a.weights.h5"), "are compressed"));
    save(right, false);
    auto model = net.build();
    model.load_weights(at / "a.weights.h5");
    CHECK(model.weights()[0].to_vector() == std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("a heap of texts in which HDF5 would never come to an end is refused") {
    const folder at;
    const auto model = net.build({.seed = 3});
    model.save_weights(at / "a.h5");
    const std::string good = read(at / "a.h5");
    const std::size_t heap = good.find("GCOL");
    REQUIRE(heap != good.npos);
    const auto number = [&](std::size_t place) { return static_cast<unsigned char>(good[place]); };
    // The objects of the heap: a number, a count, 4 bytes, a size; the last is number 0, what is free.
    std::size_t free_space = heap + 16;
    while (number(free_space) != 0) free_space += 16 + (number(free_space + 8) + 7u) / 8 * 8;
    std::string endless = good, small = good, long_text = good;
    for (std::size_t i = 0; i < 8; ++i) endless[free_space + 8 + i] = '\0';
    write(at / "a.h5", endless);
    CHECK(contains(refused_with(at / "a.h5"), "truncated or damaged"));
    small[free_space + 8] = '\x08';
    small[free_space + 9] = '\0';
    write(at / "a.h5", small);
    CHECK(contains(refused_with(at / "a.h5"), "truncated or damaged"));
    long_text[heap + 16 + 8 + 7] = '\x7f';
    write(at / "a.h5", long_text);
    CHECK(contains(refused_with(at / "a.h5"), "truncated or damaged"));
    write(at / "a.h5", good);
    auto other = net.build();
    other.load_weights(at / "a.h5");
    CHECK(other == model);
}

TEST_CASE("groups in groups without end are refused") {
    const folder at;
    {
        const auto file = create(at / "a.weights.h5");
        std::string path = "layers";
        add_group(file, path);
        for (int depth = 0; depth < 100; ++depth) add_group(file, path += "/g");
    }
    CHECK(contains(refused_with(at / "a.weights.h5"), "cannot be read"));
}

TEST_CASE("a list of names larger than the file is refused before memory is taken for it") {
    const folder at;
    {
        const auto file = create(at / "a.h5");
        const io::hdf5_type text(H5Tcopy(H5T_C_S1));
        H5Tset_size(text.id(), 60000);
        const io::hdf5_space space(H5Screate(H5S_SCALAR));
        const io::hdf5_attribute made(
            H5Acreate2(file.id(), "layer_names", text.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
        REQUIRE(made);
        H5Awrite(made.id(), text.id(), std::string(60000, 'x').data());
    }
    std::string bytes = read(at / "a.h5");
    const std::size_t size = bytes.find(std::string{'\x60', '\xea', '\0', '\0'});  // 60000
    REQUIRE(size != bytes.npos);
    bytes[size + 3] = '\x10';
    write(at / "a.h5", bytes);
    CHECK(!refused_with(at / "a.h5").empty());
}

TEST_CASE("a file whose groups contain each other is read to its end") {
    const folder at;
    const auto model = net.build({.seed = 3});
    model.save_weights(at / "a.weights.h5");
    {
        const io::hdf5_file file(H5Fopen((at / "a.weights.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
        REQUIRE(H5Lcreate_hard(file.id(), "/", file.id(), "layers/dense/loop", H5P_DEFAULT, H5P_DEFAULT) >= 0);
        REQUIRE(H5Lcreate_hard(file.id(), "layers", file.id(), "layers/dense/again", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    }
    auto other = net.build({.seed = 4});
    other.load_weights(at / "a.weights.h5");
    REQUIRE(other == model);
}

namespace {

/// The values of these records, in their order.
std::vector<std::vector<float>> load_records(const std::filesystem::path& file,
                                             const std::vector<io::weight_record>& records) {
    io::weight_list list;
    list.records = records;
    for (std::size_t i = 0; i < records.size(); ++i) list.places.push_back(i);
    return io::load_hdf5<float>(file, std::span(&list, 1));
}

}  // namespace

TEST_CASE("a list of layers that names what is not there is refused") {
    const folder at;
    const auto save = [&](auto fill) {
        const io::hdf5_session session;
        io::hdf5_writer writer(at / "a.h5");
        fill(writer);
        writer.write();
    };
    const auto records = io::weight_lists<std::remove_const_t<decltype(net)>>().front().records;
    const auto load = [&] { return refusal([&] { load_records(at / "a.h5", records); }); };
    save([](auto& writer) { writer.add_texts("", "layer_names", {"dense"}); });
    REQUIRE(contains(load(), "layer dense is listed, but its group is missing"));
    save([](auto& writer) {
        writer.add_texts("", "layer_names", {"dense"});
        writer.add_texts("dense", "weight_names", {"dense/kernel", "dense/bias"});
    });
    REQUIRE(contains(load(), "dense/dense/kernel is listed, but missing"));
    save([](auto& writer) { writer.add("layer_names", shape{1}, std::vector<float>{1}); });
    REQUIRE(contains(load(), "is an HDF5 file without weights of Keras"));
}

TEST_CASE("long lists of layers in parts, and texts of fixed length, are read") {
    const folder at;
    {
        const auto file = create(at / "a.h5");
        for (int part = 0; part < 2; ++part) {
            const io::hdf5_type text(H5Tcopy(H5T_C_S1));
            H5Tset_size(text.id(), 6);
            const hsize_t count = 2;
            const io::hdf5_space space(H5Screate_simple(1, &count, nullptr));
            const io::hdf5_attribute made(H5Acreate2(file.id(), ("layer_names" + std::to_string(part)).c_str(),
                                                     text.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
            H5Awrite(made.id(), text.id(), part == 0 ? "conv\0\0sixsix" : "a\0\0\0\0\0last\0");
        }
    }
    const io::hdf5_session session;
    const io::hdf5_reader reader(at / "a.h5");
    REQUIRE(reader.has_texts("", "layer_names"));
    REQUIRE(reader.texts("", "layer_names") == std::vector<std::string>{"conv", "sixsix", "a", "last"});
}

namespace {

/// Writes four values in the older layout; gives the names that its group lists.
std::vector<std::string> save_four(const std::filesystem::path& file, const std::vector<io::weight_record>& records) {
    const io::hdf5_session session;
    {
        io::hdf5_writer writer(file);
        io::save_legacy_h5<float>(writer, records, four_values);
        writer.write();
    }
    return io::hdf5_reader(file).texts("base", "weight_names");
}

}  // namespace

TEST_CASE("the older layout lists trainable weights first, and a reader that froze others finds them by name") {
    const folder at;
    for (const bool frozen_when_saved : {false, true})
        for (const bool frozen_when_loaded : {false, true}) {
            INFO(frozen_when_saved << frozen_when_loaded);
            const auto names = save_four(at / "a.h5", two_normalizations(frozen_when_saved));
            REQUIRE(names.front() == (frozen_when_saved ? "base/own_1/gamma" : "base/own/gamma"));
            REQUIRE(names[1] == (frozen_when_saved ? "base/own/gamma" : "base/own_1/gamma"));
            if (frozen_when_saved == frozen_when_loaded)
                REQUIRE(load_records(at / "a.h5", two_normalizations(frozen_when_loaded)) == four_values);
        }
    auto all_frozen = two_normalizations(true);
    for (auto& record : all_frozen) record.trainable = false;
    for (const auto& [saved, loaded] :
         {std::pair(all_frozen, two_normalizations(false)), std::pair(two_normalizations(false), all_frozen)}) {
        save_four(at / "a.h5", saved);
        REQUIRE(load_records(at / "a.h5", loaded) == four_values);
    }
}

TEST_CASE("HDF5 prints nothing while a load fails, and prints as before afterwards") {
    const folder at;
    net.build().save_weights(at / "a.weights.h5");
    const std::string bytes = read(at / "a.weights.h5");
    write(at / "a.weights.h5", bytes.substr(0, bytes.size() / 2));
    H5E_auto2_t before = nullptr;
    void* data = nullptr;
    H5Eget_auto2(H5E_DEFAULT, &before, &data);
    int mark = 0;
    H5Eset_auto2(H5E_DEFAULT, count_printed, &mark);
    REQUIRE(contains(refused_with(at / "a.weights.h5"), "truncated"));
    REQUIRE(printed == 0);
    H5E_auto2_t now = nullptr;
    void* now_data = nullptr;
    H5Eget_auto2(H5E_DEFAULT, &now, &now_data);
    H5Eset_auto2(H5E_DEFAULT, before, data);
    REQUIRE(now == count_printed);
    REQUIRE(now_data == &mark);
}

TEST_CASE("the seeds that Keras keeps for Dropout are no weights") {
    const folder at;
    constexpr auto dropping = Sequential{Input<3>{}, Dropout<0.5>{}, Dense<2>{}};
    const auto saved = dropping.build({.seed = 4});
    saved.save_weights(at / "seeds.weights.h5");
    {
        const io::hdf5_file file(H5Fopen((at / "seeds.weights.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
        for (const char* group :
             {"layers/dropout", "layers/dropout/seed_generator", "layers/dropout/seed_generator/vars"})
            if (H5Lexists(file.id(), group, H5P_DEFAULT) <= 0) add_group(file, group);
        add_dataset(file, "layers/dropout/seed_generator/vars/0", H5T_STD_U32LE, {2});
    }
    auto loaded = dropping.build({.seed = 5});
    loaded.load_weights(at / "seeds.weights.h5");
    REQUIRE(loaded == saved);
    // The same where layers have other names.
    auto renamed = Sequential{Input<3>{}, Dropout<0.5, name<"drop">>{}, Dense<2, name<"last">>{}}.build({.seed = 5});
    renamed.load_weights(at / "seeds.weights.h5");
    REQUIRE(renamed.weights()[0].to_vector() == saved.weights()[0].to_vector());
}

TEST_CASE("nothing of HDF5 stays open") {
    const folder at;
    net.build().save_weights(at / "a.weights.h5");
    net.build().save_weights(at / "a.h5");
    net.build().load_weights(at / "a.h5");
    write_kernel(at / "b.weights.h5", H5T_STD_I32LE, {3, 2});
    refused_with(at / "b.weights.h5");
    REQUIRE(H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL) == 0);
}
