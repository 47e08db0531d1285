// A program without HDF5 and libzip: their files are refused in words, the others work.
#include <string>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

#if defined(STRATA_WITH_HDF5) || defined(STRATA_WITH_LIBZIP)
#error "this test is about the build without HDF5 and libzip"
#endif

TEST_CASE("a program without HDF5 and libzip says what to do about their files") {
    const folder at;
    auto model = strata::Sequential{strata::Input<3>{}, strata::Dense<2>{}}.build({.seed = 2});
    const auto before = model;
    for (const char* name : {"a.weights.h5", "a.h5", "a.HDF5"}) {
        for (const std::string& what :
             {refusal([&] { model.save_weights(at / name); }), refusal([&] { model.load_weights(at / name); })})
            for (const char* part : {name, "without HDF5", "STRATA_WITH_HDF5", ".safetensors"})
                REQUIRE(contains(what, part));
        REQUIRE(!std::filesystem::exists(at / name));
    }
    for (const std::string& what :
         {refusal([&] { model.save_weights(at / "a.npz"); }), refusal([&] { model.load_weights(at / "a.npz"); })})
        for (const char* part : {"a.npz", "without libzip", "STRATA_WITH_LIBZIP", ".safetensors"})
            REQUIRE(contains(what, part));
    REQUIRE(model == before);
    model.save_weights(at / "a.safetensors");
    model.load_weights(at / "a.safetensors");
    REQUIRE(model == before);
}
