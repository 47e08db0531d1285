// A program without HDF5: its files are refused in words, the others work.
#include <string>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

#if defined(STRATA_WITH_HDF5)
#error "this test is about the build without HDF5"
#endif

TEST_CASE("a program without HDF5 says what to do about an .h5 file") {
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
    REQUIRE(model == before);
    model.save_weights(at / "a.safetensors");
    model.load_weights(at / "a.safetensors");
    REQUIRE(model == before);
}
