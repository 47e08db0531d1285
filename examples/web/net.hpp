// net: the net of the page: 24x24 grey values in, the probabilities of ten digits out.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/infer.hpp>

#include "picture.hpp"

namespace web {

// clang-format off: a layer per line
// [net]
constexpr auto net = strata::Sequential{
    strata::Input<side, side, 1>{},
    strata::Conv2D<12, 3, strata::ReLU, strata::algorithm::direct>{},
    strata::MaxPooling2D<2>{},
    strata::Conv2D<24, 3, strata::ReLU, strata::algorithm::direct>{},
    strata::MaxPooling2D<2>{},
    strata::Flatten<>{},
    strata::Dropout<0.3>{},
    strata::Dense<52, strata::ReLU>{},
    strata::Dropout<0.3>{},
    strata::Dense<10, strata::Softmax>{},
};
static_assert(net.parameter_count() == 23'286);
// [/net]
// clang-format on

using net_type = std::remove_const_t<decltype(net)>;

inline constexpr std::size_t digits = net.output_shape().size();

}  // namespace web
