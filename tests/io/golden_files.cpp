// Weight files that Keras wrote (../golden/README.md): every one loads bit for bit, into floats and into doubles.
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

template <class T, class Net>
void compare(const io::safetensors_file& expected, const std::string& stem, const std::string& filename) {
    INFO(filename);
    Model<Net, T> model{build_options{.seed = 77}};
#if !defined(STRATA_WITH_HDF5)
    if (filename.ends_with(".h5")) return;
#endif
    model.load_weights(GOLDEN_FOLDER "/files/" + filename);
    const auto weights = model.weights();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        INFO(weights[i].name());
        const auto* entry = expected.find(stem + "/w" + std::to_string(i));
        REQUIRE(entry != nullptr);
        REQUIRE(io::safetensors_file::shape_of(*entry) == weights[i].shape());
        REQUIRE(weights[i].to_vector() == expected.values<T>(*entry));
    }
    REQUIRE(expected.find(stem + "/w" + std::to_string(weights.size())) == nullptr);
}

/// A loaded model that is saved in another layout is the same model.
template <class Net>
void resave(const std::string& filename) {
#if defined(STRATA_WITH_HDF5)
    const folder at;
    Model<Net> model{build_options{.seed = 1}};
    model.load_weights(GOLDEN_FOLDER "/files/" + filename);
    for (const char* name : {"a.weights.h5", "a.h5", "a.safetensors"}) {
        INFO(filename << " as " << name);
        model.save_weights(at / name);
        Model<Net> other{build_options{.seed = 2}};
        other.load_weights(at / name);
        REQUIRE(other == model);
    }
#else
    static_cast<void>(filename);
#endif
}

}  // namespace

#define WEIGHT_FILE(stem, filename, ...)                                                    \
    compare<float, std::remove_const_t<decltype(__VA_ARGS__)>>(expected, #stem, filename);  \
    compare<double, std::remove_const_t<decltype(__VA_ARGS__)>>(expected, #stem, filename); \
    resave<std::remove_const_t<decltype(__VA_ARGS__)>>(filename);

TEST_CASE("weight files of Keras load bit for bit") {
    const io::safetensors_file expected(GOLDEN_FOLDER "/files/files.safetensors");
#include GOLDEN_FILES
}
