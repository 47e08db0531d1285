// weights: a file into a small model of strata. A refused file leaves the model as it was.
#pragma once

#include <string>

#include <strata/strata.hpp>

#include "fuzz.hpp"

namespace fuzz {

inline constexpr auto net = strata::Sequential{strata::Input<6, 2>{}, strata::Conv1D<3, 2>{},
                                               strata::BatchNormalization<>{}, strata::Flatten<>{}, strata::Dense<2>{}};

inline void load_weights(const std::string& name, const std::uint8_t* data, std::size_t size) {
    const auto file = write(name, text_of(data, size));
    auto model = net.build({.seed = 1});
    const auto before = model;
    bool is_loaded = false;
    read_or_refuse<strata::file_error>([&] {
        model.load_weights(file);
        is_loaded = true;
    });
    if (!is_loaded && !(model == before)) fail("a refused file changed the model");
}

}  // namespace fuzz
