// Every format: a saved model comes back, and a file that is wrong in any way changes nothing.
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<4>{}};

const std::vector<std::string> extensions{
    ".safetensors",
#if defined(STRATA_WITH_HDF5)
    ".weights.h5",  ".h5", ".hdf5",
#endif
#if defined(STRATA_WITH_LIBZIP)
    ".npz",
#endif
};

/// Loads a file that must be refused; the message, after the model was found unchanged.
template <class Model>
std::string refused_by(Model model, const std::filesystem::path& file) {
    const Model before = model;
    const std::string what = refusal([&] { model.load_weights(file); });
    REQUIRE(!what.empty());
    REQUIRE(contains(what, file.string()));
    REQUIRE(model == before);
    return what;
}

#if !defined(_WIN32)
/// Files of this process cannot grow past a number of bytes: a full disk, as a test can have it.
struct small_disk {
    rlimit before{};
    void (*handler)(int);
    explicit small_disk(rlim_t bytes) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before);
        const rlimit now{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &now);
    }
    ~small_disk() {
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
    }
};
#endif

}  // namespace

TEMPLATE_TEST_CASE("what was saved comes back bit for bit, nested models too", "", float, double) {
    constexpr auto nested = Sequential{Input<9, 9, 2>{},
                                       Conv2D<3, 2>{},
                                       Sequential{Conv2D<4, 3, ReLU, name<"a b">>{}, Conv2D<5, 2, no_bias, frozen>{}},
                                       Sequential{Conv2D<5, 1, no_bias>{}, ReLU{}, Sequential{Dense<5>{}}},
                                       Flatten<>{},
                                       Dense<3>{}};
    using model_type = Model<std::remove_const_t<decltype(nested)>, TestType>;
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const model_type model{build_options{.seed = 3}};
        model.save_weights(at / ("a" + extension));
        model_type other{build_options{.seed = 4}};
        REQUIRE(!(other == model));
        other.load_weights(at / ("a" + extension));
        REQUIRE(other == model);
        model.save_weights(at / ("b" + extension));
        REQUIRE(read(at / ("a" + extension)) == read(at / ("b" + extension)));
    }
}

TEST_CASE("a file of another architecture is refused, where its weights fit too") {
    using first =
        Sequential<Input<any, 2>, Conv1D<3, 2, ReLU, padding::causal>, Dropout<0.5>, Dense<3, Tanh>, Dense<3>>;
    using same =
        Sequential<Input<9, 2>, Conv1D<3, 2, padding::causal, name<"c">>, ReLU, Dense<3, frozen>, Tanh, Dense<3>>;
    using other = Sequential<Input<9, 2>, Conv1D<3, 2, ReLU, padding::causal>, Dense<3, Tanh>, Dense<3, no_bias>>;
    using dilated = Sequential<Input<9, 2>, Conv1D<3, 2, ReLU, padding::causal, dilation<2>>, Dense<3, Tanh>, Dense<3>>;
    using swapped = Sequential<Input<9, 2>, Conv1D<3, 2, ReLU, padding::causal>, Dense<3, Sigmoid>, Dense<3>>;
    using longer = Sequential<Input<9, 2>, Conv1D<3, 2, ReLU, padding::causal>, Dense<3, Tanh>, Dense<3, Tanh>>;
    static_assert(architecture_hash<first> == architecture_hash<same>);
    static_assert(architecture_hash<first> != architecture_hash<other>);
    static_assert(architecture_hash<first> != architecture_hash<dilated>);
    static_assert(architecture_hash<first> != architecture_hash<swapped>);
    // Without biases the weights of both have the same shapes. An option that states the default changes nothing.
    static_assert(architecture_hash<Sequential<Input<9, 2>, GRU<3, no_bias>>> !=
                  architecture_hash<Sequential<Input<9, 2>, GRU<3, no_bias, reset_after<false>>>>);
    static_assert(architecture_hash<Sequential<Input<9, 2>, GRU<3>>> ==
                  architecture_hash<Sequential<Input<9, 2>, GRU<3, reset_after<true>>>>);
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const auto file = at / ("a" + extension);
        const Model<first> model{build_options{.seed = 3}};
        model.save_weights(file);
        Model<same> loaded;
        loaded.load_weights(file);
        for (std::size_t w = 0; w < model.weights().size(); ++w)
            REQUIRE(loaded.weights()[w].to_vector() == model.weights()[w].to_vector());
        const std::string of_dilated = refused_by(Model<dilated>(), file);
        REQUIRE(contains(of_dilated, "another architecture: layer conv1d (Conv1D) is Conv1D(dilation_rate=[2]"));
        const std::string of_swapped = refused_by(Model<swapped>(), file);
        REQUIRE(contains(of_swapped, "layer 4 is Sigmoid() in the net and Tanh() in the file"));
        REQUIRE(contains(refused_by(Model<longer>(), file), "layer 6 is Tanh() in the net and missing in the file"));
    }
}

#if defined(STRATA_WITH_HDF5) && defined(STRATA_WITH_LIBZIP)
TEST_CASE("an archive of Keras has the net and its weights, and loads again") {
    using branches = Sequential<Input<6, 6, 2>, Residual<Conv2D<2, 3, padding::same>>, Flatten<>, Dense<3>, name<"n">>;
    const folder at;
    const Model<branches> model{build_options{.seed = 3}};
    model.save(at / "m.keras");
    Model<branches> loaded{build_options{.seed = 4}};
    loaded.load_weights(at / "m.keras");
    REQUIRE(loaded == model);
    loaded.save(at / "again.keras");
    REQUIRE(read(at / "again.keras") == read(at / "m.keras"));
    for (const char* part : {"\"class_name\": \"Functional\"", "\"name\": \"n\"", "\"filters\": 2",
                             "\"padding\": \"same\"", "[null, 6, 6, 2]", "\"class_name\": \"Add\""})
        REQUIRE(contains(read(at / "m.keras"), part));

    using swapped = Sequential<Input<6, 6, 2>, Residual<Conv2D<2, 3, padding::same>, ReLU>, Flatten<>, Dense<3>>;
    REQUIRE(contains(refused_by(Model<swapped>(), at / "m.keras"), "another architecture"));
    using other = Sequential<Input<6, 6, 2>, Residual<Conv2D<2, 3, padding::same>>, Flatten<>, Dense<4>>;
    REQUIRE(contains(refused_by(Model<other>(), at / "m.keras"), "layer dense (Dense), weight kernel"));
    const std::string whole = read(at / "m.keras");
    write(at / "cut.keras", whole.substr(0, whole.size() / 2));
    REQUIRE(contains(refused_by(model, at / "cut.keras"), "is no .keras archive"));
    write(at / "empty.keras", "");
    REQUIRE(contains(refused_by(model, at / "empty.keras"), "is empty"));
    io::zip_writer without(at / "without.keras");
    without.add("config.json", "{}");
    without.write();
    REQUIRE(contains(refused_by(model, at / "without.keras"), "has no model.weights.h5"));
    // A member of zeros that would fill the memory.
    io::zip_writer large(at / "large.keras");
    large.add("model.weights.h5", std::string((std::size_t{1} << 26) + 100000, '\0'));
    large.write();
    REQUIRE(contains(refused_by(model, at / "large.keras"), "more than the weights of the net can need"));

    REQUIRE(contains(refusal([&] { model.save(at / "m.h5"); }), "give it the extension .keras"));
    REQUIRE(contains(refusal([&] { model.save_weights(at / "m.keras"); }), "save(file)"));
    REQUIRE(read(at / "m.keras") == whole);
    any_of<other, branches> chosen;
    chosen.load_weights(at / "m.keras");
    REQUIRE(chosen.holds<branches>());
}
#endif

TEST_CASE("the order of paths that are merged is part of an architecture") {
    using sum = Sequential<Input<4>, Add<branch<Dense<4>>, branch<Dense<4>>>>;
    using difference = Sequential<Input<4>, Subtract<branch<Dense<4>>, branch<Dense<4>>>>;
    using chain = Sequential<Input<4>, Residual<Dense<4>, Dense<4>>>;
    using nested = Sequential<Input<4>, Residual<Sequential<Dense<4>, Dense<4>>>>;
    static_assert(architecture_hash<sum> != architecture_hash<difference>);
    static_assert(architecture_hash<sum> != architecture_hash<chain>);
    static_assert(architecture_hash<nested> == architecture_hash<chain>);
    using one_way = Sequential<Input<4>, Dense<4>, Residual<Dense<4>>>;
    using other_way = Sequential<Input<4>, Residual<Dense<4>>, Dense<4>>;
    static_assert(architecture_hash<one_way> != architecture_hash<other_way>);
    using half = Sequential<Input<4, 4, 1>, ConstantPadding2D<1, 0.5>, Flatten<>, Dense<1>>;
    using quarter = Sequential<Input<4, 4, 1>, ConstantPadding2D<1, 0.25>, Flatten<>, Dense<1>>;
    static_assert(architecture_hash<half> != architecture_hash<quarter>);
    using first_rows = Sequential<Input<4, 4, 1>, ReflectionPadding2D<border{1, 0, 0, 0}>, Flatten<>, Dense<1>>;
    using last_rows = Sequential<Input<4, 4, 1>, ReflectionPadding2D<border{0, 1, 0, 0}>, Flatten<>, Dense<1>>;
    static_assert(architecture_hash<first_rows> != architecture_hash<last_rows>);
    // Settings that no shape of a weight shows; an approximation is no other architecture.
    using exact = Sequential<Input<any, 1>, LSTM<4>, Dense<2>, Tanh>;
    using approximate = Sequential<Input<any, 1>, LSTM<4, ApproximateTanh>, Dense<2, ApproximateTanh>>;
    static_assert(architecture_hash<exact> == architecture_hash<approximate>);
    using near = Sequential<Input<any, 1>, WaveNet<wavenet_array<2, 1, dilations<1, 2>>>>;
    using far = Sequential<Input<any, 1>, WaveNet<wavenet_array<2, 1, dilations<1, 3>>>>;
    static_assert(architecture_hash<near> != architecture_hash<far>);
    // A number that does not change from one version, compiler or machine to another.
    static_assert(architecture_hash<Sequential<Input<4>, Dense<4>>> == 6610125250603877536u);
}

TEST_CASE("a count comes back as the integer that it is") {
    constexpr auto counting = Sequential{Input<3>{}, Normalization<>{}, Dense<2>{}};
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        auto model = counting.build({.seed = 3});
        REQUIRE(model.weights()[2].name() == "normalization/count");
        model.weights()[2].assign(std::vector{16777213.0f});
        adapt(model.get_layer<"normalization">(), std::vector{1.0f, 2.0f, 3.0f, 3.0f, 2.0f, 9.0f});
        model.save_weights(at / ("a" + extension));
        auto other = counting.build({.seed = 4});
        other.load_weights(at / ("a" + extension));
        REQUIRE(other == model);
        REQUIRE(other.weights()[2][0] == 16777213.0f);
    }
}

TEST_CASE("a file of doubles loads into a model of floats, and the other way round") {
    using net_type = std::remove_const_t<decltype(net)>;
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const Model<net_type, double> wide{build_options{.seed = 3}};
        wide.save_weights(at / ("wide" + extension));
        Model<net_type, float> narrow{build_options{.seed = 4}};
        narrow.load_weights(at / ("wide" + extension));
        for (std::size_t w = 0; w < wide.weights().size(); ++w)
            for (std::size_t i = 0; i < wide.weights()[w].size(); ++i)
                REQUIRE(narrow.weights()[w][i] == static_cast<float>(wide.weights()[w][i]));
        narrow.save_weights(at / ("narrow" + extension));
        Model<net_type, double> back{build_options{.seed = 5}};
        back.load_weights(at / ("narrow" + extension));
        for (std::size_t w = 0; w < wide.weights().size(); ++w)
            for (std::size_t i = 0; i < wide.weights()[w].size(); ++i)
                REQUIRE(back.weights()[w][i] == static_cast<double>(narrow.weights()[w][i]));
    }
}

TEST_CASE("a net without weights saves and loads") {
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        constexpr auto empty = Sequential{Input<4, 2>{}, Flatten<>{}};
        auto model = empty.build();
        model.save_weights(at / ("a" + extension));
        model.load_weights(at / ("a" + extension));
        REQUIRE(!refused_by(net.build(), at / ("a" + extension)).empty());
    }
}

TEST_CASE("a truncated file is refused at every length") {
    for (const std::string& extension : extensions) {
        const folder at;
        net.build({.seed = 3}).save_weights(at / ("a" + extension));
        const std::string bytes = read(at / ("a" + extension));
        REQUIRE(bytes.size() > 1000);
        // Every length around the headers and at the end, steps between them.
        for (std::size_t length = 0; length < bytes.size();
             length += length < 120 || length + 12 > bytes.size() ? 1 : 11 + length / 100) {
            INFO(extension << ", " << length << " of " << bytes.size() << " bytes");
            write(at / ("b" + extension), bytes.substr(0, length));
            refused_by(net.build({.seed = 9}), at / ("b" + extension));
        }
    }
}

TEST_CASE("a file of something else is refused and called so") {
    const std::string picture = std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) + std::string(3000, '\x7f');
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const auto file = at / ("a" + extension);
        for (const std::string& bytes : {std::string("weights, but in words\n"), picture, std::string(5000, '\0')}) {
            write(file, bytes);
            const std::string what = refused_by(net.build(), file);
            REQUIRE(contains(what, extension == ".safetensors" ? "no .safetensors file"
                                   : extension == ".npz"       ? "is no .npz file"
                                                               : "is no HDF5 file"));
        }
        write(file, "");
        REQUIRE(contains(refused_by(net.build(), file), extension == ".safetensors" ? "has 0 bytes" : "is empty"));
    }
}

TEST_CASE("a file that cannot be opened is refused") {
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        REQUIRE(contains(refused_by(net.build(), at / ("missing" + extension)), "cannot be opened"));
        std::filesystem::create_directory(at / ("folder" + extension));
        REQUIRE(contains(refused_by(net.build(), at / ("folder" + extension)), "is a folder"));
#if !defined(_WIN32)
        std::filesystem::create_symlink(at / "nowhere", at / ("link" + extension));
        REQUIRE(contains(refused_by(net.build(), at / ("link" + extension)), "cannot be opened"));
        if (::geteuid() != 0) {  // root reads what nobody may read
            net.build().save_weights(at / ("secret" + extension));
            std::filesystem::permissions(at / ("secret" + extension), std::filesystem::perms::none);
            REQUIRE(contains(refused_by(net.build(), at / ("secret" + extension)), "cannot be opened"));
        }
#endif
    }
}

TEST_CASE("another shape is refused with the layer, the weight and both shapes") {
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<5>{}}.build().save_weights(
            at / ("a" + extension));
        const std::string what = refused_by(net.build(), at / ("a" + extension));
        for (const char* part : {"layer dense (Dense)", "weight kernel", "(48, 4)", "(48, 5)", "same architecture"}) {
            INFO(what << " lacks " << part);
            REQUIRE(contains(what, part));
        }
    }
}

TEST_CASE("a file with fewer or more layers, or with other weights in a layer, is refused") {
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const auto file = at / ("a" + extension);
        Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}}.build().save_weights(file);
        REQUIRE(contains(refused_by(net.build(), file), "layer dense (Dense)"));
        Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<4>{}, Dense<4>{}}.build().save_weights(
            file);
        REQUIRE(contains(refused_by(net.build(), file), "dense_1"));
        Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<4, no_bias>{}}.build().save_weights(file);
        REQUIRE(contains(refused_by(net.build(), file), "dense"));
        constexpr auto without_bias =
            Sequential{Input<6, 6, 2>{}, Conv2D<3, 3, ReLU>{}, Flatten<>{}, Dense<4, no_bias>{}};
        net.build().save_weights(file);
        REQUIRE(contains(refused_by(without_bias.build(), file), "dense"));
    }
}

TEST_CASE("a failed save leaves the old file and nothing beside it") {
    for (const std::string& extension : extensions) {
        INFO(extension);
        const folder at;
        const auto file = at / ("a" + extension);
        const auto model = net.build({.seed = 3});
        model.save_weights(file);
        const std::string before = read(file);
#if !defined(_WIN32)
        {
            const small_disk disk(100);
            const std::string what = refusal([&] { net.build({.seed = 4}).save_weights(file); });
            REQUIRE(contains(what, "cannot be written"));
            REQUIRE(contains(what, file.string()));
        }
#endif
        REQUIRE(read(file) == before);
        REQUIRE(std::distance(std::filesystem::directory_iterator(at.path), {}) == 1);
        auto other = net.build({.seed = 5});
        other.load_weights(file);
        REQUIRE(other == model);
        REQUIRE(contains(refusal([&] { model.save_weights(at / ("no/such" + extension)); }), "does not exist"));
        std::filesystem::create_directory(at / ("folder" + extension));
        REQUIRE(contains(refusal([&] { model.save_weights(at / ("folder" + extension)); }), "is a folder"));
    }
}

TEST_CASE("an unknown extension is refused with the known ones") {
    const folder at;
    auto model = net.build();
    for (const char* name : {"a.xyz", "a", "a.onnx"}) {
        REQUIRE(contains(refusal([&] { model.save_weights(at / name); }), ".safetensors"));
        REQUIRE(contains(refusal([&] { model.load_weights(at / name); }), ".safetensors"));
    }
}

TEST_CASE("threads save and load at the same time") {
    for (const std::string& extension : extensions) {
        const folder at;
        std::vector<int> equal(4, 0);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < equal.size(); ++i)
            threads.emplace_back([&, i] {
                const auto file = at / (std::to_string(i) + extension);
                for (int round = 0; round < 20; ++round) {
                    const auto model = net.build({.seed = i + 10});
                    model.save_weights(file);
                    auto other = net.build({.seed = 1});
                    other.load_weights(file);
                    equal[i] += other == model;
                }
            });
        for (std::thread& thread : threads) thread.join();
        REQUIRE(equal == std::vector<int>(4, 20));
    }
}
